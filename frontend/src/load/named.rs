//! Named contexts, looked at: what the graph needs of them.
//!
//! In: the contexts that plans use. Out: where their files come from, and the configs of those that
//! are images. As `frontend/dockerui/namedcontext.go` (v0.32.2) does, each context once for each
//! platform, all at the same time.

use std::collections::BTreeMap;

use buildkit_llb::{Http, Image, OciLayout, Vertex};
use buildkit_proto::pb;
use serde_json::Value;

use super::context::check;
use super::local::SmallFiles;
use super::{IGNORE_FILE, MAX_IGNORE_BYTES, patterns};
use prost::Message as _;

use crate::gateway::status::{self, Origin};
use crate::gateway::{
    Error, Evaluate, Gateway, ImageAnswer, ImageRequest, LayoutStore, SolveRequest, concurrent,
};
use crate::image_name::ImageName;
use crate::lower::git::git;
use crate::lower::options::{ContextSource, LocalContext};
use crate::lower::{Resolved, ResolvedBase, ResolvedContext};
use crate::plan::{ContextUse, Plan};
use crate::request::{NamedContext, NamedSource, Request};

/// How often source policies may replace one context by another (`maxContextRecursion` upstream).
const MOST_REPLACED: usize = 10;

/// Looks at the contexts that plans use and that nobody looked at before.
///
/// # Errors
///
/// The first failure, at the line that uses the context.
pub async fn resolve<'a>(
    gateway: &impl Gateway,
    plans: &'a [Plan],
    request: &Request,
    session: &str,
    (origin, known): (Origin<'_>, &Resolved),
) -> Result<Vec<(&'a ContextUse, ResolvedContext)>, Error> {
    let mut uses: BTreeMap<_, &ContextUse> = BTreeMap::new();
    // One that nobody gave is left open when there is only a question about the file.
    let all = plans.iter().flat_map(|plan| &plan.contexts);
    let is_open =
        |used: &&ContextUse| request.contexts.get(&used.key).is_some() && !known.has_context(used);
    for used in all.filter(is_open) {
        uses.entry((&used.key, &used.platform)).or_insert(used);
    }
    let asking = Asking {
        gateway,
        request,
        session,
    };
    let lookups = uses.into_values().map(|used| {
        let asking = &asking;
        async move {
            let found = asking.one(used).await;
            let found = found.map_err(|error| {
                let (files, start) = (origin.files, origin.files.start(used.span));
                let name = files.get(used.span.file).name();
                let place = format!("{name}:{}:{}", start.line, start.column);
                let context = format!("{place}: the context `{}`", used.key);
                status::marked(error.context(&context), used.span, origin)
            })?;
            Ok((used, found))
        }
    });
    concurrent::try_all(lookups).await
}

/// Whom to ask for what.
struct Asking<'a, G> {
    gateway: &'a G,
    request: &'a Request,
    session: &'a str,
}

