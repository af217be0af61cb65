//! What images resolve to, from a file: no network here.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::image_name::ImageName;
use windlass_frontend::lower::Resolved;
use windlass_frontend::plan::Plan;

/// Name, then platform, then `digest` and `config`.
pub(crate) type Images = BTreeMap<String, BTreeMap<String, Value>>;

/// Reads an images file.
pub(crate) fn read(path: Option<&Path>) -> Result<Images, String> {
    let Some(path) = path else {
        return Ok(Images::new());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let written: Images =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let complete = |name: String| match ImageName::parse(&name) {
        Ok(full) => full.to_string(),
        Err(_) => name,
    };
    Ok(written
        .into_iter()
        .map(|(name, images)| (complete(name), images))
        .collect())
}

/// Returns what the images of plans resolve to; those that the file does not have stay unknown.
pub(crate) fn resolve(images: &Images, plans: &[Plan], diags: &mut Diagnostics) -> Resolved {
    let mut resolved = Resolved::default();
    for image in plans.iter().flat_map(|plan| &plan.images) {
        let found = images
            .get(&image.name)
            .and_then(|platforms| platforms.get(&image.platform.format_all()));
        let Some(found) = found else { continue };
        let config = found
            .get("config")
            .map(Value::to_string)
            .unwrap_or_default();
        let pinned = match found.get("digest").and_then(Value::as_str) {
            Some(digest) => format!("{}@{digest}", image.name),
            None => image.name.clone(),
        };
        resolved.insert(image, pinned, config.into_bytes(), diags);
    }
    resolved
}
