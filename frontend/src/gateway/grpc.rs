//! [`Gateway`] over the generated client.
//!
//! An error keeps the daemon's code, message and all its details. What an old daemon lacks is
//! replaced: image lookup, waiting for a solve.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{Image, OciLayout, Platform, Source};
use buildkit_proto::gateway as rpc;
use buildkit_proto::gateway::llb_bridge_client::LlbBridgeClient;
use buildkit_proto::{caps, fsutil, pb};
use prost::Message;

use super::attestation;
use super::other;
use super::stdio::Connection;
use super::written::{self, WrittenSolve};
use super::{
    Error, Evaluate, FrontendAnswer, FrontendRequest, Gateway, ImageAnswer, ImageMeta,
    ImageRequest, Outcome, Pong, Ref, Refs, SolveRequest, SourceMeta, Stat, Warning, Worker,
};
use crate::request::CacheImport;

/// The largest definition: the daemon takes messages of up to 16 MiB
/// (`frontend/gateway/gateway.go`, v0.32.2), and there is more in a message than that.
const TAKEN: usize = (16 << 20) - (64 << 10);

/// The largest message we take: the daemon's limit, and a later daemon's larger one.
pub(super) const LARGEST_MESSAGE: usize = 64 << 20;

/// How much of a file one call reads: well below the daemon's limit.
const PAGE: u64 = 8 << 20;

const IMAGE_SCHEME: &str = "docker-image://";

const LAYOUT_SCHEME: &str = "oci-layout://";

/// Who resolves images of layouts (`client/llb/sourceresolver/types.go`, v0.32.2).
const LAYOUT_RESOLVER: i32 = 1;

/// The gateway of a running build.
pub struct Grpc {
    client: LlbBridgeClient<Connection>,
    connection: Connection,
    caps: OnceCell<BTreeSet<String>>,
}

fn origin() -> http::Uri {
    http::Uri::from_static("http://localhost")
}

impl Grpc {
    /// Speaks over a connection.
    pub fn new(connection: Connection) -> Self {
        Self {
            client: LlbBridgeClient::with_origin(connection.clone(), origin())
                .max_decoding_message_size(LARGEST_MESSAGE),
            connection,
            caps: OnceCell::new(),
        }
    }

    fn client(&self) -> LlbBridgeClient<Connection> {
        self.client.clone()
    }

    /// Tells whether the daemon has a capability; before a ping, as if it were current.
    fn has(&self, cap: &str) -> bool {
        self.caps.get().is_none_or(|caps| caps.contains(cap))
    }

    async fn resolve_meta(&self, request: &ImageRequest) -> Result<ImageAnswer, Error> {
        let (source, scheme) = match &request.layout {
            None => (Image::new(&request.name).into(), IMAGE_SCHEME),
            Some(layout) => {
                let image = OciLayout::new(&request.name).store(&layout.session, &layout.store);
                (Source::from(image), LAYOUT_SCHEME)
            }
        };
        let asked = rpc::ResolveSourceMetaRequest {
            source: Some(source.message()),
            platform: Some(platform(&request.platform)),
            log_name: request.log_name.clone(),
            resolve_mode: request.mode.as_str().to_owned(),
            image: Some(rpc::ResolveSourceImageRequest::default()),
            ..rpc::ResolveSourceMetaRequest::default()
        };
        let answer = self.client().resolve_source_meta(asked).await;
        let answer = answer.map_err(error)?.into_inner();
        let source = answer.source.map(|source| source.identifier);
        let source = source.unwrap_or_default();
        let name = match source.strip_prefix(scheme) {
            Some(name) => name,
            None if source.is_empty() => &request.name,
            None => return Ok(ImageAnswer::Replaced(source)),
        };
        let Some(image) = answer.image else {
            return Ok(ImageAnswer::Replaced(source));
        };
        Ok(ImageAnswer::Image(ImageMeta {
            name: pinned(name, &image.digest),
            digest: image.digest,
            config: image.config,
        }))
    }

