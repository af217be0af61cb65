//! `--sbom` and `--provenance`: what shall be attested of the image.
//!
//! Provenance is the daemon's to write. The SBOM's scanner is run by the frontend, which knows what
//! else than the image is worth a scan (`frontend/attestations/parse.go` and
//! `frontend/dockerui/config.go`, v0.32.2).

use std::collections::BTreeMap;

use super::csv;
use super::option::Reader;
use crate::image_name::ImageName;

/// The scanner of `--sbom=true`.
const DEFAULT_SCANNER: &str = "docker/buildkit-syft-scanner:stable-1";

/// What makes an SBOM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SbomRequest {
    /// The image that scans; a complete name.
    pub scanner: String,
    /// What it is told, as `BUILDKIT_SCAN_<name>`.
    pub parameters: BTreeMap<String, String>,
}

pub(super) fn sbom(reader: &mut Reader<'_>) -> Option<SbomRequest> {
    let line = reader.raw("attest:sbom");
    let line = line.or_else(|| reader.raw("build-arg:BUILDKIT_ATTEST_SBOM"))?;
    let fields = match csv::fields(line) {
        Ok(fields) => fields,
        Err(error) => {
            reader.bad("--sbom", format!("`{line}`: {}", error.as_str()));
            return None;
        }
    };
    let mut scanner = DEFAULT_SCANNER.to_owned();
    let mut parameters = BTreeMap::new();
    for field in fields.iter().filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        match name {
            "generator" => value.clone_into(&mut scanner),
            name => drop(parameters.insert(name.to_owned(), value.to_owned())),
        }
    }
    match ImageName::parse(&scanner) {
        Ok(name) => Some(SbomRequest {
            scanner: name.to_string(),
            parameters,
        }),
        Err(error) => {
            reader
                .bad("--sbom", format!("the generator `{scanner}`: {error}"))
                .help("name an image that scans, such as `--sbom=generator=example.com/scanner:1`");
            None
        }
    }
}
