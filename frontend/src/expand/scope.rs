//! What names mean at one place of the build file.

use buildkit_llb::Platform;

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{
    EnvName, Found, Modifier, Name, Piece, PlatformField, Reference, Scope, Template, Text,
    dockerfile_name,
};
use crate::model::{Build, Language};
use crate::text::Span;

use super::args::{Sets, State};
use super::when::normal_field;
use super::{Asked, Purpose, StageId};

/// The names whose values are the same everywhere in one expansion.
#[derive(Debug)]
pub(super) struct Fixed {
    language: Language,
    target: Fields,
    build: Fields,
    stage_target: String,
}

/// The parts of one platform as text.
#[derive(Debug)]
struct Fields {
    platform: String,
    os: String,
    arch: String,
    variant: String,
    os_version: String,
}

impl Fixed {
    /// Returns the values; `--build-arg TARGETARCH=...` and its like replace them, as in
    /// `dockerfile2llb/platform.go` (`defaultArgs`, v0.32.2).
    pub(super) fn new(
        build: &Build,
        asked: &Asked,
        result: StageId,
        target: &Platform,
        builder: &Platform,
    ) -> Self {
        let set = |name: &str, value: &str| {
            let asked = asked.args.get(name).map(String::as_str);
            asked.unwrap_or(value).to_owned()
        };
        let fields = |prefix: &str, platform: &Platform, whole: &str| Fields {
            platform: set(&format!("{prefix}PLATFORM"), whole),
            os: set(&format!("{prefix}OS"), &platform.os),
            arch: set(&format!("{prefix}ARCH"), &platform.architecture),
            variant: set(&format!("{prefix}VARIANT"), &platform.variant),
            os_version: set(&format!("{prefix}OSVERSION"), &platform.os_version),
        };
        let stage = build.stages.get(result.0).map(|stage| match stage.number {
            None => stage.name.value.as_str(),
            Some(_) => "default",
        });
        let stage = asked.target.as_deref().or(stage).unwrap_or_default();
        Self {
            language: build.language,
            target: fields("TARGET", target, &target.format_all()),
            build: fields("BUILD", builder, &builder.format()),
            stage_target: set("TARGETSTAGE", stage),
        }
    }
}

impl Fields {
    fn get(&self, field: PlatformField) -> &str {
        match field {
            PlatformField::Platform => &self.platform,
            PlatformField::Os => &self.os,
            PlatformField::Arch => &self.arch,
            PlatformField::Variant => &self.variant,
            PlatformField::OsVersion => &self.os_version,
        }
    }
}

/// What names mean at one place: the [`Scope`] of `expand`.
#[derive(Clone, Copy)]
pub(super) struct Names<'e> {
    pub(super) fixed: &'e Fixed,
    pub(super) sets: &'e Sets<'e>,
    /// The arguments that are visible.
    pub(super) set: usize,
    /// The stage that is being read.
    pub(super) stage: &'e str,
    pub(super) purpose: Purpose,
}

impl Names<'_> {
    /// Returns the value of a name as `when` compares it: empty for nothing.
    pub(super) fn compared(&self, name: &Name) -> Option<&str> {
        match self.find(name) {
            Found::Set(value) => Some(value),
            Found::Unset => Some(""),
            Found::Later(_) | Found::Reported => None,
        }
    }

    /// Returns a text as `when` compares it with the value of the name.
    pub(super) fn normal(&self, name: &Name, text: &str) -> String {
        let normal = match name {
            Name::Arg(name) => self
                .sets
                .find(self.set, name)
                .and_then(|value| value.arg.kind.normalise(text).ok()),
            Name::Target(field) | Name::Build(field) => Some(normal_field(*field, text)),
            Name::Env(_)
            | Name::StageName
            | Name::StageTarget
            | Name::Undeclared(_)
            | Name::Broken => None,
        };
        normal.unwrap_or_else(|| text.to_owned())
    }

    /// Notes that a stage mentions a name at `span`, and reports what is wrong with the argument.
    pub(super) fn mention(&self, name: &Name, span: Span, diags: &mut Diagnostics) {
        if let Name::Arg(name) = name
            && let Some(value) = self.sets.find(self.set, name)
        {
            value.is_mentioned.set(true);
        }
        self.problems(name, span, diags);
    }

    /// Tells whether the text is for an answer about the build and lacks the value of an argument.
    pub(super) fn is_open(&self, template: &Template<Name>) -> bool {
        let lacks = |piece: &Piece<Name>| {
            let Piece::Reference(reference) = piece else {
                return false;
            };
            let is_replaced = matches!(
                reference.modifier,
                Some(Modifier::Default(..) | Modifier::Alternate(..))
            );
            !is_replaced && self.is_undecided(&reference.name)
        };
        template.pieces.iter().any(lacks)
    }

    /// Reports what is wrong with the argument that is mentioned at `span`.
    pub(super) fn problems(&self, name: &Name, span: Span, diags: &mut Diagnostics) {
        let Name::Arg(name) = name else {
            return;
        };
        match self.sets.find(self.set, name) {
            Some(value) => value.report(diags),
            None => undefined(name, span, &self.sets.visible(self.set), diags),
        }
    }
}

