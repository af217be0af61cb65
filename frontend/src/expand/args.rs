//! Values of build arguments.
//!
//! Arguments stand in sets: the file's, and one per stage that declares some, each with the set
//! that is visible around it. Every value is computed once, in the order of declaration. What is
//! wrong with it is kept beside it and reported when somebody mentions it: `required-arg`,
//! `bad-arg` and what the evaluation of its default reports.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, eval};
use crate::model::{Arg, Value};
use crate::request::EPOCH;
use crate::text::Span;

use super::platform::choose_text;
use super::scope::{Fixed, Names, late};
use super::{Asked, Purpose, UsedArg};

/// The set of the top-level `args`.
pub(super) const TOP: usize = 0;

/// A value, and what is wrong with it.
#[derive(Debug)]
pub(super) struct ArgValue<'b> {
    pub(super) state: State,
    /// The argument.
    pub(super) arg: &'b Arg,
    /// Whether a stage mentions it.
    pub(super) is_mentioned: Cell<bool>,
    problems: Option<Box<Diagnostics>>,
}

/// The value of an argument.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    Set(String),
    Unset,
    /// There is none because of a mistake.
    Failed,
}

impl ArgValue<'_> {
    /// Reports what is wrong with the value.
    pub(super) fn report(&self, diags: &mut Diagnostics) {
        if let Some(problems) = &self.problems {
            diags.append(problems.as_ref().clone());
        }
    }

    fn used(&self) -> UsedArg {
        UsedArg {
            arg: self.arg.clone(),
            value: match &self.state {
                State::Set(value) => Some(value.clone()),
                State::Unset | State::Failed => None,
            },
        }
    }
}

/// Every set of arguments of an expansion.
#[derive(Debug, Default)]
pub(super) struct Sets<'b> {
    sets: Vec<Set<'b>>,
}

#[derive(Debug)]
struct Set<'b> {
    outer: Option<usize>,
    args: BTreeMap<&'b str, ArgValue<'b>>,
    /// Those that a later one of the same name hides.
    hidden: Vec<ArgValue<'b>>,
}

/// What the values of arguments depend on.
#[derive(Clone, Copy)]
pub(super) struct Cx<'e> {
    pub(super) asked: &'e Asked,
    pub(super) fixed: &'e Fixed,
    pub(super) target: &'e Platform,
    /// The stage whose arguments they are.
    pub(super) stage: &'e str,
}

