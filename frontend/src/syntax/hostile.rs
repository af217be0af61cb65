//! Files made to hurt: each is refused, or read in bounded time and memory.

use super::*;
use crate::diagnostic::oneline;
use crate::text::Files;

/// Checks the first finding and that the reader came back at all.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let mut files = Files::new();
    let file = files.add("build.yaml", String::from_utf8_lossy(bytes));
    let mut diags = Diagnostics::new();
    parse_bytes(file, bytes, &mut diags);
    let first = diags
        .iter()
        .next()
        .map(|d| format!("{}: {}", d.code.name(), oneline(d, &files)));
    assert_eq!(first.as_deref().unwrap_or("nothing to say"), expected);
}

#[test]
fn bytes_that_are_not_text() {
    check(
        b"a: b\nc: \xff\n",
        "not-utf8: 2:4: line 2 is not UTF-8 text (byte 0xff) (save the file as UTF-8)",
    );
    check(
        b"a: b\0\n",
        "control-character: 1:5: a NUL byte is not allowed (remove it; a build file is text)",
    );
    check(
        b"a: \x1b[31m\n",
        "control-character: 1:4: the control character U+001B is not allowed \
         (remove it, or write it as an escape inside double quotes)",
    );
    check(
        b"a: b\rc: d\n",
        "control-character: 1:5: a carriage return without a line feed is not allowed \
         (save the file with LF or CRLF line ends)",
    );
    check(
        "a: \u{feff}b\n".as_bytes(),
        "control-character: 1:4: a byte-order mark inside the text is not allowed (remove it)",
    );
}

#[test]
fn a_file_past_the_limit() {
    check(
        &vec![b'a'; MAX_BYTES + 1],
        "file-too-large: 1:1: the file is larger than 4 MiB, the most that a build file can \
         be (is this the right file? put data next to the build file and copy it)",
    );
    check(
        &[b"a: ".to_vec(), vec![b'a'; MAX_BYTES - 3]].concat(),
        "nothing to say",
    );
}

#[test]
fn deep_nesting() {
    let deep = "too-deep: 1:129: lists and maps are nested more than 128 deep \
                (aliases count with what they stand for)";
    check("[".repeat(100_000).as_bytes(), deep);
    check("{".repeat(100_000).as_bytes(), deep);
    let block: String = (0..2000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    check(
        block.as_bytes(),
        "too-deep: 129:129: lists and maps are nested more than 128 deep \
         (aliases count with what they stand for)",
    );
    check(
        format!("{}x{}", "[".repeat(127), "]".repeat(127)).as_bytes(),
        "nothing to say",
    );
}

#[test]
fn nesting_through_aliases() {
    let mut text = String::from("a0: &a0 [x]\n");
    for idx in 1..200 {
        text.push_str(&format!("a{idx}: &a{idx} [*a{}]\n", idx - 1));
    }
    check(
        text.as_bytes(),
        "too-deep: 128:14: lists and maps are nested more than 128 deep \
         (aliases count with what they stand for)",
    );
}

#[test]
fn a_billion_laughs() {
    let mut list = String::from("a0: &a0 lol\n");
    let mut merge = String::from("a0: &a0 {k: v}\n");
    for idx in 1..30 {
        let before = format!("*a{},", idx - 1).repeat(9);
        list.push_str(&format!("a{idx}: &a{idx} [{before}]\n"));
        merge.push_str(&format!("a{idx}: &a{idx} {{<<: [{before}]}}\n"));
    }
    let mut files = Files::new();
    for text in [list, merge] {
        let file = files.add("build.yaml", text.as_str());
        let mut diags = Diagnostics::new();
        assert!(parse(file, &text, &mut diags).is_none());
        let line = diags
            .iter()
            .next()
            .map(|d| oneline(d, &files))
            .unwrap_or_default();
        assert!(line.contains("more than 1000000 values"), "{line}");
    }
}

#[test]
fn floods_of_mistakes() {
    check(
        format!("[{}]", "*x,".repeat(20_000)).as_bytes(),
        "unquoted-glob: 1:2: YAML reads text that starts with `*` as an alias \
         (put the text in quotes: \"*x\")",
    );
    check(
        format!("[{}]", "!x,".repeat(20_000)).as_bytes(),
        "yaml-tag: 1:2: YAML reads text that starts with `!` as a tag \
         (put the text in quotes: \"!x\")",
    );
    check(
        "a: b\n".repeat(20_000).as_bytes(),
        "duplicate-key: 2:1: duplicate key `a` (keep one of them)",
    );
    check(
        "a: @b\n".repeat(10_000).as_bytes(),
        "unquoted-character: 1:4: YAML does not take text that starts with `@` \
         (put the text in quotes: \"@b\")",
    );
    check(
        "# comment\n".repeat(20_000).as_bytes(),
        "empty-file: 1:1: the file is empty (a build file starts with `stages:`)",
    );
    let anchors: String = (0..5_000).map(|idx| format!("- &a{idx} x\n")).collect();
    check(
        anchors.as_bytes(),
        "unused-anchor: 1:3: nothing uses the anchor `&a0` \
         (remove it; if it is text, put the text in quotes)",
    );
}

#[test]
fn merging_the_same_map_many_times() {
    let keys: String = (0..5_000).map(|idx| format!("k{idx}: v\n")).collect();
    let text = format!("x: &x {{}}\n{keys}\n<<: [{}]\n", "*x,".repeat(20_000));
    let doc = parse(FileId::ROOT, &text, &mut Diagnostics::new()).expect("a document");
    let View::Mapping(mapping) = doc.view(doc.root()) else {
        panic!("a mapping")
    };
    assert_eq!(mapping.fields().len(), 5_001);
}

/// Reads a text and looks at everything that came of it.
fn exercise(text: &str) {
    let mut files = Files::new();
    let file = files.add("build.yaml", text);
    let mut diags = Diagnostics::new();
    if let Some(doc) = parse(file, text, &mut diags) {
        for idx in 0..doc.nodes.len() {
            let id = NodeId(idx as u32);
            assert!(text.get(doc.span(id).range()).is_some());
            doc.check_comment(id, &mut diags);
            doc.string(id, "key", &mut diags);
            if let Some(scalar) = doc.scalar_text(id) {
                let span = scalar.span_of(0..scalar.value.len());
                assert!(text.get(span.range()).is_some());
            }
        }
        path::annotate(&doc, &mut diags);
    } else {
        assert!(diags.has_errors());
    }
    crate::diagnostic::render::render(&diags, &files, crate::diagnostic::render::Colour::Plain);
}

#[test]
fn every_cut_of_a_file_is_read_without_a_panic() {
    let text = "x: &a {k: 'it''s', l: [*a, *.b]}\nå: \"\\u00e5\\\n  b\" # c\r\n\
                - run: |2\n   x ${{ args.X }}\n\n  y\n*/b: >-\n  a\n\n  b\n<<: !x *a\n\tq: @\n";
    let cuts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let cuts: Vec<usize> = cuts.collect();
    for (idx, &cut) in cuts.iter().enumerate() {
        exercise(&text[..cut]);
        exercise(&text[cut..]);
        for &end in &cuts[idx..(idx + 4).min(cuts.len())] {
            exercise(&format!("{}{}", &text[..cut], &text[end..]));
        }
    }
}
