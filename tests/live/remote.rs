//! Build contexts and build files from elsewhere: repositories, archives, the web, standard input.

use windlass_tests::{Build, GitDaemon, GitRepository, HttpServer, Live, Outcome, Reply, SYNTAX};

/// For errors of our own: BuildKit's builtin frontend does not look at the file first.
const FRONTEND: &str = "--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1";

const WHOLE: &str = "stages: {app: {from: scratch, steps: [{copy: ., to: /}]}}\n";
const MADE: &str = "stages: {app: {from: scratch, steps: [{file: /f, content: made}]}}\n";

fn with_syntax(file: &str) -> String {
    format!("{SYNTAX}{file}")
}

fn paths(out: &Outcome) -> String {
    out.rootfs().paths("/").join(" ")
}

/// A repository with a tag `v1`, a branch `next` and, on `main`, a directory `sub` with a build file
/// of its own.
fn repository(daemon: &GitDaemon) -> GitRepository {
    let repository = daemon.repository("r.git");
    repository.file("Dockerfile", &with_syntax(WHOLE));
    repository.file("one", "1").file(".dockerignore", "one\n");
    repository.commit();
    repository.git(&["tag", "v1"]);
    repository.git(&["branch", "next"]);
    repository.file("sub/build.yaml", &with_syntax(WHOLE));
    repository.file("sub/f", "f").commit();
    repository
}

#[test]
fn a_repository_is_the_context_at_any_ref() {
    let live = Live::new("git-context");
    let daemon = GitDaemon::start(live.dir());
    let repository = repository(&daemon);
    let first = repository.git(&["rev-parse", "v1"]).trim().to_owned();
    let url = daemon.url("r.git");
    let built = |address: &str| paths(&live.build().context(&format!("{url}{address}")).run());
    let whole = "/.dockerignore /Dockerfile /one /sub /sub/build.yaml /sub/f";
    let tagged = "/.dockerignore /Dockerfile /one";
    assert_eq!(built(""), whole);
    assert_eq!(built("#main"), whole);
    assert_eq!(built("#v1"), tagged);
    assert_eq!(built(&format!("#{first}")), tagged);
    assert_eq!(built("#refs/heads/next"), tagged);
    assert_eq!(built("?branch=next"), tagged);
    assert_eq!(built(&format!("?tag=v1&checksum={first}")), tagged);
}

#[test]
fn what_a_query_says_of_a_repository_must_be_so() {
    let live = Live::new("git-query");
    let daemon = GitDaemon::start(live.dir());
    let repository = repository(&daemon);
    let commit = |of: &str| repository.git(&["rev-parse", of]).trim().to_owned();
    let (first, last) = (commit("v1"), commit("main"));
    let url = daemon.url("r.git");
    // Neither buildx nor another frontend looks at the address first.
    let built = |query: &str| solve(&live, &[&format!("context={url}{query}")]);
    for (query, file) in [
        ("?ref=next".to_owned(), "one"),
        ("?tag=v1#refs/tags/v1".to_owned(), "one"),
        (format!("?ref={first}"), "one"),
        (format!("?tag=v1&commit={first}"), "one"),
        (format!("?commit={}", &last[..8]), "sub"),
    ] {
        let found = built(&query).expect("a build");
        assert_eq!(found.last().map(String::as_str), Some(file), "{query}");
        std::fs::remove_dir_all(live.dir().join("out")).expect("it was made");
    }
    let (wrong, missing) = ("expected checksum to match", "does not contain ref");
    for (query, error) in [
        (format!("?branch=main&commit={first}"), wrong),
        (format!("?commit={}", &first[..8]), wrong),
        ("?branch=nope".to_owned(), missing),
        ("?branch=v1".to_owned(), missing),
        (format!("?ref={}", &first[..8]), missing),
        ("?tag=v1#refs/heads/main".to_owned(), "ref conflicts"),
    ] {
        let found = built(&query).expect_err("it is wrong");
        assert!(found.contains(error), "{query}: {found}");
    }
}