    /// For daemons without `source.metaresolver` (before v0.13).
    async fn resolve_config(&self, request: &ImageRequest) -> Result<ImageAnswer, Error> {
        let asked = rpc::ResolveImageConfigRequest {
            r#ref: request.name.clone(),
            platform: Some(platform(&request.platform)),
            resolve_mode: request.mode.as_str().to_owned(),
            log_name: request.log_name.clone(),
            ..rpc::ResolveImageConfigRequest::default()
        };
        let asked = match &request.layout {
            None => asked,
            Some(layout) => rpc::ResolveImageConfigRequest {
                resolver_type: LAYOUT_RESOLVER,
                session_id: layout.session.clone(),
                store_id: layout.store.clone(),
                ..asked
            },
        };
        let answer = self.client().resolve_image_config(asked).await;
        let answer = answer.map_err(error)?.into_inner();
        let name = match answer.r#ref.as_str() {
            "" => &request.name,
            name => name,
        };
        Ok(ImageAnswer::Image(ImageMeta {
            name: pinned(name, &answer.digest),
            digest: answer.digest,
            config: answer.config,
        }))
    }
}

impl Gateway for Grpc {
    async fn ping(&self) -> Result<Pong, Error> {
        let answer = self.client().ping(rpc::PingRequest {}).await;
        let answer = answer.map_err(error)?.into_inner();
        let gateway_caps = enabled(answer.frontend_api_caps);
        self.caps.get_or_init(|| gateway_caps.clone());
        Ok(Pong {
            gateway_caps,
            llb_caps: enabled(answer.llb_caps),
            workers: answer.workers.into_iter().map(worker).collect(),
        })
    }

    async fn resolve_image(&self, request: &ImageRequest) -> Result<ImageAnswer, Error> {
        if self.has("source.metaresolver") {
            self.resolve_meta(request).await
        } else {
            self.resolve_config(request).await
        }
    }

    async fn resolve_source(
        &self,
        source: pb::SourceOp,
        log_name: &str,
    ) -> Result<SourceMeta, Error> {
        if !self.has("source.metaresolver") {
            return Ok(SourceMeta::default());
        }
        let is_git = source.identifier.starts_with("git://");
        let asked = rpc::ResolveSourceMetaRequest {
            source: Some(source),
            log_name: log_name.to_owned(),
            git: is_git.then_some(rpc::ResolveSourceGitRequest {
                return_object: true,
            }),
            ..rpc::ResolveSourceMetaRequest::default()
        };
        let answer = self.client().resolve_source_meta(asked).await;
        let answer = answer.map_err(error)?.into_inner();
        let modified = answer.http.and_then(|http| http.last_modified);
        Ok(SourceMeta {
            commit: answer.git.unwrap_or_default().commit_object,
            last_modified: modified.map(|time| time.seconds),
        })
    }

    async fn solve(&self, request: SolveRequest) -> Result<Option<Ref>, Error> {
        let size = request.definition.len();
        if size > TAKEN {
            return Err(too_large(size));
        }
        let can_evaluate = self.has("gateway.solve.evaluate");
        let rest = rpc::SolveRequest {
            allow_result_return: true,
            allow_result_array_ref: true,
            cache_imports: request.cache_imports.into_iter().map(cache).collect(),
            evaluate: can_evaluate && request.evaluate == Evaluate::Now,
            ..rpc::SolveRequest::default()
        };
        let asked = WrittenSolve {
            definition: Some(request.definition),
            rest,
        };
        let answer = written::solve(self.connection.clone(), origin(), asked).await;
        let result = answer.map_err(error)?.result;
        let reference = match result.and_then(|result| result.result) {
            Some(rpc::result::Result::Ref(reference)) => reference.id,
            Some(rpc::result::Result::RefDeprecated(id)) => id,
            Some(rpc::result::Result::Refs(_) | rpc::result::Result::RefsDeprecated(_)) => {
                return Err(Error::new(
                    "BuildKit answered one definition with several results",
                ));
            }
            None => String::new(),
        };
        let reference = Some(Ref(reference)).filter(|reference| !reference.0.is_empty());
        if let Some(reference) = &reference
            && !can_evaluate
            && request.evaluate == Evaluate::Now
        {
            self.stat_file(reference, ".").await?;
        }
        Ok(reference)
    }

