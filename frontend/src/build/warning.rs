//! Warnings on their way to the user: shown once, under the step that loaded the build file.

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::gateway::{Gateway, Warning};
use crate::lint;
use crate::load::Loaded;

/// Sends the warnings among the findings, one after the other so that they are shown in their order.
/// One that cannot be sent is not worth a failed build.
pub(super) async fn send(gateway: &impl Gateway, diags: &Diagnostics, loaded: &Loaded) {
    // The Dockerfile frontend says what it fails for, too.
    let is_said = |it: &&Diagnostic| {
        it.severity == Severity::Warning || (it.is_violation() && it.code.is_of_dockerfile())
    };
    let warnings = diags.iter().filter(is_said);
    for diagnostic in warnings {
        let _ = gateway.warn(warning(diagnostic, loaded)).await;
    }
}

fn warning(diagnostic: &Diagnostic, loaded: &Loaded) -> Warning {
    let origin = loaded.origin();
    let (name, message) = (diagnostic.code.name(), &diagnostic.message);
    let mut warning = Warning {
        digest: loaded.digest.clone(),
        short: format!("{name}: {message}"),
        detail: vec![diagnostic.code.title().to_owned()],
        url: lint::url(diagnostic.code),
        ..Warning::default()
    };
    let suggestions = diagnostic.suggestions.iter().map(|it| &it.help);
    let helps: Vec<&String> = diagnostic.helps.iter().chain(suggestions).collect();
    warning.detail.extend(helps.iter().copied().cloned());
    // Without `--debug` clients show the short text alone, and what to type belongs to it.
    if let Some(help) = helps.first() {
        warning.short.push_str(&format!(" ({help})"));
    }
    if let Place::At(span) = diagnostic.place {
        let line = loaded.files.start(span).line;
        warning.short.push_str(&format!(" (line {line})"));
        warning.info = Some(origin.info(span.file));
        warning.ranges = vec![origin.range(span)];
    }
    warning
}
