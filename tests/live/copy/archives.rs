//! Archives that `add` unpacks, and what they bring along: links, parents that they do not list.

use std::io::Read as _;

use windlass_tests::{Kind, Live, SYNTAX};

/// One entry of an archive.
enum Entry {
    Directory(&'static str),
    File(&'static str, &'static str),
    Symlink(&'static str, &'static str),
    Hardlink(&'static str, &'static str),
}

fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let (kind, mode, path, link, data) = match entry {
            Entry::Directory(path) => (tar::EntryType::Directory, 0o755, path, None, ""),
            Entry::File(path, data) => (tar::EntryType::Regular, 0o644, path, None, *data),
            Entry::Symlink(path, to) => (tar::EntryType::Symlink, 0o777, path, Some(to), ""),
            Entry::Hardlink(path, to) => (tar::EntryType::Link, 0o644, path, Some(to), ""),
        };
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        header.set_mode(mode);
        if let Some(link) = link {
            header.set_link_name_literal(link).expect("a short name");
        }
        header.set_cksum();
        builder
            .append_data(&mut header, path, data.as_bytes())
            .expect("an archive in memory");
    }
    builder.into_inner().expect("an archive in memory")
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    let mut out = Vec::new();
    encoder.read_to_end(&mut out).expect("an archive in memory");
    out
}

fn stage(steps: &str) -> String {
    let mut text = format!("{SYNTAX}stages:\n  app:\n    from: scratch\n    steps:\n");
    for line in steps.lines() {
        text += &format!("      - {line}\n");
    }
    text
}

#[test]
fn parents_that_an_archive_does_not_list_are_made() {
    let live = Live::new("archive-parents");
    let packed = archive(&[
        Entry::Directory("etc/dnf/"),
        Entry::File("etc/dnf/dnf.conf", "main"),
    ]);
    let build = live.build().file("t.tar.gz", zipped(&packed));
    let out = build
        .file("build.yaml", stage("{add: t.tar.gz, to: /}"))
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.listing("/"),
        "755 0:0 etc/\n755 0:0 etc/dnf/\n644 0:0 etc/dnf/dnf.conf"
    );
    assert_eq!(files.read("/etc/dnf/dnf.conf"), "main");
}

#[test]
fn an_archive_is_unpacked_through_an_absolute_link_of_the_image() {
    let live = Live::new("archive-link");
    let root = archive(&[
        Entry::Directory("run/"),
        Entry::Directory("var/"),
        Entry::Symlink("var/run", "/run"),
    ]);
    let payload = archive(&[
        Entry::Directory("var/run/act/"),
        Entry::File("var/run/act/HEAD", "main"),
        Entry::Hardlink("var/run/act/HEAD.link", "var/run/act/HEAD"),
    ]);
    let build = live
        .build()
        .file("root.tar", root)
        .file("payload.tar", payload);
    let steps = "{add: root.tar, to: /}\n{add: payload.tar, to: /}";
    let out = build.file("build.yaml", stage(steps)).run();
    let files = out.rootfs();
    assert_eq!(files.entry("/var/run").kind, Kind::Symlink("/run".into()));
    assert_eq!(files.read("/run/act/HEAD"), "main");
    assert_eq!(files.read("/run/act/HEAD.link"), "main");
    let layer = out.image().layer(1);
    assert!(layer.is_one_file("/run/act/HEAD", "/run/act/HEAD.link"));
}

#[test]
fn an_owner_holds_for_the_directory_and_for_what_is_unpacked() {
    let live = Live::new("archive-owner");
    let build = live
        .build()
        .file("t.tar", archive(&[Entry::File("foo", "0")]));
    let steps = "{add: t.tar, to: /out/, chown: '100:200'}";
    let out = build.file("build.yaml", stage(steps)).run();
    assert_eq!(
        out.rootfs().listing("/"),
        "755 100:200 out/\n644 100:200 out/foo"
    );
}

#[test]
fn every_archive_that_a_glob_matches_is_unpacked() {
    let live = Live::new("archive-glob");
    let build = live
        .build()
        .file("t.tar", archive(&[Entry::File("foo", "0")]))
        .file("b.tar", archive(&[Entry::File("bar", "1")]));
    let out = build
        .file("build.yaml", stage("{add: '*.tar', to: /dest}"))
        .run();
    let files = out.rootfs();
    assert_eq!(files.paths("/").join(" "), "/dest /dest/bar /dest/foo");
    assert_eq!(files.read("/dest/foo"), "0");
    assert_eq!(files.read("/dest/bar"), "1");
}

#[test]
fn a_copy_goes_through_a_link_to_what_is_not_there_yet() {
    let live = Live::new("link-destination");
    let build = live
        .build()
        .file("t.tar", archive(&[Entry::Symlink("link", "../tmp/target")]))
        .file("foo", "content");
    let steps = "{add: t.tar, to: /}\n{copy: foo, to: /link/}";
    let out = build.file("build.yaml", stage(steps)).run();
    assert_eq!(out.rootfs().read("/tmp/target/foo"), "content");
}
