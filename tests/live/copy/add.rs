//! `add`: archives, downloads and git repositories.

use std::path::Path;
use std::time::Duration;

use windlass_tests::{GitDaemon, HttpServer, Live, Reply, SYNTAX};

const HELLO: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn stage(steps: &str) -> String {
    let mut text = format!("{SYNTAX}stages:\n  app:\n    from: scratch\n    steps:\n");
    for line in steps.lines() {
        text += &format!("      - {line}\n");
    }
    text
}

/// Returns an archive with one file, `dir/inner`.
fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_mode(0o640);
    header.set_uid(12);
    header.set_gid(34);
    header.set_cksum();
    builder
        .append_data(&mut header, "dir/inner", &b"inner"[..])
        .expect("an archive in memory");
    builder.into_inner().expect("an archive in memory")
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("an archive in memory");
    encoder.finish().expect("an archive in memory")
}

#[test]
fn a_local_archive_is_unpacked_unless_told_otherwise() {
    let live = Live::new("archive");
    let file = stage(
        "{add: a.tar, to: /tar/}\n{add: a.tar.gz, to: /gz/}\n{add: plain.txt, to: /plain/}\n\
         {add: a.tar, to: /kept/, unpack: false}\n{copy: a.tar, to: /copied/}\n\
         {add: [a.tar, plain.txt], to: /owned/, chown: '7:8'}",
    );
    let out = live
        .build()
        .file("build.yaml", file)
        .file("a.tar", archive())
        .file("a.tar.gz", zipped(&archive()))
        .file("plain.txt", "p")
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.listing("/"),
        "755 0:0 copied/\n644 0:0 copied/a.tar\n\
         755 0:0 gz/\n755 0:0 gz/dir/\n640 12:34 gz/dir/inner\n\
         755 0:0 kept/\n644 0:0 kept/a.tar\n\
         755 7:8 owned/\n755 0:0 owned/dir/\n640 7:8 owned/dir/inner\n644 7:8 owned/plain.txt\n\
         755 0:0 plain/\n644 0:0 plain/plain.txt\n\
         755 0:0 tar/\n755 0:0 tar/dir/\n640 12:34 tar/dir/inner"
    );
    assert_eq!(files.read("/gz/dir/inner"), "inner");
}

#[test]
fn a_download_is_a_file_of_its_name_and_unpacked_only_if_told() {
    let live = Live::new("download");
    let server = HttpServer::start();
    server.on("/dl/hello.txt", Reply::Body(b"hello".into()));
    server.on("/a.tar.gz", Reply::Body(zipped(&archive())));
    server.on("/moved", Reply::Redirect("/dl/hello.txt".into()));
    let time = "Tue, 14 Nov 2023 22:16:41 GMT".to_owned();
    server.on("/", Reply::Dated(time, b"dated".into()));
    let (hello, tar) = (server.url("/dl/hello.txt"), server.url("/a.tar.gz"));
    let (moved, unnamed) = (server.url("/moved"), server.url("/"));
    let out = live
        .build()
        .file(
            "build.yaml",
            stage(&format!(
                "{{add: '{hello}', to: /dir/}}\n\
                 {{add: '{hello}', to: /name, chmod: '0755', checksum: '{HELLO}'}}\n\
                 {{add: '{tar}', to: /kept/}}\n\
                 {{add: '{tar}', to: /renamed.tar.gz}}\n\
                 {{add: '{tar}', to: /unpacked/, unpack: true}}\n\
                 {{add: '{unnamed}', to: /unnamed/}}\n\
                 {{add: '{moved}', to: /moved}}"
            )),
        )
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.listing("/"),
        "755 0:0 dir/\n600 0:0 dir/hello.txt\n755 0:0 kept/\n600 0:0 kept/a.tar.gz\n\
         600 0:0 moved\n755 0:0 name\n600 0:0 renamed.tar.gz\n\
         755 0:0 unnamed/\n600 0:0 unnamed/__unnamed__\n\
         755 0:0 unpacked/\n755 0:0 unpacked/dir/\n640 12:34 unpacked/dir/inner"
    );
    assert_eq!(files.read("/name"), "hello");
    assert_eq!(files.entry("/renamed.tar.gz").data, zipped(&archive()));
    assert_eq!(files.read("/unnamed/__unnamed__"), "dated");
    assert_eq!(files.entry("/unnamed/__unnamed__").mtime, 1_700_000_201);
}

/// Builds a download of `/file` and returns the error, with the server's address as `SERVER`.
#[track_caller]
fn failed_download(name: &str, reply: Reply, options: &str) -> String {
    let live = Live::new(name);
    let server = HttpServer::start();
    server.on("/file", reply);
    let url = server.url("/file");
    let out = live
        .build()
        .file("build.yaml", stage(&format!("{{add: '{url}'{options}}}")))
        .run();
    out.failure().within(Duration::from_secs(30));
    out.error().replace(&server.host(), "SERVER")
}

#[track_caller]
fn marks(error: &str, text: &str) {
    let line = "   6 | >>>       - {add: 'http://SERVER/file'";
    assert!(error.contains(line), "{error}");
    assert!(error.contains(text), "{error}");
}

#[test]
fn a_wrong_checksum_is_an_error_at_its_line() {
    let wrong = format!("sha256:{}", "0".repeat(64));
    let options = format!(", checksum: '{wrong}'");
    let error = failed_download("wrong", Reply::Body(b"hello".into()), &options);
    marks(&error, &format!("digest mismatch {HELLO}: {wrong}"));
}

#[test]
fn a_download_that_is_not_there_is_an_error_at_its_line() {
    let error = failed_download("gone", Reply::Status(404), "");
    marks(&error, "404");
}