#[test]
fn a_repository_may_name_its_commits_by_sha256() {
    let live = Live::new("git-sha256");
    let daemon = GitDaemon::start(live.dir());
    let repository = daemon.repository_in("r.git", "sha256");
    repository.file("Dockerfile", &with_syntax(WHOLE));
    let first = repository.file("one", "1").commit();
    repository.git(&["branch", "first"]);
    repository.file("two", "2").commit();
    let server = HttpServer::start();
    for (path, data) in repository.served() {
        server.on(&format!("/r.git/{path}"), Reply::Body(data));
    }
    for url in [daemon.url("r.git"), server.url("/r.git")] {
        let built = |address: &str| paths(&live.build().context(&format!("{url}{address}")).run());
        assert_eq!(built("#first"), "/Dockerfile /one");
        assert_eq!(built(""), "/Dockerfile /one /two");
        let checked = format!("?branch=first&checksum={first}");
        assert_eq!(built(&checked), "/Dockerfile /one");
    }
}

#[test]
fn a_directory_of_a_repository_is_the_context() {
    let live = Live::new("git-subdir");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let url = daemon.url("r.git");
    let built = |address: &str, file: &str| {
        let context = format!("{url}{address}");
        paths(&live.build().context(&context).arg(file).run())
    };
    let sub = "/build.yaml /f";
    assert_eq!(built("#main:sub", "--file=build.yaml"), sub);
    assert_eq!(built("#:sub", "--file=build.yaml"), sub);
    assert_eq!(built("?subdir=sub", "--file=build.yaml"), sub);
    let whole = "/.dockerignore /Dockerfile /one /sub /sub/build.yaml /sub/f";
    assert_eq!(built("", "--file=sub/build.yaml"), whole);
}

#[test]
fn the_git_directory_stays_if_asked() {
    let live = Live::new("git-keep");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let url = daemon.url("r.git");
    let out = live.build().context(&url).run();
    assert!(!out.rootfs().has("/.git/HEAD"));
    let keep = live.build().context(&format!("{url}?keep-git-dir=true"));
    assert!(keep.run().rootfs().has("/.git/HEAD"));
    let keep = live.build().context(&url);
    let keep = keep.arg("--build-arg=BUILDKIT_CONTEXT_KEEP_GIT_DIR=1");
    assert!(keep.run().rootfs().has("/.git/HEAD"));
}

#[test]
fn submodules_are_fetched_unless_told_otherwise() {
    let live = Live::new("git-submodule");
    let daemon = GitDaemon::start(live.dir());
    let inner = daemon.repository("inner.git");
    inner.file("inner", "i").commit();
    let outer = daemon.repository("outer.git");
    outer.file("Dockerfile", &with_syntax(WHOLE));
    outer.git(&["submodule", "--quiet", "add", &daemon.url("inner.git"), "m"]);
    outer.commit();
    let url = daemon.url("outer.git");
    let out = live.build().context(&url).run();
    assert_eq!(paths(&out), "/.gitmodules /Dockerfile /m /m/.git /m/inner");
    let out = live.build().context(&format!("{url}?submodules=0")).run();
    assert_eq!(paths(&out), "/.gitmodules /Dockerfile /m");
}

#[test]
fn files_of_a_repository_have_its_time_if_the_build_has_one() {
    let live = Live::new("git-time");
    let daemon = GitDaemon::start(live.dir());
    let repository = daemon.repository("r.git");
    let file = "
stages:
  app:
    from: busybox
    steps:
      - run: stat -c %Y /context/Dockerfile > /time
        mounts: [{bind: ., target: /context}]
";
    repository.file("Dockerfile", &with_syntax(file)).commit();
    let url = daemon.url("r.git");
    let time = |build: Build<'_>| build.arg("--no-cache").run().rootfs().read("/time");
    let dated = live.build().context(&url);
    let dated = dated.arg("--build-arg=SOURCE_DATE_EPOCH=1700000000");
    // 2001-02-03T04:05:06Z, the commit's.
    assert_eq!(time(dated), "981173106\n");
    let asked = live.build().context(&format!("{url}?mtime=commit"));
    assert_eq!(time(asked), "981173106\n");
    assert_ne!(time(live.build().context(&url)), "981173106\n");
}

