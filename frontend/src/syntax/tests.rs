//! Documents as text: what is read, and what is said about what is not.

use super::*;
use crate::diagnostic::oneline;
use crate::text::Files;

/// Returns the tree in one line of flow style; `?` is broken, quotes mark text that was quoted.
fn dump(doc: &Document, id: NodeId) -> String {
    match doc.view(id) {
        View::Null => "~".to_owned(),
        View::Scalar(scalar) if scalar.style == Style::Plain => scalar.text.to_owned(),
        View::Scalar(scalar) => format!("{:?}", scalar.text),
        View::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| dump(doc, *item)).collect();
            format!("[{}]", items.join(", "))
        }
        View::Mapping(mapping) => {
            let fields = mapping.fields();
            let fields = fields
                .iter()
                .map(|f| format!("{}: {}", f.key.value, dump(doc, f.value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        View::Broken => "?".to_owned(),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut files = Files::new();
    let file = files.add("build.yaml", text);
    let mut diags = Diagnostics::new();
    let doc = parse(file, text, &mut diags);
    let mut lines = vec![doc.map_or_else(|| "nothing".to_owned(), |doc| dump(&doc, doc.root()))];
    lines.extend(
        diags
            .iter()
            .map(|d| format!("{}: {}", d.code.name(), oneline(d, &files))),
    );
    assert_eq!(lines.join("\n"), expected, "\n{text}");
}

#[test]
fn a_document_is_a_tree() {
    check(
        "a: b\nc: [1, 'x', \"y\\n\"]\nd:\n  - e: ~\n  - |\n    f\n    g\n",
        r#"{a: b, c: [1, "x", "y\n"], d: [{e: ~}, "f\ng\n"]}"#,
    );
}

#[test]
fn several_syntax_errors_are_reported_and_the_rest_is_read() {
    check(
        "a: x\nrun: curl -H a: b\ncopy: *.md\nby:\n  */arm64: y\n  z: w\nb: @c\na: d\n",
        "{a: x, run: ?, copy: ?, by: {z: w}, b: ?}\n\
         unquoted-colon: 2:6: YAML reads a `:` before a space as the end of a key \
         (put the text in quotes: \"curl -H a: b\")\n\
         unquoted-glob: 3:7: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"*.md\")\n\
         unquoted-glob: 5:3: YAML reads a key that starts with `*` as an alias \
         (put the text in quotes: \"*/arm64\")\n\
         unquoted-character: 7:4: YAML does not take text that starts with `@` \
         (put the text in quotes: \"@c\")\n\
         duplicate-key: 8:1: duplicate key `a` (keep one of them)",
    );
}

#[test]
fn what_stands_before_an_error_that_stops_reading_is_checked_too() {
    check(
        "a: !x\nb: [\n  c\n",
        "nothing\n\
         yaml-tag: 1:4: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!x\")\n\
         yaml-syntax: 2:4: the bracket is not closed \
         (close it with `]`, or put the text in quotes)",
    );
}

#[test]
fn an_empty_file_is_reported() {
    check(
        "",
        "nothing\nempty-file: 1:1: the file is empty (a build file starts with `stages:`)",
    );
    check(
        "# syntax=x\n",
        "nothing\nempty-file: 1:1: the file is empty (a build file starts with `stages:`)",
    );
}

#[test]
fn a_byte_order_mark_is_accepted() {
    check("\u{feff}a: b\n", "{a: b}");
    check(
        "\u{feff}a: b\na: c\n",
        "{a: b}\nduplicate-key: 2:1: duplicate key `a` (keep one of them)",
    );
}

#[test]
fn crlf_reads_as_lf() {
    check("a: |\r\n  b\r\n  c\r\nd: e\r\n", r#"{a: "b\nc\n", d: e}"#);
}

#[test]
fn a_merge_key_gives_way_to_written_keys_and_to_earlier_merges() {
    check(
        "x-a: &a {k: 1, l: 2}\nx-b: &b {<<: *a, k: 3, m: 4}\nc: {z: 0, <<: [*a, *b], l: 5, y: 6}\n",
        "{x-a: {k: 1, l: 2}, x-b: {l: 2, k: 3, m: 4}, c: {z: 0, k: 1, m: 4, l: 5, y: 6}}",
    );
}

#[test]
fn a_merge_key_wants_maps() {
    check(
        "x: &x [1]\na: {<<: *x, b: c}\n",
        "{x: [1], a: {b: c}}\n\
         bad-merge: 1:8: `<<` merges maps (write the alias of a map, as in `<<: *name`)",
    );
}

#[test]
fn an_undefined_anchor_has_a_suggestion() {
    check(
        "a: &base b\nc: *bsae\nd: *base\n",
        "{a: b, c: ?, d: b}\n\
         undefined-anchor: 2:4: no anchor `&bsae` before this (did you mean `*base`?)",
    );
}

#[test]
fn an_unused_anchor_is_a_warning() {
    check(
        "run: &background sleep 1\n",
        "{run: sleep 1}\n\
         unused-anchor: 1:6: nothing uses the anchor `&background` \
         (remove it; if it is text, put the text in quotes)",
    );
}

#[test]
fn an_alias_inside_its_own_value_is_an_error() {
    check(
        "a: &a [b, *a]\n",
        "{a: [b, ?]}\n\
         recursive-alias: 1:11: `*a` stands inside itself \
         (an alias repeats a value that ended before it)",
    );
}

#[test]
fn keys_are_text() {
    check(
        "[a, b]: c\n: d\n~: e\n1: f\n",
        "{~: e, 1: f}\n\
         bad-key: 1:1: a key must be text (if it is text, put it in quotes)\n\
         bad-key: 2:1: an entry has no key (write the key before the `:`, or quote the text)",
    );
}

#[test]
fn one_document_is_read() {
    check(
        "---\na: b\n---\nc: d\n",
        "{a: b}\n\
         several-documents: 3:1: a build file is one YAML document \
         (remove the `---`, or put the rest into a file of its own)",
    );
}

#[test]
fn comments_are_kept_with_their_placement() {
    let text = "# a\nb: c # d\n  # e\nf:\n  - g\n  # h\n";
    let doc = parse(FileId::ROOT, text, &mut Diagnostics::new()).expect("a document");
    let comments = doc.comments().iter();
    let shown = comments.map(|c| format!("{:?} {}", c.placement, doc.slice(c.span)));
    let shown: Vec<String> = shown.collect();
    assert_eq!(shown, ["Line # a", "Trailing # d", "Line # e", "Line # h"]);
}

#[test]
fn a_collection_reaches_from_its_first_to_its_last_element() {
    let text = "a:\n  - b: |\n      c\n\n  - d\ne: [f,\n g]\n";
    let doc = parse(FileId::ROOT, text, &mut Diagnostics::new()).expect("a document");
    let View::Mapping(mapping) = doc.view(doc.root()) else {
        panic!("a mapping")
    };
    let shown: Vec<&str> = mapping
        .fields()
        .iter()
        .map(|f| doc.slice(doc.span(f.value)))
        .collect();
    assert_eq!(shown, ["- b: |\n      c\n\n  - d", "[f,\n g]"]);
    assert_eq!(doc.slice(doc.span(doc.root())), text.trim_end());
}
