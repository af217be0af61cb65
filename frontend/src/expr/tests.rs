//! What references are replaced with, and what is said about those that are none.
//!
//! The meaning of modifiers follows `frontend/dockerfile/shell/lex_test.go` and `envVarTest`
//! (v0.32.2), case by case, in the syntax of a build file.

use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Files, Span};

use super::{EnvName, Found, Name, PlatformField, Reference, Scope, eval, parse};

/// `args.PWD` and its like, as in `envVarTest`; `env.*` is known later.
struct Values;

const ARGS: &[(&str, &str)] = &[
    ("PWD", "/home"),
    ("SHELL", "bash"),
    ("KOREAN", "한국어"),
    ("NULL", ""),
    ("STARS", "a***yy*"),
    ("META", "()[]{}^$.*?|\\x"),
    ("XXYY", "xxyy"),
    ("X", "x"),
    ("QUESTIONS", "???y"),
    ("GLOBS", "/foo*/*/*.txt"),
    ("STAR_SLASH", "\\*/"),
    ("TMP", "/tmp/tmp/bar.txt"),
    ("SLASH_TMP", "/tmp"),
    ("LINES", "one\ntwo"),
];

impl Scope<Name> for Values {
    fn find(&self, name: &Name) -> Found<'_> {
        match name {
            Name::Arg(name) => {
                let found = ARGS.iter().find(|(key, _)| key == name);
                found.map_or(Found::Unset, |(_, value)| Found::Set(value))
            }
            Name::Env(name) => Found::Later(name.clone()),
            Name::Target(PlatformField::Arch) => Found::Set("arm64"),
            Name::Target(PlatformField::OsVersion) => Found::Set("10.0"),
            Name::Target(_) | Name::Build(_) => Found::Set("linux"),
            Name::StageName | Name::StageTarget => Found::Set("app"),
            Name::Undeclared(_) | Name::Broken => Found::Reported,
        }
    }

    fn unset(&self, reference: &Reference<Name>, diags: &mut Diagnostics) {
        let message = format!("`{}` has no value", reference.name);
        diags.report(Code::BadReference, reference.span, message);
    }
}

/// The environment, once it is known.
struct Environment;

impl Scope<EnvName> for Environment {
    fn find(&self, name: &EnvName) -> Found<'_> {
        match name.0.as_str() {
            "PATH" => Found::Set("/usr/bin:/bin"),
            _ => Found::Unset,
        }
    }

    fn unset(&self, reference: &Reference<EnvName>, diags: &mut Diagnostics) {
        let message = format!("`{}` has no value", reference.name);
        diags.report(Code::BadReference, reference.span, message);
    }
}

