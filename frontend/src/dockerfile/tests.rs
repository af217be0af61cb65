//! Triggers and the steps that they are. That these are the steps of BuildKit's own compiler is
//! held by the parity tests.

use super::{lex, trigger};
use crate::model::tests::readable::readable;
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
        "Copy { sources: [Path(\"a\"), Path(\"b\")], from: Any \"build\", to: \"/c/\", chown: \"1:2\", chmod: \"644\", link: true, parents: true, exclude: [\"*.md\"] }",
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
    check("ARG A=1 B", "BuildEnv([\"A\"=\"1\", \"B\"=None])");
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
        "Run { command: Verbatim(\"x\"), exec: Exec { binds: [Bind { source: \"c\", from: Any \"b\", target: \"/a\", writable: true }] } }",
    );
    check(
        "RUN --mount=type=cache,dst=/a,id=b,sharing=locked,uid=1 x",
        "Run { command: Verbatim(\"x\"), exec: Exec { caches: [Mount(CacheMount { path: \"/a\", id: \"b\", sharing: Locked, uid: \"1\" })] } }",
    );
    check(
        "RUN --mount=type=cache,target=/a x",
        "Run { command: Verbatim(\"x\"), exec: Exec { caches: [Mount(CacheMount { path: \"/a\", from: Any \"scratch\" })] } }",
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
    let word = lex::word(text, Span::new(FileId::ROOT, 0..0));
    let word = word.expect("a word").to_string();
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
    check("FROM a", "FROM cannot be a trigger");
    check("MAINTAINER a", "MAINTAINER cannot be a trigger");
    check("ONBUILD RUN a", "ONBUILD cannot be a trigger");
    check(
        "CPOY a b",
        "`CPOY` is not a Dockerfile instruction, did you mean COPY?",
    );
    check("xyzzy", "`XYZZY` is not a Dockerfile instruction");
    check("RUN a\nRUN b", "there is more than one instruction");
    for word in ["RUN", "ENV", "ARG", "WORKDIR", "CMD", "EXPOSE", "VOLUME"] {
        check(word, &format!("{word} has nothing after it"));
    }
    check("COPY a", "COPY needs a source and a destination");
    check("SHELL a", "SHELL takes a JSON array");
    check("ENV A", "ENV needs name and value");
    check("ENV A=1 B", "`B` has no `=`");
    check("ENV =1", "a name is empty");
    check("LABEL $A=1", "the name `$A` has a variable in it");
    check("VOLUME [\"\"]", "a volume is empty");
    check("VOLUME [1]", "a JSON array may hold strings only");
    check(
        "HEALTHCHECK CMD",
        "HEALTHCHECK is followed by CMD and a command, or by NONE",
    );
    check(
        "HEALTHCHECK a",
        "HEALTHCHECK is followed by CMD and a command, or by NONE",
    );
    check(
        "COPY a <<E\nE",
        "COPY cannot have a heredoc as its destination",
    );
    check("COPY <<E /a\nb", "the heredoc `E` does not end");
    check("COPY --from=$A a b", "`from` cannot be the variable `$A`");
    check(
        "COPY --form=a a b",
        "COPY has no flag `--form`, did you mean `--from`?",
    );
    check("COPY --link=maybe a b", "`--link` is `true` or `false`");
    check("COPY --chown a b", "`--chown` has no value");
    check(
        "COPY --chown=1 --chown=2 a b",
        "`--chown` stands there twice",
    );
    check(
        "RUN --network=lan a",
        "`--network` is default or none or host, not `lan`",
    );
    check(
        "RUN --device=a b",
        "`--device` is no part of Dockerfiles but of their experimental variant",
    );
    check("USER 'a", "a single quote is not closed");
    check("USER \"a", "a double quote is not closed");
    check("USER ${a", "a `}` is missing after `${`");
    check("USER ${}", "`${` is followed by no name");
    check("USER ${a:/b/c}", "`:/` is no modifier");
    check("USER ${a/b}", "a `/` is missing in `${`");
}

#[test]
fn what_is_wrong_with_a_mount_is_said() {
    check(
        "RUN --mount=type=volume,target=/a b",
        "`volume` is no type of mounts",
    );
    check("RUN --mount=type=bind b", "a bind mount has no `target`");
    check("RUN --mount=type=secret b", "a secret mount has no `id`");
    check(
        "RUN --mount=type=ssh,source=/a b",
        "a ssh mount has no `source` here",
    );
    check("RUN --mount=target b", "`target` of a mount has no value");
    check(
        "RUN --mount=target=/a,ro=maybe b",
        "`readonly` of a mount is true or false, not `maybe`",
    );
    check(
        "RUN --mount=type=cache,target=/a,sharing=all b",
        "`sharing` is shared, private or locked, not `all`",
    );
    check("RUN --mount=a\\\"b c", "`a\"b` is no list with commas");
}

#[test]
fn what_is_deep_ends() {
    let text = format!("USER {}", "${a:-".repeat(100_000));
    check(&text, "substitutions stand too deep in each other");
}

#[test]
fn the_name_is_what_buildkit_shows() {
    let step = trigger(
        "RUN --network=none \\\n echo \"$A\"",
        Span::new(FileId::ROOT, 0..0),
    );
    let name = readable(&step.expect("a step").name);
    assert_eq!(name, "\"ONBUILD RUN --network=none  echo <Env(A)>\"");
}
