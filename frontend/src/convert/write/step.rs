//! Steps: the verb first, its options, then what goes with every verb.

use crate::expr;
use crate::model::{
    Add, Command, Copy, Healthcheck, Mkdir, Named, Source, Step, Value, Verb, When, WhenTest,
    Written,
};
use crate::syntax::node::Layout;
use crate::syntax::print::{Item, Tree};
use crate::text::Spanned;

use super::fields::{
    Fields, bare, flow, items, list, literal, one_or_list, optional_pairs, pairs, text, word,
};
use super::{Comments, check, exec, input};

/// Returns a list of steps.
pub(super) fn steps(steps: &[Step<Written>], comments: &mut Comments) -> Tree {
    let mut out: Vec<Item> = Vec::with_capacity(steps.len());
    for it in steps {
        let mut item = Item {
            before: Vec::new(),
            key: None,
            value: step(it, comments).tree(),
            trailing: String::new(),
        };
        comments.put(it.span.start, &mut item);
        out.push(item);
    }
    items(Layout::Block, "[]", out)
}

fn step(step: &Step<Written>, comments: &mut Comments) -> Fields {
    let mut fields = Fields::default();
    fields.put("name", step.name.as_ref().map(text));
    verb(&step.verb, &mut fields, comments);
    fields.put("when", step.when.as_ref().map(when));
    fields.put("check", step.check.as_deref().map(check));
    fields.put("no-cache", step.no_cache.map(|_| word("true")));
    fields
}

fn verb(verb: &Verb<Written>, fields: &mut Fields, comments: &mut Comments) {
    let texts = |values: &[Value]| one_or_list(values.iter().map(text).collect());
    let (key, subject) = match verb {
        Verb::Run(run) => {
            fields.put("run", Some(command(&run.command)));
            return exec::options(&run.exec, fields);
        }
        Verb::Script(script) => {
            fields.put("script", Some(source(&script.source)));
            return exec::options(&script.exec, fields);
        }
        Verb::Copy(it) => return copy(it, fields),
        Verb::Add(it) => return add(it, fields),
        Verb::File(it) => return file(it, fields),
        Verb::Mkdir(it) => return mkdir(it, fields),
        Verb::Symlink(link) => {
            fields.put("symlink", Some(text(&link.path)));
            return fields.put("target", Some(text(&link.target)));
        }
        Verb::Remove(remove) => {
            fields.put("remove", Some(texts(&remove.paths)));
            return fields.boolean("optional", remove.optional.as_ref());
        }
        Verb::Env(entries) => ("env", pairs(entries)),
        Verb::BuildEnv(entries) => ("build-env", optional_pairs(entries)),
        Verb::Named(kind, entries) => {
            let mut fields = Fields::default();
            for (name, value) in entries {
                let name = name.templates().next().map(expr::write);
                fields.put(&name.unwrap_or_default(), Some(text(value)));
            }
            let key = match kind {
                Named::Env => "env",
                Named::Label => "label",
            };
            (key, fields.tree())
        }
        Verb::Arg(list) => ("arg", super::args(list, comments).tree()),
        Verb::Workdir(path) => ("workdir", text(path)),
        Verb::User(user) => ("user", text(user)),
        Verb::Shell(words) => ("shell", list(words.iter().map(text).collect())),
        Verb::Label(entries) => ("label", pairs(entries)),
        Verb::Cmd(it) => ("cmd", command(it)),
        Verb::Entrypoint(it) => ("entrypoint", command(it)),
        Verb::Expose(ports) => ("expose", list(ports.iter().map(bare).collect())),
        Verb::Volume(paths) => ("volume", list(paths.iter().map(text).collect())),
        Verb::Healthcheck(it) => ("healthcheck", healthcheck(it)),
        Verb::StopSignal(signal) => ("stop-signal", bare(signal)),
        Verb::Onbuild(triggers) => ("onbuild", list(triggers.iter().map(literal).collect())),
        Verb::Author(author) => ("author", text(author)),
        Verb::Parallel(branches) => {
            let branches = branches.iter().map(|branch| steps(branch, comments));
            ("parallel", list(branches.collect()))
        }
        Verb::ImageEnv(_) | Verb::ImageWorkdir(_) | Verb::Annotations(_) => {
            unreachable!("write: the keys of `image` are no steps")
        }
    };
    fields.put(key, Some(subject));
}