impl<G: Gateway> Asking<'_, G> {
    /// What a source policy puts in the place of an image is looked at in turn.
    async fn one(&self, used: &ContextUse) -> Result<ResolvedContext, Error> {
        let named = self.request.contexts.get(&used.key);
        let mut named = named.cloned().unwrap_or_default();
        for _ in 0..=MOST_REPLACED {
            let source = named.read();
            let source = source.map_err(|error| Error::new(error.to_string()))?;
            let NamedSource::Image(name) = source else {
                return self.no_image(used, &named, source).await;
            };
            match self.image(used, name, as_written(&named.value)).await? {
                Ok(found) => return Ok(found),
                Err(replaced) => named.value = replaced,
            }
        }
        Err(Error::new("source policies replace it without end"))
    }

    async fn no_image(
        &self,
        used: &ContextUse,
        named: &NamedContext,
        source: NamedSource,
    ) -> Result<ResolvedContext, Error> {
        let key = &used.key;
        Ok(match source {
            NamedSource::Scratch | NamedSource::Image(_) => files(ContextSource::Nothing),
            NamedSource::Layout { store, digest } => self.layout(used, &store, &digest).await?,
            NamedSource::Local(name) => files(self.local(key, named, name).await?),
            NamedSource::Git(url, text) => {
                let vertex = Vertex::new(git(&url));
                fetched(vertex, format!("[internal] load git source {text}"))
            }
            NamedSource::Http(url) => {
                let vertex = Vertex::new(Http::new(&url).filename("context"));
                fetched(vertex, format!("[context {key}] {url}"))
            }
            NamedSource::Input(name) => self.input(&name).await?,
        })
    }

    /// Returns an image, which the log calls as it was given, or what a source policy puts in its
    /// place.
    async fn image(
        &self,
        used: &ContextUse,
        name: String,
        written: &str,
    ) -> Result<Result<ResolvedContext, String>, Error> {
        let request = ImageRequest {
            log_name: format!("[context {}] load metadata for {written}", used.key),
            platform: used.platform.clone(),
            mode: self.request.resolve_mode,
            layout: None,
            name,
        };
        let meta = match self.gateway.resolve_image(&request).await? {
            ImageAnswer::Image(meta) => meta,
            ImageAnswer::Replaced(source) => return Ok(Err(source)),
        };
        let vertex = Vertex::new(Image::new(&meta.name)).platform(used.platform.clone());
        Ok(Ok(ResolvedContext {
            config: Some(config(meta.config)?),
            ..fetched(vertex, format!("[context {}] {written}", used.key))
        }))
    }

    /// The name of a layout is for people only: what counts is the client's store.
    async fn layout(
        &self,
        used: &ContextUse,
        store: &str,
        digest: &str,
    ) -> Result<ResolvedContext, Error> {
        let name = used.key.split("::").next().unwrap_or_default();
        let name = match ImageName::parse(&format!("{name}@{digest}")) {
            Ok(name) => name.to_string(),
            Err(error) => return Err(Error::new(error.to_string())),
        };
        let request = ImageRequest {
            log_name: format!("[context {}] load metadata for {name}", used.key),
            platform: used.platform.clone(),
            mode: self.request.resolve_mode,
            layout: Some(LayoutStore {
                session: self.session.to_owned(),
                store: store.to_owned(),
            }),
            name,
        };
        let meta = match self.gateway.resolve_image(&request).await? {
            ImageAnswer::Image(meta) => meta,
            ImageAnswer::Replaced(source) => {
                let message = format!("a source policy replaces it by `{source}`");
                return Err(Error::new(message));
            }
        };
        let layout = OciLayout::new(&request.name).store(self.session, store);
        let vertex = Vertex::new(layout).platform(used.platform.clone());
        Ok(ResolvedContext {
            config: Some(config(meta.config)?),
            ..fetched(
                vertex,
                format!("[context {}] OCI load from client", used.key),
            )
        })
    }

    /// A directory of the client, whose own ignore file counts.
    async fn local(
        &self,
        key: &str,
        named: &NamedContext,
        name: String,
    ) -> Result<ContextSource, Error> {
        let session = self.request.session(&name, self.session).to_owned();
        let source = SmallFiles {
            directory: &name,
            session: &session,
            hint: &format!("context:{key}-{IGNORE_FILE}"),
            paths: &[IGNORE_FILE.to_owned()],
            log_name: format!("[context {key}] load {IGNORE_FILE}"),
        }
        .define();
        // At once: a directory that cannot be sent is an error here, at the line that uses it.
        let request = SolveRequest {
            definition: source.definition.encode_to_vec(),
            evaluate: Evaluate::Now,
            ..SolveRequest::default()
        };
        let reference = self.gateway.solve(request).await?;
        let ignore = match &reference {
            Some(reference) => {
                let file = self
                    .gateway
                    .read_file(reference, IGNORE_FILE, MAX_IGNORE_BYTES);
                file.await.unwrap_or_default()
            }
            None => Vec::new(),
        };
        Ok(ContextSource::Local(LocalContext {
            name,
            session,
            shared_key_hint: format!("context:{key}-{}", named.shared_key),
            exclude: patterns(&ignore, IGNORE_FILE)?,
            title: format!("[context {key}] load from client"),
        }))
    }

    async fn input(&self, name: &str) -> Result<ResolvedContext, Error> {
        let mut inputs = self.gateway.inputs().await?;
        let missing = || Error::new(format!("the client hands in no input `{name}`"));
        let definition: pb::Definition = inputs.remove(name).ok_or_else(missing)?;
        check(&definition)?;
        let bytes = match self.request.input_metadata.get(name) {
            Some(json) => image_config(json).map_err(|reason| {
                Error::new(format!("what is known of the input `{name}` {reason}"))
            })?,
            None => None,
        };
        Ok(ResolvedContext {
            source: ContextSource::Given(definition),
            config: bytes.map(config).transpose()?,
        })
    }
}

