//! What `fmt` writes, and that it writes it again.

use crate::diagnostic::Diagnostics;
use crate::syntax::{self, print};
use crate::text::FileId;

/// Checks what a file is formatted to, and that this is formatted already.
#[track_caller]
fn check(text: &str, expected: &str) {
    let format = |text: &str| {
        let doc = syntax::parse(FileId::ROOT, text, &mut Diagnostics::new());
        print::format(&doc.expect("a document"))
    };
    let formatted = format(text);
    assert_eq!(formatted, expected);
    assert_eq!(format(&formatted), expected, "formatted twice");
}

/// Checks a file that is formatted already.
#[track_caller]
fn check_same(text: &str) {
    check(text, text);
}

#[test]
fn indentation_is_two_blanks() {
    check(
        "a:\n    b: c\n    d:\n    - e\n    -   f:  g\n        h: i\n    - - j\n      -  k\n",
        "a:\n  b: c\n  d:\n    - e\n    - f: g\n      h: i\n    - - j\n      - k\n",
    );
}

#[test]
fn brackets_stay_where_they_fit() {
    check(
        "a: { b: [c,d ], 'e' : {f: g} }\n",
        "a: {b: [c, d], e: {f: g}}\n",
    );
    let long = "x".repeat(60);
    check(
        &format!("a: [{long}, {{b: {long}}}]\n"),
        &format!("a:\n  - {long}\n  - {{b: {long}}}\n"),
    );
    check("{a: b, c: []}\n", "a: b\nc: []\n");
    check("a: {b: , c: }\n", "a: {b: null, c: null}\n");
}

#[test]
fn quotes_stay_where_plain_text_is_something_else() {
    check(
        "a: 'b c'\n\"d\": \"e: f\"\ng: '*.h'\ni: 'it''s \"j\"'\nk: \"l # m\"\nn: \"o#p\"\n",
        "a: b c\nd: \"e: f\"\ng: \"*.h\"\ni: it's \"j\"\nk: \"l # m\"\nn: o#p\n",
    );
    check_same("a: '[0-9]+\\.[0-9]+'\nb: \"tab\\there\\n\"\nc: \"\"\n");
    check_same("a: \"8080\"\nb: 8080\nc: \"true\"\nd: true\ne: ~\nf:\ng: \"null\"\nh: \"0644\"\n");
    check_same("a: \"yes\"\nb: yes\nc: \"2024-01-02\"\nd: \"12:30\"\ne: 0.0.0.0\nf: 1.2.3\n");
    check("a: \"${{ args.B }}\"\n", "a: ${{ args.B }}\n");
    check_same("a: [\"${{ args.B }}\", \"x, y\", x y]\n");
    check("a: !!str 12\n", "a: \"12\"\n");
    check("\"8080\": a\n\"b c\": d\n", "\"8080\": a\nb c: d\n");
}

#[test]
fn comments_stay_at_their_place() {
    check_same(
        "\
# syntax=x

# first
a: # of a
  # of b
  b: c # on b
  # end of a

# of d
d:
  - e # on e
  # of f
  - f: g # on f
    # end of f
    # still
  # end of d
# end
",
    );
}

#[test]
fn a_comment_belongs_to_what_is_indented_like_it() {
    check(
        "a:\n- b\n# of c\nc:\n- d\n  # of d\n# end\n",
        "a:\n  - b\n# of c\nc:\n  - d\n  # of d\n# end\n",
    );
    check(
        "a:\n  -\n    # of b\n    b: c\n",
        "a:\n  # of b\n  - b: c\n",
    );
    check(
        "a: # one\n  # two\n  b # three\n",
        "# two\n# one\na: b # three\n",
    );
}

#[test]
fn brackets_with_comments_are_opened() {
    check(
        "a: [ # of a\n  b, # on b\n  # of c\n  {c: d}\n  # end\n]\n",
        "a: # of a\n  - b # on b\n  # of c\n  - {c: d}\n  # end\n",
    );
    check("a: [ # x\n]\n", "a: [] # x\n");
    check("a: [\n  # x\n]\n", "# x\na: []\n");
    check(
        "a: {b: c, # on b\n  d: e} # on d\n",
        "a:\n  b: c # on b\n  d: e # on d\n",
    );
}

#[test]
fn one_blank_line_stays() {
    check(
        "\n\na: b\n\n\nc:\n\n  d: e\n\n\n  # x\n\n\n  f: g\n\n\n",
        "a: b\n\nc:\n  d: e\n\n  # x\n\n  f: g\n",
    );
}

#[test]
fn block_scalars_stay() {
    check(
        "a: |\n     b\n       c\n\n     d\ne: >-\n   f\n   g\n\n   h\n",
        "a: |\n  b\n    c\n\n  d\ne: >-\n  f\n  g\n\n  h\n",
    );
    check_same("a: |+\n  b\n\n\nc: |2-\n    d\n  e\nf: >+\n  g\n\nh: i\n");
    check_same("a:\n  - | # x\n    b\n  - >\n    c\n");
    check("a: |\n\nb: c\n", "a: \"\"\n\nb: c\n");
    check("a: >2\n   b\n  c\n", "a: |2\n   b\n  c\n");
}

#[test]
fn folded_text_is_joined_or_kept_in_lines() {
    check("a: b\n  c\n", "a: b c\n");
    check("a: 'b\n\n  c'\n", "a: \"b\\nc\"\n");
    let long = "x".repeat(60);
    check(
        &format!("a: {long}\n      {long}\n"),
        &format!("a: >-\n  {long}\n  {long}\n"),
    );
    check(
        &format!("a: \"# {long}\n      {long}\"\n"),
        &format!("a: >-\n  # {long}\n  {long}\n"),
    );
}

#[test]
fn anchors_aliases_and_merges_stay() {
    check_same(
        "\
x-a: &a
  b: c
x-d: &d text
x-e: &e [f, &g h]
i:
  - &j # x
    k: l
  - <<: *a
    m: [*d, *g, *e]
  - *j
",
    );
}

#[test]
fn a_document_may_have_marks_and_other_line_breaks() {
    check("---\na: b\n...\n", "a: b\n");
    check("a:  b\r\nc: |\r\n  d\r\n", "a: b\r\nc: |\r\n  d\r\n");
    check("\u{feff}a:  b\n", "a: b\n");
}
