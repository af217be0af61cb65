//! Lint settings: decoded, and refused until there are rules that they could set.

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{Build, Check, Step, Verb, Written};

/// Reports `unsupported-check` wherever a `check` stands.
pub(super) fn refuse(build: &Build, diags: &mut Diagnostics) {
    report(build.check.as_ref(), diags);
    for stage in &build.stages {
        let variants = stage.by_platform.iter().map(|variant| &variant.body);
        for body in std::iter::once(&stage.body).chain(variants) {
            report(body.check.as_ref(), diags);
            body.steps
                .iter()
                .flatten()
                .for_each(|step| refuse_step(step, diags));
        }
    }
}

fn refuse_step(step: &Step<Written>, diags: &mut Diagnostics) {
    report(step.check.as_ref(), diags);
    if let Verb::Parallel(branches) = &step.verb {
        branches
            .iter()
            .flatten()
            .for_each(|step| refuse_step(step, diags));
    }
}

fn report(check: Option<&Check>, diags: &mut Diagnostics) {
    if let Some(span) = check.and_then(|check| check.span) {
        diags
            .report(Code::UnsupportedCheck, span, "`check` is not supported yet")
            .label("there are no lint rules to set")
            .help("remove it for now");
    }
}
