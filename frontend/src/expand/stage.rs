//! Stages: which keys count on a platform, what a stage starts from, where it runs.

use std::cell::RefCell;

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Template, Text, eval};
use crate::model::{
    Arg, Body, Build, InputKind, Language, Mistake, Stage as WrittenStage, Value, Variant,
};
use crate::text::{Span, Spanned};

use super::args::{Cx, Sets, TOP};
use super::index::Index;
use super::input::{StageNames, Taker};
use super::platform::{choose_text, choose_variant, instruction_platform, parse_platform};
use super::scope::{Fixed, Names, late};
use super::{Asked, Input, Purpose, Scans, Stage, StageId, UsedArg, context, steps, trigger};

/// Everything that one expansion looks things up in.
pub(super) struct Expander<'b> {
    pub(super) build: &'b Build,
    pub(super) asked: &'b Asked,
    pub(super) target: &'b Platform,
    builder: &'b Platform,
    pub(super) fixed: Fixed,
    pub(super) sets: Sets<'b>,
    pub(super) names: StageNames,
    pub(super) caches: Index<'b>,
    pub(super) secrets: Index<'b>,
    pub(super) ssh: Index<'b>,
    /// Whether a stage leaves ONBUILD triggers to those that start from it.
    pub(super) has_onbuild: bool,
    heads: Vec<Option<Head<'b>>>,
    places: Vec<Option<Place>>,
    /// The arguments of the stages that are reached.
    pub(super) used: Vec<UsedArg>,
    /// The arguments that steps declare, and their values.
    pub(super) declared: RefCell<Vec<UsedArg>>,
}

/// What is known of a stage before its base is looked at.
#[derive(Clone)]
struct Head<'b> {
    variant: Option<&'b Variant>,
    base: Input,
    base_span: Span,
    platform: Option<Spanned<Platform>>,
    /// A named context is this stage: of the file, only name and platform count.
    is_context: bool,
}

/// What a stage has from its base and its own keys.
#[derive(Clone)]
struct Place {
    platform: Platform,
    set: usize,
}

/// The keys of a stage for one platform: the variant's first.
#[derive(Clone, Copy)]
pub(super) struct Keys<'b> {
    pub(super) body: &'b Body,
    pub(super) variant: Option<&'b Body>,
}

impl<'b> Keys<'b> {
    /// Returns the variant's value of a key, or the stage's.
    pub(super) fn pick<T>(self, key: impl Fn(&'b Body) -> Option<&'b T>) -> Option<&'b T> {
        self.variant.and_then(&key).or_else(|| key(self.body))
    }

    /// Returns the entries of a map: the variant's take the place of the stage's.
    pub(super) fn merge<T>(
        self,
        map: impl Fn(&'b Body) -> &'b [T],
        name: impl Fn(&T) -> &str,
    ) -> Vec<&'b T> {
        let theirs = self.variant.map(&map).unwrap_or_default();
        merged(map(self.body), theirs, name)
    }
}

/// Returns the entries of `ours`, each replaced by the one of that name in `theirs`, then the
/// others of `theirs`.
pub(super) fn merged<'b, T>(
    ours: &'b [T],
    theirs: &'b [T],
    name: impl Fn(&T) -> &str,
) -> Vec<&'b T> {
    if theirs.is_empty() {
        return ours.iter().collect();
    }
    let by_name = Index::new(&mut theirs.iter().map(&name));
    let known = Index::new(&mut ours.iter().map(&name));
    let replaced = ours
        .iter()
        .map(|it| by_name.find(name(it), theirs).unwrap_or(it));
    let added = theirs
        .iter()
        .filter(|it| known.find(name(it), ours).is_none());
    replaced.chain(added).collect()
}

impl<'b> Expander<'b> {
    pub(super) fn new(
        build: &'b Build,
        asked: &'b Asked,
        target: &'b Platform,
        builder: &'b Platform,
        fixed: Fixed,
    ) -> Self {
        let mut sets = Sets::default();
        let top: Vec<&Arg> = build.args.iter().collect();
        let cx = Cx {
            asked,
            fixed: &fixed,
            target,
            stage: "",
        };
        sets.add(&top, None, cx);
        Self {
            build,
            asked,
            target,
            builder,
            sets,
            fixed,
            names: StageNames::new(build),
            caches: Index::new(&mut build.caches.iter().map(|it| it.name.value.as_str())),
            secrets: Index::new(&mut build.secrets.iter().map(|it| it.name.value.as_str())),
            ssh: Index::new(&mut build.ssh.iter().map(|it| it.name.value.as_str())),
            has_onbuild: trigger::has_onbuild(build),
            heads: vec![None; build.stages.len()],
            places: vec![None; build.stages.len()],
            used: Vec::new(),
            declared: RefCell::default(),
        }
    }

