//! What `from` names: nothing, a stage, an image, a context.

use std::collections::BTreeMap;

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::dockerfile_name;
use crate::image_name::{ImageName, ImageNameError};
use crate::model::{Build, InputKind};
use crate::text::{Span, Spanned};

use super::{Input, StageId};

/// What takes something from somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taker {
    /// The base of this stage.
    Base(usize),
    /// A step of this stage.
    Step(usize),
    /// A cache of the file, used by steps.
    Named,
}

/// The stages of the file by name, lower case.
#[derive(Debug, Default)]
pub(super) struct StageNames {
    by_name: BTreeMap<String, usize>,
    /// Stages of a Dockerfile whose name a later one has, too.
    hidden: Vec<(String, usize)>,
    n_stages: usize,
}

impl StageNames {
    pub(super) fn new(build: &Build) -> Self {
        let mut names = Self {
            n_stages: build.stages.len(),
            ..Self::default()
        };
        for (idx, stage) in build.stages.iter().enumerate() {
            if stage.number.is_some() {
                continue;
            }
            let name = stage.name.value.to_ascii_lowercase();
            if let Some(hidden) = names.by_name.insert(name, idx) {
                let name = stage.name.value.to_ascii_lowercase();
                names.hidden.push((name, hidden));
            }
        }
        names
    }

    /// Returns the stage of that name; case does not count.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        match self.by_name.get(name) {
            Some(idx) => Some(*idx),
            None => self.by_name.get(&name.to_ascii_lowercase()).copied(),
        }
    }

    /// Returns the name of a stage that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.by_name.keys().map(String::as_str))
    }

    /// Says which names there are.
    pub(super) fn listed(&self) -> String {
        let list: Vec<&str> = self.by_name.keys().map(String::as_str).take(10).collect();
        match list.as_slice() {
            [] => "the stages have no names".to_owned(),
            list => format!("the stages are {}", list.join(", ")),
        }
    }

    /// Returns what a name stands for.
    ///
    /// Reports `unknown-stage`, `stage-cycle` for a stage that takes from itself, and
    /// `bad-image-name`.
    pub(super) fn resolve(
        &self,
        kind: InputKind,
        name: &Spanned<String>,
        taker: Taker,
        diags: &mut Diagnostics,
    ) -> Option<Input> {
        let text = name.value.as_str();
        match kind {
            InputKind::Context if text.eq_ignore_ascii_case("context") => {
                Some(Input::Context(name.span))
            }
            InputKind::Context => Some(Input::NamedContext(name.clone())),
            InputKind::Image => self.image(kind, name, diags),
            InputKind::Stage => match self.find(text) {
                Some(idx) => other_stage(idx, name, taker, diags),
                None => {
                    self.unknown(name, diags);
                    None
                }
            },
            InputKind::Earlier => self.earlier(name, taker, diags),
            InputKind::At(number) if number < self.n_stages => taken(number, name, taker, diags),
            InputKind::At(number) => {
                let message = format!("invalid stage index {number}");
                diags
                    .report(Code::UnknownStage, name.span, message)
                    .help("stages are counted from 0");
                None
            }
            InputKind::Any if text == "scratch" => Some(Input::Scratch),
            InputKind::Any if text.eq_ignore_ascii_case("context") => {
                Some(Input::Context(name.span))
            }
            InputKind::Any => match self.find(text) {
                // A stage `node` from the image `node` is what it looks like.
                Some(idx) if taker != Taker::Base(idx) => other_stage(idx, name, taker, diags),
                None if is_number(text) && taker != Taker::Named => {
                    self.numbered(name, diags);
                    None
                }
                _ => self.image(kind, name, diags),
            },
        }
    }

    /// Returns what a name in a Dockerfile stands for. That of a base finds the last stage before
    /// it that has this name to the letter, one of a step the last of all
    /// (`dockerfile2llb/convert.go:addState` and `findStateByName`, v0.32.2).
    fn earlier(
        &self,
        name: &Spanned<String>,
        taker: Taker,
        diags: &mut Diagnostics,
    ) -> Option<Input> {
        let text = name.value.as_str();
        let found = match taker {
            Taker::Base(own) => {
                let last = self.by_name.get(text).copied();
                let mut hidden = self.hidden.iter().rev();
                last.filter(|idx| *idx < own).or_else(|| {
                    let found = hidden.find(|(name, idx)| name == text && *idx < own);
                    found.map(|(_, idx)| *idx)
                })
            }
            Taker::Step(_) | Taker::Named => self.find(text),
        };
        match found {
            Some(idx) => taken(idx, name, taker, diags),
            None if text == "scratch" => Some(Input::Scratch),
            None => self.image(InputKind::Earlier, name, diags),
        }
    }

    /// Reports a stage that is named by its number, as `COPY --from=0` does.
    fn numbered(&self, name: &Spanned<String>, diags: &mut Diagnostics) {
        let message = format!("`{}` is no stage: stages have names", name.value);
        diags
            .report(Code::UnknownStage, name.span, message)
            .help(self.listed());
    }

    fn unknown(&self, name: &Spanned<String>, diags: &mut Diagnostics) {
        let message = format!("there is no stage `{}`", name.value);
        let names = || self.by_name.keys().map(String::as_str);
        let diagnostic = diags.report(Code::UnknownStage, name.span, message);
        diagnostic.did_you_mean(&name.value, names());
        if diagnostic.suggestions.is_empty() {
            diagnostic.help(self.listed());
        }
    }

    fn image(
        &self,
        kind: InputKind,
        name: &Spanned<String>,
        diags: &mut Diagnostics,
    ) -> Option<Input> {
        let error = match ImageName::parse(&name.value) {
            Ok(_) if name.value == "scratch" => {
                diags
                    .report(Code::BadImageName, name.span, "`scratch` is not an image")
                    .help("write `from: scratch`");
                return None;
            }
            Ok(image) => {
                return Some(Input::Image(Spanned::new(image.to_string(), name.span)));
            }
            Err(error) => error,
        };
        if kind != InputKind::Earlier && dockerfile_words(name, diags) {
            return None;
        }
        let message = match error {
            ImageNameError::Empty => "the name is empty".to_owned(),
            _ => format!("`{}` is not an image: {error}", name.value),
        };
        let diagnostic = diags.report(Code::BadImageName, name.span, message);
        let stage = self.nearest(&name.value);
        let stage = stage.filter(|_| matches!(kind, InputKind::Any | InputKind::Earlier));
        match (stage, error) {
            (Some(near), _) => {
                diagnostic.suggest(near, format!("did you mean the stage `{near}`?"));
            }
            (None, ImageNameError::UpperCase(small)) => {
                let small = name.value.replace(&capital(&name.value, &small), &small);
                diagnostic.suggest(&small, format!("did you mean `{small}`?"));
            }
            (None, ImageNameError::Scheme(_)) => {
                diagnostic.help("write it without the scheme: `registry.example.com/app:1`");
            }
            // The Dockerfile frontend has no more to say.
            _ if kind == InputKind::Earlier => {}
            (None, ImageNameError::Digest(_)) => {
                diagnostic.help("write all of the digest: `sha256:` and 64 hexadecimal digits");
            }
            (None, ImageNameError::Tag(_)) => {
                diagnostic.help("write name and tag, such as `alpine:3.20`");
            }
            _ => {}
        }
        None
    }
}

