//! Triggers and the steps that they are. That these are the steps of BuildKit's own compiler is
//! held by the parity tests.

use super::trigger;
use crate::model::tests::readable::readable;
use crate::model::{Value, Verb};
use crate::text::{FileId, Span};

#[track_caller]
fn check(text: &str, expected: &str) {
    let actual = match trigger(text, Span::new(FileId::ROOT, 0..0)) {
        Ok(step) => readable(&step.verb),
        Err(malformed) => malformed.message,
    };
    assert_eq!(actual, expected, "{text}");
}

#[test]
fn every_instruction_is_a_step() {
    check("RUN make", "Run { command: Verbatim(\"make\") }");
    check(
        "run [\"make\", \"a b\"]",
        "Run { command: Exec([\"make\", \"a b\"]) }",
    );
    check(
        "COPY --from=build --chown=1:2 --chmod=644 --link --exclude=*.md --parents a b /c/",
        "Copy { sources: [Path(\"a\"), Path(\"b\")], from: Earlier \"build\", to: \"/c/\", chown: \"1:2\", chmod: \"644\", link: true, parents: true, exclude: [\"*.md\"] }",
    );
    check(
        "COPY [\"a b\", \"/c\"]",
        "Copy { sources: [Path(\"a b\")], to: \"/c\" }",
    );
    check(
        "ADD --checksum=sha256:1 --unpack=false --keep-git-dir https://a.b/c /d",
        "Add { sources: [Path(\"https://a.b/c\")], to: \"/d\", checksum: \"sha256:1\", unpack: false, keep_git_dir: true }",
    );
    check(
        "ENV A=1 B=\"two words\"",
        "Env([\"A\"=\"1\", \"B\"=\"two words\"])",
    );
    check("ENV A two words", "Env([\"A\"=\"two words\"])");
    check(
        "ARG A=1 B",
        "[Arg { name: \"A\", default: \"1\", kind: String }, Arg { name: \"B\", kind: String }]",
    );
    check("LABEL \"a b\"=c", "Label([\"a b\"=\"c\"])");
    check("WORKDIR /a b", "Workdir(\"/a b\")");
    check("USER 1:2", "User(\"1:2\")");
    check("EXPOSE 80 81/udp", "Expose([\"80\", \"81/udp\"])");
    check("VOLUME /a /b", "Volume([\"/a\", \"/b\"])");
    check("VOLUME [\"/a b\"]", "Volume([\"/a b\"])");
    check("CMD a b", "Cmd(Shell(\"a b\"))");
    check("ENTRYPOINT [\"a\"]", "Entrypoint(Exec([\"a\"]))");
    check(
        "HEALTHCHECK --interval=5s --retries=3 CMD a b",
        "Healthcheck(Check { run: Shell(\"a b\"), interval: \"5s\", retries: \"3\" })",
    );
    check("HEALTHCHECK none", "Healthcheck(None)");
    check("SHELL [\"a\", \"-c\"]", "Shell([\"a\", \"-c\"])");
    check("STOPSIGNAL SIGINT", "StopSignal(\"SIGINT\")");
}

#[test]
fn mounts_are_options_of_a_run() {
    check(
        "RUN --mount=target=/a,from=b,source=c,rw x",
        "Run { command: Verbatim(\"x\"), exec: Exec { binds: [Bind { source: \"c\", from: Earlier \"b\", target: \"/a\", writable: true }] } }",
    );
    check(
        "RUN --mount=type=cache,dst=/a,id=b,sharing=locked,uid=1 x",
        "Run { command: Verbatim(\"x\"), exec: Exec { caches: [Mount(CacheMount { path: \"/a\", id: \"b\", sharing: Locked, uid: \"1\" })] } }",
    );
    check(
        "RUN --mount=type=cache,target=/a x",
        "Run { command: Verbatim(\"x\"), exec: Exec { caches: [Mount(CacheMount { path: \"/a\", from: Earlier \"scratch\" })] } }",
    );
    check(
        "RUN --mount=type=tmpfs,target=/a,size=1m x",
        "Run { command: Verbatim(\"x\"), exec: Exec { tmpfs: [Tmpfs { target: \"/a\", size: \"1m\" }] } }",
    );
    check(
        "RUN --mount=type=secret,target=/a/b,env=C,required x",
        "Run { command: Verbatim(\"x\"), exec: Exec { secrets: [Mount(SecretMount { id: \"b\", target: \"/a/b\", env: \"C\", required: true })] } }",
    );
    check(
        "RUN --mount=type=ssh --network=none --security=insecure x",
        "Run { command: Verbatim(\"x\"), exec: Exec { ssh: [Mount(SshMount { required: false })], network: None, security: Insecure } }",
    );
}

