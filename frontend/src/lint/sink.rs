//! Where one rule reports to: settings are heard and repetitions are dropped here.

use std::collections::BTreeSet;

use crate::diagnostic::{self, Code, Diagnostic, Diagnostics, Severity};
use crate::expand::Expanded;
use crate::model::{Check, Step};
use crate::text::Span;

use super::written::Place;
use super::{Rule, settings};

/// Where one rule reports to.
pub(super) struct Sink<'a> {
    rule: &'static Rule,
    file: &'a Check,
    stage: Option<&'a Check>,
    step: Option<&'a Check>,
    seen: &'a mut BTreeSet<(Code, diagnostic::Place)>,
    diags: &'a mut Diagnostics,
    unheard: Option<Box<Diagnostic>>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(
        rule: &'static Rule,
        file: &'a Check,
        seen: &'a mut BTreeSet<(Code, diagnostic::Place)>,
        diags: &'a mut Diagnostics,
    ) -> Self {
        Self {
            rule,
            file,
            stage: None,
            step: None,
            seen,
            diags,
            unheard: None,
        }
    }

    /// What is reported from here on is about a stage with these settings.
    pub(super) fn enter_stage(&mut self, check: Option<&'a Check>) {
        self.stage = check;
        self.step = None;
    }

    /// What is reported from here on is about this step.
    pub(super) fn enter_step(&mut self, step: &'a Step<Expanded>) -> &mut Self {
        self.step = step.check.as_deref();
        self
    }

    /// What is reported from here on stands here in the file as written.
    pub(super) fn enter(&mut self, place: Place<'a>) -> &mut Self {
        (self.stage, self.step) = (place.stage, place.step);
        self
    }

    /// Reports a finding of the Dockerfile frontend's rules, unless the rule is off here.
    pub(super) fn add(&mut self, code: Code, span: Span, message: String) {
        let layers: Vec<&Check> = [Some(self.file), self.step].into_iter().flatten().collect();
        let Some(severity) = settings::level(code, self.rule.state, &layers) else {
            return;
        };
        let diagnostic = self.diags.report(code, span, message);
        if severity == Severity::Error {
            diagnostic.severity = severity;
        }
    }

    /// Reports a finding, unless the rule is off here or found the same before.
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let code = self.rule.code;
        let layers: Vec<&Check> = [Some(self.file), self.stage, self.step]
            .into_iter()
            .flatten()
            .collect();
        let level = settings::level(code, self.rule.state, &layers);
        let Some(severity) =
            level.filter(|_| self.seen.insert((code, diagnostic::Place::At(span))))
        else {
            let unheard = Diagnostic::new(code, diagnostic::Place::At(span), message.into());
            return self.unheard.insert(Box::new(unheard));
        };
        let diagnostic = self.diags.report(code, span, message);
        if severity == Severity::Error {
            diagnostic.severity = severity;
        }
        diagnostic
    }
}