    /// Reports the mistakes that count for the request.
    fn report(&self, mistakes: &[Mistake], diags: &mut Diagnostics) {
        let is_set = |name: &String| self.asked.args.contains_key(name);
        for mistake in mistakes {
            if !mistake.unless.as_ref().is_some_and(is_set) {
                diags.add(mistake.diagnostic.clone());
            }
        }
    }

    /// Reports what is wrong with the arguments of the file, whoever mentions them: a Dockerfile's are
    /// evaluated before everything (`dockerfile2llb/convert.go:toDispatchState`, v0.32.2).
    pub(super) fn report_args(&self, diags: &mut Diagnostics) {
        self.report(&self.build.mistakes, diags);
        self.sets.report_hidden(diags);
        for arg in &self.build.args {
            if let Some(value) = self.sets.find(TOP, &arg.name.value) {
                value.report(diags);
            }
        }
    }

    /// Expands every stage. What is wrong is reported only for those that the roots reach.
    pub(super) fn stages(&mut self, roots: &[StageId], diags: &mut Diagnostics) -> Vec<Stage> {
        let mut stages: Vec<Option<Stage>> = self.build.stages.iter().map(|_| None).collect();
        let mut waiting: Vec<usize> = roots.iter().map(|root| root.0).collect();
        while let Some(idx) = waiting.pop() {
            if stages[idx].is_some() {
                continue;
            }
            let stage = self.stage(idx, diags);
            waiting.extend(stage.uses().iter().filter_map(|it| match it.input {
                Input::Stage(id, _) => Some(id.0),
                _ => None,
            }));
            stages[idx] = Some(stage);
        }
        self.used = self.sets.used();
        // One that a step declares takes the place of the file's.
        let declared = self.declared.take();
        let is_hidden = |it: &UsedArg| {
            let mut declared = declared.iter();
            declared.any(|other| other.arg.name.value == it.arg.name.value)
        };
        self.used.retain(|it| !is_hidden(it));
        self.used.extend(declared);
        self.used.sort_by_key(|it| it.arg.name.span.start);
        // In a Dockerfile every FROM is read, and every image has a name that can be one.
        let is_dockerfile = self.build.language == Language::Dockerfile;
        for idx in (0..stages.len()).filter(|_| is_dockerfile) {
            self.head(idx, diags);
        }
        let mut unheard = Diagnostics::new();
        let all = stages.into_iter().enumerate();
        let all = all.map(|(idx, stage)| stage.unwrap_or_else(|| self.stage(idx, &mut unheard)));
        let all = all.collect();
        if is_dockerfile {
            unheard.retain(|it| it.code == Code::BadImageName);
            diags.append(unheard);
        }
        all
    }

    fn stage(&mut self, idx: usize, diags: &mut Diagnostics) -> Stage {
        self.place(idx, diags);
        let written: &'b WrittenStage = &self.build.stages[idx];
        self.report(&written.mistakes, diags);
        let keys = Keys {
            body: &written.body,
            variant: self.head(idx, diags).variant.map(|variant| &variant.body),
        };
        let head = self.head(idx, diags);
        let (base, base_span) = (head.base.clone(), head.base_span);
        let (platform, set) = match &self.places[idx] {
            Some(place) => (place.platform.clone(), place.set),
            None => (self.target.clone(), TOP),
        };
        let errexit = keys.pick(|body| body.errexit.as_ref());
        let is_context = self.head(idx, diags).is_context;
        let (mut steps, mut triggers) = (Vec::new(), Vec::new());
        if !is_context {
            // In a Dockerfile all of the FROM is marked.
            let span = match self.build.language {
                Language::BuildFile => base_span,
                Language::Dockerfile => written.span,
            };
            let base = (&base, span, &platform);
            (triggers, steps) = trigger::triggers(&self.mapper(idx, set), base, diags);
            steps.append(&mut steps::steps(keys, &self.mapper(idx, set), diags));
        }
        let mut scans = Scans::of(&self.sets, set, &written.name.value, diags);
        scans.add(&steps, &written.name.value);
        Stage {
            name: written.name.as_ref().map(|name| name.to_ascii_lowercase()),
            title: written.title.clone(),
            command: written.command.clone(),
            span: written.span,
            base,
            base_span,
            platform,
            errexit: errexit.is_none_or(|errexit| errexit.value),
            steps,
            triggers,
            check: keys.pick(|body| body.check.as_ref()).cloned(),
            scans,
        }
    }