/// Returns the name of an image as the client gave it.
fn as_written(value: &str) -> &str {
    let name = value.split_once(':').map_or(value, |(_, name)| name);
    name.strip_prefix("//").unwrap_or(name)
}

fn files(source: ContextSource) -> ResolvedContext {
    ResolvedContext {
        source,
        config: None,
    }
}

fn fetched(vertex: Vertex, title: String) -> ResolvedContext {
    files(ContextSource::Fetched(Box::new(vertex.name(title))))
}

fn config(bytes: Vec<u8>) -> Result<ResolvedBase, Error> {
    let read = ResolvedBase::read(bytes);
    read.map_err(|error| Error::new(format!("its image config cannot be read: {error}")))
}

/// Returns the image config of an input: of a JSON object, the value of `containerimage.config`,
/// which is base64, as Go writes bytes.
fn image_config(json: &str) -> Result<Option<Vec<u8>>, &'static str> {
    let metadata: BTreeMap<String, Value> =
        serde_json::from_str(json).map_err(|_| "is not a map in JSON")?;
    match metadata.get("containerimage.config") {
        Some(Value::String(text)) => match base64(text) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err("has a config that is not base64"),
        },
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err("has a config that is not text"),
    }
}

/// Reads base64 as Go's `encoding/json` does: with padding, line breaks left out.
fn base64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text: Vec<u8> = text
        .bytes()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let mut bytes = Vec::new();
    let mut groups = text.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let written = match group {
            [_, _, b'=', b'='] if groups.peek().is_none() => &group[..2],
            [_, _, _, b'='] if groups.peek().is_none() => &group[..3],
            group => group,
        };
        if group.len() != 4 {
            return None;
        }
        let mut number = 0_u32;
        for byte in written {
            let digit = DIGITS.iter().position(|digit| digit == byte)?;
            number = number << 6 | u32::try_from(digit).ok()?;
        }
        let n_missing = 4 - written.len();
        let all = (number << (6 * n_missing)).to_be_bytes();
        bytes.extend(&all[1..4 - n_missing]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{base64, image_config};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            base64(text).as_deref(),
            expected.map(str::as_bytes),
            "{text}"
        );
    }

    #[test]
    fn base64_is_read_as_go_writes_it() {
        check("", Some(""));
        check("YQ==", Some("a"));
        check("YWI=", Some("ab"));
        check("YWJj", Some("abc"));
        check("eyJhIjo+Pz8vfQ==", Some("{\"a\":>??/}"));
        check("YW\nJj\r\n", Some("abc"));
        check("YWJ", None);
        check("YQ==YQ==", None);
        check("Y===", None);
        check("a-b_", None);
    }

    #[test]
    fn the_config_of_an_input_is_one_of_its_values() {
        let config = |json: &str| image_config(json).map(|it| it.map(|it| it.len()));
        assert_eq!(
            config(r#"{"containerimage.config":"YWJj","x":1}"#),
            Ok(Some(3))
        );
        assert_eq!(config("{}"), Ok(None));
        assert_eq!(config("[]"), Err("is not a map in JSON"));
        assert_eq!(
            config(r#"{"containerimage.config":"?"}"#),
            Err("has a config that is not base64")
        );
    }
}
