//! The classic traps, each with the words and the fix that its author sees.

use crate::diagnostic::render::{Colour, render};
use crate::diagnostic::{Diagnostics, oneline};
use crate::text::Files;

fn parse(text: &str) -> (Files, Diagnostics) {
    let mut files = Files::new();
    let file = files.add("build.yaml", text);
    let mut diags = Diagnostics::new();
    crate::syntax::parse(file, text, &mut diags);
    (files, diags)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let (files, diags) = parse(text);
    let actual = render(&diags, &files, Colour::Plain);
    assert_eq!(actual.trim_end(), expected.trim_end(), "\n{text}");
}

#[track_caller]
fn check_line(text: &str, expected: &str) {
    let (files, diags) = parse(text);
    let lines = diags
        .iter()
        .map(|d| format!("{}: {}", d.code.name(), oneline(d, &files)));
    let actual = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(actual, expected, "\n{text}");
}

#[test]
fn a_colon_in_a_command() {
    check(
        "run: curl -H a: b # x\n",
        r#"error[unquoted-colon]: YAML reads a `:` before a space as the end of a key
 --> build.yaml:1:6
  |
1 | run: curl -H a: b # x
  |      ^^^^^^^^^^^^ a key inside a value
  |
help: put the text in quotes
  |
1 - run: curl -H a: b # x
1 + run: "curl -H a: b" # x
  |"#,
    );
}

#[test]
fn a_command_that_starts_with_a_bracket() {
    check(
        "run: [ -f x ] && y\n",
        r#"error[unquoted-bracket]: YAML reads text that starts with `[` as a list or a map
 --> build.yaml:1:6
  |
1 | run: [ -f x ] && y
  |      ^^^^^^^^^^^^^ text goes on after the bracket
  |
help: put the text in quotes
  |
1 - run: [ -f x ] && y
1 + run: "[ -f x ] && y"
  |"#,
    );
}

#[test]
fn a_glob() {
    check(
        "copy: *.csproj\n",
        r#"error[unquoted-glob]: YAML reads text that starts with `*` as an alias
 --> build.yaml:1:7
  |
1 | copy: *.csproj
  |       ^^^^^^^^ not an alias
  |
help: put the text in quotes
  |
1 - copy: *.csproj
1 + copy: "*.csproj"
  |"#,
    );
}

#[test]
fn a_glob_as_a_key() {
    check(
        "by-platform:\n  */arm64: x\n",
        r#"error[unquoted-glob]: YAML reads a key that starts with `*` as an alias
 --> build.yaml:2:3
  |
2 |   */arm64: x
  |   ^^^^^^^ a key with a `*`
  |
help: put the text in quotes
  |
2 -   */arm64: x
2 +   "*/arm64": x
  |"#,
    );
}

#[test]
fn an_exclamation_mark() {
    check(
        "exclude: !README.md\n",
        r#"error[yaml-tag]: YAML reads text that starts with `!` as a tag
 --> build.yaml:1:10
  |
1 | exclude: !README.md
  |          ^^^^^^^^^^ a tag; a build file has none
  |
help: put the text in quotes
  |
1 - exclude: !README.md
1 + exclude: "!README.md"
  |"#,
    );
}

#[test]
fn a_reference_in_brackets() {
    check(
        "env: {A: ${{ args.X }}, B: c}\n",
        r#"error[unquoted-reference]: `${{ }}` inside brackets needs quotes
 --> build.yaml:1:10
  |
1 | env: {A: ${{ args.X }}, B: c}
  |          ^^^^^^^^^^^^^ YAML reads its `{` as a map
  |
help: put the text in quotes
  |
1 - env: {A: ${{ args.X }}, B: c}
1 + env: {A: "${{ args.X }}", B: c}
  |"#,
    );
}

#[test]
fn a_tab() {
    check(
        "a:\n\tb: c\n\td: e\n",
        r#"error[yaml-tab]: YAML does not take tabs for indentation
 --> build.yaml:2:1
  |
2 |     b: c
  | ^^^^ a tab
  |
  = help: indent with spaces
  = help: one more line is indented with a tab"#,
    );
}