#[test]
fn the_time_of_a_build_may_be_that_of_its_context() {
    let live = Live::new("epoch-context");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let created = |build: Build<'_>| build.run().image().config["created"].to_string();
    let dated = |build: Build<'_>, of: &str| {
        created(build.arg(format!("--build-arg=SOURCE_DATE_EPOCH={of}")))
    };
    let build = live.build().context(&daemon.url("r.git"));
    assert_eq!(dated(build, "context"), "\"2001-02-03T04:05:06Z\"");
    let file = "stages: {app: {from: scratch, steps: [{copy: one, from: source, to: /}]}}\n";
    let build = live.build().file("build.yaml", with_syntax(file));
    let build = build.arg(format!("--build-context=source={}", daemon.url("r.git")));
    assert_eq!(dated(build, "source"), "\"2001-02-03T04:05:06Z\"");
    let file = format!(
        "stages:\n  \
           source: {{from: scratch, steps: [{{add: '{}'}}]}}\n  \
           app: {{from: scratch, steps: [{{copy: one, from: source, to: /}}]}}\n",
        daemon.url("r.git")
    );
    let build = live.build().file("build.yaml", with_syntax(&file));
    assert_eq!(dated(build, "source"), "\"2001-02-03T04:05:06Z\"");
    let by_default = format!("args: {{SOURCE_DATE_EPOCH: source}}\n{file}");
    let build = live.build().file("build.yaml", with_syntax(&by_default));
    assert_eq!(created(build), "\"2001-02-03T04:05:06Z\"");
    let server = HttpServer::start();
    server.on("/c", Reply::Body(zipped(&packed())));
    let build = live.build().context(&server.url("/c"));
    // The archive's files have no later one.
    assert_eq!(dated(build, "context"), "\"1970-01-01T00:00:00Z\"");
}

#[test]
fn an_archive_may_be_larger_than_any_message() {
    let live = Live::new("epoch-large");
    let noise: Vec<u8> = (0u32..6 << 20)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let mut builder = tar::Builder::new(Vec::new());
    let files = [
        ("Dockerfile", with_syntax(MADE).into_bytes()),
        ("noise", noise),
    ];
    for (path, data) in &files {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_402);
        header.set_cksum();
        builder
            .append_data(&mut header, path, &data[..])
            .expect("an archive in memory");
    }
    let server = HttpServer::start();
    let data = builder.into_inner().expect("an archive in memory");
    server.on("/large.tar", Reply::Body(data));
    let build = live.build().context(&server.url("/large.tar"));
    let image = build
        .arg("--build-arg=SOURCE_DATE_EPOCH=context")
        .run()
        .image();
    assert_eq!(image.config["created"], "2023-11-14T22:20:02Z");
}

#[test]
fn a_repository_may_come_from_a_plain_web_server() {
    let live = Live::new("git-http");
    let daemon = GitDaemon::start(live.dir());
    let server = HttpServer::start();
    for (path, data) in repository(&daemon).served() {
        server.on(&format!("/r.git/{path}"), Reply::Body(data));
    }
    let url = server.url("/r.git#v1");
    let out = live.build().context(&url).run();
    assert_eq!(paths(&out), "/.dockerignore /Dockerfile /one");
}

#[test]
fn a_local_file_may_build_a_repository() {
    let live = Live::new("git-local-file");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let file = "stages: {app: {from: scratch, steps: [{copy: sub/f}]}}\n";
    let build = live.build().file("build.yaml", with_syntax(file));
    let out = build.context(&daemon.url("r.git")).run();
    assert_eq!(paths(&out), "/f");
}

