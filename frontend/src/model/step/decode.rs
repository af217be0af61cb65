//! Steps: which key of the map is the verb, and whether the others are its options.
//!
//! Some keys are both: `env` is a verb, and an option of `run`. A key is the verb unless another
//! key takes it as an option.

use crate::diagnostic::Code;
use crate::diagnostic::suggest::nearest;
use crate::model::fields::Table;
use crate::model::read::{self, Cx, Fields};
use crate::model::value::{self, Slot};
use crate::model::{Value, Written, check, name, verb, when};
use crate::syntax::{Field, View};
use crate::text::{Span, Spanned};

use super::{Step, Verb, config, files, run};

/// What people write who come from elsewhere, and the verb it stands for.
const ALIASES: &[(&str, &str)] = &[
    ("bash", "run"),
    ("command", "run"),
    ("commands", "run"),
    ("delete", "remove"),
    ("environment", "env"),
    ("exec", "run"),
    ("ln", "symlink"),
    ("maintainer", "author"),
    ("ports", "expose"),
    ("rm", "remove"),
    ("sh", "run"),
    ("write", "file"),
];

/// Reads a list of steps; nothing is an empty list.
pub(in crate::model) fn steps(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Step<Written>> {
    if let View::Null = cx.doc.view(slot.id) {
        return Vec::new();
    }
    if let View::Mapping(mapping) = cx.doc.view(slot.id)
        && let Some(field) = mapping.fields().first()
        && let Some(diagnostic) = cx.doc.wrong_type(slot.id, slot.name, "a list", cx.diags)
    {
        let key = field.key.value.trim_start_matches('-');
        let help = format!("start each step with `- `, as in `- {key}: ...`");
        diagnostic.help(help);
        return Vec::new();
    }
    let items = value::list(slot, cx).unwrap_or_default().into_iter();
    items.filter_map(|item| step(item, cx)).collect()
}

fn step(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Step<Written>> {
    let written = match cx.doc.view(slot.id) {
        View::Mapping(mapping) => mapping.fields(),
        View::Broken => return None,
        View::Null | View::Scalar(_) | View::Sequence(_) => {
            no_map(slot, cx);
            return None;
        }
    };
    let span = cx.doc.span(slot.id);
    let verb = find_verb(&written, span, cx)?;
    let table = verb::find(verb.value)?;
    let mut meant = Vec::new();
    let found: Vec<Field<'_>> = written
        .into_iter()
        .filter(|field| is_option(table, field, &mut meant, cx))
        .collect();
    let at = Spanned::new(verb.span, span);
    let fields = Fields::checked(table, found, meant, at);
    fields.report_missing(cx);
    let when = fields.slot("when");
    let no_cache = fields.boolean("no-cache", cx);
    let when = when.and_then(|slot| when::decode(slot, cx));
    let name = fields.text("name", cx);
    let check = fields
        .some("check", cx)
        .and_then(|slot| check::decode_step(slot, cx));
    Some(Step {
        span,
        name,
        when,
        instruction: None,
        no_cache: no_cache
            .filter(|wanted| wanted.value)
            .map(|wanted| wanted.span),
        check: check.map(Box::new),
        verb: decode_verb(verb.value, &fields, cx)?,
    })
}

fn no_map(slot: Slot<'_>, cx: &mut Cx<'_>) {
    let span = cx.doc.span(slot.id);
    let help = match cx.doc.view(slot.id) {
        View::Scalar(scalar) => meant_step(scalar.text.lines().next().unwrap_or_default()),
        _ => "write a verb and what it is about, such as `- run: make`".to_owned(),
    };
    cx.diags
        .report(Code::NoVerb, span, "a step is a map with a verb")
        .help(help);
}

/// Says how to write what somebody wrote without its key, as in a Dockerfile or without a space.
fn meant_step(line: &str) -> String {
    let (word, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
    let verb = word.to_ascii_lowercase();
    if rest.is_empty() || verb::find(&verb).is_none() {
        return format!("write `- run: {line}`");
    }
    match verb.as_str() {
        _ if line[word.len()..].starts_with(':') => {
            format!("write a space after the colon: `- {verb}: {rest}`")
        }
        "run" => format!("write `- run: {}`", rest.trim_start()),
        _ => format!("write `- {verb}: ...`"),
    }
}

/// Returns the one verb of a step; reports `no-verb`, `unknown-verb` or `several-verbs`.
fn find_verb<'d>(written: &[Field<'d>], span: Span, cx: &mut Cx<'d>) -> Option<Spanned<&'d str>> {
    let is_verb = |field: &&Field<'d>| verb::find(field.key.value).is_some();
    let candidates: Vec<Spanned<&str>> = written
        .iter()
        .filter(is_verb)
        .map(|field| field.key)
        .collect();
    if let [verb] = candidates.as_slice() {
        return Some(*verb);
    }
    let is_option_of_another = |key: &Spanned<&str>| {
        let owners = verb::with_option(key.value);
        candidates.iter().any(|other| owners.contains(&other.value))
    };
    let mut verbs = candidates.iter().filter(|key| !is_option_of_another(key));
    match (verbs.next(), verbs.next()) {
        (Some(verb), None) => Some(*verb),
        (Some(first), Some(second)) => {
            let message = format!(
                "a step has one verb, not `{}` and `{}`",
                first.value, second.value
            );
            cx.diags
                .report(Code::SeveralVerbs, second.span, message)
                .secondary(first.span, "the first verb")
                .help("make each a step of its own, starting with `- `");
            None
        }
        (None, _) => {
            no_verb(written, span, cx);
            None
        }
    }
}

fn no_verb(written: &[Field<'_>], span: Span, cx: &mut Cx<'_>) {
    let verbs = || verb::VERBS.iter().map(|table| verb::name_of(table));
    let is_free = |field: &&Field<'_>| {
        let name = field.key.value;
        !name.starts_with("x-") && verb::with_option(name).is_empty()
    };
    let meant = |name: &str| {
        let alias = ALIASES
            .iter()
            .find(|(theirs, _)| theirs.eq_ignore_ascii_case(name));
        nearest(name, verbs()).or(alias.map(|(_, ours)| *ours))
    };
    let free = written.iter().filter(is_free);
    let misspelt = free
        .filter(|field| !read::is_reserved(field.key.value))
        .find_map(|field| Some((field.key, meant(field.key.value)?)));
    if let Some((key, verb)) = misspelt {
        cx.diags
            .report(
                Code::UnknownVerb,
                key.span,
                format!("unknown verb `{}`", key.value),
            )
            .suggest(verb, format!("did you mean `{verb}`?"));
        return;
    }
    if let Some(reserved) = written.iter().find(|it| read::is_reserved(it.key.value)) {
        read::report_reserved(reserved.key, cx);
        return;
    }
    let at = written.first().map_or(span, |field| field.key.span);
    let list: Vec<&str> = verbs().collect();
    cx.diags
        .report(Code::NoVerb, at, "a step needs a verb")
        .label("none of the keys here is one")
        .help(format!("the verbs are: {}", list.join(", ")));
}

/// Tells whether a key goes with the verb; reports `misplaced-option` or `unknown-key`.
///
/// Adds to `meant` what the key was meant to be.
fn is_option(
    table: &'static Table,
    field: &Field<'_>,
    meant: &mut Vec<&'static str>,
    cx: &mut Cx<'_>,
) -> bool {
    let option = field.key;
    if table.find(option.value).is_some() {
        return true;
    }
    if option.value.starts_with("x-") {
        return false;
    }
    let owners = verb::with_option(option.value);
    if owners.is_empty() {
        meant.extend(read::report_unknown(table, option, cx));
        return false;
    }
    let list: Vec<String> = owners.iter().map(|owner| format!("`{owner}`")).collect();
    let message = format!("{} has no option `{}`", table.what, option.value);
    let diagnostic = cx
        .diags
        .report(Code::MisplacedOption, option.span, message)
        .label(format!("an option of {}", list.join(", ")));
    // What the option is called here, if it goes by another name.
    let name = read::meant(option.value, table);
    meant.extend(name);
    match name {
        Some(name) => diagnostic.suggest(name, format!("did you mean `{name}`?")),
        None => diagnostic.help(format!("remove it, or use {}", list.join(" or "))),
    };
    false
}

fn decode_verb(verb: &str, fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Verb<Written>> {
    match verb {
        "run" => run::run(fields, cx).map(Verb::Run),
        "script" => run::script(fields, cx).map(Box::new).map(Verb::Script),
        "copy" => files::copy(fields, cx).map(Box::new).map(Verb::Copy),
        "add" => files::add(fields, cx).map(Box::new).map(Verb::Add),
        "file" => files::file(fields, cx).map(Box::new).map(Verb::File),
        "mkdir" => files::mkdir(fields, cx).map(Box::new).map(Verb::Mkdir),
        "symlink" => files::symlink(fields, cx).map(Box::new).map(Verb::Symlink),
        "remove" => files::remove(fields, cx).map(Verb::Remove),
        "parallel" => parallel(fields.slot(verb)?, cx).map(Verb::Parallel),
        _ => config::decode(verb, fields, cx),
    }
}

/// Reads the branches of a `parallel`; reports `not-parallel` for verbs that make no files.
fn parallel(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Vec<Vec<Step<Written>>>> {
    let branches = value::list(slot, cx)?;
    if branches.is_empty() {
        value::empty(slot, cx);
        return None;
    }
    let mut out = Vec::new();
    for branch in branches {
        if let View::Mapping(_) = cx.doc.view(branch.id) {
            if let Some(diagnostic) =
                cx.doc
                    .wrong_type(branch.id, slot.name, "lists of steps", cx.diags)
            {
                diagnostic.help("each branch is a list: write `- - run: ...`");
            }
            continue;
        }
        report_not_parallel(branch, cx);
        out.push(steps(branch, cx));
    }
    Some(out)
}

fn report_not_parallel(branch: Slot<'_>, cx: &mut Cx<'_>) {
    let View::Sequence(items) = cx.doc.view(branch.id) else {
        return;
    };
    for id in items {
        let View::Mapping(mapping) = cx.doc.view(*id) else {
            continue;
        };
        let written = mapping.fields();
        let is_file_step = written
            .iter()
            .any(|field| verb::find(field.key.value).is_some_and(verb::makes_files));
        let other = written
            .iter()
            .find(|field| verb::find(field.key.value).is_some());
        let Some(other) = other.filter(|_| !is_file_step) else {
            continue;
        };
        let message = format!("`{}` cannot stand in `parallel`", other.key.value);
        let label = match other.key.value {
            "parallel" => "branches have no branches",
            _ => "changes no files",
        };
        cx.diags
            .report(Code::NotParallel, other.key.span, message)
            .label(label)
            .help("write it before or after the `parallel` step");
    }
}

/// Reads a `build-env`: nothing is a declaration without a value.
pub(in crate::model) fn build_env(
    slot: Slot<'_>,
    cx: &mut Cx<'_>,
) -> Vec<(Spanned<String>, Option<Value>)> {
    let mut out = Vec::new();
    for field in value::pairs(slot, cx) {
        let is_good = value::is_good_name(field.key, name::check_env, cx);
        let is_null = matches!(cx.doc.view(field.value), View::Null);
        let value = match is_null {
            true => None,
            false => value::text(Slot::of(field, "\"\""), cx),
        };
        if is_good && (is_null || value.is_some()) {
            out.push((field.key.map(str::to_owned), value));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::model::tests::{check_stage, check_step};

    #[test]
    fn a_key_is_the_verb_unless_another_takes_it() {
        check_step(
            "env: {A: b}\nrun: a",
            "Run { command: Shell(\"a\"), exec: Exec { env: [\"A\"=\"b\"] } }",
        );
    }

    #[test]
    fn a_step_has_one_verb() {
        check_step(
            "run: a\ncopy: b",
            "2:1: a step has one verb, not `run` and `copy` (make each a step of its own, \
             starting with `- `)",
        );
        check_step(
            "copy: a\nenv: {A: b}",
            "2:1: a step has one verb, not `copy` and `env` (make each a step of its own, \
             starting with `- `)",
        );
    }

    #[test]
    fn a_step_without_a_verb_is_told_so() {
        check_step("cpoy: a", "1:1: unknown verb `cpoy` (did you mean `copy`?)");
        check_step("RUN: a", "1:1: unknown verb `RUN` (did you mean `run`?)");
        check_step(
            "command: a",
            "1:1: unknown verb `command` (did you mean `run`?)",
        );
        check_step(
            "npm ci",
            "1:1: a step is a map with a verb (write `- run: npm ci`)",
        );
        check_step(
            "RUN npm ci",
            "1:1: a step is a map with a verb (write `- run: npm ci`)",
        );
        check_step(
            "copy:.",
            "1:1: a step is a map with a verb (write a space after the colon: `- copy: .`)",
        );
        check_step(
            "uses: a",
            "1:1: `uses` is reserved (remove it; to keep it as a note or an anchor, start its \
             name with `x-`)",
        );
        check_step(
            "name: a",
            "1:1: a step needs a verb (the verbs are: run, script, copy, add, file, mkdir, \
             symlink, remove, env, arg, build-env, workdir, user, shell, label, cmd, entrypoint, \
             expose, volume, healthcheck, stop-signal, onbuild, author, parallel)",
        );
    }

    #[test]
    fn an_option_goes_with_its_verb() {
        check_step(
            "copy: a\nsecrets: b",
            "2:1: `copy` has no option `secrets` (remove it, or use `run` or `script`)",
        );
        check_step(
            "copy: a\ntarget: b",
            "2:1: `copy` has no option `target` (did you mean `to`?)",
        );
        check_step(
            "copy: a\nchmdo: '1'",
            "2:1: unknown key `chmdo` (did you mean `chmod`?)",
        );
        check_step(
            "copy: a\nmode: '1'\nx-note: b",
            "2:1: unknown key `mode` (did you mean `chmod`?)",
        );
    }

    #[test]
    fn every_step_has_the_common_options() {
        check_step(
            "user: a\nname: b\nno-cache: true\nwhen: {args.c: d}\ncheck: {skip: e}",
            "Step { name: \"b\", when: When { tests: [Is { name: \"c\", values: [\"d\"] }] }, \
             no_cache: here, \
             check: Check { skip: [\"e\"] }, verb: User(\"a\") }",
        );
        check_step("user: a\nno-cache: false", "User(\"a\")");
    }

    #[test]
    fn the_check_of_a_step_is_no_error() {
        check_step(
            "user: a\ncheck: {error: true}",
            "2:16: a step's `check` has no `error` (write `check: {error: ...}` on the stage \
             or at the top of the file)",
        );
    }

    #[test]
    fn steps_are_a_list() {
        check_stage(
            "from: a\nsteps: {run: b}",
            "4:10: `steps` wants a list, not a map (start each step with `- `, as in \
             `- run: ...`)",
        );
        check_stage(
            "from: a\nsteps:",
            "Build { stages: [Stage { name: \"s\", body: Body { from: Any \"a\", steps: [] } }] }",
        );
    }

    #[test]
    fn branches_are_lists_of_steps_that_change_files() {
        check_step(
            "parallel: [[run: a], [copy: b, remove: c]]",
            "Parallel([[Step { verb: Run { command: Shell(\"a\") } }], \
             [Step { verb: Copy { sources: [Path(\"b\")] } }, \
             Step { verb: Remove { paths: [\"c\"] } }]])",
        );
        check_step(
            "parallel: [[env: {A: b}]]",
            "1:13: `env` cannot stand in `parallel` (write it before or after the `parallel` step)",
        );
        check_step(
            "parallel: [[parallel: []]]",
            "1:13: `parallel` cannot stand in `parallel` (write it before or after the \
             `parallel` step)\n\
             1:23: `parallel` is empty (write `parallel: [[{run: make a}], [{run: make b}]]`)",
        );
        check_step(
            "parallel: [run: a]",
            "1:12: `parallel` wants lists of steps, not a map (each branch is a list: \
             write `- - run: ...`)",
        );
    }
}
