//! `run` and `script`.

use crate::diagnostic::Code;
use crate::expr::{Name, Piece, Template};
use crate::model::exec::decode as exec;
use crate::model::read::{self, Cx, Fields, first_key};
use crate::model::value::{self, Slot};
use crate::model::{Command, Content, Run, Script, Source, Written, name, verb};
use crate::syntax::View;
use crate::units::Malformed;

/// Reads a `run`. Reports `comment-in-command` where ` #` ends the command early.
pub(super) fn run(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Run<Written>> {
    let slot = fields.slot("run")?;
    let command = value::some_command(slot, cx);
    let exec = exec::options(fields, cx);
    if let Some(shell) = exec.shell.as_ref().filter(|shell| shell.value.is_empty()) {
        cx.diags
            .report(Code::EmptyList, shell.span, "`shell` is empty")
            .help("to run without a shell, write the command as a list: `run: [make, all]`");
    }
    if let Some(comment) = cx.doc.comment_after(slot.id) {
        cx.diags
            .report(
                Code::CommentInCommand,
                comment,
                "the command ends before this `#`",
            )
            .label("a comment to YAML")
            .help("if it belongs to the command, quote the command or write it after `run: |`");
    }
    Some(Run {
        command: command?.value,
        exec,
    })
}

/// Reads a `script`. Reports `script-without-interpreter` for content without `#!`.
pub(super) fn script(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Script<Written>> {
    let source = source(fields.slot("script")?, cx);
    let exec = exec::options(fields, cx);
    let source = source?;
    if let Source::Path(path) = &source {
        value::check_value(path, check_script_path, cx);
    }
    if let Source::Content(content) = &source {
        let templates = content.content.templates();
        for template in templates.filter(|t| !starts_with_interpreter(t)) {
            cx.diags
                .report(
                    Code::ScriptWithoutInterpreter,
                    template.span,
                    "the script does not start with `#!`",
                )
                .help(
                    "start it with a line such as `#!/bin/sh`, or use `run: |` for shell commands",
                );
        }
    }
    Some(Script { source, exec })
}

/// Refuses the script itself where its path belongs.
fn check_script_path(text: &str) -> Result<(), Malformed> {
    if text.starts_with("#!") || text.contains('\n') {
        return Err(Malformed::new(
            "text is the path of a script, not the script itself",
            "write `content:` below `script:` and the script below that",
        ));
    }
    Ok(())
}

/// Tells whether a text starts with `#!`, or may do so once its references are replaced.
fn starts_with_interpreter(template: &Template<Name>) -> bool {
    match template.pieces.first() {
        Some(Piece::Literal(text)) => text.starts_with("#!"),
        Some(Piece::Reference(_)) => true,
        None => false,
    }
}

/// Reads a path or inline content.
pub(super) fn source(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Source<Written>> {
    if !value::is_map(slot, cx) {
        return value::checked_text(slot, value::check_path, cx).map(Source::Path);
    }
    if !is_content(slot, cx) {
        let help = format!(
            "write the path itself, as in `{}: {}`; options stand beside `{}`",
            slot.name, slot.example, slot.name
        );
        let wanted = "a path or `content`";
        let diagnostic = cx.doc.wrong_type(slot.id, slot.name, wanted, cx.diags);
        diagnostic.map(|diagnostic| diagnostic.help(help));
        return None;
    }
    let fields = Fields::read(&verb::CONTENT, slot, first_key(slot.id, cx), cx)?;
    let content = fields.text("content", cx);
    let name = fields.checked_text("name", name::check_file, cx);
    Some(Source::Content(Content {
        span: fields.span,
        name,
        content: content?,
    }))
}

/// Tells whether a map has a key of inline content, or one that was meant to be.
fn is_content(slot: Slot<'_>, cx: &Cx<'_>) -> bool {
    let View::Mapping(mapping) = cx.doc.view(slot.id) else {
        return false;
    };
    let fields = mapping.fields();
    let is_key = |name: &str| {
        verb::CONTENT.find(name).is_some() || read::meant(name, &verb::CONTENT).is_some()
    };
    fields.is_empty() || fields.iter().any(|field| is_key(field.key.value))
}

/// Reads a command of a config verb.
pub(super) fn command(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Command<Written>> {
    value::command(slot, cx).map(|command| command.value)
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_step;

    #[test]
    fn a_string_is_for_the_shell_and_a_list_is_not() {
        check_step("run: npm ci", "Run { command: Shell(\"npm ci\") }");
        check_step("run: [npm, ci]", "Run { command: Exec([\"npm\", \"ci\"]) }");
        check_step("run: |\n  a\n  b", "Run { command: Shell(\"a\\nb\\n\") }");
    }

    #[test]
    fn a_command_is_not_empty() {
        check_step("run: ''", "1:6: `run` is empty (write `run: npm ci`)");
        check_step("run: []", "1:6: `run` is empty (write `run: npm ci`)");
        check_step("run:", "1:4: `run` has no value (write `run: npm ci`)");
        check_step(
            "run: {a: b}",
            "1:6: `run` wants text, not a map (write `run: npm ci`)",
        );
    }

    #[test]
    fn a_hash_ends_a_plain_command() {
        check_step(
            "run: echo a # b",
            "1:13: the command ends before this `#` (if it belongs to the command, \
             quote the command or write it after `run: |`)",
        );
        check_step("run: 'echo a' # b", "Run { command: Shell(\"echo a\") }");
    }

    #[test]
    fn only_a_script_runs_without_a_shell() {
        check_step(
            "run: a\nshell: []",
            "2:8: `shell` is empty (to run without a shell, write the command as a list: \
             `run: [make, all]`)",
        );
        check_step(
            "script: ./a.sh\nshell: []",
            "Script { source: Path(\"./a.sh\"), exec: Exec { shell: [] } }",
        );
    }

    #[test]
    fn a_script_says_what_runs_it() {
        check_step(
            "script: {content: \"#!/bin/sh\\nls\", name: x}",
            "Script { source: Content { content: \"#!/bin/sh\\nls\", name: \"x\" } }",
        );
        check_step(
            "script: {content: ls}",
            "1:19: the script does not start with `#!` (start it with a line such as \
             `#!/bin/sh`, or use `run: |` for shell commands)",
        );
        check_step(
            "script: {content: '${{ args.A }}'}",
            "Script { source: Content { content: \"<A>\" } }",
        );
    }

    #[test]
    fn the_text_of_a_script_is_content() {
        check_step(
            "script: |\n  #!/bin/sh\n  ls",
            "2:3: text is the path of a script, not the script itself (write `content:` below \
             `script:` and the script below that)",
        );
    }

    #[test]
    fn options_stand_beside_the_path() {
        check_step(
            "copy: {src: a, dest: b}",
            "1:7: `copy` wants a path or `content`, not a map (write the path itself, as in \
             `copy: [package.json, src/]`; options stand beside `copy`)",
        );
        check_step(
            "copy: {contents: a}",
            "1:8: unknown key `contents` (did you mean `content`?)",
        );
    }

    #[test]
    fn content_has_a_plain_name() {
        check_step(
            "script: {content: '#!/bin/sh', name: a/b}",
            "1:38: `a/b` cannot be the name of a file (write a name without directories; \
             the directory goes into `to`)",
        );
        check_step(
            "copy: {name: a}",
            "1:8: inline content needs `content` (add `content: hello`)",
        );
    }
}