fn shown(diags: &Diagnostics, files: &Files) -> String {
    let line = |d: &crate::diagnostic::Diagnostic| {
        let span = d.place.span().expect("every mistake has a place");
        let mut line = format!("{} at `{}`", d.message, files.slice(span));
        if let Some(suggestion) = d.suggestions.first() {
            line.push_str(&format!(", write `{}`", suggestion.replacement));
        }
        line
    };
    diags.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Evaluates both times.
fn evaluated(text: &str) -> String {
    let mut files = Files::new();
    let file = files.add("build.yaml", text);
    let mut diags = Diagnostics::new();
    let place = |range| Span::new(file, range);
    let template = parse(text, place(0..text.len()), &place, &mut diags);
    let text = eval(&template, &Values, &mut diags);
    let text = text.and_then(|text| super::finish(&text, &Environment, &mut diags));
    match text {
        Some(text) if diags.is_empty() => text,
        _ => format!("error: {}", shown(&diags, &files)),
    }
}

#[track_caller]
fn check(input: &str, expected: &str) {
    assert_eq!(evaluated(input), expected);
}

/// Each line: text, `|`, what becomes of it.
#[track_caller]
fn check_all(table: &str) {
    for line in table.lines().filter(|line| !line.is_empty()) {
        let (input, expected) = line.split_once(" | ").expect("a line is `text | result`");
        assert_eq!(evaluated(input.trim()), expected.trim(), "{input}");
    }
}

/// Evaluates what is known before the base images are.
#[track_caller]
fn check_early(input: &str, expected: &str) {
    let mut diags = Diagnostics::new();
    let place = |range| Span::new(FileId::ROOT, range);
    let template = parse(input, place(0..input.len()), &place, &mut diags);
    let text = eval(&template, &Values, &mut diags);
    let text = text.map_or("nothing".to_owned(), |text| text.to_string());
    assert_eq!(text, expected);
}

#[test]
fn a_name_is_replaced_and_the_rest_is_left() {
    check_all(
        "
hello                         | hello
he${{ args.PWD }}xx           | he/homexx
he${{args.PWD}}xx             | he/homexx
he$PWD ${PWD} $(x) $$         | he$PWD ${PWD} $(x) $$
안녕${{ args.KOREAN }}        | 안녕한국어
${{ target.arch }}            | arm64
${{ target.os-version }}      | 10.0
${{ build.os }}               | linux
${{ stage.name }}             | app
${{ stage.target }}           | app
${{ env.PATH }}               | /usr/bin:/bin
a '${{ args.X }}' \"b\" \\n   | a 'x' \"b\" \\n
",
    );
}

#[test]
fn a_second_dollar_makes_it_text() {
    check_all(
        "
$${{ args.PWD }}              | ${{ args.PWD }}
$$${{ x }}                    | $${{ x }}
${{ args.NO:-$${{ x }}        | ${{ x
",
    );
}

#[test]
fn a_default_takes_the_place_of_nothing() {
    check_all(
        "
he${{ args.XXX:-000 }}xx      | he000xx
he${{ args.PWD:-000 }}xx      | he/homexx
[${{ args.NULL-000 }}]        | []
[${{ args.NULL:-000 }}]       | [000]
[${{ args.XXX- }}]            | []
[${{ args.XXX-}}]             | []
${{ args.XXX:-${{ args.PWD }} }}                     | /home
${{ args.XXX:-${{ args.YYY:-yyy }} }}                | yyy
${{ args.XXX:-a ${{ args.X }} b }}                   | a x b
${{ env.XXX:-${{ args.PWD }} }}                      | /home
${{ args.XXX:-${{ env.PATH }} }}                     | /usr/bin:/bin
${{ args.XXX-bbb {foo }}      | bbb {foo
${{ target.os-version-x }}    | 10.0
",
    );
}

#[test]
fn an_alternate_takes_the_place_of_something() {
    check_all(
        "
[${{ args.XXX:+000 }}]        | []
[${{ args.PWD:+000 }}]        | [000]
[${{ args.NULL:+000 }}]       | []
[${{ args.NULL+000 }}]        | [000]
${{ args.PWD:+${{ args.PWD }}: }}                    | /home:
${{ args.PWD:+${{ args.SHELL }} }}                   | bash
[${{ args.NO:+${{ args.NO }} }}]                     | []
",
    );
}

#[test]
fn a_required_value_must_be_there() {
    check_all(
        "
${{ args.PWD:?it is needed }} | /home
[${{ args.NULL? }}]           | []
${{ args.NULL:? }}            | error: `args.NULL` is not allowed to be empty at `${{ args.NULL:? }}`
${{ args.XXX? }}              | error: `args.XXX` is not allowed to be unset at `${{ args.XXX? }}`
${{ args.XXX:?say ${{ args.X }} }} | error: args.XXX: say x at `${{ args.XXX:?say ${{ args.X }} }}`
${{ env.XXX? }}               | error: `env.XXX` is not allowed to be unset at `${{ env.XXX? }}`
${{ args.XXX }} ${{ env.Y- }} | error: `args.XXX` has no value at `${{ args.XXX }}`
${{ env.XXX }}                | error: `env.XXX` has no value at `${{ env.XXX }}`
",
    );
}

#[test]
fn a_prefix_and_a_suffix_are_taken_away() {
    check_all(
        "
${{ args.META#()[]{\\}^$.\\*\\?|\\\\ }} | x
${{ args.STARS%%\\**\\* }}    | a
${{ args.XXYY#*x*y }}         | y
${{ args.XXYY#* }}            | xxyy
[${{ args.XXYY##* }}]         | []
${{ args.XXYY#${{ args.X }} }} | xyy
${{ args.XXYY#${{ args.NULL }} }} | xxyy
${{ args.XXYY# }}             | xxyy
${{ args.XXYY##*x }}          | yy
${{ args.XXYY## }}            | xxyy
${{ args.QUESTIONS#?\\? }}    | ?y
.${{ args.XXYY%x }}.          | .xxyy.
${{ args.XXYY%y* }}           | xxy
${{ args.XXYY%%y* }}          | xx
${{ args.KOREAN#? }}          | 국어
${{ args.PWD##*/ }}           | home
[${{ args.XXX#x }}]           | []
${{ env.PATH%%:* }}           | /usr/bin
",
    );
}

#[test]
fn a_match_is_replaced() {
    check_all(
        "
${{ args.GLOBS/${{ args.STAR_SLASH }}/. }}  | /foo.*/*.txt
${{ args.GLOBS//${{ args.STAR_SLASH }}/. }} | /foo..*.txt
${{ args.TMP/${{ args.SLASH_TMP }}/ }}      | /tmp/bar.txt
${{ args.TMP//${{ args.SLASH_TMP }}/ }}     | /bar.txt
${{ args.TMP//\\//\\/ }}      | \\/tmp\\/tmp\\/bar.txt
${{ args.TMP/\\/?*\\//\\} }}  | }bar.txt
${{ args.XXYY//x/${{ args.PWD }} }} | /home/homeyy
${{ args.XXYY/x*/- }}         | -
${{ args.XXYY//?/- }}         | ----
${{ args.XXYY/${{ args.NULL }}/ww }} | wwxxyy
${{ args.XXYY///- }}          | -x-x-y-y-
${{ args.XXYY//z/- }}         | xxyy
${{ args.XXYY/x/${{ env.PATH }} }} | /usr/bin:/binxyy
${{ env.PATH//:/${{ args.X }} }} | /usr/binx/bin
",
    );
}

#[test]
fn a_backslash_takes_the_next_character_as_it_is() {
    check_all(
        "
${{ args.XXX:-\\} }}          | }
${{ args.XXX:-{a\\}}}         | {a}
${{ args.XXX:-a\\\\b }}       | a\\b
${{ args.XXX:-a\\ }}|         | a |
${{ args.XXX:-'a' }}          | 'a'
",
    );
}

#[test]
fn a_star_stays_on_its_line() {
    check("${{ args.LINES#* }}", "one\ntwo");
    check("${{ args.LINES##* }}", "\ntwo");
    check("${{ args.LINES%%* }}", "one\n");
    check("${{ args.LINES//o*/- }}", "-\ntw-");
}

#[test]
fn the_environment_is_left_for_later() {
    check_early(
        "${{ args.X }}:${{ env.PATH:-${{ args.X }}/${{ env.B }} }}",
        "x:${{ env.PATH:-x/${{ env.B }} }}",
    );
    check_early("${{ args.XXYY/x/${{ env.A }} }}", "${{ env.A }}xyy");
}

#[test]
fn a_bad_pattern_is_reported() {
    check_all(
        "
${{ args.X#a\\b }}  | error: `a\\b` is no pattern: `\\b` is no escape at `a\\b `
${{ args.X%\\\\\\? }} | x
${{ args.X#${{ env.A }} }} | error: the pattern of `args.X` mentions `env` at `${{ env.A }} `
",
    );
}

#[test]
fn what_is_no_name_is_reported_with_the_right_one() {
    check_all(
        "
a ${{ arg.X }}            | error: unknown name `arg` in a reference at `arg.X`, write `args.X`
${{ vars.X }}             | error: unknown name `vars` in a reference at `vars.X`, write `args.X`
${{ secrets.X }}          | error: unknown name `secrets` in a reference at `secrets`
${{ matrix.X }}           | error: unknown name `matrix` in a reference at `matrix`
${{ VERSION }}            | error: `VERSION` does not say what it names at `VERSION`, write `args.VERSION`
${{ TARGETARCH }}         | error: `TARGETARCH` does not say what it names at `TARGETARCH`, write `target.arch`
${{ target.arhc }}        | error: there is no `target.arhc` at `target.arhc`, write `target.arch`
${{ stage.platform }}     | error: there is no `stage.platform` at `stage.platform`
${{ args. }}              | error: `args.` needs a name at `args.`
${{ args.1x }}            | error: `args.` needs a name at `args.1x`
${{ }}                    | error: the reference is empty at `${{ }}`
${{ 'x' }}                | error: text in quotes is no reference at `'x'`
${{ -x }}                 | error: `-x` is no name at `-x`
",
    );
}

#[test]
fn operators_and_functions_are_said_to_be_none() {
    check_all(
        "
${{ args.X == 'a' }}      | error: operators such as `==` are not supported at `==`
${{ args.X :-a }}         | error: `:-a` is no modifier here at `:-a`
${{ args.X||'a' }}        | error: operators such as `||'a'` are not supported at `||'a'`
${{ upper(args.X) }}      | error: functions such as `upper()` are not supported at `upper(`
${{ args.X[0] }}          | error: an index is not supported at `[0]`
${{ args.X:=a }}          | error: unexpected `:=a` after the name at `:=a`
${{ args.X:#a }}          | error: `:#a` is no modifier here at `:#a`
${{ args.X.Y }}           | error: unexpected `.Y` after the name at `.Y`
${{ args.X/a }}           | error: the pattern has no replacement at `/a `
",
    );
}

#[test]
fn every_mistake_of_a_text_is_reported() {
    check(
        "${{ A }} ${{ args.XXX:-${{ B }} }} ${{ args.X",
        "error: `A` does not say what it names at `A`, write `args.A`\n\
         `B` does not say what it names at `B`, write `args.B`\n\
         the `${{` is not closed at `${{ args.X`",
    );
}

#[test]
fn a_reference_ends_with_two_braces() {
    check(
        "${{ args.X }",
        "error: unexpected `}` after the name at `}`",
    );
    check("${{", "error: the `${{` is not closed at `${{`");
    check(
        "${{ args.X:-a\nb",
        "error: the `${{` is not closed at `${{ args.X:-a`",
    );
}

#[test]
fn deep_nesting_is_refused() {
    let text = "${{ args.X:-".repeat(100_000);
    assert!(evaluated(&text).contains("references stand more than 16 deep in each other"));
}

#[test]
fn a_hostile_pattern_takes_bounded_time() {
    let mut diags = Diagnostics::new();
    let text = format!("{}b", "a".repeat(20_000));
    let place = |range| Span::new(FileId::ROOT, range);
    let input = format!(
        "${{{{ args.X:-{text} }}}}${{{{ args.PWD//{}c/ }}}}",
        "*a".repeat(500)
    );
    let template = parse(&input, place(0..input.len()), &place, &mut diags);
    assert!(eval(&template, &Values, &mut diags).is_some());
}
