//! The images and named contexts that somebody must resolve.

use std::collections::BTreeMap;

use buildkit_llb::Platform;

use crate::diagnostic::suggest::nearest;
use crate::expand::{Input, Stage, UseKind};

use super::{ContextUse, ImageRole, ImageUse, Plan};

impl Plan {
    /// Returns the stage that was probably meant by an image that nobody has: `from: biuld`.
    pub fn stage_like(&self, image: &ImageUse) -> Option<&str> {
        let written = image.name.strip_prefix("docker.io/library/")?;
        let written = written.strip_suffix(":latest")?;
        let names = self.stages.iter().map(|stage| stage.name.value.as_str());
        // A stage of exactly that name was not meant: `from: node` in the stage `node`.
        nearest(written, names.filter(|name| *name != written))
    }
}

/// Returns the images that stages use, each name and platform once.
///
/// A base is for the platform of its stage, files are taken from the image for the target
/// platform (`dockerfile2llb/convert.go`, `resolveReachableStages`, v0.32.2).
pub(super) fn images<'a>(
    stages: impl Iterator<Item = &'a Stage>,
    target: &Platform,
) -> Vec<ImageUse> {
    let mut images: BTreeMap<(&str, &Platform), ImageUse> = BTreeMap::new();
    for stage in stages {
        for it in stage.uses() {
            let Input::Image(name) = it.input else {
                continue;
            };
            let (platform, role) = match it.kind {
                UseKind::Base => (&stage.platform, ImageRole::Base),
                UseKind::Copy | UseKind::Mount => (target, ImageRole::Files),
            };
            let image = images
                .entry((&name.value, platform))
                .or_insert_with(|| ImageUse {
                    name: name.value.clone(),
                    platform: platform.clone(),
                    span: name.span,
                    role,
                });
            image.role = image.role.min(role);
            if name.span < image.span {
                image.span = name.span;
            }
        }
    }
    images.into_values().collect()
}

/// Returns the named contexts that stages use, each key and platform once; for the platforms that
/// images in their place would be for.
pub(super) fn contexts<'a>(
    stages: impl Iterator<Item = &'a Stage>,
    target: &Platform,
) -> Vec<ContextUse> {
    let mut contexts: BTreeMap<(&str, &Platform), ContextUse> = BTreeMap::new();
    for stage in stages {
        for it in stage.uses() {
            let Input::NamedContext(name) = it.input else {
                continue;
            };
            let platform = match it.kind {
                UseKind::Base => &stage.platform,
                UseKind::Copy | UseKind::Mount => target,
            };
            let found = contexts
                .entry((&name.value, platform))
                .or_insert_with(|| ContextUse {
                    key: name.value.clone(),
                    platform: platform.clone(),
                    span: name.span,
                });
            found.span = found.span.min(name.span);
        }
    }
    contexts.into_values().collect()
}