    async fn ask_frontend(&self, request: FrontendRequest) -> Result<FrontendAnswer, Error> {
        let asked = other::request(request);
        let answer = written::solve(self.connection.clone(), origin(), asked).await;
        Ok(other::answer(answer.map_err(error)?))
    }

    async fn evaluate(&self, reference: &Ref) -> Result<(), Error> {
        if !self.has("gateway.evaluate") {
            return self.stat_file(reference, ".").await.map(|_| ());
        }
        let asked = rpc::EvaluateRequest {
            r#ref: reference.0.clone(),
        };
        self.client().evaluate(asked).await.map_err(error)?;
        Ok(())
    }

    async fn read_file(&self, reference: &Ref, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let mut data = Vec::new();
        loop {
            let have = data.len() as u64;
            let want = (limit - have).min(PAGE);
            let asked = rpc::ReadFileRequest {
                r#ref: reference.0.clone(),
                file_path: path.to_owned(),
                range: Some(rpc::FileRange {
                    offset: int(have),
                    length: int(want),
                }),
                mount_index: 0,
            };
            let page = self.client().read_file(asked).await.map_err(error)?;
            let page = page.into_inner().data;
            let is_last = (page.len() as u64) < want;
            data.extend(page);
            if is_last || data.len() as u64 >= limit {
                return Ok(data);
            }
        }
    }

    async fn stat_file(&self, reference: &Ref, path: &str) -> Result<Stat, Error> {
        let asked = rpc::StatFileRequest {
            r#ref: reference.0.clone(),
            path: path.to_owned(),
            mount_index: 0,
        };
        let answer = self.client().stat_file(asked).await.map_err(error)?;
        Ok(stat(answer.into_inner().stat.unwrap_or_default()))
    }

    async fn read_dir(
        &self,
        reference: &Ref,
        path: &str,
        pattern: &str,
    ) -> Result<Vec<Stat>, Error> {
        let asked = rpc::ReadDirRequest {
            r#ref: reference.0.clone(),
            dir_path: path.to_owned(),
            include_pattern: pattern.to_owned(),
            mount_index: 0,
        };
        let answer = self.client().read_dir(asked).await.map_err(error)?;
        Ok(answer.into_inner().entries.into_iter().map(stat).collect())
    }

    async fn inputs(&self) -> Result<BTreeMap<String, pb::Definition>, Error> {
        if !self.has("frontend.inputs") {
            return Ok(BTreeMap::new());
        }
        let answer = self.client().inputs(rpc::InputsRequest {}).await;
        Ok(answer.map_err(error)?.into_inner().definitions)
    }

    async fn warn(&self, warning: Warning) -> Result<(), Error> {
        if !self.has("gateway.warnings") {
            return Ok(());
        }
        let asked = rpc::WarnRequest {
            digest: warning.digest,
            level: 1,
            short: warning.short.into_bytes(),
            detail: warning.detail.into_iter().map(String::into_bytes).collect(),
            url: warning.url,
            info: warning.info,
            ranges: warning.ranges,
        };
        self.client().warn(asked).await.map_err(error)?;
        Ok(())
    }

    async fn finish(&self, outcome: Result<Outcome, Error>) -> Result<(), Error> {
        let asked = match outcome {
            Ok(outcome) => rpc::ReturnRequest {
                result: Some(result(outcome)),
                error: None,
            },
            Err(error) => rpc::ReturnRequest {
                result: None,
                error: Some(buildkit_proto::rpc::Status {
                    code: error.code,
                    message: error.message,
                    details: error.details,
                }),
            },
        };
        self.client().r#return(asked).await.map_err(error)?;
        Ok(())
    }
}

fn result(outcome: Outcome) -> rpc::Result {
    // An empty value of a map would travel as none at all, at which the daemon ends itself
    // (frontend/gateway/gateway.go:Return, v0.32.2). It does not look at `def`.
    let reference = |reference: Option<Ref>| rpc::Ref {
        def: reference.is_none().then(Default::default),
        id: reference.map(|reference| reference.0).unwrap_or_default(),
    };
    let refs = match outcome.refs {
        Refs::Single(single) => rpc::result::Result::Ref(reference(single)),
        Refs::ByPlatform(refs) => rpc::result::Result::Refs(rpc::RefMap {
            refs: refs.into_iter().map(|(id, r)| (id, reference(r))).collect(),
        }),
    };
    rpc::Result {
        result: Some(refs),
        metadata: outcome.metadata,
        attestations: attestation::messages(
            outcome
                .sboms
                .into_iter()
                .map(|(id, sbom)| (id, reference(sbom))),
        ),
    }
}