#[test]
fn a_build_file_that_a_repository_does_not_have_is_named() {
    let live = Live::new("git-no-file");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let url = daemon.url("r.git");
    let build = live.build().context(&url).arg(FRONTEND);
    let out = build.arg("--file=nope.yaml").run();
    let expected = format!(
        "there is no build file `nope.yaml` in {url} (name it with `-f`, such as `-f build.yaml`)"
    );
    out.failure().stderr_contains(&expected);
}

/// Builds with these options, without a client that looks at the context first, and returns what
/// is made. The directory `here` is the test's.
fn solve(live: &Live, options: &[&str]) -> Result<Vec<String>, String> {
    let out = live.dir().join("out");
    let mut buildctl = live.buildctl();
    buildctl.args(["build", "--frontend=gateway.v0", "--progress=plain"]);
    buildctl.args(["--opt", "source=registry.example.com/windlass:1"]);
    for option in options {
        buildctl.args(["--opt", option]);
    }
    buildctl.arg(format!("--local=here={}", live.dir().display()));
    let output = format!("type=local,dest={}", out.display());
    let done = buildctl.arg(format!("--output={output}")).output();
    let done = done.expect("buildctl runs");
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    let entries = std::fs::read_dir(&out).expect("a directory");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

#[test]
fn a_ref_that_a_repository_does_not_have_is_named() {
    let live = Live::new("git-no-ref");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let url = format!("{}#nope", daemon.url("r.git"));
    let error = solve(&live, &[&format!("context={url}")]).expect_err("no such ref");
    let expected = format!(
        "the build file `Dockerfile` in {url} cannot be read: failed to load cache key: repository \
         does not contain ref nope"
    );
    assert!(error.contains(&expected), "{error}");
}

#[test]
fn other_clients_may_name_a_directory_of_the_context() {
    let live = Live::new("contextsubdir");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let context = format!("context={}", daemon.url("r.git"));
    let found = solve(&live, &[&context, "contextsubdir=sub"]);
    assert_eq!(found.expect("a build"), ["build.yaml", "f"]);
}

#[test]
fn a_local_file_may_build_a_directory_of_an_archive() {
    let live = Live::new("archive-subdir");
    let server = HttpServer::start();
    server.on("/c.tar", Reply::Body(archive(&[("sub/dir/foo", "f")])));
    let file = "stages: {app: {from: scratch, steps: [{copy: foo, to: bar}]}}\n";
    std::fs::write(live.dir().join("Dockerfile"), with_syntax(file)).expect("a file");
    let context = format!("context={}", server.url("/c.tar"));
    let options = [&context, "contextsubdir=sub/dir", "dockerfilekey=here"];
    assert_eq!(solve(&live, &options).expect("a build"), ["bar"]);
}

#[test]
fn a_repository_that_is_not_there_is_an_error_at_the_line_that_uses_it() {
    let live = Live::new("git-gone");
    let daemon = GitDaemon::start(live.dir());
    let file = "stages:\n  app:\n    from: scratch\n    steps:\n      - copy: f\n";
    std::fs::write(live.dir().join("build.yaml"), with_syntax(file)).expect("a file");
    let context = format!("context={}", daemon.url("nope.git"));
    let options = [&context, "filename=build.yaml", "dockerfilekey=here"];
    let error = solve(&live, &options).expect_err("no such repository");
    assert!(error.contains("   6 | >>>       - copy: f"), "{error}");
}

#[test]
fn a_client_may_hand_a_repository_in() {
    let live = Live::new("git-input");
    let daemon = GitDaemon::start(live.dir());
    repository(&daemon);
    let url = format!("{}?branch=next", daemon.url("r.git"));
    let build = live.build().context(&url);
    let out = build.env("BUILDX_SEND_GIT_QUERY_AS_INPUT", "true").run();
    assert_eq!(paths(&out), "/.dockerignore /Dockerfile /one");
    let file = "stages: {app: {from: {context: source}}}\n";
    let build = live.build().file("build.yaml", with_syntax(file));
    let build = build.arg(format!("--build-context=source={url}"));
    let out = build.env("BUILDX_SEND_GIT_QUERY_AS_INPUT", "true").run();
    assert_eq!(paths(&out), "/.dockerignore /Dockerfile /one");
}

/// Returns an archive of these files.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder
            .append_data(&mut header, path, text.as_bytes())
            .expect("an archive in memory");
    }
    builder.into_inner().expect("an archive in memory")
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("an archive in memory");
    encoder.finish().expect("an archive in memory")
}

