//! What the options of `copy` and its relatives do.

use windlass_tests::{Live, SYNTAX};

use super::check;

#[test]
fn an_owner_is_a_name_or_a_number_and_the_group_may_be_left_out() {
    check(
        "chown",
        "busybox",
        &[
            (
                "{copy: a.txt, chown: app}",
                "COPY --chown=app a.txt .",
                "644 1000:1000 a.txt",
            ),
            (
                "{copy: a.txt, chown: 'app:daemon'}",
                "COPY --chown=app:daemon a.txt .",
                "644 1000:1 a.txt",
            ),
            (
                "{copy: a.txt, chown: 1000}",
                "COPY --chown=1000 a.txt .",
                "644 1000:1000 a.txt",
            ),
            (
                "{copy: a.txt, chown: '7:8'}",
                "COPY --chown=7:8 a.txt .",
                "644 7:8 a.txt",
            ),
            (
                "{copy: a.txt, chown: 'app:0'}",
                "COPY --chown=app:0 a.txt .",
                "644 1000:0 a.txt",
            ),
            // What is made on the way has the same owner.
            (
                "{copy: d/sub, to: n/m/, chown: app}",
                "COPY --chown=app d/sub n/m/",
                "755 1000:1000 n/\n755 1000:1000 n/m/\n644 1000:1000 n/m/y",
            ),
            // `user` changes nothing.
            (
                "user: app\ncopy: a.txt",
                "USER app\nCOPY a.txt .",
                "644 0:0 a.txt",
            ),
            (
                "{file: f, content: \"x\\n\", chown: app}",
                "COPY --chown=app <<f f\nx\nf",
                "644 1000:1000 f",
            ),
            (
                "{mkdir: [m/n], chown: app, chmod: '0750'}",
                "RUN mkdir -m 750 -p m && mkdir -m 750 m/n && chown -R app:app m",
                "750 1000:1000 m/\n750 1000:1000 m/n/",
            ),
        ],
    );
}

#[test]
fn a_mode_is_octal_or_symbolic() {
    check(
        "chmod",
        "scratch",
        &[
            (
                "{copy: a.txt, chmod: '0600'}",
                "COPY --chmod=0600 a.txt .",
                "600 0:0 a.txt",
            ),
            (
                "{copy: a.txt, chmod: 4755}",
                "COPY --chmod=4755 a.txt .",
                "4755 0:0 a.txt",
            ),
            (
                "{copy: [a.txt, run.sh], chmod: 'u=rwX,go='}",
                "COPY --chmod=u=rwX,go= a.txt run.sh .",
                "600 0:0 a.txt\n700 0:0 run.sh",
            ),
            (
                "{copy: a.txt, chmod: 'a+x'}",
                "COPY --chmod=a+x a.txt .",
                "755 0:0 a.txt",
            ),
            (
                "{copy: d/sub, to: o/, chmod: 'go-rwx'}",
                "COPY --chmod=go-rwx d/sub o/",
                "755 0:0 o/\n600 0:0 o/y",
            ),
            (
                "{copy: d/sub, to: o/, chmod: '0700'}",
                "COPY --chmod=0700 d/sub o/",
                "700 0:0 o/\n700 0:0 o/y",
            ),
            (
                "{copy: a.txt, chmod: '0'}",
                "COPY --chmod=0 a.txt .",
                "0 0:0 a.txt",
            ),
            (
                "{copy: a.txt, to: n/m/f, chmod: '777'}",
                "COPY --chmod=777 a.txt n/m/f",
                "777 0:0 n/\n777 0:0 n/m/\n777 0:0 n/m/f",
            ),
            (
                "{copy: [a.txt, run.sh], chmod: 'a+X'}",
                "COPY --chmod=a+X a.txt run.sh .",
                "644 0:0 a.txt\n755 0:0 run.sh",
            ),
            (
                "{copy: a.txt, chmod: 'u=rw,g=r,o='}",
                "COPY --chmod=u=rw,g=r,o= a.txt .",
                "640 0:0 a.txt",
            ),
            (
                "{copy: d, to: o/, chmod: 'u+rw,g-rx,o+w'}",
                "COPY --chmod=u+rw,g-rx,o+w d o/",
                "755 0:0 o/\n777 0:0 o/back -> x\n707 0:0 o/sub/\n606 0:0 o/sub/y\n606 0:0 o/x",
            ),
        ],
    );
}

