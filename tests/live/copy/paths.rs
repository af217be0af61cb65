//! Where files come from and where they go.

use windlass_tests::{Live, SYNTAX};

use super::check;

#[test]
fn a_destination_is_a_directory_if_it_ends_in_a_slash_or_is_one() {
    check(
        "destinations",
        "scratch",
        &[
            ("copy: a.txt", "COPY a.txt .", "644 0:0 a.txt"),
            ("{copy: a.txt, to: .}", "COPY a.txt .", "644 0:0 a.txt"),
            ("{copy: a.txt, to: new}", "COPY a.txt new", "644 0:0 new"),
            (
                "{copy: a.txt, to: new/}",
                "COPY a.txt new/",
                "755 0:0 new/\n644 0:0 new/a.txt",
            ),
            (
                "{copy: a.txt, to: ./new/.}",
                "COPY a.txt ./new/.",
                "755 0:0 new/\n644 0:0 new/a.txt",
            ),
            (
                "{copy: a.txt, to: /w/deep/er/f}",
                "COPY a.txt /w/deep/er/f",
                "755 0:0 deep/\n755 0:0 deep/er/\n644 0:0 deep/er/f",
            ),
            (
                "mkdir: have\n{copy: a.txt, to: have}",
                "WORKDIR have\nWORKDIR /w\nCOPY a.txt have",
                "755 0:0 have/\n644 0:0 have/a.txt",
            ),
            (
                "env: {EMPTY: ''}\n{copy: a.txt, to: '${{ env.EMPTY- }}'}",
                "ENV EMPTY=\"\"\nCOPY a.txt $EMPTY",
                "644 0:0 a.txt",
            ),
            (
                "{copy: [a.txt, b.txt], to: t/}",
                "COPY a.txt b.txt t/",
                "755 0:0 t/\n644 0:0 t/a.txt\n644 0:0 t/b.txt",
            ),
        ],
    );
}

#[test]
fn of_a_directory_the_contents_are_copied() {
    let whole = "755 0:0 out/\n777 0:0 out/back -> x\n755 0:0 out/sub/\n\
                 644 0:0 out/sub/y\n644 0:0 out/x";
    check(
        "directories",
        "scratch",
        &[
            ("{copy: d, to: out}", "COPY d out", whole),
            ("{copy: d/, to: out/}", "COPY d/ out/", whole),
            ("copy: d/sub", "COPY d/sub .", "644 0:0 y"),
            (
                "{copy: d, to: out}\n{copy: e, to: out}",
                "COPY d out\nCOPY e out",
                "755 0:0 out/\n777 0:0 out/back -> x\n755 0:0 out/sub/\n\
                 644 0:0 out/sub/y\n644 0:0 out/x\n644 0:0 out/z",
            ),
            (
                "{copy: ., to: all}",
                "COPY . all",
                "755 0:0 all/\n644 0:0 all/a.txt\n644 0:0 all/b.txt\n755 0:0 all/d/\n\
                 777 0:0 all/d/back -> x\n755 0:0 all/d/sub/\n644 0:0 all/d/sub/y\n\
                 644 0:0 all/d/x\n777 0:0 all/dlink -> d\n755 0:0 all/e/\n644 0:0 all/e/x\n\
                 644 0:0 all/e/z\n777 0:0 all/link -> a.txt\n644 0:0 all/p[1]\n\
                 755 0:0 all/run.sh\n644 0:0 all/with space",
            ),
        ],
    );
}

#[test]
fn a_glob_is_every_path_that_matches_and_may_match_none() {
    check(
        "globs",
        "scratch",
        &[
            (
                "{copy: \"*.txt\", to: t/}",
                "COPY *.txt t/",
                "755 0:0 t/\n644 0:0 t/a.txt\n644 0:0 t/b.txt",
            ),
            // Of equal names the last wins.
            (
                "{copy: \"?/x\", to: t/}",
                "COPY ?/x t/",
                "755 0:0 t/\n644 0:0 t/x",
            ),
            (
                "{copy: \"[de]\", to: t/}",
                "COPY [de] t/",
                "755 0:0 t/\n777 0:0 t/back -> x\n755 0:0 t/sub/\n644 0:0 t/sub/y\n\
                 644 0:0 t/x\n644 0:0 t/z",
            ),
            ("{copy: \"none*\", to: t/}", "COPY none* t/", ""),
            (
                "{copy: [a.txt, \"none*\"], to: t/}",
                "COPY a.txt none* t/",
                "755 0:0 t/\n644 0:0 t/a.txt",
            ),
            ("{copy: \"p[[]1]\"}", "COPY p[[]1] .", "644 0:0 p[1]"),
        ],
    );
}

#[test]
fn a_link_as_a_source_is_followed_and_inside_a_directory_kept() {
    check(
        "links",
        "scratch",
        &[
            ("{copy: link, to: f}", "COPY link f", "644 0:0 f"),
            (
                "{copy: dlink, to: g/}",
                "COPY dlink g/",
                "755 0:0 g/\n777 0:0 g/back -> x\n755 0:0 g/sub/\n644 0:0 g/sub/y\n644 0:0 g/x",
            ),
            (
                "{copy: dlink/x, to: g/}",
                "COPY dlink/x g/",
                "755 0:0 g/\n644 0:0 g/x",
            ),
            (
                "{copy: 'd/b*', to: g/}",
                "COPY d/b* g/",
                "755 0:0 g/\n644 0:0 g/back",
            ),
            (
                "{copy: d/back, to: g/}",
                "COPY d/back g/",
                "755 0:0 g/\n644 0:0 g/back",
            ),
        ],
    );
}

#[test]
fn names_may_hold_spaces_and_a_source_never_leaves_the_context() {
    check(
        "names",
        "scratch",
        &[
            (
                "{copy: with space, to: also with space}",
                "COPY [\"with space\", \"also with space\"]",
                "644 0:0 also with space",
            ),
            ("{copy: /a.txt, to: f}", "COPY /a.txt f", "644 0:0 f"),
            (
                "{copy: ../../a.txt, to: f}",
                "COPY ../../a.txt f",
                "644 0:0 f",
            ),
            ("copy: run.sh", "COPY run.sh .", "755 0:0 run.sh"),
        ],
    );
}

#[test]
fn a_file_of_a_stage_or_an_image_is_copied_by_absolute_path() {
    let live = Live::new("copy-from");
    let file = "stages:
  made:
    from: scratch
    steps:
      - {file: /d/f, content: made}
  result:
    from: scratch
    steps:
      - {copy: d/f, from: made, to: relative}
      - {copy: /d, from: {stage: Made}, to: dir/}
      - {copy: /etc/passwd, from: busybox}
      - {copy: /etc/group, from: {image: 'alpine:3.22'}}
";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.listing("/"),
        "755 0:0 dir/\n644 0:0 dir/f\n644 0:0 group\n644 0:0 passwd\n644 0:0 relative"
    );
    assert_eq!(files.read("/relative"), "made");
}

#[test]
fn a_missing_file_is_an_error_at_its_line() {
    let live = Live::new("missing-file");
    let file = "stages:
  app:
    from: scratch
    steps:
      - copy: a.txt
      - copy: nope/b.txt
        to: /b/
";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("a.txt", "")
        .run();
    out.failure();
    assert!(
        out.error().contains("   7 | >>>       - copy: nope/b.txt"),
        "{}",
        out.error()
    );
    out.stderr_contains("\"/nope/b.txt\": not found");
}
