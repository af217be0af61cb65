//! What a build asks of the daemon that older ones cannot do, and nothing else does as well.
//!
//! An older daemon refuses a capability that it does not know with a sentence about LLB, and passes
//! over a field that it does not know without a word. So both are asked for first. The versions are
//! those of the first release whose `solver/pb/caps.go` has the id.

use buildkit_llb::Vertex;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::Span;

use super::options::Caps;

/// Something that older daemons cannot do.
#[derive(Debug)]
pub(crate) struct Need {
    /// The capability that a daemon which can do it lists.
    cap: &'static str,
    /// The first version of BuildKit that can.
    since: &'static str,
    /// Ends the sentence "this builder cannot".
    what: &'static str,
    /// What to do with this builder; empty if there is nothing.
    instead: &'static str,
}

/// Symbolic links without a step that runs.
pub(crate) const SYMLINK: Need = Need {
    cap: "file.symlink.create",
    since: "0.19",
    what: "make a symbolic link",
    instead: ", or make it with `run`",
};

/// `chmod: u+x`. Its own id is in no daemon's list; this one came with it, in v0.17.
pub(crate) const SYMBOLIC_MODE: Need = Need {
    cap: "exec.validexitcode",
    since: "0.17",
    what: "set a mode in letters",
    instead: ", or write it in digits",
};

/// Exit codes other than 0.
pub(crate) const EXIT_CODES: Need = Need {
    cap: "exec.validexitcode",
    since: "0.17",
    what: "let a step end with another exit code than 0",
    instead: "",
};

/// Limits of memory and processors.
pub(crate) const RESOURCES: Need = Need {
    cap: "exec.meta.linux.resources",
    since: "0.31",
    what: "limit the memory or the processors of a step",
    instead: "",
};

/// Required devices.
pub(crate) const DEVICE: Need = Need {
    cap: "exec.meta.cdi",
    since: "0.20",
    what: "give a step the device it requires",
    instead: ", or leave out `required`",
};

/// What sources may be asked to do.
const OF_SOURCES: [Need; 4] = [
    Need {
        cap: "source.git.checksum",
        since: "0.22",
        what: "check the commit of a repository",
        instead: "",
    },
    Need {
        cap: "source.git.skipsubmodules",
        since: "0.24",
        what: "leave out the submodules of a repository",
        instead: "",
    },
    Need {
        cap: "source.git.mtime",
        since: "0.29",
        what: "give files the time of their commit",
        instead: "",
    },
    Need {
        cap: "source.git.fetchbycommit",
        since: "0.30",
        what: "fetch a repository by its commit",
        instead: "",
    },
];

impl Need {
    /// Returns the sentence for somebody whose daemon cannot do it.
    pub(crate) fn sentence(&self) -> String {
        format!("this builder cannot {}", self.what)
    }

    /// Returns what to do about it.
    pub(crate) fn remedy(&self) -> String {
        format!("use BuildKit {} or later{}", self.since, self.instead)
    }

    /// Reports it if the daemon cannot do it.
    pub(crate) fn report_unless_met(&self, caps: &Caps, span: Span, diags: &mut Diagnostics) {
        if !caps.has(self.cap) {
            diags
                .report(Code::OldBuilder, span, self.sentence())
                .help(self.remedy());
        }
    }
}

/// Returns the first thing that a source asks for and the daemon cannot do.
pub(crate) fn lacking(caps: &Caps, source: &Vertex) -> Option<&'static Need> {
    let wanted = source.caps();
    let lacks = |need: &&Need| wanted.contains(&need.cap) && !caps.has(need.cap);
    OF_SOURCES.iter().find(lacks)
}