#[test]
fn a_link_is_a_layer_of_its_own() {
    check(
        "link",
        "busybox",
        &[
            (
                "{copy: a.txt, to: l/, link: true}",
                "COPY --link a.txt l/",
                "755 0:0 l/\n644 0:0 l/a.txt",
            ),
            (
                "{copy: a.txt, to: l/, link: true, chmod: '0600', chown: '7:8'}",
                "COPY --link --chmod=0600 --chown=7:8 a.txt l/",
                "600 7:8 l/\n600 7:8 l/a.txt",
            ),
            (
                "{copy: a.txt, to: ., link: true}",
                "COPY --link a.txt .",
                "644 0:0 a.txt",
            ),
            (
                "env: {EMPTY: ''}\n{copy: b.txt, to: '${{ env.EMPTY- }}', link: true}",
                "ENV EMPTY=\"\"\nCOPY --link b.txt $EMPTY",
                "644 0:0 b.txt",
            ),
            // Not into the directory that the link names, as it does not look.
            (
                "run: mkdir real && ln -s real ln\n{copy: a.txt, to: ln/, link: true}",
                "RUN mkdir real && ln -s real ln\nCOPY --link a.txt ln/",
                "755 0:0 ln/\n644 0:0 ln/a.txt\n755 0:0 real/",
            ),
            (
                "run: mkdir real && ln -s real ln\n{copy: a.txt, to: ln/}",
                "RUN mkdir real && ln -s real ln\nCOPY a.txt ln/",
                "777 0:0 ln -> real\n755 0:0 real/\n644 0:0 real/a.txt",
            ),
        ],
    );
}

#[test]
fn parents_keeps_the_directories_from_the_pivot_on() {
    check(
        "parents",
        "scratch",
        &[
            (
                "{copy: [d/sub/y, a.txt], to: p/, parents: true}",
                "COPY --parents d/sub/y a.txt p/",
                "755 0:0 p/\n644 0:0 p/a.txt\n755 0:0 p/d/\n755 0:0 p/d/sub/\n644 0:0 p/d/sub/y",
            ),
            (
                "{copy: ./d/./sub/y, to: p/, parents: true}",
                "COPY --parents ./d/./sub/y p/",
                "755 0:0 p/\n755 0:0 p/sub/\n644 0:0 p/sub/y",
            ),
            (
                "{copy: '*/x', to: p/, parents: true}",
                "COPY --parents */x p/",
                "755 0:0 p/\n755 0:0 p/d/\n644 0:0 p/d/x\n755 0:0 p/e/\n644 0:0 p/e/x",
            ),
            (
                "{copy: '**/x', to: p/, parents: true, exclude: [e]}",
                "COPY --parents --exclude=e **/x p/",
                "755 0:0 p/\n755 0:0 p/d/\n644 0:0 p/d/x",
            ),
            (
                "{copy: ./d/./sub, to: p/, parents: true}",
                "COPY --parents ./d/./sub p/",
                "755 0:0 p/\n755 0:0 p/sub/\n644 0:0 p/sub/y",
            ),
            (
                "{copy: d/./sub/./y, to: p/, parents: true}",
                "COPY --parents d/./sub/./y p/",
                "755 0:0 p/\n755 0:0 p/sub/\n644 0:0 p/sub/y",
            ),
            (
                "{copy: d/sub/., to: p/, parents: true}",
                "COPY --parents d/sub/. p/",
                "755 0:0 p/\n755 0:0 p/d/\n755 0:0 p/d/sub/\n644 0:0 p/d/sub/y",
            ),
            (
                "{copy: ['d/./s*/**/y', e/./z], to: p/, parents: true}",
                "COPY --parents d/./s*/**/y e/./z p/",
                "755 0:0 p/\n755 0:0 p/sub/\n644 0:0 p/sub/y\n644 0:0 p/z",
            ),
            (
                "{copy: 'd/nope*/y', to: p/, parents: true}",
                "COPY --parents d/nope*/y p/",
                "755 0:0 p/",
            ),
            (
                "{copy: './d/./nope*', to: p/, parents: true}",
                "COPY --parents ./d/./nope* p/",
                "755 0:0 p/",
            ),
        ],
    );
}

#[test]
fn a_path_that_is_missing_below_its_parents_is_an_error_at_its_line() {
    let live = Live::new("missing-parents");
    let file = "stages:
  base: {from: scratch, steps: [{file: /a/b/f, content: x}]}
  app:
    from: scratch
    steps:
      - {copy: /a/nope/f, from: base, to: /out/, parents: true}
";
    let build = live.build().file("build.yaml", format!("{SYNTAX}{file}"));
    let error = build.run().failure().error();
    assert!(
        error.contains("   7 | >>>       - {copy: /a/nope/f"),
        "{error}"
    );
    assert!(error.contains("\"/a/nope/f\": not found"), "{error}");
}

