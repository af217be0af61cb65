//! What is there already: files, directories and links that a copy meets, and a context that is
//! another one than before.

use std::fs;

use windlass_tests::Live;

use super::check;

#[test]
fn a_copy_replaces_files_and_keeps_directories() {
    check(
        "existing",
        "busybox",
        &[
            (
                "{copy: a.txt, to: f}\n{copy: b.txt, to: f}",
                "COPY a.txt f\nCOPY b.txt f",
                "644 0:0 f",
            ),
            (
                "{copy: run.sh, to: x/x}\n{copy: e, to: x, chown: '7:8'}",
                "COPY run.sh x/x\nCOPY --chown=7:8 e x",
                "755 0:0 x/\n644 7:8 x/x\n644 7:8 x/z",
            ),
            (
                "run: mkdir -m 0700 have && chown 5:6 have\nworkdir: have\nworkdir: /w",
                "RUN mkdir -m 0700 have && chown 5:6 have\nWORKDIR have\nWORKDIR /w",
                "700 5:6 have/",
            ),
            (
                "run: mkdir have && touch have/old && chown -R 5:6 have\n{copy: e, to: have, chown: '7:8'}",
                "RUN mkdir have && touch have/old && chown -R 5:6 have\nCOPY --chown=7:8 e have",
                "755 5:6 have/\n644 5:6 have/old\n644 7:8 have/x\n644 7:8 have/z",
            ),
            (
                "{copy: /w/have, from: r3, to: again}\n{copy: /w/have/., from: r3, to: again}",
                "COPY --from=r3 /w/have again\nCOPY --from=r3 /w/have/. again",
                "755 0:0 again/\n644 5:6 again/old\n644 7:8 again/x\n644 7:8 again/z",
            ),
            (
                "run: mkdir real && ln -s real ln\n{copy: e, to: ln}",
                "RUN mkdir real && ln -s real ln\nCOPY e ln",
                "777 0:0 ln -> real\n755 0:0 real/\n644 0:0 real/x\n644 0:0 real/z",
            ),
            (
                "{copy: /w/ln/z, from: r5, to: through}",
                "COPY --from=r5 /w/ln/z through",
                "644 0:0 through",
            ),
            (
                "{copy: a.txt, to: 'ünï/한'}",
                "COPY a.txt ünï/한",
                "755 0:0 ünï/\n644 0:0 ünï/한",
            ),
            (
                "{copy: 'w/ünï/한', from: r7, to: out/}",
                "COPY --from=r7 w/ünï/한 out/",
                "755 0:0 out/\n644 0:0 out/한",
            ),
            (
                "entrypoint: [/no/such/program]\nrun: [touch, ran]",
                "ENTRYPOINT [\"/no/such/program\"]\nRUN [\"touch\", \"ran\"]",
                "644 0:0 ran",
            ),
        ],
    );
}

#[test]
fn a_directory_of_the_context_may_become_a_file() {
    let live = Live::new("dir-to-file");
    let file = "stages: {app: {from: scratch, steps: [{copy: it, to: /it}]}}\n";
    let build = live.yaml(file).file("it/inside", "in a directory");
    assert_eq!(build.run().rootfs().read("/it/inside"), "in a directory");
    fs::remove_dir_all(build.in_context("it")).expect("it is there");
    let build = build.file("it", "a file");
    assert_eq!(build.run().rootfs().read("/it"), "a file");
}

#[test]
fn a_renamed_file_is_another_and_an_unused_one_is_none() {
    let live = Live::new("renamed");
    let file = "
stages:
  app:
    from: busybox
    steps:
      - {copy: file*, to: /in/}
      - run: ls /in > /seen; true UNIQUE
";
    let build = live.yaml(file).file("file1", "same").file("other", "1");
    assert_eq!(build.run().rootfs().read("/seen"), "file1\n");
    let build = build.file("other", "2");
    build.run().cached("RUN ls").cached("COPY file");
    let build = build.file("file1", live.unique());
    build.run().not_cached("RUN ls").not_cached("COPY file");
    let from = build.in_context("file1");
    fs::rename(from, build.in_context("file2")).expect("it is there");
    assert_eq!(build.run().rootfs().read("/seen"), "file2\n");
}

#[test]
fn names_of_the_context_may_be_in_any_script() {
    let live = Live::new("unicode");
    let names = [
        "test-äöü.txt",
        "test-%C3%A4%C3%B6%C3%BC.txt",
        "test+aou.txt",
    ];
    let steps: String = names
        .iter()
        .map(|name| format!("      - copy: {name}\n"))
        .collect();
    let file = format!("stages:\n  app:\n    from: scratch\n    steps:\n{steps}");
    let build = names
        .iter()
        .fold(live.yaml(&file), |build, name| build.file(name, name));
    let files = build.run().rootfs();
    for name in names {
        assert_eq!(files.read(&format!("/{name}")), name);
    }
    assert_eq!(files.paths("/").len(), 3);
}
