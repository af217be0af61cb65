//! The image that makes the SBOM.

use super::start::Start;
use crate::gateway::{Error, Gateway, ImageAnswer, ImageRequest, status};
use crate::lower::config::ImageConfig;
use crate::lower::options::Scanner;
use crate::request::SbomRequest;

/// What a daemon must have to take an SBOM; another scans the images itself.
const CAP: &str = "reference.attestations";

/// Looks the scanner up, if an SBOM is wanted.
///
/// # Errors
///
/// The image cannot be looked up, or does not say what it runs.
pub(super) async fn resolve(
    gateway: &impl Gateway,
    start: &Start,
) -> Result<Option<Scanner>, Error> {
    match &start.request.sbom {
        Some(sbom) if start.pong.gateway_caps.contains(CAP) => {
            let scanner = look_up(gateway, start, sbom).await.map_err(|error| {
                let what = format!("the SBOM generator `{}` cannot be used", sbom.scanner);
                status::unmarked(error.context(&what))
            });
            scanner.map(Some)
        }
        _ => Ok(None),
    }
}

async fn look_up(
    gateway: &impl Gateway,
    start: &Start,
    sbom: &SbomRequest,
) -> Result<Scanner, Error> {
    let request = ImageRequest {
        name: sbom.scanner.clone(),
        platform: start.builder.clone(),
        mode: start.request.resolve_mode,
        layout: None,
        log_name: format!("[internal] load metadata for {}", sbom.scanner),
    };
    let ImageAnswer::Image(meta) = gateway.resolve_image(&request).await? else {
        return Err(Error::new(
            "a source policy replaces it by what is no image",
        ));
    };
    let config = ImageConfig::read(&meta.config);
    let config = config.map_err(|error| Error::new(format!("its config is damaged: {error}")))?;
    let config = config.config;
    let args = [config.entrypoint, config.cmd].concat();
    if args.is_empty() {
        return Err(Error::new("the image says nothing about what to run"));
    }
    let own = config.env.iter().map(|entry| {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        (name.to_owned(), value.to_owned())
    });
    Ok(Scanner {
        image: meta.name,
        platform: start.builder.clone(),
        args,
        dir: format!("/{}", config.working_dir.trim_start_matches('/')),
        env: own.collect(),
        parameters: sbom.parameters.clone().into_iter().collect(),
    })
}
