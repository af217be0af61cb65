//! [`Gateway`] over maps: what tests build on.
//!
//! Images, files and inputs are given; solves, warnings and the outcome are recorded. The ref of a
//! source stands for the files given under its name.

use std::cell::RefCell;
use std::collections::BTreeMap;

use buildkit_llb::Platform;
use buildkit_proto::pb;
use prost::Message;

use super::{
    Error, FrontendAnswer, FrontendRequest, Gateway, ImageAnswer, ImageMeta, ImageRequest, Outcome,
    Pong, Ref, SolveRequest, SourceMeta, Stat, Warning,
};

/// A world of maps.
#[derive(Debug, Default)]
pub struct Memory {
    /// What a ping answers.
    pub pong: Pong,
    /// Images by name and platform (`linux/amd64`).
    pub images: BTreeMap<(String, String), ImageMeta>,
    /// What source policies put in the place of images, by their names.
    pub replaced: BTreeMap<String, String>,
    /// Files by the name of their local source (`dockerfile`, `context`), or the identifier of
    /// another source, and path.
    pub files: BTreeMap<(String, String), Vec<u8>>,
    /// When all files were changed, in nanoseconds since 1970.
    pub mtime: i64,
    /// What is known of sources, by their identifier.
    pub sources: BTreeMap<String, SourceMeta>,
    /// What other frontends answer, by their names.
    pub frontends: BTreeMap<String, Result<FrontendAnswer, Error>>,
    /// What the client hands in.
    pub inputs: BTreeMap<String, pb::Definition>,
    /// What was asked so far.
    pub record: RefCell<Record>,
}

/// What was asked of a [`Memory`].
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Images looked up, in order.
    pub lookups: Vec<ImageRequest>,
    /// Every solve, in order.
    pub solves: Vec<SolveRequest>,
    /// What other frontends were asked.
    pub asked: Vec<FrontendRequest>,
    /// Every warning.
    pub warnings: Vec<Warning>,
    /// What was handed back.
    pub outcome: Option<Result<Outcome, Error>>,
}

impl Memory {
    /// Returns what was asked so far.
    pub fn record(&self) -> Record {
        self.record.borrow().clone()
    }

    /// Returns the name of the source that a ref stands for.
    fn source_name(&self, reference: &Ref) -> Option<String> {
        let idx: usize = reference.0.parse().ok()?;
        let record = self.record.borrow();
        let ops = record.solves.get(idx)?.message().def;
        ops.iter()
            .find_map(|op| match pb::Op::decode(&op[..]).ok()?.op? {
                pb::op::Op::Source(source) => {
                    let local = source.identifier.strip_prefix("local://");
                    Some(local.unwrap_or(&source.identifier).to_owned())
                }
                _ => None,
            })
    }

    fn file(&self, reference: &Ref, path: &str) -> Result<&[u8], Error> {
        let name = self.source_name(reference).unwrap_or_default();
        let file = self.files.get(&(name, path.to_owned()));
        file.map(Vec::as_slice).ok_or_else(|| missing(path))
    }
}

fn missing(path: &str) -> Error {
    Error::new(format!("open {path}: no such file or directory"))
}

impl Gateway for Memory {
    async fn ping(&self) -> Result<Pong, Error> {
        Ok(self.pong.clone())
    }

    async fn resolve_image(&self, request: &ImageRequest) -> Result<ImageAnswer, Error> {
        self.record.borrow_mut().lookups.push(request.clone());
        if let Some(source) = self.replaced.get(&request.name) {
            return Ok(ImageAnswer::Replaced(source.clone()));
        }
        let platform = Platform::format_all(&request.platform);
        let image = self.images.get(&(request.name.clone(), platform));
        let missing = || Error {
            code: 5,
            ..Error::new(format!("{}: not found", request.name))
        };
        image.cloned().map(ImageAnswer::Image).ok_or_else(missing)
    }

    async fn resolve_source(&self, source: pb::SourceOp, _: &str) -> Result<SourceMeta, Error> {
        let meta = self.sources.get(&source.identifier);
        meta.cloned()
            .ok_or_else(|| Error::new(format!("{}: not found", source.identifier)))
    }

    async fn solve(&self, request: SolveRequest) -> Result<Option<Ref>, Error> {
        let mut record = self.record.borrow_mut();
        let is_empty = request.definition.is_empty();
        record.solves.push(request);
        let id = (record.solves.len() - 1).to_string();
        Ok(Some(Ref(id)).filter(|_| !is_empty))
    }

    async fn ask_frontend(&self, request: FrontendRequest) -> Result<FrontendAnswer, Error> {
        let answer = self.frontends.get(&request.name).cloned();
        let missing = || Err(Error::new(format!("invalid frontend: {}", request.name)));
        let answer = answer.unwrap_or_else(missing);
        self.record.borrow_mut().asked.push(request);
        answer
    }

    async fn evaluate(&self, _: &Ref) -> Result<(), Error> {
        Ok(())
    }

    async fn read_file(&self, reference: &Ref, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let data = self.file(reference, path)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(data[..data.len().min(limit)].to_vec())
    }

    async fn stat_file(&self, reference: &Ref, path: &str) -> Result<Stat, Error> {
        let data = self.file(reference, path)?;
        Ok(Stat {
            path: path.to_owned(),
            mode: 0o644,
            size: data.len() as u64,
            link: String::new(),
            mtime: self.mtime,
        })
    }

    async fn read_dir(&self, reference: &Ref, path: &str, _: &str) -> Result<Vec<Stat>, Error> {
        let name = self.source_name(reference).unwrap_or_default();
        let root = path.trim_matches('/');
        let files = self.files.iter().filter(|((local, _), _)| *local == name);
        let entries = files.filter_map(|((_, file), data)| {
            let rest = file.strip_prefix(root)?.trim_start_matches('/');
            Some(Stat {
                path: rest.to_owned(),
                mode: 0o644,
                size: data.len() as u64,
                link: String::new(),
                mtime: self.mtime,
            })
        });
        Ok(entries.filter(|entry| !entry.path.contains('/')).collect())
    }

    async fn inputs(&self) -> Result<BTreeMap<String, pb::Definition>, Error> {
        Ok(self.inputs.clone())
    }

    async fn warn(&self, warning: Warning) -> Result<(), Error> {
        self.record.borrow_mut().warnings.push(warning);
        Ok(())
    }

    async fn finish(&self, outcome: Result<Outcome, Error>) -> Result<(), Error> {
        let mut record = self.record.borrow_mut();
        if record.outcome.is_some() {
            return Err(Error::new("gateway result is already set"));
        }
        record.outcome = Some(outcome);
        Ok(())
    }
}