/// Keeps code, message and details of a failed call.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn error(status: tonic::Status) -> Error {
    let whole = buildkit_proto::rpc::Status::decode(status.details()).unwrap_or_default();
    Error {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: whole.details,
    }
}

fn too_large(size: usize) -> Error {
    Error::new(format!(
        "the build has {} MiB of steps and inline content; BuildKit takes less than 16 MiB (put \
         large content into files of the build context)",
        size.div_ceil(1 << 20)
    ))
}

/// Returns the name with this digest, and with no other.
fn pinned(name: &str, digest: &str) -> String {
    if digest.is_empty() {
        return name.to_owned();
    }
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    format!("{name}@{digest}")
}

fn platform(platform: &Platform) -> pb::Platform {
    pb::Platform {
        architecture: platform.architecture.clone(),
        os: platform.os.clone(),
        variant: platform.variant.clone(),
        os_version: platform.os_version.clone(),
        os_features: platform.os_features.clone(),
    }
}

fn worker(record: buildkit_proto::worker::WorkerRecord) -> Worker {
    let platforms = record.platforms.into_iter().map(|platform| {
        let platform = Platform {
            os: platform.os,
            architecture: platform.architecture,
            variant: platform.variant,
            os_version: platform.os_version,
            os_features: platform.os_features,
        };
        platform.normalized()
    });
    Worker {
        id: record.id,
        platforms: platforms.collect(),
    }
}

fn cache(import: CacheImport) -> rpc::CacheOptionsEntry {
    rpc::CacheOptionsEntry {
        r#type: import.kind,
        attrs: import.attrs,
    }
}

fn stat(stat: fsutil::Stat) -> Stat {
    Stat {
        path: stat.path,
        mode: stat.mode,
        size: u64::try_from(stat.size).unwrap_or_default(),
        link: stat.linkname,
        mtime: stat.mod_time,
    }
}

fn enabled(caps: Vec<caps::ApiCap>) -> BTreeSet<String> {
    let enabled = caps.into_iter().filter(|cap| cap.enabled);
    enabled.map(|cap| cap.id).collect()
}

fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_pinned_to_one_digest() {
        assert_eq!(pinned("a/b:1", "sha256:x"), "a/b:1@sha256:x");
        assert_eq!(pinned("a/b:1@sha256:y", "sha256:x"), "a/b:1@sha256:x");
        assert_eq!(pinned("a/b:1", ""), "a/b:1");
    }

    #[test]
    fn a_platform_whose_result_is_empty_has_a_value_on_the_wire() {
        let refs = BTreeMap::from([("linux/amd64".to_owned(), None)]);
        let outcome = Outcome {
            refs: Refs::ByPlatform(refs),
            ..Outcome::default()
        };
        let Some(rpc::result::Result::Refs(map)) = result(outcome).result else {
            panic!("a map of platforms");
        };
        let key = "linux/amd64".len() as u8;
        // Key and value of the entry; the value is a message of two bytes.
        let bytes = map.encode_to_vec();
        let (entry, value) = (&bytes[..4], &bytes[bytes.len() - 4..]);
        assert_eq!(entry, [0x0a, key + 6, 0x0a, key]);
        assert_eq!(value, [0x12, 2, 0x12, 0]);
    }

    #[test]
    fn a_failed_call_keeps_code_message_and_details() {
        let detail = buildkit_proto::Any {
            type_url: "type.googleapis.com/errdefs.Vertex".to_owned(),
            value: vec![1],
        };
        let whole = buildkit_proto::rpc::Status {
            code: 5,
            message: "gone".to_owned(),
            details: vec![detail.clone()],
        };
        let bytes = whole.encode_to_vec();
        let status = tonic::Status::with_details(tonic::Code::NotFound, "gone", bytes.into());
        let expected = Error {
            code: 5,
            message: "gone".to_owned(),
            details: vec![detail],
        };
        assert_eq!(error(status), expected);
    }
}
