//! `redundant-platform`: `platform: target` is so without saying.

use std::collections::BTreeSet;

use crate::expr::{Name, Piece, PlatformField, Template};
use crate::lint::sink::Sink;
use crate::lint::written::{Place, bodies};
use crate::model::Build;

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    let names = build
        .stages
        .iter()
        .map(|it| it.name.value.to_ascii_lowercase());
    let names: BTreeSet<String> = names.collect();
    let is_stage = |name: &str| names.contains(&name.to_ascii_lowercase());
    for stage in &build.stages {
        let from = bodies(stage).filter_map(|body| body.from.as_ref());
        let bases: Vec<_> = from.flat_map(|from| from.name.templates()).collect();
        // Of a stage from a stage it says something: that the base is for the target too.
        let is_image = |it: &&Template<Name>| it.as_literal().is_some_and(|it| !is_stage(it));
        if !bases.iter().all(is_image) {
            continue;
        }
        let platform = stage.body.platform.as_ref();
        for template in platform.into_iter().flat_map(|it| it.templates()) {
            if is_target(template) {
                sink.enter(Place {
                    stage: stage.body.check.as_ref(),
                    ..Place::default()
                })
                .report(template.span, "the target's platform is the default")
                .help("leave `platform` out");
            }
        }
    }
}

fn is_target(template: &Template<Name>) -> bool {
    match &*template.pieces {
        [Piece::Literal(text)] => text == "target",
        [Piece::Reference(it)] => {
            it.name == Name::Target(PlatformField::Platform) && it.modifier.is_none()
        }
        _ => false,
    }
}