impl<'b> Sets<'b> {
    /// Returns what the name means where the set is visible.
    pub(super) fn find(&self, set: usize, name: &str) -> Option<&ArgValue<'b>> {
        self.locate(Some(set), name).map(|(_, value)| value)
    }

    /// Reports what is wrong with the arguments of the file that others hide.
    pub(super) fn report_hidden(&self, diags: &mut Diagnostics) {
        let hidden = self.sets.get(TOP).into_iter().flat_map(|set| &set.hidden);
        hidden.for_each(|value| value.report(diags));
    }

    /// Returns the value that an argument of the file has, and where the file declares it.
    pub(super) fn top(&self, name: &str) -> Option<(String, Span)> {
        let found = self.find(TOP, name)?;
        match &found.state {
            State::Set(value) => Some((value.clone(), found.arg.name.span)),
            State::Unset | State::Failed => None,
        }
    }

    /// Returns what the name means where the set is visible, and the set it is in.
    fn locate(&self, mut next: Option<usize>, name: &str) -> Option<(usize, &ArgValue<'b>)> {
        while let Some((idx, set)) = next.and_then(|idx| Some((idx, self.sets.get(idx)?))) {
            if let Some(value) = set.args.get(name) {
                return Some((idx, value));
            }
            next = set.outer;
        }
        None
    }

    /// Returns the arguments that stages declare or mention so far, and those that the defaults of
    /// these mention: each name once, in the order of the file.
    pub(super) fn used(&self) -> Vec<UsedArg> {
        let mut waiting = Vec::new();
        for (idx, set) in self.sets.iter().enumerate() {
            let is_used = |value: &&ArgValue<'b>| idx != TOP || value.is_mentioned.get();
            let used = set.args.values().filter(is_used);
            waiting.extend(used.map(|value| (idx, value)));
        }
        let mut found = BTreeMap::new();
        while let Some((idx, value)) = waiting.pop() {
            let (arg, name) = (value.arg, &value.arg.name);
            let is_inherited = idx != TOP && arg.default.is_none();
            if let Some(top) = self.locate(Some(TOP), &name.value).filter(|_| is_inherited) {
                waiting.push(top);
                continue;
            }
            if found.insert(name.span.start, value).is_some() {
                continue;
            }
            for template in arg.default.iter().flat_map(Value::templates) {
                template.each_reference(&mut |reference| {
                    let Name::Arg(mentioned) = &reference.name else {
                        return;
                    };
                    let is_outer = *mentioned == name.value;
                    let from = if is_outer {
                        self.sets[idx].outer
                    } else {
                        Some(idx)
                    };
                    waiting.extend(self.locate(from, mentioned));
                });
            }
        }
        let mut seen = BTreeSet::new();
        let each = found
            .into_values()
            .filter(|it| seen.insert(&it.arg.name.value));
        each.map(ArgValue::used).collect()
    }

    /// Returns every name that is visible.
    pub(super) fn visible(&self, set: usize) -> Vec<&'b str> {
        let mut names = Vec::new();
        let mut next = Some(set);
        while let Some(set) = next.and_then(|idx| self.sets.get(idx)) {
            names.extend(set.args.keys().copied());
            next = set.outer;
        }
        names
    }

    /// Adds a set that stands in `outer`; without arguments it is `outer` itself.
    pub(super) fn add(&mut self, args: &[&'b Arg], outer: Option<usize>, cx: Cx<'_>) -> usize {
        if let (true, Some(outer)) = (args.is_empty(), outer) {
            return outer;
        }
        let set = self.sets.len();
        let args_of_set = BTreeMap::new();
        self.sets.push(Set {
            outer,
            args: args_of_set,
            hidden: Vec::new(),
        });
        for arg in args {
            let value = self.value(arg, set, cx);
            if let Some(set) = self.sets.get_mut(set) {
                let hidden = set.args.insert(&arg.name.value, value);
                set.hidden.extend(hidden);
            }
        }
        set
    }

    fn value(&self, arg: &'b Arg, set: usize, cx: Cx<'_>) -> ArgValue<'b> {
        let mut problems = Diagnostics::new();
        let state = self.state(arg, set, cx, &mut problems);
        let has_problems = !problems.is_empty();
        ArgValue {
            state,
            arg,
            is_mentioned: Cell::new(false),
            problems: has_problems.then(|| Box::new(problems)),
        }
    }

    fn state(&self, arg: &Arg, set: usize, cx: Cx<'_>, problems: &mut Diagnostics) -> State {
        let name = &arg.name.value;
        if let Some(value) = cx.asked.args.get(name) {
            if name == EPOCH && value.is_empty() {
                return State::Unset;
            }
            return checked(arg, value, Origin::BuildArg, cx.asked.purpose, problems);
        }
        if let Some(default) = &arg.default {
            let span = default.span();
            return match self.evaluate(default, set, cx, problems) {
                Some(value) => checked(
                    arg,
                    &value,
                    Origin::Default(span),
                    cx.asked.purpose,
                    problems,
                ),
                None => State::Failed,
            };
        }
        let inherited = if set == TOP {
            None
        } else {
            self.find(TOP, name)
        };
        match inherited.map(|value| (&value.state, value)) {
            Some((State::Set(value), inherited)) => {
                inherited.report(problems);
                let origin = Origin::Top(inherited.arg.name.span);
                checked(arg, value, origin, cx.asked.purpose, problems)
            }
            Some((State::Failed, inherited)) => {
                inherited.report(problems);
                State::Failed
            }
            Some((State::Unset, _)) | None => {
                if arg.required.is_some() && cx.asked.purpose == Purpose::Build {
                    required(arg, problems);
                    return State::Failed;
                }
                State::Unset
            }
        }
    }

    fn evaluate(
        &self,
        default: &Value,
        set: usize,
        cx: Cx<'_>,
        problems: &mut Diagnostics,
    ) -> Option<String> {
        let template = match default {
            Value::Plain(template) => template,
            Value::ByPlatform(cases) => choose_text(cases, cx.target, problems)?,
        };
        if let Some(text) = template.as_literal() {
            return Some(text.to_owned());
        }
        let names = Names {
            fixed: cx.fixed,
            sets: self,
            set,
            stage: cx.stage,
            purpose: cx.asked.purpose,
        };
        template.each_reference(&mut |reference| {
            names.problems(&reference.name, reference.span, problems)
        });
        let text = eval(template, &names, problems)?;
        match text.as_literal() {
            Some(text) => Some(text.to_owned()),
            None => {
                late(&text, problems);
                None
            }
        }
    }
}

