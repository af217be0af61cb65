//! Pairs with named contexts, `parity/contexts/NAME`: our frontend over a gateway of maps, and
//! BuildKit's compiler with BuildKit's own reader of contexts.
//!
//! Both know every image, and no directory has an ignore file.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use buildkit_llb::{Cap, Platform};
use serde_json::{Value, json};
use windlass_frontend::build::{self, Invocation};
use windlass_frontend::gateway::memory::Memory;
use windlass_frontend::gateway::{ImageMeta, Worker};
use windlass_tests::golden::inputs;

use super::compiled::{self, DIGEST};
use super::parity::{Options, base64, differences};

/// The images of the pairs.
const IMAGES: [&str; 7] = [
    "docker.io/library/busybox:latest",
    "docker.io/library/busybox:1.36",
    "docker.io/library/busybox:amd",
    "docker.io/library/busybox:all",
    "docker.io/library/alpine:latest",
    "docker.io/library/layout",
    "docker.io/library/base",
];

fn gateway(file: &str) -> Memory {
    let builder = Platform::new("linux", "amd64");
    let mut gateway = Memory::default();
    gateway.pong.llb_caps = Cap::ALL.iter().map(|cap| cap.id().to_owned()).collect();
    gateway.pong.workers = vec![Worker {
        id: "w".to_owned(),
        platforms: vec![builder.clone()],
    }];
    for name in IMAGES {
        // An image of a layout is known by its digest alone.
        let pinned = format!("{name}@{DIGEST}");
        let asked = if name.contains(':') { name } else { &pinned };
        let meta = ImageMeta {
            name: pinned.clone(),
            digest: DIGEST.to_owned(),
            config: compiled::config(name, &builder).into_bytes(),
        };
        let key = (asked.to_owned(), "linux/amd64".to_owned());
        let _ = gateway.images.insert(key, meta);
    }
    let key = ("dockerfile".to_owned(), "Dockerfile".to_owned());
    let _ = gateway.files.insert(key, file.as_bytes().to_vec());
    gateway
}

/// Builds a file and returns the definition and the image config, or the error.
fn built(file: &str, options: &Options) -> Result<(Vec<u8>, Value), String> {
    let gateway = gateway(file);
    let mut invocation = Invocation {
        session: "session".to_owned(),
        ..Invocation::default()
    };
    for (name, value) in &options.contexts {
        let key = format!("context:{name}");
        let _ = invocation.options.insert(key, value.clone());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let run = build::run(&gateway, &invocation);
    runtime.block_on(run).expect("the outcome is handed back");
    let record = gateway.record();
    let outcome = record.outcome.expect("an outcome");
    let outcome = outcome.map_err(|error| error.message)?;
    let config = &outcome.metadata["containerimage.config"];
    let config = serde_json::from_slice(config).expect("our config is JSON");
    let result = record.solves.last().expect("a solve of the result");
    Ok((result.definition.to_vec(), config))
}

#[track_caller]
fn check(extension: &str) {
    let (mut requests, mut wrong, mut compared) = (String::new(), String::new(), Vec::new());
    let any: Value = serde_json::from_str(compiled::CONFIG).expect("a config");
    for path in inputs("parity/contexts", "yaml") {
        let read = |path: &Path| fs::read_to_string(path).expect("a case");
        let options = Options::read(&read(&path));
        let dockerfile = read(&path.with_extension("Dockerfile"));
        let path = path.with_extension(extension);
        let (definition, config) = match built(&read(&path), &options) {
            Ok(built) => built,
            Err(error) => {
                let _ = writeln!(wrong, "{}: {error}", path.display());
                continue;
            }
        };
        let request = json!({
            "dockerfile": dockerfile,
            "platform": options.platform,
            "contexts": options.contexts,
            "images": {"*": {"digest": DIGEST, "config": any}},
            "definition": base64(&definition),
            "config": config,
            "names": extension == "Dockerfile",
        });
        let _ = writeln!(requests, "{request}");
        compared.push(path.display().to_string());
    }
    wrong.push_str(&differences(&compared, &requests));
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn named_contexts_take_the_same_places() {
    check("yaml");
}

#[test]
fn named_contexts_take_the_same_places_in_a_dockerfile() {
    check("Dockerfile");
}
