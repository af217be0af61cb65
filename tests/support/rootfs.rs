//! The files of an image.

use std::collections::BTreeMap;
use std::io::Read as _;

use super::live::must;

/// Files by absolute path, such as `/etc/passwd`.
#[derive(Default)]
pub struct Rootfs {
    entries: BTreeMap<String, Entry>,
}

/// One file, directory or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    /// Permission bits, with set-id and sticky.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    /// Modification time in seconds since 1970.
    pub mtime: u64,
    /// Empty unless a file.
    pub data: Vec<u8>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
    /// With what it points at.
    Symlink(String),
    /// With the path it is another name of.
    Hardlink(String),
    /// A device or pipe.
    Other,
}

impl Rootfs {
    /// Returns the text of a file; symbolic links are followed.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let data = &self.entry(&self.resolve(path)).data;
        String::from_utf8(data.clone()).expect("a text file")
    }

    /// Returns what is at a path, links not followed.
    #[track_caller]
    pub fn entry(&self, path: &str) -> &Entry {
        match self.entries.get(path) {
            Some(Entry {
                kind: Kind::Hardlink(target),
                ..
            }) => self.entry(target),
            Some(entry) => entry,
            None => panic!("no {path}; there is\n{}", self.paths("/").join("\n")),
        }
    }

    /// Returns whether two paths are names of one file.
    #[track_caller]
    pub fn is_one_file(&self, one: &str, other: &str) -> bool {
        std::ptr::eq(self.entry(one), self.entry(other))
    }

    /// Returns whether there is anything at a path.
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Returns the paths below a directory, sorted, without the directory.
    pub fn paths(&self, below: &str) -> Vec<&str> {
        let below = format!("{}/", below.trim_end_matches('/'));
        let paths = self.entries.keys().map(String::as_str);
        paths
            .filter(|path| path.starts_with(&below) && path.len() > below.len())
            .collect()
    }

    /// Returns one line per path below a directory: `644 0:0 file a`, `777 0:0 b -> a`, `755 0:0 d/`.
    pub fn listing(&self, below: &str) -> String {
        let strip = |path: &str| path[below.trim_end_matches('/').len() + 1..].to_owned();
        let line = |path: &&str| {
            let entry = self.entry(path);
            let name = match &entry.kind {
                Kind::Directory => format!("{}/", strip(path)),
                Kind::Symlink(target) => format!("{} -> {target}", strip(path)),
                _ => strip(path),
            };
            format!("{:o} {}:{} {name}", entry.mode, entry.uid, entry.gid)
        };
        self.paths(below)
            .iter()
            .map(line)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Returns the paths of all files whose content contains `needle`.
    pub fn containing(&self, needle: &str) -> Vec<&str> {
        let holds = |data: &[u8]| {
            data.windows(needle.len())
                .any(|part| part == needle.as_bytes())
        };
        let found = self.entries.iter().filter(|(_, entry)| holds(&entry.data));
        found.map(|(path, _)| path.as_str()).collect()
    }

    /// Unpacks a layer over what is there.
    pub(crate) fn apply(&mut self, layer: &[u8]) {
        let mut plain = Vec::new();
        if layer.starts_with(&[0x1f, 0x8b]) {
            let mut reader = flate2::read::MultiGzDecoder::new(layer);
            must(reader.read_to_end(&mut plain), "a broken layer");
        } else {
            plain.extend_from_slice(layer);
        }
        let mut archive = tar::Archive::new(plain.as_slice());
        for entry in must(archive.entries(), "a broken layer") {
            self.put(must(entry, "a broken layer"));
        }
    }

    fn put(&mut self, mut entry: tar::Entry<'_, &[u8]>) {
        let path = absolute(&must(entry.path(), "a broken path").display().to_string());
        let (dir, name) = path.rsplit_once('/').expect("absolute");
        if name == ".wh..wh..opq" {
            self.remove_below(dir);
            return;
        }
        if let Some(gone) = name.strip_prefix(".wh.") {
            let gone = format!("{dir}/{gone}");
            self.remove_below(&gone);
            self.entries.remove(&gone);
            return;
        }
        let mut data = Vec::new();
        must(entry.read_to_end(&mut data), "a broken layer");
        let link = must(entry.link_name(), "a broken link").map(|link| link.display().to_string());
        let link = link.unwrap_or_default();
        let header = entry.header();
        let kind = match header.entry_type() {
            tar::EntryType::Regular => Kind::File,
            tar::EntryType::Directory => Kind::Directory,
            tar::EntryType::Symlink => Kind::Symlink(link),
            tar::EntryType::Link => Kind::Hardlink(absolute(&link)),
            _ => Kind::Other,
        };
        if kind != Kind::Directory {
            self.remove_below(&path);
        }
        let made = Entry {
            kind,
            mode: must(header.mode(), "a broken mode") & 0o7777,
            uid: must(header.uid(), "a broken uid"),
            gid: must(header.gid(), "a broken gid"),
            mtime: must(header.mtime(), "a broken time"),
            data,
        };
        self.entries.insert(path, made);
    }

    fn remove_below(&mut self, dir: &str) {
        let below = format!("{dir}/");
        self.entries.retain(|path, _| !path.starts_with(&below));
    }

    /// Follows symbolic links in every part of the path.
    fn resolve(&self, path: &str) -> String {
        let mut done = String::new();
        let mut rest: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        for _ in 0..1000 {
            let Some(part) = rest.pop() else { return done };
            match part.as_str() {
                "" | "." => continue,
                ".." => done.truncate(done.rfind('/').unwrap_or(0)),
                part => {
                    let next = format!("{done}/{part}");
                    match self.entries.get(&next).map(|entry| &entry.kind) {
                        Some(Kind::Symlink(target)) => {
                            if target.starts_with('/') {
                                done.clear();
                            }
                            rest.extend(target.split('/').rev().map(str::to_owned));
                        }
                        _ => done = next,
                    }
                }
            }
        }
        panic!("{path} is a circle of links")
    }
}

fn absolute(path: &str) -> String {
    let path = path.trim_start_matches("./").trim_matches('/');
    format!("/{path}")
}
