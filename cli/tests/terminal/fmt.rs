//! `windlass fmt`.

use super::shown;

const UNFORMATTED: &str = "\
# syntax=x
stages:
    app:   # runs
        from: 'alpine:3.20'
        # first
        steps:
        - run: \"make all\"
        - copy: [ a,b ]
";

const FORMATTED: &str = "\
# syntax=x
stages:
  app: # runs
    from: alpine:3.20
    # first
    steps:
      - run: make all
      - copy: [a, b]
";

#[test]
fn standard_input_goes_to_standard_output() {
    let expected = format!("{FORMATTED}exit 0");
    assert_eq!(shown(&["fmt"], UNFORMATTED), expected);
    assert_eq!(shown(&["fmt", "-"], FORMATTED), expected);
}

#[test]
fn a_check_shows_what_would_change() {
    assert_eq!(
        shown(&["fmt", "--check"], UNFORMATTED),
        "\
--- <stdin>
+++ <stdin> (formatted)
@@ -1,8 +1,8 @@
 # syntax=x
 stages:
-    app:   # runs
-        from: 'alpine:3.20'
-        # first
-        steps:
-        - run: \"make all\"
-        - copy: [ a,b ]
+  app: # runs
+    from: alpine:3.20
+    # first
+    steps:
+      - run: make all
+      - copy: [a, b]
exit 1"
    );
    assert_eq!(shown(&["fmt", "--check"], FORMATTED), "exit 0");
}

#[test]
fn files_are_written_anew_where_they_change() {
    let directory = std::env::temp_dir().join(format!("windlass-fmt-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let path = |name: &str| directory.join(name).display().to_string();
    for (name, text) in [
        ("one.yaml", UNFORMATTED),
        ("two.yaml", "a: [b\n"),
        ("three.yaml", "a:  b\r\n"),
    ] {
        std::fs::write(path(name), text).expect("a file");
    }
    let files = [path("one.yaml"), path("two.yaml"), path("three.yaml")];
    let args = ["fmt", &files[0], &files[1], &files[2]];
    let printed = shown(&args, "");
    let texts = files
        .each_ref()
        .map(|path| std::fs::read_to_string(path).expect("a file"));
    std::fs::remove_dir_all(&directory).expect("the directory goes");
    assert_eq!(texts, [FORMATTED, "a: [b\n", "a: b\r\n"]);
    let expected = format!(
        "error[yaml-syntax]: the bracket is not closed\n --> {}:1:4\n",
        files[1]
    );
    assert!(printed.starts_with(&expected), "{printed}");
    assert!(printed.ends_with("exit 1"), "{printed}");
}

/// Lines of a Dockerfile may be YAML, one text of several lines.
#[test]
fn a_dockerfile_is_left_as_it_is() {
    let file = "FROM alpine:3.20\nRUN make\n";
    let expected = "<stdin> is a Dockerfile: fmt formats build files, which `windlass convert` makes \
                    of Dockerfiles\nexit 1";
    assert_eq!(shown(&["fmt"], file), expected);
    assert_eq!(shown(&["fmt", "--check"], file), expected);
}
