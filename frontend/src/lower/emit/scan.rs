//! The scan of a result for its SBOM (`frontend/attestations/sbom/sbom.go`, v0.32.2).

use buildkit_llb::{Exec, Image, Mount, Output, Vertex};

use crate::expand::{Input, StageId};

use super::super::options::Scanner;
use super::{Context, source};

const IMAGE: &str = "/run/src/core/sbom";
const EXTRAS: &str = "/run/src/extras";
const OUT: &str = "/run/out/";

/// Emits the scan of `result` and returns what it writes.
pub(crate) fn emit(cx: &mut Context, scanner: &Scanner, result: Option<Output>) -> Output {
    let image = Vertex::new(Image::new(&scanner.image)).platform(scanner.platform.clone());
    let image = cx.graph.add(image).output(0);
    let mut op = Exec::new(Some(image), scanner.args.iter().cloned()).cwd(&scanner.dir);
    for (name, value) in &scanner.env {
        op = op.env(name, value);
    }
    let (extras, is_fresh) = extras(cx);
    let mut told = vec![("DESTINATION", OUT), ("SOURCE", IMAGE)];
    if !extras.is_empty() {
        told.push(("SOURCE_EXTRAS", EXTRAS));
    }
    let parameters = scanner.parameters.iter();
    told.extend(parameters.map(|(name, value)| (&**name, &**value)));
    for (name, value) in told {
        op = op.env(format!("BUILDKIT_SCAN_{name}"), value);
    }
    op = op.mount(Mount::tmpfs("/tmp"));
    op = op.mount(Mount::bind(IMAGE, result).read_only());
    for (name, extra) in extras {
        let path = format!("{EXTRAS}/sbom-{name}");
        op = op.mount(Mount::bind(path, extra).read_only());
    }
    op = op.mount(Mount::bind(OUT, None));
    let target = cx.plan.target.format_all();
    let title = format!("[{target}] generating sbom using {}", scanner.image);
    let mut vertex = Vertex::new(op)
        .platform(scanner.platform.clone())
        .name(title);
    if is_fresh {
        vertex = vertex.ignore_cache();
    }
    // The outputs are the root, then this: `/` sorts before it.
    cx.graph.add(vertex).output(1)
}

/// Returns what is scanned besides the result, and whether the scan passes over caches.
fn extras(cx: &mut Context) -> (Vec<(String, Option<Output>)>, bool) {
    let (plan, no_cache) = (cx.plan, &cx.options.no_cache);
    let result = &plan.stages[plan.result.0];
    let mut is_fresh = no_cache.covers(&result.name.value);
    let mut extras = Vec::new();
    if result.scans.context {
        let context = source::input(cx, &Input::Context(result.span));
        extras.push(("context".to_owned(), context));
    }
    for &StageId(idx) in &plan.order {
        let stage = &plan.stages[idx];
        if stage.scans.stage && idx != plan.result.0 {
            is_fresh |= no_cache.covers(&stage.name.value);
            let output = cx.outputs[idx].expect("emit: every reached stage");
            extras.push((stage.name.value.clone(), output));
        }
    }
    (extras, is_fresh)
}
