//! Sources made up by chance.

use super::{DIGEST, Maker, OTHER_DIGEST, PATTERNS, WORDS};
use crate::description::*;

impl Maker {
    pub(super) fn image(&mut self) -> Image {
        let rng = &mut self.rng;
        let pinned = format!("docker.io/library/busybox:1.36@{OTHER_DIGEST}");
        Image {
            name: rng.text(&[
                "docker.io/library/alpine:latest",
                "example.com:5000/a/b:t",
                &pinned,
            ]),
            mode: rng.text(&["", "", "pull", "local"]),
            internal: rng.once_in(5),
            layers: rng.maybe(|rng| rng.below(4)),
            checksum: rng.maybe_text(&[DIGEST]),
        }
    }

    pub(super) fn stored(&mut self) -> Stored {
        let rng = &mut self.rng;
        Stored {
            filename: rng.maybe_text(WORDS),
            mode: rng.maybe(|rng| rng.below(0o1000)).unwrap_or_default(),
            uid: rng.below(3),
            gid: rng.below(3),
        }
    }

    pub(super) fn blob(&mut self) -> Blob {
        Blob {
            name: format!(
                "docker.io/library/x@{}",
                self.rng.text(&[DIGEST, OTHER_DIGEST])
            ),
            stored: self.stored(),
            session: self.rng.maybe_text(&["s"]),
            store: self.rng.maybe_text(&["st"]),
        }
    }

    pub(super) fn local(&mut self) -> Local {
        let rng = &mut self.rng;
        let has_session = !rng.once_in(4);
        Local {
            name: rng.text(&["context", "dockerfile", "a b"]),
            session: if has_session {
                rng.text(&["s1", "s2"])
            } else {
                String::new()
            },
            unique: if has_session {
                String::new()
            } else {
                rng.text(&["u1", "u2"])
            },
            include: rng.list(2, |rng| rng.text(PATTERNS)),
            exclude: rng.list(2, |rng| rng.text(PATTERNS)),
            follow: rng.list(2, |rng| rng.text(PATTERNS)),
            hint: rng.maybe_text(WORDS),
            differ: rng.text(&["", "none", "metadata"]),
            metadata_only: rng.once_in(4),
            exceptions: rng.list(2, |rng| rng.text(PATTERNS)),
        }
    }

    pub(super) fn git(&mut self) -> Git {
        let raw = self.raw;
        let rng = &mut self.rng;
        let url = rng.text(&[
            "https://github.com/a/b.git",
            "http://user@example.com:8080/a/../b",
            "git://example.com/x/",
            "example.com/a/b",
            "https://example.com",
            "git@github.com:a/b.git",
            "ssh://git@example.com:2222/a/b.git",
        ]);
        let is_ssh = url.starts_with("ssh") || url.starts_with("git@");
        let has_bundle = rng.once_in(5);
        Git {
            url,
            reference: rng.text(&["", "", "main", "v1.0", "refs/tags/x"]),
            subdir: rng.text(&["", "", "sub", "sub/dir"]),
            keep_git_dir: rng.once_in(4),
            skip_submodules: rng.once_in(4),
            fetch_by_commit: rng.once_in(4),
            checkout_bundle: rng.once_in(5),
            checksum: rng.maybe_text(&["0123456789abcdef0123456789abcdef01234567"]),
            mtime: rng.text(&["", "commit", "checkout"]),
            header_secret: rng.maybe_text(&["h", "-"]),
            token_secret: rng.maybe_text(&["t", "-"]),
            known_hosts: if is_ssh {
                "example.com ssh-ed25519 AAAA\n".to_string()
            } else {
                String::new()
            },
            agent: if is_ssh {
                rng.text(&["default", "key"])
            } else {
                String::new()
            },
            bundle: if has_bundle {
                format!("oci-layout+blob://x@{DIGEST}")
            } else {
                String::new()
            },
            bundle_session: if has_bundle {
                rng.maybe_text(&["s"])
            } else {
                String::new()
            },
            bundle_store: if has_bundle {
                rng.maybe_text(&["st"])
            } else {
                String::new()
            },
            public_key: if raw && rng.once_in(2) {
                "KEY\n".to_string()
            } else {
                String::new()
            },
            signature_flags: rng.below(8),
        }
    }

    pub(super) fn http(&mut self) -> Http {
        let stored = self.stored();
        let rng = &mut self.rng;
        let is_signed = rng.once_in(4);
        Http {
            url: rng.text(&["https://example.com/f", "http://x.test/?a=b&c#d"]),
            checksum: rng.maybe_text(&[DIGEST, OTHER_DIGEST]),
            stored,
            secret: rng.maybe_text(WORDS),
            accept: rng.maybe_text(&["text/plain"]),
            user_agent: rng.maybe_text(&["me/1"]),
            public_key: if is_signed {
                "KEY\n".to_string()
            } else {
                String::new()
            },
            signature: if is_signed {
                "SIG\n".to_string()
            } else {
                String::new()
            },
        }
    }
}