/// Returns the value that the request gives an argument, in its type's normal form.
pub(super) fn given_value(
    arg: &Arg,
    value: &str,
    purpose: Purpose,
    diags: &mut Diagnostics,
) -> State {
    checked(arg, value, Origin::BuildArg, purpose, diags)
}

/// Where a value comes from.
#[derive(Clone, Copy)]
enum Origin {
    BuildArg,
    Default(Span),
    Top(Span),
}

fn required(arg: &Arg, problems: &mut Diagnostics) {
    let name = &arg.name.value;
    let message = format!("argument `{name}` needs a value");
    problems
        .report(Code::RequiredArg, arg.name.span, message)
        .label("declared as required")
        .help(format!("pass `--build-arg {name}=...`"));
}

/// Returns the value in its type's normal form.
fn checked(
    arg: &Arg,
    value: &str,
    origin: Origin,
    purpose: Purpose,
    problems: &mut Diagnostics,
) -> State {
    let found = arg.kind.normalise(value);
    if purpose != Purpose::Build {
        return State::Set(found.unwrap_or_else(|_| value.to_owned()));
    }
    let wrong = match &found {
        Err(malformed) => Some((malformed.message.clone(), malformed.help.to_owned())),
        Ok(value) => unmatched(arg, value),
    };
    let Some((message, help)) = wrong else {
        return State::Set(found.unwrap_or_default());
    };
    let name = &arg.name.value;
    let message = match origin {
        Origin::BuildArg => format!("`--build-arg {name}`: {message}"),
        Origin::Default(_) => format!("the default of `{name}`: {message}"),
        Origin::Top(_) => format!("the value of `{name}`: {message}"),
    };
    let span = match origin {
        Origin::BuildArg | Origin::Top(_) => arg.name.span,
        Origin::Default(span) => span,
    };
    let diagnostic = problems.report(Code::BadArg, span, message);
    diagnostic.help(help);
    match origin {
        Origin::BuildArg => {}
        Origin::Default(_) => {
            diagnostic.secondary(arg.name.span, "declared here");
        }
        Origin::Top(top) => {
            diagnostic.secondary(top, "its value is from here");
        }
    }
    State::Failed
}

/// Returns message and help when the value does not match the argument's pattern.
pub(super) fn unmatched(arg: &Arg, value: &str) -> Option<(String, String)> {
    let pattern = arg.pattern.as_ref()?;
    let regex = whole(&pattern.value).ok()?;
    if regex.is_match(value) {
        return None;
    }
    let message = format!("`{value}` does not match `{}`", pattern.value);
    Some((message, "the pattern must match the whole value".to_owned()))
}

/// Compiles a pattern that must match a whole value.
pub(super) fn whole(pattern: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    // Alone first: `a)(b` is no pattern, but it is one inside of the group.
    regex_lite::Regex::new(pattern)?;
    regex_lite::Regex::new(&format!("^(?:{pattern})$"))
}