#[test]
fn exclude_leaves_paths_out_as_an_ignore_file_does() {
    check(
        "exclude",
        "scratch",
        &[
            (
                "{copy: d, to: o/, exclude: [sub]}",
                "COPY --exclude=sub d o/",
                "755 0:0 o/\n777 0:0 o/back -> x\n644 0:0 o/x",
            ),
            (
                "{copy: ., to: o/, exclude: ['**/x', '*.txt', d, link, dlink, p*, with*]}",
                "COPY --exclude=**/x --exclude=*.txt --exclude=d --exclude=link --exclude=dlink \
                 --exclude=p* --exclude=with* . o/",
                "755 0:0 o/\n755 0:0 o/e/\n644 0:0 o/e/z\n755 0:0 o/run.sh",
            ),
            (
                "{add: 'd*', to: o, exclude: ['*']}",
                "ADD --exclude=* d* o",
                "755 0:0 o/",
            ),
            (
                "{add: 'd*', to: o, exclude: [x, '*/y']}",
                "ADD --exclude=x --exclude=*/y d* o",
                "755 0:0 o/\n777 0:0 o/back -> x\n755 0:0 o/sub/",
            ),
            (
                "{copy: e, to: o/, exclude: ['*', '!z']}",
                "COPY --exclude=* --exclude=!z e o/",
                "755 0:0 o/\n644 0:0 o/z",
            ),
        ],
    );
}

#[test]
fn what_is_optional_may_be_missing() {
    check(
        "optional",
        "scratch",
        &[
            ("{copy: nope, to: o/, optional: true}", "COPY [n]ope o/", ""),
            (
                "{copy: [a.txt, nope], to: o/, optional: true}",
                "COPY [a].txt [n]ope o/",
                "755 0:0 o/\n644 0:0 o/a.txt",
            ),
            (
                "{copy: d/nope/x, to: o/, optional: true}",
                "COPY [d]/[n]ope/[x] o/",
                "",
            ),
            (
                "{copy: d/sub, to: o/, optional: true}",
                "COPY [d]/[s]ub o/",
                "755 0:0 o/\n644 0:0 o/y",
            ),
            (
                "{copy: a.txt, to: o, optional: true}",
                "COPY [a].txt o",
                "644 0:0 o",
            ),
            (
                "{copy: 'nope*', to: o/, optional: true}",
                "COPY nope* o/",
                "",
            ),
        ],
    );
}

#[test]
fn what_is_optional_may_be_missing_below_its_parents_too() {
    let live = Live::new("optional-parents");
    let file = "stages:
  app:
    from: scratch
    steps:
      - {copy: [d/nope/x, d/x], to: /o/, optional: true, parents: true}
";
    let out = super::context(live.build())
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .run();
    assert_eq!(
        out.rootfs().listing("/"),
        "755 0:0 o/\n755 0:0 o/d/\n644 0:0 o/d/x"
    );
}

#[test]
fn content_stands_in_the_build_file() {
    check(
        "content",
        "scratch",
        &[
            (
                "{copy: {content: \"one\\ntwo\\n\", name: hello}, to: c/}",
                "COPY <<hello c/\none\ntwo\nhello",
                "755 0:0 c/\n644 0:0 c/hello",
            ),
            (
                "{copy: {content: \"x\\n\"}, to: f, chmod: '0600'}",
                "COPY --chmod=0600 <<EOF f\nx\nEOF",
                "600 0:0 f",
            ),
            (
                "{copy: [{content: \"x\\n\", name: a}, b.txt], to: t/}",
                "COPY <<a b.txt t/\nx\na",
                "755 0:0 t/\n644 0:0 t/a\n644 0:0 t/b.txt",
            ),
            (
                r#"{copy: {content: "'$HOME' \"q\" `x`\n\\\n\\\\ \\$ \\n\n\ttab\n", name: s}}"#,
                "COPY <<\"s\" .\n'$HOME' \"q\" `x`\n\\\n\\\\ \\$ \\n\n\ttab\ns",
                "644 0:0 s",
            ),
            (
                "{file: c/f, content: \"x\\n\", chmod: '0640'}",
                "COPY --chmod=0640 <<f c/f\nx\nf",
                "640 0:0 c/\n640 0:0 c/f",
            ),
        ],
    );
}

#[test]
fn links_and_removals_need_no_shell() {
    let live = Live::new("file-verbs");
    let file = "stages:
  app:
    from: scratch
    workdir: /w
    steps:
      - {copy: d, to: o/}
      - {symlink: o/ln, target: x}
      - remove: [o/sub, 'o/b*']
      - {remove: nope, optional: true}
      - {mkdir: /w/m, chmod: '0700'}
";
    let out = super::context(live.build())
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .run();
    assert_eq!(
        out.rootfs().listing("/w"),
        "700 0:0 m/\n755 0:0 o/\n777 0:0 o/ln -> x\n644 0:0 o/x"
    );
}