fn packed() -> Vec<u8> {
    let whole = with_syntax(WHOLE);
    archive(&[
        ("dockerfile", &whole),
        ("sub/build.yaml", &with_syntax(MADE)),
        ("a", "a"),
        (".dockerignore", "a\n"),
    ])
}

const UNPACKED: &str = "/.dockerignore /a /dockerfile /sub /sub/build.yaml";

#[test]
fn an_archive_of_the_web_is_the_context() {
    let live = Live::new("archive-context");
    let server = HttpServer::start();
    server.on("/c.tar", Reply::Body(packed()));
    server.on("/c", Reply::Body(zipped(&packed())));
    for path in ["/c.tar", "/c"] {
        let out = live.build().context(&server.url(path)).run();
        assert_eq!(paths(&out), UNPACKED);
    }
    let build = live.build().context(&server.url("/c"));
    let out = build.arg("--file=sub/build.yaml").run();
    assert_eq!(out.rootfs().read("/f"), "made");
}

#[test]
fn a_file_of_the_web_is_build_file_and_context() {
    let live = Live::new("http-file");
    let server = HttpServer::start();
    server.on("/b.yaml", Reply::Body(with_syntax(WHOLE).into()));
    let out = live.build().context(&server.url("/b.yaml")).run();
    assert_eq!(paths(&out), "/context");
    assert_eq!(out.rootfs().read("/context"), with_syntax(WHOLE));
}

#[test]
fn a_build_file_of_the_web_builds_a_directory() {
    let live = Live::new("http-build-file");
    let server = HttpServer::start();
    let file = "stages: {app: {from: scratch, steps: [{copy: a.txt}]}}\n";
    server.on("/b.yaml", Reply::Body(with_syntax(file).into()));
    let build = live.build().file("a.txt", "a");
    let out = build.arg(format!("--file={}", server.url("/b.yaml"))).run();
    assert_eq!(out.rootfs().read("/a.txt"), "a");
}

#[test]
fn an_address_that_does_not_answer_is_named() {
    let live = Live::new("http-gone");
    let server = HttpServer::start();
    server.on("/gone", Reply::Status(404));
    let url = server.url("/gone");
    let error = solve(&live, &[&format!("context={url}")]).expect_err("nothing there");
    let start = format!("the build context `{url}` cannot be fetched: ");
    assert!(error.contains(&start) && error.contains("404"), "{error}");
}

#[test]
fn standard_input_may_be_the_context() {
    let live = Live::new("stdin-context");
    for archive in [packed(), zipped(&packed())] {
        let out = live.build().context("-").stdin(archive).run();
        assert_eq!(paths(&out), UNPACKED);
    }
    let build = live.build().context("-").stdin(packed());
    let out = build.arg("--file=sub/build.yaml").run();
    assert_eq!(out.rootfs().read("/f"), "made");
}

fn check_made(build: Build<'_>) {
    assert_eq!(build.run().rootfs().read("/f"), "made");
}

#[test]
fn standard_input_may_be_the_build_file() {
    let live = Live::new("stdin-file");
    check_made(live.build().context("-").stdin(with_syntax(MADE)));
    let file = "stages: {app: {from: scratch, steps: [{copy: a.txt, to: /f}]}}\n";
    let build = live.build().file("a.txt", "made").arg("--file=-");
    check_made(build.stdin(with_syntax(file)));
}

#[test]
fn an_ignore_file_with_a_mistake_is_named() {
    let live = Live::new("ignore-mistake");
    let build = live.build().file("build.yaml", with_syntax(WHOLE));
    let out = build.file(".dockerignore", "a\n!\n").run();
    out.failure()
        .stderr_contains(".dockerignore: a `!` needs a pattern after it");
}