/// Returns a command.
pub(super) fn command(command: &Command<Written>) -> Tree {
    match command {
        Command::Shell(it) | Command::Verbatim(it) => text(it),
        Command::Exec(words) => flow(list(words.iter().map(text).collect())),
    }
}

fn source(source: &Source<Written>) -> Tree {
    let content = match source {
        Source::Path(path) => return text(path),
        Source::Content(content) => content,
    };
    let mut fields = Fields::default();
    fields.put("name", content.name.as_ref().map(text));
    fields.put("content", Some(text(&content.content)));
    fields.tree()
}

fn sources(sources: &[Source<Written>]) -> Tree {
    one_or_list(sources.iter().map(source).collect())
}

fn copy(copy: &Copy<Written>, fields: &mut Fields) {
    fields.put("copy", Some(sources(&copy.sources)));
    fields.put("from", copy.from.as_ref().map(input));
    fields.put("to", copy.to.as_ref().map(text));
    fields.put("chown", copy.chown.as_ref().map(text));
    fields.put("chmod", copy.chmod.as_ref().map(text));
    fields.boolean("link", copy.link.as_ref());
    fields.boolean("parents", copy.parents.as_ref());
    fields.list("exclude", copy.exclude.iter().map(text).collect());
    fields.boolean("optional", copy.optional.as_ref());
}

fn add(add: &Add<Written>, fields: &mut Fields) {
    fields.put("add", Some(sources(&add.sources)));
    fields.put("to", add.to.as_ref().map(text));
    fields.put("checksum", add.checksum.as_ref().map(text));
    fields.boolean("unpack", add.unpack.as_ref());
    fields.boolean("keep-git-dir", add.keep_git_dir.as_ref());
    fields.put("chown", add.chown.as_ref().map(text));
    fields.put("chmod", add.chmod.as_ref().map(text));
    fields.boolean("link", add.link.as_ref());
    fields.list("exclude", add.exclude.iter().map(text).collect());
}

fn file(file: &Copy<Written>, fields: &mut Fields) {
    fields.put("file", file.to.as_ref().map(text));
    if let [Source::Content(content)] = file.sources.as_slice() {
        fields.put("content", Some(text(&content.content)));
    }
    fields.put("chown", file.chown.as_ref().map(text));
    fields.put("chmod", file.chmod.as_ref().map(text));
    fields.boolean("link", file.link.as_ref());
}

fn mkdir(mkdir: &Mkdir<Written>, fields: &mut Fields) {
    fields.put(
        "mkdir",
        Some(one_or_list(mkdir.paths.iter().map(text).collect())),
    );
    fields.put("chown", mkdir.chown.as_ref().map(text));
    fields.put("chmod", mkdir.chmod.as_ref().map(text));
    fields.boolean("parents", mkdir.parents.as_ref());
}

/// Returns a health check.
pub(super) fn healthcheck(check: &Healthcheck<Written>) -> Tree {
    let Healthcheck::Check {
        run,
        interval,
        timeout,
        start_period,
        start_interval,
        retries,
    } = check
    else {
        return word("none");
    };
    let mut fields = Fields::default();
    fields.put("run", Some(command(run)));
    fields.put("interval", interval.as_ref().map(bare));
    fields.put("timeout", timeout.as_ref().map(bare));
    fields.put("start-period", start_period.as_ref().map(bare));
    fields.put("start-interval", start_interval.as_ref().map(bare));
    fields.put("retries", retries.as_ref().map(bare));
    fields.tree()
}

fn when(when: &When) -> Tree {
    let mut fields = Fields::default();
    for test in &when.tests {
        match test {
            WhenTest::Is { name, values } => {
                let values = values.iter().map(condition);
                fields.put(&name.value.to_string(), Some(one_or_list(values.collect())));
            }
            WhenTest::Not(inner) => fields.put("not", Some(self::when(inner))),
        }
    }
    flow(fields.tree())
}

/// Returns the value of a condition: truth values are not quoted.
fn condition(value: &Spanned<String>) -> Tree {
    match value.value.as_str() {
        truth @ ("true" | "false") => word(truth),
        _ => literal(value),
    }
}