#[test]
fn globs_in_every_place() {
    check_line(
        "copy: [*.csproj, b]\n",
        "unquoted-glob: 1:8: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"*.csproj\")",
    );
    check_line(
        "copy: *.csproj foo\n",
        "unquoted-glob: 1:7: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"*.csproj foo\")",
    );
    check_line(
        "copy: * foo\n",
        "unquoted-glob: 1:7: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"* foo\")",
    );
    check_line(
        "copy: **/*.md\n",
        "unquoted-glob: 1:7: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"**/*.md\")",
    );
}

#[test]
fn glob_keys_in_every_place() {
    check_line(
        "by-platform:\n  */arm64:\n    from: y\n",
        "unquoted-glob: 2:3: YAML reads a key that starts with `*` as an alias \
         (put the text in quotes: \"*/arm64\")",
    );
    check_line(
        "by: {*/arm64: x}\n",
        "unquoted-glob: 1:6: YAML reads a key that starts with `*` as an alias \
         (put the text in quotes: \"*/arm64\")",
    );
}

#[test]
fn tags() {
    check_line(
        "exclude: [!README.md, b]\n",
        "yaml-tag: 1:11: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!README.md\")",
    );
    check_line(
        "exclude:\n  - !a b\n  - c\n",
        "yaml-tag: 2:5: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!a b\")",
    );
    check_line(
        "run: !\n",
        "yaml-tag: 1:6: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!\")",
    );
    check_line(
        "a: !!int 5\n",
        "yaml-tag: 1:4: YAML reads text that starts with `!` as a tag \
         (remove the tag)",
    );
    check_line(
        "a: !x\n  b: c\n",
        "yaml-tag: 1:4: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!x\")",
    );
}

#[test]
fn references_in_brackets() {
    check_line(
        "cmd: [a, v${{ args.X }}-y, c]\n",
        "unquoted-reference: 1:10: `${{ }}` inside brackets needs quotes \
         (put the text in quotes: \"v${{ args.X }}-y\")",
    );
    check_line(
        "cmd: [a, ${{ args.X]\n",
        "unquoted-reference: 1:12: `${{ }}` inside brackets needs quotes \
         (close it with `}}` and put the text in quotes)",
    );
}

#[test]
fn quotes() {
    check_line(
        "run: \"a\" && b\n",
        "text-after-quote: 1:6: text follows the closing quote \
         (put the text in quotes: '\"a\" && b')",
    );
    check_line(
        "run: 'it's'\n",
        "text-after-quote: 1:6: text follows the closing quote \
         (put the text in quotes: \"it's\")",
    );
    check_line(
        "run: \"a\": b\n",
        "text-after-quote: 1:6: text follows the closing quote \
         (put the text in quotes: '\"a\": b')",
    );
    check_line(
        "run: \"abc\nuser: x\n",
        "unclosed-quote: 1:6: the `\"` is not closed (close it with `\"`)",
    );
    check_line(
        "run: \"a\\d\"\n",
        "yaml-syntax: 1:8: `\\d` is no escape in double quotes \
         (write `\\\\` for a backslash, or put the text in single quotes)",
    );
    check_line(
        "run: \"\\xZ1\"\n",
        "yaml-syntax: 1:7: `\\x` is no escape in double quotes \
         (write `\\\\` for a backslash, or put the text in single quotes)",
    );
    check_line(
        "cmd: [\"a\" b, c]\n",
        "text-after-quote: 1:11: text follows the closing quote \
         (put all of the text in quotes)",
    );
}