/// Checks a word; a variable is shown as a reference of a build file.
#[track_caller]
fn check_word(text: &str, expected: &str) {
    let step = trigger(&format!("USER {text}"), Span::new(FileId::ROOT, 0..0)).expect("a word");
    let Verb::User(Value::Plain(word)) = step.verb else {
        panic!("not one word");
    };
    let word = word.to_string();
    assert_eq!(word.replace("${{ env.", "<").replace(" }}", ">"), expected);
}

#[test]
fn variables_quotes_and_escapes_are_read() {
    check_word("$A${B}c", "<A-><B->c");
    check_word("${A:-b$C}${A-b}", "<A:-b<C->><A-b>");
    check_word("${A:+b}${A+b}", "<A:+b><A+b>");
    check_word("${A:?b}${A?}", "<A:?b><A?>");
    check_word("${A#b}${A##b*}${A%b}${A%%b}", "<A#b><A##b*><A%b><A%%b>");
    check_word("${A/b/c}${A//\\//d}", "<A/b/c><A//\\//d>");
    check_word(r#"a\$A'$B \'"c \" \d""#, r#"a$A$B \c " \d"#);
    check_word("$ $. $1a $?", "$ $. <1->a <?->");
}

#[test]
fn lines_are_joined() {
    check(
        "RUN a \\\n  b \\\n# no\n\n c",
        "Run { command: Verbatim(\"a   b  c\") }",
    );
    check("  run\ta  ", "Run { command: Verbatim(\"a\") }");
    check("RUN a \\", "Run { command: Verbatim(\"a\") }");
    check(
        "COPY a \\\r\n b\r\n",
        "Copy { sources: [Path(\"a\")], to: \"b\" }",
    );
}

#[test]
fn heredocs_are_content() {
    check(
        "RUN <<EOF\na\n  b\nEOF",
        "Run { command: Verbatim(\"a\\n  b\\n\") }",
    );
    check(
        "RUN <<-EOF\n\t#!/bin/a\n\tb\n\tEOF\n",
        "Script { source: Content { content: \"#!/bin/a\\nb\\n\", name: \"EOF\" } }",
    );
    check(
        "RUN a <<E 2<<'F'\n$b\nE\nc\nF",
        "Run { command: Verbatim(\"a <<E 2<<'F'\\n$b\\nE\\nc\\nF\") }",
    );
    check(
        "COPY <<E a <<'F' /d/\n$b\nE\n$c\nF",
        "Copy { sources: [Path(\"a\"), Content { content: \"<Env(b)>\\n\", name: \"E\" }, Content { content: \"$c\\n\", name: \"F\" }], to: \"/d/\" }",
    );
    check(
        "RUN echo $((1<<2))",
        "Run { command: Verbatim(\"echo $((1<<2))\") }",
    );
    check("RUN [\"<<a\"]", "Run { command: Exec([\"<<a\"]) }");
}

#[test]
fn what_no_trigger_can_be_is_said() {
    check("", "an empty text is not an instruction");
    check("# a", "an empty text is not an instruction");
    check("FROM a", "FROM isn't allowed as an ONBUILD trigger");
    check(
        "MAINTAINER a",
        "MAINTAINER isn't allowed as an ONBUILD trigger",
    );
    check(
        "ONBUILD RUN a",
        "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
    );
    check("CPOY a b", "unknown instruction: CPOY (did you mean COPY?)");
    check("xyzzy", "unknown instruction: XYZZY");
    check("RUN a\nRUN b", "there is more than one instruction");
}

#[test]
fn what_an_instruction_lacks_is_said() {
    for word in [
        "ENV",
        "ARG",
        "EXPOSE",
        "VOLUME",
        "LABEL",
        "SHELL",
        "HEALTHCHECK",
    ] {
        check(word, &format!("{word} requires at least one argument"));
    }
    for word in ["WORKDIR", "USER", "STOPSIGNAL"] {
        check(word, &format!("{word} requires exactly one argument"));
    }
    check("RUN", "Run { command: Verbatim(\"\") }");
    check(
        "COPY a",
        "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
    );
    check("SHELL a", "SHELL requires the arguments to be in JSON form");
    check("ENV A", "ENV must have two arguments");
    check(
        "ENV A=1 B",
        "Syntax error - can't find = in \"B\". Must be of the form: name=value",
    );
    check("ENV =1", "ENV names can not be blank");
    check(
        "VOLUME [\"\"]",
        "VOLUME specified can not be an empty string",
    );
    check(
        "VOLUME [1]",
        "when using JSON array syntax, arrays must be comprised of strings only",
    );
    check("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD");
    check("HEALTHCHECK NONE a", "HEALTHCHECK NONE takes no arguments");
    check(
        "HEALTHCHECK a",
        "Unknown type \"A\" in HEALTHCHECK (try CMD)",
    );
    check(
        "HEALTHCHECK --retries=-1 CMD a",
        "--retries cannot be negative (-1)",
    );
    check(
        "COPY a <<E\nE",
        "COPY cannot accept a heredoc as a destination",
    );
    check("COPY <<E /a\nb", "unterminated heredoc: `E` does not end");
}

#[test]
fn wrong_flags_are_said() {
    check(
        "COPY --from=$A a b",
        "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
    );
    check(
        "COPY --form=a a b",
        "unknown flag: --form (did you mean from?)",
    );
    check(
        "COPY --link=maybe a b",
        "expecting boolean value for flag --link, not: maybe",
    );
    check("COPY --link= a b", "missing a value on flag: --link");
    check("COPY --chown a b", "missing a value on flag: --chown");
    check(
        "COPY --chown=1 --chown=2 a b",
        "duplicate flag specified: --chown",
    );
    check("RUN --network=lan a", "invalid network mode \"lan\"");
    check("RUN --security=none a", "security \"none\" is not valid");
}

#[test]
fn words_that_cannot_be_read_are_said() {
    for (text, message) in [
        (
            "'a",
            "unexpected end of statement while looking for matching single-quote",
        ),
        (
            "\"a",
            "unexpected end of statement while looking for matching double-quote",
        ),
        ("${a", "unsupported modifier () in substitution"),
        ("${a:", "syntax error: missing '}'"),
        ("${a-b", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${a:/b/c}", "unsupported modifier (:/) in substitution"),
        ("${a/b}", "syntax error: missing '/' in ${}"),
    ] {
        check(
            &format!("USER {text}"),
            &format!("failed to process {text:?}: {message}"),
        );
    }
}

#[test]
fn what_is_wrong_with_a_mount_is_said() {
    check(
        "RUN --mount=type=volume,target=/a b",
        "unsupported mount type \"volume\"",
    );
    check(
        "RUN --mount=type=secret b",
        "invalid secret mount. one of source, target required",
    );
    check(
        "RUN --mount=type=ssh,source=/a b",
        "ssh does not support source",
    );
    check(
        "RUN --mount=target b",
        "invalid field 'target' must be a key=value pair",
    );
    check(
        "RUN --mount=target=/a,ro=maybe b",
        "invalid value for ro: maybe",
    );
    check(
        "RUN --mount=type=cache,target=/a,sharing=all b",
        "unsupported sharing value \"all\"",
    );
    check(
        "RUN --mount=target=/a,required b",
        "unexpected key 'required' for mount type 'bind'",
    );
    check(
        "RUN --mount=target=/a,mode=0644 b",
        "mode not allowed for \"bind\" type mounts",
    );
    check(
        "RUN --mount=tagret=/a b",
        "unexpected key 'tagret' in 'tagret=/a' (did you mean target?)",
    );
    check("RUN --mount=a\\\"b c", "failed to parse csv mounts: `a\"b`");
}

#[test]
fn what_is_deep_ends() {
    let text = format!("USER {}", "${a:-".repeat(100_000));
    let step = trigger(&text, Span::new(FileId::ROOT, 0..0));
    let message = step.expect_err("too deep").message;
    assert!(message.ends_with("substitutions stand too deep in each other"));
}

#[test]
fn an_instruction_is_shown_with_its_variables() {
    let find = |name: &str| (name == "SET").then(|| "value".to_owned());
    let check = |text: &str, how, expected: &str| {
        assert_eq!(super::shown(text, '\\', how, &find), expected, "{text}");
    };
    let raw = "RUN echo \"$SET\" '$SET' $NONE ${NONE:-x$SET} ${SET} \\$SET";
    let shown = "RUN echo \"value\" '$SET' $NONE ${NONE:-xvalue} value $SET";
    check(raw, super::Shown::Raw, shown);
    check(
        "COPY \"$SET\" '$SET' $NONE/",
        super::Shown::Word,
        "COPY value $SET /",
    );
    check(
        "RUN echo 'open $SET",
        super::Shown::Raw,
        "RUN echo 'open $SET",
    );
}
