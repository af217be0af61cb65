//! What the rules of the Dockerfile frontend find in the text alone
//! (`frontend/dockerfile/linter/ruleset.go`, `dockerfile2llb/validations.go`, v0.32.2). What they
//! find in the stages that are built is in `lint`.

use crate::diagnostic::suggest::closest;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Piece, PlatformField, Template};
use crate::image_name::ImageName;
use crate::model::{Build, Stage, Value};
use crate::text::Span;
use crate::units;

use buildkit_llb::Platform;

use super::globals::Globals;
use super::line::Instruction;
use super::words;

/// What is known of the instructions so far.
#[derive(Default)]
pub(super) struct Notes {
    /// Their words as written.
    words: Vec<(String, Span)>,
    n_lower: usize,
    n_upper: usize,
    /// What bases are called, as written.
    bases: Vec<String>,
}

fn is_lower(text: &str) -> bool {
    text == text.to_lowercase()
}

fn is_upper(text: &str) -> bool {
    text == text.to_uppercase()
}

impl Notes {
    /// Looks at an instruction of a stage.
    pub(super) fn instruction(&mut self, it: &Instruction<'_>, diags: &mut Diagnostics) {
        let word = it.str(&it.word);
        match (is_lower(word), is_upper(word)) {
            (true, _) => self.n_lower += 1,
            (_, true) => self.n_upper += 1,
            _ => {}
        }
        self.words.push((word.to_owned(), it.all));
        if word.eq_ignore_ascii_case("MAINTAINER") {
            let message = "Maintainer instruction is deprecated in favor of using label";
            diags.report(Code::MaintainerDeprecated, it.all, message);
        }
    }

    /// Looks at a `FROM`.
    pub(super) fn from(
        &mut self,
        it: &Instruction<'_>,
        stage: &Stage,
        globals: &Globals,
        diags: &mut Diagnostics,
    ) {
        let words = words::separated(it);
        if let [_, word, name] = words.as_slice() {
            casing(it, it.str(word), it.str(name), diags);
        }
        if stage.number.is_none() {
            let name = stage.name.value.as_str();
            describes(it, "FROM", &[name], diags);
        }
        let base = words.first().map_or("", |word| it.str(word));
        self.bases.push(base.to_owned());
        undeclared(it, globals, diags);
        if let Some(Value::Plain(platform)) = &stage.body.platform {
            let flag = it.flags.iter().map(|word| it.str(word));
            let mut flag = flag.filter_map(|flag| flag.strip_prefix("--platform="));
            let flag = flag.next_back();
            self::platform(it, stage, (platform, flag.unwrap_or_default()), diags);
        }
    }

    /// Looks at all of the file.
    pub(super) fn finish(self, build: &Build, globals: &Globals, diags: &mut Diagnostics) {
        let mut seen: Vec<&str> = Vec::new();
        for stage in build.stages.iter().filter(|stage| stage.number.is_none()) {
            let name = stage.name.value.as_str();
            if matches!(name, "context" | "scratch") {
                let message =
                    format!("Stage name should not use the same name as reserved stage {name:?}");
                diags.report(Code::ReservedStageName, stage.span, message);
            }
            if seen.contains(&name) {
                let message =
                    format!("Duplicate stage name {name:?}, stage names should be unique");
                diags.report(Code::DuplicateStageName, stage.span, message);
            }
            seen.push(name);
        }
        let is_wanted: fn(&str) -> bool = match self.n_lower > self.n_upper {
            true => is_lower,
            false => is_upper,
        };
        let wanted = match self.n_lower > self.n_upper {
            true => "lowercase",
            false => "uppercase",
        };
        for (word, span) in self.words.iter().filter(|(word, _)| !is_wanted(word)) {
            let message = format!(
                "Command '{word}' should match the case of the command majority ({wanted})"
            );
            diags.report(Code::ConsistentInstructionCasing, *span, message);
        }
        for (stage, base) in build.stages.iter().zip(&self.bases) {
            let from = stage.body.from.as_ref();
            let Some(Value::Plain(name)) = from.map(|from| &from.name) else {
                continue;
            };
            let found = globals.default_of(name);
            if found.is_some_and(|found| ImageName::parse(&found).is_err()) {
                let message = format!(
                    "Default value for ARG {base} results in empty or invalid base image name"
                );
                diags.report(Code::InvalidDefaultArgInFrom, stage.span, message);
            }
        }
    }
}

/// Reports the names in a `FROM` that nobody declared.
pub(super) fn undeclared(it: &Instruction<'_>, globals: &Globals, diags: &mut Diagnostics) {
    for name in globals.take_undeclared() {
        let known = globals.names();
        let known = known.iter().map(String::as_str);
        let message = format!("FROM argument '{name}' is not declared");
        let message = super::did_you_mean(message, closest(&name, known), "");
        diags.report(Code::UndefinedArgInFrom, it.all, message);
    }
}

fn casing(it: &Instruction<'_>, word: &str, name: &str, diags: &mut Diagnostics) {
    if !is_lower(name) {
        let message = format!("Stage name '{name}' should be lowercase");
        diags.report(Code::StageNameCasing, it.all, message);
    }
    let from = it.str(&it.word);
    let is_same = match (is_lower(from), is_upper(from)) {
        (true, _) => is_lower(word),
        (_, true) => is_upper(word),
        _ => true,
    };
    if !is_same {
        let message = format!("'{word}' and '{from}' keywords' casing do not match");
        diags.report(Code::FromAsCasing, it.all, message);
    }
}

/// Looks at the comment above something that has names.
pub(super) fn describes(it: &Instruction<'_>, what: &str, names: &[&str], diags: &mut Diagnostics) {
    let Some(comment) = it.comments.last() else {
        return;
    };
    let first = comment.text.split(' ').next().unwrap_or_default();
    let name = match names {
        [] => return,
        [name] => name,
        _ => "<arg_key>",
    };
    if !names.contains(&first) {
        let message =
            format!("Comment for {what} should follow the format: `# {name} <description>`");
        diags.report(Code::InvalidDefinitionDescription, it.all, message);
    }
}

fn platform(
    it: &Instruction<'_>,
    stage: &Stage,
    (platform, written): (&Template<Name>, &str),
    diags: &mut Diagnostics,
) {
    if let [Piece::Reference(reference)] = &*platform.pieces
        && [
            Name::Target(PlatformField::Platform),
            Name::Arg("TARGETPLATFORM".to_owned()),
        ]
        .contains(&reference.name)
    {
        let message = format!(
            "Setting platform to predefined {written} in FROM is redundant as this is the default \
             behavior"
        );
        diags.report(Code::RedundantTargetPlatform, it.all, message);
    }
    let literal = platform.as_literal().filter(|_| !written.contains('$'));
    let host = Platform::new("linux", "amd64");
    let Some(Ok(parsed)) = literal.map(|text| Platform::parse(text, &host)) else {
        return;
    };
    let name = match stage.number {
        None => stage.name.value.as_str(),
        Some(_) => "",
    };
    if !name.contains(&parsed.os) && !name.contains(&parsed.architecture) {
        let text = literal.unwrap_or_default();
        let message = format!(
            "FROM --platform flag should not use constant value {}",
            units::quote(text)
        );
        diags.report(Code::FromPlatformFlagConstDisallowed, it.all, message);
    }
}