/// Tells whether a text is the number of a stage, which no image is called.
fn is_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Reports a name with what only FROM of a Dockerfile takes: a flag, AS, variables.
fn dockerfile_words(name: &Spanned<String>, diags: &mut Diagnostics) -> bool {
    let text = name.value.as_str();
    let words: Vec<&str> = text.split_whitespace().collect();
    let (message, help) = match words.as_slice() {
        [flag, ..] if flag.starts_with("--") => (
            format!("`{flag}` is not part of an image's name"),
            "write `platform` beside `from`, such as `platform: build`".to_owned(),
        ),
        [image, word, _] if word.eq_ignore_ascii_case("as") => (
            format!("`{word}` is not part of an image's name"),
            format!("write `from: {image}`: the name of a stage is its key below `stages`"),
        ),
        _ => {
            let Some(ours) = with_references(text) else {
                return false;
            };
            (
                format!("`{text}` has a variable of the shell, which is not replaced here"),
                format!("write `from: {ours}`"),
            )
        }
    };
    diags
        .report(Code::BadImageName, name.span, message)
        .help(help);
    true
}

/// Returns a text with `${{ }}` for `$NAME` and `${NAME}`, if there are any.
fn with_references(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        let inner = after.strip_prefix('{').unwrap_or(after);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, after_name) = inner.split_at(inner.find(|c| !is_part(c)).unwrap_or(inner.len()));
        let (modifier, after) = match after.starts_with('{') {
            true => after_name.split_once('}')?,
            false => ("", after_name),
        };
        if name.is_empty() {
            return None;
        }
        let ours = dockerfile_name(name).map_or_else(|| format!("args.{name}"), str::to_owned);
        out.push_str(&format!("{before}${{{{ {ours}{modifier} }}}}"));
        rest = after;
    }
    (!out.is_empty()).then(|| out + rest)
}

/// Returns the part of `text` that is `small` in small letters.
fn capital(text: &str, small: &str) -> String {
    let lower = text.to_lowercase();
    let found = lower
        .find(small)
        .and_then(|at| text.get(at..at + small.len()));
    found.unwrap_or(text).to_owned()
}

/// Returns a stage that a Dockerfile takes something from: one before the taker.
fn taken(
    idx: usize,
    name: &Spanned<String>,
    taker: Taker,
    diags: &mut Diagnostics,
) -> Option<Input> {
    let message = match taker {
        Taker::Step(own) if own == idx => {
            format!("circular dependency detected on stage: {}", name.value)
        }
        Taker::Step(own) if own < idx => format!(
            "cannot copy from stage \"{}\", it needs to be defined before current stage",
            name.value
        ),
        _ => return Some(Input::Stage(StageId(idx), name.span)),
    };
    diags
        .report(Code::StageCycle, name.span, message)
        .help("a stage takes files from the stages before it");
    None
}

fn other_stage(
    idx: usize,
    name: &Spanned<String>,
    taker: Taker,
    diags: &mut Diagnostics,
) -> Option<Input> {
    let verb = match taker {
        Taker::Base(own) if own == idx => "starts from",
        Taker::Step(own) if own == idx => "takes files from",
        Taker::Base(_) | Taker::Step(_) | Taker::Named => {
            return Some(Input::Stage(StageId(idx), name.span));
        }
    };
    let message = format!("stage `{}` {verb} itself", name.value.to_ascii_lowercase());
    diags
        .report(Code::StageCycle, name.span, message)
        .help(format!(
            "an image of that name is `{{image: {}}}`",
            name.value
        ));
    None
}

impl Input {
    /// Returns where it is named.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Scratch => None,
            Self::Stage(_, span) | Self::Context(span) => Some(*span),
            Self::Image(name) | Self::NamedContext(name) => Some(name.span),
        }
    }
}