    /// Returns what is needed to map the steps of a stage that was looked at.
    pub(super) fn known_stage(&self, idx: usize) -> Option<(Keys<'b>, steps::At<'_, 'b>)> {
        let head = self.heads[idx].as_ref().filter(|head| !head.is_context)?;
        let keys = Keys {
            body: &self.build.stages[idx].body,
            variant: head.variant.map(|variant| &variant.body),
        };
        let set = self.places[idx].as_ref()?.set;
        Some((keys, self.mapper(idx, set)))
    }

    /// Returns what is needed to map the steps of a stage where a set of arguments is visible.
    fn mapper(&self, idx: usize, set: usize) -> steps::At<'_, 'b> {
        steps::At {
            expander: self,
            idx,
            names: self.scope(idx, set),
        }
    }

    pub(super) fn scope(&self, idx: usize, set: usize) -> Names<'_> {
        Names {
            fixed: &self.fixed,
            sets: &self.sets,
            set,
            stage: &self.build.stages[idx].name.value,
            purpose: self.asked.purpose,
        }
    }

    /// Finds platform and arguments of a stage, and of what it is built from.
    fn place(&mut self, idx: usize, diags: &mut Diagnostics) {
        let mut chain = Vec::new();
        let mut in_chain = std::collections::BTreeSet::new();
        let mut next = Some(idx);
        while let Some(idx) = next {
            if self.places[idx].is_some() || !in_chain.insert(idx) {
                break;
            }
            chain.push(idx);
            next = match self.head(idx, diags).base {
                Input::Stage(base, _) => Some(base.0),
                _ => None,
            };
        }
        for idx in chain.into_iter().rev() {
            let place = self.place_of(idx, diags);
            self.places[idx] = Some(place);
        }
    }

    /// Finds platform and arguments of a stage whose base has them.
    fn place_of(&mut self, idx: usize, diags: &mut Diagnostics) -> Place {
        let head = self.head(idx, diags).clone();
        let base = match head.base {
            Input::Stage(base, span) => self.places[base.0].as_ref().map(|it| (it, base, span)),
            _ => None,
        };
        let outer = base.map_or(TOP, |(place, ..)| place.set);
        let platform = match (head.platform, base) {
            (Some(own), Some((place, base, span))) => {
                if own.value != place.platform {
                    let base = &self.build.stages[base.0].name.value;
                    let (ours, theirs) = (own.value.format(), place.platform.format());
                    let message = format!("the stage runs on `{ours}`, its base on `{theirs}`");
                    diags
                        .report(Code::PlatformDiffers, own.span, message)
                        .secondary(span, format!("stage `{base}` is for `{theirs}`"))
                        .help("leave `platform` out: it is the base stage's");
                }
                own.value
            }
            (Some(own), None) => own.value,
            (None, Some((place, ..))) => place.platform.clone(),
            (None, None) => self.target.clone(),
        };
        let stage: &'b WrittenStage = &self.build.stages[idx];
        let keys = Keys {
            body: &stage.body,
            variant: head.variant.map(|variant| &variant.body),
        };
        let args = match head.is_context {
            true => Vec::new(),
            false => keys.merge(|body| &body.args, |arg| &arg.name.value),
        };
        let cx = Cx {
            asked: self.asked,
            fixed: &self.fixed,
            target: self.target,
            stage: &stage.name.value,
        };
        let set = self.sets.add(&args, Some(outer), cx);
        Place { platform, set }
    }

    fn head(&mut self, idx: usize, diags: &mut Diagnostics) -> &Head<'b> {
        if self.heads[idx].is_none() {
            let head = self.find_head(idx, diags);
            self.heads[idx] = Some(head);
        }
        self.heads[idx]
            .as_ref()
            .expect("expand: the head was just found")
    }

    fn find_head(&self, idx: usize, diags: &mut Diagnostics) -> Head<'b> {
        let stage: &'b WrittenStage = &self.build.stages[idx];
        let variant = choose_variant(&stage.by_platform, self.target, diags);
        let keys = Keys {
            body: &stage.body,
            variant: variant.map(|variant| &variant.body),
        };
        let platform = keys
            .pick(|body| body.platform.as_ref())
            .and_then(|value| self.platform(value, idx, diags));
        let runs_on = platform.as_ref().map_or(self.target, |own| &own.value);
        let context = context::in_place_of_stage(self.asked, &stage.name, runs_on);
        let context = context.filter(|_| stage.number.is_none());
        let is_context = context.is_some();
        let (base, base_span) = match context {
            Some(context) => (context, stage.name.span),
            None => self.base(idx, keys, runs_on, diags),
        };
        // In a Dockerfile the platform of a base that is a stage counts, and without a base that of
        // the build (`dockerfile2llb/convert.go:resolveReachableStages`, v0.32.2).
        let from = keys.pick(|body| body.from.as_ref());
        let is_of_base = from.is_some_and(|from| from.kind == InputKind::Earlier)
            && matches!(base, Input::Stage(..) | Input::Scratch);
        Head {
            variant,
            base,
            base_span,
            platform: platform.filter(|_| !is_of_base),
            is_context,
        }
    }

    /// Returns what a stage starts from, and where that is written.
    fn base(
        &self,
        idx: usize,
        keys: Keys<'b>,
        platform: &Platform,
        diags: &mut Diagnostics,
    ) -> (Input, Span) {
        let stage: &'b WrittenStage = &self.build.stages[idx];
        let Some(from) = keys.pick(|body| body.from.as_ref()) else {
            if !stage.by_platform.is_empty() {
                self.no_base(stage, diags);
            }
            return (Input::Scratch, stage.name.span);
        };
        let name = self.known(&from.name, idx, TOP, diags);
        // Of an argument without a value, which a call may have, nothing is known.
        let is_known =
            |name: &Spanned<String>| self.asked.purpose == Purpose::Build || !name.value.is_empty();
        let base = name.filter(is_known).and_then(|name| {
            self.names
                .resolve(from.kind, &name, Taker::Base(idx), diags)
        });
        let base = base.map(|base| context::in_place_of(base, self.asked, platform, diags));
        (base.unwrap_or(Input::Scratch), from.name.span())
    }

    fn no_base(&self, stage: &WrittenStage, diags: &mut Diagnostics) {
        let platform = self.target.format();
        let message = format!(
            "stage `{}` has no `from` for `{platform}`",
            stage.name.value
        );
        diags
            .report(Code::NoPlatformMatch, stage.name.span, message)
            .help(format!(
                "add a `from`, or one to `by-platform` for `{platform}`"
            ));
    }

    fn platform(
        &self,
        value: &'b Value,
        idx: usize,
        diags: &mut Diagnostics,
    ) -> Option<Spanned<Platform>> {
        let text = self.known(value, idx, TOP, diags)?;
        let platform = match text.value.as_str() {
            word if self.build.language == Language::Dockerfile => {
                instruction_platform(word, text.span, self.builder, diags)?
            }
            "target" => self.target.clone(),
            "build" => self.builder.clone(),
            word => parse_platform(word, text.span, self.target, diags)?,
        };
        Some(Spanned::new(platform, text.span))
    }

    /// Evaluates a value as far as it can be now.
    pub(super) fn text(
        &self,
        value: &Value,
        names: &Names<'_>,
        diags: &mut Diagnostics,
    ) -> Option<Text> {
        let template = self.template(value, diags)?;
        if let Some(text) = template.as_literal() {
            return Some(Text::literal(template.span, text));
        }
        template.each_reference(&mut |it| names.mention(&it.name, it.span, diags));
        eval(template, names, diags)
    }

    /// Returns the string of a value on the target platform.
    fn template<'v>(
        &self,
        value: &'v Value,
        diags: &mut Diagnostics,
    ) -> Option<&'v Template<Name>> {
        match value {
            Value::Plain(template) => Some(template),
            Value::ByPlatform(cases) => choose_text(cases, self.target, diags),
        }
    }

    /// Evaluates a value that must be known now. Reports `late-name`.
    ///
    /// For an answer about the build it is not known if an argument has no value; that is no
    /// mistake.
    pub(super) fn known(
        &self,
        value: &Value,
        idx: usize,
        set: usize,
        diags: &mut Diagnostics,
    ) -> Option<Spanned<String>> {
        let names = self.scope(idx, set);
        let text = self.text(value, &names, diags)?;
        if names.is_open(self.template(value, diags)?) {
            return None;
        }
        match text.as_literal() {
            Some(literal) => Some(Spanned::new(literal.to_owned(), text.span)),
            None => {
                late(&text, diags);
                None
            }
        }
    }
}
