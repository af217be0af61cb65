//! ONBUILD triggers: what a base brings along is done before a stage's own steps.
//!
//! The triggers of an image are known once it is resolved, so a build with some is expanded
//! again: they may use further stages and images (`dockerfile2llb/convert.go:resolveStages`,
//! v0.32.2). Those of a stage of the file are known at once.

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dockerfile;
use crate::model::map;
use crate::model::{Body, Build, Language, Step, Verb};
use crate::text::{FileId, Span, Spanned};

use super::stage::Expander;
use super::steps::{At, Mapper, steps};
use super::{Expanded, Input, StageId};

/// The ONBUILD triggers of images and named contexts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triggers {
    of: Vec<(Base, Vec<String>)>,
}

/// What has triggers, by kind, name and platform.
type Base = (Kind, String, Platform);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Image,
    Context,
}

/// A trigger that a stage executes.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// The instruction.
    pub text: String,
    /// What has it: "the base image `a`".
    pub owner: String,
}

impl Trigger {
    /// Says of a finding whose trigger it is about. There is nothing to replace in the file, where
    /// the trigger is not.
    pub fn name_in(&self, diagnostic: &mut Diagnostic) {
        let line = self.text.lines().next().unwrap_or_default();
        let message = format!("`ONBUILD {line}` of {}: {}", self.owner, diagnostic.message);
        diagnostic.message = message;
        let suggestions = std::mem::take(&mut diagnostic.suggestions).into_iter();
        diagnostic.helps.extend(suggestions.map(|it| it.help));
    }
}

impl Triggers {
    /// Notes the triggers of a base; tells whether they are news.
    pub fn insert(&mut self, base: &Input, platform: &Platform, triggers: &[String]) -> bool {
        let Some(key) = key(base, platform).filter(|_| !triggers.is_empty()) else {
            return false;
        };
        let is_new = self.of(&key).is_none();
        if is_new {
            self.of.push((key, triggers.to_vec()));
        }
        is_new
    }

    fn of(&self, key: &Base) -> Option<&Vec<String>> {
        let mut of = self.of.iter();
        of.find(|(base, _)| base == key).map(|(_, texts)| texts)
    }

    /// Tells whether a trigger declares an argument of that name.
    pub(super) fn declare(&self, name: &str) -> bool {
        let none = Span::new(FileId::ROOT, 0..0);
        let mut all = self.of.iter().flat_map(|(_, texts)| texts);
        all.any(|text| match dockerfile::trigger(text, none) {
            Ok(step) => match step.verb {
                Verb::Arg(args) => args.iter().any(|arg| arg.name.value == name),
                _ => false,
            },
            Err(_) => false,
        })
    }
}

fn key(base: &Input, platform: &Platform) -> Option<Base> {
    let (kind, name) = match base {
        Input::Image(name) => (Kind::Image, name),
        Input::NamedContext(name) => (Kind::Context, name),
        Input::Scratch | Input::Stage(..) | Input::Context(_) => return None,
    };
    Some((kind, name.value.clone(), platform.clone()))
}

/// What a stage starts from, where that is written, and for which platform.
pub(super) type From<'a> = (&'a Input, Span, &'a Platform);

/// Returns the triggers of a stage's base and the steps that they are, one each.
///
/// Reports `onbuild-triggers`.
pub(super) fn triggers(
    at: &At<'_, '_>,
    base: From<'_>,
    diags: &mut Diagnostics,
) -> (Vec<Trigger>, Vec<Step<Expanded>>) {
    let (mut triggers, mut steps) = (Vec::new(), Vec::new());
    let (owner, texts) = found(at.expander, base);
    for text in texts {
        let trigger = Trigger {
            text: text.value,
            owner: owner.clone(),
        };
        let mut told = Diagnostics::new();
        match dockerfile::trigger(&trigger.text, text.span) {
            Ok(step) => {
                let mut mapper = Mapper {
                    expander: at.expander,
                    idx: at.idx,
                    names: at.names,
                    diags: &mut told,
                };
                if let Some(step) = map::step(&step, &mut mapper) {
                    steps.push(step);
                    triggers.push(trigger.clone());
                }
            }
            Err(malformed) => {
                let diagnostic = told.report(Code::OnbuildTriggers, text.span, malformed.message);
                diagnostic.help(malformed.help);
            }
        }
        for diagnostic in told.iter_mut() {
            trigger.name_in(diagnostic);
        }
        diags.append(told);
    }
    (triggers, steps)
}

/// Returns who has triggers, and their texts.
fn found(
    expander: &Expander<'_>,
    (base, span, platform): From<'_>,
) -> (String, Vec<Spanned<String>>) {
    if let Input::Stage(StageId(idx), _) = base {
        let name = &expander.build.stages[*idx].name.value;
        let mut texts = of_stage(expander, *idx);
        if expander.build.language == Language::Dockerfile {
            texts.iter_mut().for_each(|text| text.span = span);
        }
        return (format!("the stage `{name}`"), texts);
    }
    let key = key(base, platform);
    let texts = key.as_ref().and_then(|key| expander.asked.triggers.of(key));
    let texts = texts.into_iter().flatten();
    let name = key.as_ref().map_or("", |(_, name, _)| name);
    (
        format!("the base image `{name}`"),
        texts.map(|text| Spanned::new(text.clone(), span)).collect(),
    )
}

/// Returns what a stage of the file leaves to those that start from it.
fn of_stage(expander: &Expander<'_>, idx: usize) -> Vec<Spanned<String>> {
    if !expander.has_onbuild {
        return Vec::new();
    }
    let Some((keys, at)) = expander.known_stage(idx) else {
        return Vec::new();
    };
    let steps = steps(keys, &at, &mut Diagnostics::new()).into_iter();
    let texts = steps.flat_map(|step| match step.verb {
        Verb::Onbuild(triggers) => triggers,
        _ => Vec::new(),
    });
    texts.collect()
}

/// Tells whether a stage of the file leaves anything to those that start from it.
pub(super) fn has_onbuild(build: &Build) -> bool {
    build.stages.iter().any(|stage| {
        let variants = stage.by_platform.iter().map(|variant| &variant.body);
        let mut bodies = variants.chain([&stage.body]);
        bodies.any(|body| onbuild(body).next().is_some())
    })
}

fn onbuild(body: &Body) -> impl Iterator<Item = &Spanned<String>> {
    let image = body.image.iter().flat_map(|image| &image.onbuild);
    let steps = body.steps.iter().flatten();
    let steps = steps.filter_map(|step| match &step.verb {
        Verb::Onbuild(triggers) => Some(triggers),
        _ => None,
    });
    steps.flatten().chain(image)
}

/// Reports the triggers of a stage's keys that cannot be read.
pub(super) fn check(body: &Body, diags: &mut Diagnostics) {
    for text in onbuild(body) {
        if let Err(malformed) = dockerfile::trigger(&text.value, text.span) {
            diags
                .report(Code::BadValue, text.span, malformed.message)
                .help(malformed.help);
        }
    }
}