#[test]
fn a_server_that_fails_is_an_error_at_its_line() {
    let error = failed_download("broken", Reply::Status(500), "");
    marks(&error, "500");
}

#[test]
fn a_script_that_is_not_there_is_an_error_at_its_line() {
    let live = Live::new("no-script");
    let file = "stages:
  app:
    from: busybox
    steps:
      - script: tools/nope.sh
";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .run();
    let error = out.failure().error();
    assert!(
        error.contains("   6 | >>>       - script: tools/nope.sh"),
        "{error}"
    );
    assert!(error.contains("\"/tools/nope.sh\": not found"), "{error}");
}

#[test]
fn a_repository_is_cloned_at_its_ref_and_directory() {
    let live = Live::new("git");
    let daemon = Served::start(live.dir());
    let url = daemon.url();
    let out = live
        .build()
        .file(
            "build.yaml",
            stage(&format!(
                "{{add: '{url}#v1', to: /v1/}}\n\
                 {{add: '{url}?branch=main&subdir=sub', to: /sub/}}\n\
                 {{add: '{url}', to: /kept/, keep-git-dir: true, exclude: [sub]}}\n\
                 {{add: '{url}#main', to: /checked/, checksum: '{}', chown: '7:8'}}",
                daemon.head
            )),
        )
        .run();
    let files = out.rootfs();
    let mut listing: Vec<String> = files.listing("/").lines().map(str::to_owned).collect();
    listing.retain(|line| {
        !line.contains("/.git/") || line.ends_with("/.git/HEAD") || line.ends_with("/.git/")
    });
    assert_eq!(
        listing.join("\n"),
        "755 7:8 checked/\n644 7:8 checked/readme\n755 7:8 checked/sub/\n644 7:8 checked/sub/f\n\
         755 0:0 kept/\n755 0:0 kept/.git/\n644 0:0 kept/.git/HEAD\n644 0:0 kept/readme\n\
         755 0:0 sub/\n644 0:0 sub/f\n\
         755 0:0 v1/\n644 0:0 v1/readme"
    );
    assert_eq!(files.read("/v1/readme"), "one");
    assert_eq!(files.read("/kept/readme"), "two");
}

#[test]
fn a_repository_of_sha256_is_cloned_and_checked() {
    let live = Live::new("git-add-sha256");
    let daemon = GitDaemon::start(live.dir());
    let repository = daemon.repository_in("r.git", "sha256");
    let commit = repository.file("foo", "1").commit();
    repository.git(&["tag", "v1"]);
    let other = repository.file("foo", "2").commit();
    let url = daemon.url("r.git");
    let steps = format!(
        "{{add: '{url}#v1', to: /tag, checksum: '{commit}'}}\n\
         {{add: '{url}#{commit}', to: /commit, checksum: '{commit}', keep-git-dir: true, chown: '42:84'}}"
    );
    let out = live.build().file("build.yaml", stage(&steps)).run();
    let files = out.rootfs();
    assert_eq!(files.listing("/tag"), "644 0:0 foo");
    assert_eq!(files.read("/commit/foo"), "1");
    assert_eq!(
        (
            files.entry("/commit/foo").uid,
            files.entry("/commit/.git").gid
        ),
        (42, 84)
    );
    let wrong = format!("{{add: '{url}#v1', checksum: '{other}'}}");
    let out = live.build().file("build.yaml", stage(&wrong)).run();
    let error = out.failure().error();
    assert!(
        error.contains("   6 | >>>       - {add: 'git://"),
        "{error}"
    );
    assert!(error.contains(&commit) && error.contains(&other), "{error}");
}

#[test]
fn a_commit_that_is_checked_is_found_in_the_cache_of_one_that_is_not() {
    let live = Live::new("git-cached");
    let daemon = Served::start(live.dir());
    let built = |checksum: &str| {
        let text = format!(
            "{SYNTAX}stages:
  app:
    from: busybox
    steps:
      - {{add: '{}#main', to: /repo{checksum}}}
      - run: head -c 16 /dev/urandom | md5sum > /unique
",
            daemon.url()
        );
        live.build()
            .file("build.yaml", text)
            .run()
            .rootfs()
            .read("/unique")
    };
    let first = built("");
    assert_eq!(built(&format!(", checksum: '{}'", daemon.head)), first);
}

#[test]
fn a_wrong_commit_is_an_error_at_its_line() {
    let live = Live::new("git-wrong");
    let daemon = Served::start(live.dir());
    let wrong = "0".repeat(40);
    let step = format!("{{add: '{}#main', checksum: '{wrong}'}}", daemon.url());
    let out = live.build().file("build.yaml", stage(&step)).run();
    let error = out.failure().error();
    assert!(
        error.contains("   6 | >>>       - {add: 'git://"),
        "{error}"
    );
    assert!(
        error.contains(&wrong) && error.contains(&daemon.head),
        "{error}"
    );
    let step = format!("{{add: '{}#main', checksum: foobar}}", daemon.url());
    let out = live.build().file("build.yaml", stage(&step)).run();
    let error = out.failure().error();
    assert!(
        error.contains("   6 | >>>       - {add: 'git://"),
        "{error}"
    );
    assert!(error.contains("expected hex commit hash"), "{error}");
}

/// A repository with two commits, the first one tagged `v1`, served on the loopback interface.
struct Served {
    daemon: GitDaemon,
    head: String,
}

impl Served {
    fn start(dir: &Path) -> Served {
        let daemon = GitDaemon::start(dir);
        let repository = daemon.repository("r.git");
        repository.file("readme", "one").commit();
        repository.git(&["tag", "v1"]);
        let head = repository.file("readme", "two").file("sub/f", "f").commit();
        Served { daemon, head }
    }

    fn url(&self) -> String {
        self.daemon.url("r.git")
    }
}