impl Scope<Name> for Names<'_> {
    fn find(&self, name: &Name) -> Found<'_> {
        match name {
            Name::Arg(name) => match self.sets.find(self.set, name).map(|value| &value.state) {
                Some(State::Set(value)) => Found::Set(value),
                Some(State::Unset) if self.purpose != Purpose::Build => Found::Set(""),
                Some(State::Unset) => Found::Unset,
                Some(State::Failed) | None => Found::Reported,
            },
            Name::Env(name) => Found::Later(name.clone()),
            Name::Target(field) => Found::Set(self.fixed.target.get(*field)),
            Name::Build(field) => Found::Set(self.fixed.build.get(*field)),
            Name::StageName => Found::Set(self.stage),
            Name::StageTarget => Found::Set(&self.fixed.stage_target),
            Name::Undeclared(_) => Found::Unset,
            Name::Broken => Found::Reported,
        }
    }

    fn is_undecided(&self, name: &Name) -> bool {
        let Name::Arg(name) = name else { return false };
        let value = self.sets.find(self.set, name);
        self.purpose != Purpose::Build && value.is_some_and(|value| value.state == State::Unset)
    }

    fn needs_all_words(&self) -> bool {
        self.fixed.language == Language::Dockerfile
    }

    fn unset(&self, reference: &Reference<Name>, diags: &mut Diagnostics) {
        let Name::Arg(name) = &reference.name else {
            return;
        };
        let declared = self
            .sets
            .find(self.set, name)
            .map(|value| value.arg.name.span);
        let message = format!("`args.{name}` has no value");
        let diagnostic = diags.report(Code::UnsetArg, reference.span, message);
        if let Some(declared) = declared {
            diagnostic.secondary(declared, "declared without a value");
        }
        match dockerfile_name(name) {
            Some(ours) => diagnostic.help(format!("did you mean `{ours}`?")),
            None => diagnostic.help(format!(
                "pass `--build-arg {name}=...`, give it a default, or write `${{{{ args.{name}- }}}}` \
                 for empty"
            )),
        };
    }
}

/// Reports `undefined-arg`.
pub(super) fn undefined(name: &str, span: Span, visible: &[&str], diags: &mut Diagnostics) {
    let message = format!("argument `{name}` is not declared");
    let diagnostic = diags.report(Code::UndefinedArg, span, message);
    if let Some(ours) = dockerfile_name(name) {
        diagnostic.help(format!("did you mean `{ours}`?"));
        return;
    }
    match nearest(name, visible.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `args.{near}`?")),
        None => diagnostic.help(format!("declare it: `args: {{{name}: value}}`")),
    };
}

/// Reports `late-name` for what is left of a text that must be known now.
pub(super) fn late(text: &Text, diags: &mut Diagnostics) {
    text.each_reference(&mut |reference| late_name(&reference.name, reference.span, diags));
}

/// Reports `late-name`.
pub(super) fn late_name(name: &EnvName, span: Span, diags: &mut Diagnostics) {
    let message = format!("`{name}` is not known here");
    diags
        .report(Code::LateName, span, message)
        .label("known only once the base image is")
        .help("use an argument: `${{ args.NAME }}`");
}
