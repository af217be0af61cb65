//! A few small files of one of the client's directories.

use buildkit_llb::{Differ, Graph, Local, Vertex};
use buildkit_proto::pb;

/// Which files, of which directory.
#[derive(Debug)]
pub(super) struct SmallFiles<'a> {
    /// The directory's name.
    pub directory: &'a str,
    /// The session that it is in.
    pub session: &'a str,
    /// What keeps this transfer apart from others of the same directory.
    pub hint: &'a str,
    /// The files; what is missing is left out, links are followed.
    pub paths: &'a [String],
    /// What the progress shows.
    pub log_name: String,
}

/// What fetches them.
#[derive(Debug)]
pub(super) struct Fetch {
    /// The definition.
    pub definition: pb::Definition,
    /// Its vertex.
    pub digest: String,
}

impl SmallFiles<'_> {
    /// Returns what fetches them.
    pub(super) fn define(self) -> Fetch {
        let local = Local::new(self.directory)
            .session(self.session)
            .shared_key_hint(self.hint)
            .follow(self.paths)
            .differ(Differ::None);
        let mut graph = Graph::new();
        let vertex = graph.add(Vertex::new(local).name(self.log_name));
        Fetch {
            definition: graph.define(Some(vertex.output(0)), &[]),
            digest: graph.digest(vertex).to_string(),
        }
    }
}