#[test]
fn characters() {
    check_line(
        "run: @x\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `@` \
         (put the text in quotes: \"@x\")",
    );
    check_line(
        "run: `x` y\n",
        "unquoted-character: 1:6: YAML does not take text that starts with a backtick \
         (put the text in quotes: \"`x` y\")",
    );
    check_line(
        "run: %x y\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `%` \
         (put the text in quotes: \"%x y\")",
    );
    check_line(
        "run: - x\n",
        "yaml-syntax: 1:6: a list cannot start on the line of its key \
         (start the list on the next line, or put the text in quotes)",
    );
    check_line(
        "run: ? x\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `?` \
         (put the text in quotes: \"? x\")",
    );
    check_line(
        "run: , x\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `,` \
         (put the text in quotes: \", x\")",
    );
    check_line(
        "run: ] x\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `]` \
         (put the text in quotes: \"] x\")",
    );
    check_line(
        "run: & x\n",
        "unquoted-character: 1:6: YAML does not take text that starts with `&` \
         (put the text in quotes: \"& x\")",
    );
    check_line(
        "run: | grep x\n",
        "unquoted-character: 1:6: YAML reads text that starts with `|` or `>` as a block \
         (put the text in quotes: \"| grep x\")",
    );
    check_line(
        "run: | foo\n  bar\n",
        "yaml-syntax: 1:8: text after the `|` or `>` of a block",
    );
    check_line(
        "run: > out\n",
        "unquoted-character: 1:6: YAML reads text that starts with `|` or `>` as a block \
         (put the text in quotes: \"> out\")",
    );
}

#[test]
fn indentation() {
    check_line(
        "a: b\n\tc: d\n",
        "yaml-tab: 2:1: YAML does not take tabs for indentation (indent with spaces)",
    );
    check_line(
        "a: b\n  c: d\n",
        "yaml-syntax: 2:4: a key cannot start here \
         (the line above has a value already: check the indentation)",
    );
    check_line(
        "a:b\nc: d\n",
        "yaml-syntax: 1:2: no space after the `:` of a key",
    );
    check_line(
        "a:\n  - b\n c: d\n",
        "yaml-syntax: 3:2: the indentation of this line fits none of the lines above \
         (align it with the keys or the `-` that it belongs to)",
    );
    check_line(
        "a:\n    b: c\n  d: e\n",
        "yaml-syntax: 3:3: the indentation of this line fits none of the lines above \
         (align it with the keys or the `-` that it belongs to)",
    );
    check_line(
        "- a\nb: c\n",
        "yaml-syntax: 2:1: the indentation of this line fits none of the lines above \
         (align it with the keys or the `-` that it belongs to)",
    );
    check_line(
        "a:\n  b\n  c: d\n",
        "yaml-syntax: 2:3: a `:` is missing here \
         (write `key: value`, or check the indentation)",
    );
    check_line(
        "a: b\nc\nd: e\n",
        "yaml-syntax: 2:1: a `:` is missing here \
         (write `key: value`, or check the indentation)",
    );
    check_line(
        "steps:\n  - run: x\n    - run: y\n",
        "yaml-syntax: 3:7: the indentation of this line fits none of the lines above \
         (align it with the keys or the `-` that it belongs to)",
    );
}

#[test]
fn brackets() {
    check_line(
        "cmd: [a, b\nuser: c\n",
        "yaml-syntax: 1:6: the bracket is not closed \
         (close it with `]`, or put the text in quotes)",
    );
    check_line(
        "cmd: [a, b}\n",
        "yaml-syntax: 1:6: `[` is closed by `}` (close it with `]`)",
    );
    check_line(
        "cmd: {a: b: c}\n",
        "unquoted-colon: 1:10: YAML reads a `:` before a space as the end of a key \
         (put the text in quotes: \"b: c\")",
    );
    check_line(
        "cmd: [a, b\n  , c\nd: e\n",
        "yaml-syntax: 1:6: the bracket is not closed \
         (close it with `]`, or put the text in quotes)",
    );
    check_line(
        "cmd: [a\n",
        "yaml-syntax: 1:6: the bracket is not closed \
         (close it with `]`, or put the text in quotes)",
    );
    check_line(
        "cmd: [a]]\n",
        "yaml-syntax: 1:9: not YAML: misplaced bracket \
         (check the indentation and the quotes here)",
    );
}

#[test]
fn directives() {
    check_line(
        "%YAML 1.2\n---\na: b\n",
        "yaml-directive: 1:1: a line cannot start with `%` \
         (remove the line; a build file has no directives)",
    );
}
