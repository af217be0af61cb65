//! A few small files of one of the client's directories.

use std::collections::BTreeMap;

use buildkit_proto::pb;
use prost::Message;
use sha2::{Digest, Sha256};

/// Which files, of which directory.
#[derive(Debug, Default)]
pub(super) struct Local {
    /// The directory's name.
    pub name: String,
    /// The session that it is in.
    pub session: String,
    /// What keeps this transfer apart from others of the same directory.
    pub hint: String,
    /// The files; what is missing is left out, links are followed.
    pub paths: Vec<String>,
    /// What the progress shows.
    pub log_name: String,
    /// The definition, once made.
    pub definition: pb::Definition,
    /// Its vertex, once made.
    pub digest: String,
}

impl Local {
    /// Makes the definition.
    pub(super) fn define(mut self) -> Self {
        let paths = serde_json::to_string(&self.paths).expect("load: strings can be written");
        let mut attrs = vec![
            ("local.differ", "none".to_owned()),
            ("local.followpaths", paths),
        ];
        if !self.session.is_empty() {
            attrs.push(("local.session", self.session.clone()));
        }
        attrs.push(("local.sharedkeyhint", self.hint.clone()));
        let source = pb::SourceOp {
            identifier: format!("local://{}", self.name),
            attrs: attrs
                .into_iter()
                .map(|(key, value)| pb::source_op::AttrsEntry {
                    key: Some(key.to_owned()),
                    value: Some(value),
                })
                .collect(),
        };
        let op = pb::Op {
            op: Some(pb::op::Op::Source(source)),
            ..pb::Op::default()
        }
        .encode_to_vec();
        self.digest = digest(&op);
        let last = pb::Op {
            inputs: vec![pb::Input {
                digest: self.digest.clone(),
                index: 0,
            }],
            ..pb::Op::default()
        }
        .encode_to_vec();
        let description = BTreeMap::from([("llb.customname".to_owned(), self.log_name.clone())]);
        let metadata = pb::OpMetadata {
            description,
            ..pb::OpMetadata::default()
        };
        let last_digest = digest(&last);
        self.definition = pb::Definition {
            def: vec![op, last],
            metadata: BTreeMap::from([
                (self.digest.clone(), metadata),
                (last_digest, pb::OpMetadata::default()),
            ]),
            source: None,
        };
        self
    }
}

fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            hex.push_str(&format!("{byte:02x}"));
            hex
        });
    format!("sha256:{hex}")
}
