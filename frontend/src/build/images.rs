//! Every image of the plans, looked up at the same time, each once for each platform.

use std::collections::BTreeMap;

use buildkit_llb::Platform;

use crate::diagnostic::suggest::nearest;
use crate::gateway::status::{self, Origin};
use crate::gateway::{Error, Gateway, ImageAnswer, ImageMeta, ImageRequest, concurrent};
use crate::lower::Resolved;
use crate::plan::{ImageUse, Plan};
use crate::request::{Request, Shape};
use crate::text::Files;

/// Looks up the images that are not resolved yet.
///
/// # Errors
///
/// The first failure, at the line that names the image. The others are not waited for.
pub(super) async fn resolve<'p>(
    gateway: &impl Gateway,
    plans: &'p [Plan],
    request: &Request,
    origin: Origin<'_>,
    known: &Resolved,
) -> Result<Vec<(&'p ImageUse, ImageMeta)>, Error> {
    let mut uses: BTreeMap<(&str, &Platform), (&ImageUse, &Plan)> = BTreeMap::new();
    for plan in plans {
        for image in plan.images.iter().filter(|image| !known.has(image)) {
            let key = (image.name.as_str(), &image.platform);
            uses.entry(key).or_insert((image, plan));
        }
    }
    let lookups = uses.into_values().map(|(image, plan)| async move {
        let answer = gateway.resolve_image(&image_request(image, request)).await;
        let meta = answer.and_then(|answer| match answer {
            ImageAnswer::Image(meta) => Ok(meta),
            ImageAnswer::Replaced(source) => Err(Error::new(format!(
                "a source policy replaces it by `{source}`, which is no image"
            ))),
        });
        let meta = meta.map_err(|error| unresolved(error, image, plan, origin))?;
        Ok::<(&ImageUse, ImageMeta), Error>((image, meta))
    });
    concurrent::try_all(lookups).await
}

fn image_request(image: &ImageUse, request: &Request) -> ImageRequest {
    let prefix = match request.shape {
        Shape::ByPlatform => format!("{} ", image.platform),
        Shape::Single => String::new(),
    };
    ImageRequest {
        name: image.name.clone(),
        platform: image.platform.clone(),
        mode: request.resolve_mode,
        layout: None,
        log_name: format!("[{prefix}internal] load metadata for {}", image.name),
    }
}

fn unresolved(error: Error, image: &ImageUse, plan: &Plan, origin: Origin<'_>) -> Error {
    let place = place(origin.files, image);
    let holds = |idx: &crate::expand::StageId| {
        let span = plan.stages[idx.0].span;
        span.file == image.span.file && span.range().contains(&(image.span.start as usize))
    };
    let stage = plan.order.iter().find(|idx| holds(idx));
    let stage = stage.map(|idx| &plan.stages[idx.0]);
    // One that is alone in a Dockerfile has no name in the log, either.
    let stage = match stage.filter(|stage| stage.title.as_deref() != Some("")) {
        Some(stage) => format!("stage `{}`: ", stage.name.value),
        None => String::new(),
    };
    // Docker Hub says of an image that nobody made that it may not be for everybody.
    let is_missing = ["not found", "denied", "does not exist"];
    let is_missing = is_missing.iter().any(|it| error.message.contains(it));
    let known = known_like(&image.name).filter(|_| is_missing);
    let hint = match (plan.stage_like(image), known) {
        (Some(name), _) => format!(" (did you mean the stage `{name}`?)"),
        (None, Some(name)) => format!(" (did you mean the image `{name}`?)"),
        (None, None) => String::new(),
    };
    // What the daemon says does not name the platform (containerd v2.3.3,
    // core/images/handlers.go).
    let what = if error.message.contains("no match for platform") {
        format!("is not made for `{}`", image.platform)
    } else {
        format!("cannot be resolved{hint}")
    };
    let context = format!("{place}: {stage}image `{}` {what}", image.name);
    status::marked(error.context(&context), image.span, origin)
}

/// Images of Docker Hub that everybody knows.
const KNOWN: &[&str] = &[
    "alpine",
    "amazonlinux",
    "busybox",
    "caddy",
    "centos",
    "debian",
    "docker",
    "eclipse-temurin",
    "fedora",
    "golang",
    "gradle",
    "httpd",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "rust",
    "ubuntu",
];

/// Returns the well-known image that a name is probably a slip of.
fn known_like(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("docker.io/library/")?;
    let name = name.split([':', '@']).next().unwrap_or_default();
    nearest(name, KNOWN.iter().copied()).filter(|near| *near != name)
}

fn place(files: &Files, image: &ImageUse) -> String {
    let (file, start) = (files.get(image.span.file), files.start(image.span));
    format!("{}:{}:{}", file.name(), start.line, start.column)
}
