//! The time of everything made: `SOURCE_DATE_EPOCH`, of the request or the build file.
//!
//! In: the request and the build file. Out: seconds since 1970, or nothing for a source that has no
//! time of its own. As `dockerfile2llb/epoch.go` (v0.32.2): it is a number, or the name of what has
//! it: `context`, a named context, a stage that is one source. A repository has the time of its
//! commit, a file of the web that of its `Last-Modified`, an archive without one that of its newest
//! file.

mod file;

use buildkit_llb::file::Copy;
use buildkit_llb::{File as FileOp, Graph, Http, Platform, Source};
use prost::Message;

use super::Loaded;
use super::archive::is_archive;
use crate::diagnostic::{Code, Diagnostics, Place};
use crate::gateway::{Error, Gateway, Ref, SolveRequest, SourceMeta, status};
use crate::git_url::GitUrl;
use crate::lower::git::git;
use crate::request::{EPOCH, MainContext, NamedSource, Request};
use crate::text::Span;
use file::File;

/// The name of a download, as that of a context.
const DOWNLOAD: &str = "context";

/// Those of a second.
const NANOSECONDS: i64 = 1_000_000_000;

/// How much of a download says whether it is an archive.
const HEAD: u64 = 1024;

/// Finds out the time that the build shall have, and writes it into the request.
///
/// # Errors
///
/// What shall have it has none, cannot be asked, or the daemon is too old to say.
pub async fn settle(
    gateway: &impl Gateway,
    request: &mut Request,
    loaded: &Loaded,
    builder: &Platform,
) -> Result<(), Error> {
    let file = File::read(request, loaded, builder);
    let (value, declared) = match request.args.get(EPOCH) {
        Some(value) => (value.clone(), None),
        None => match file.as_ref().and_then(File::default_epoch) {
            Some((value, span)) => (value, Some(span)),
            None => return Ok(()),
        },
    };
    let epoch = match value.parse() {
        Ok(seconds) => Some(seconds),
        Err(_) if value.is_empty() => None,
        Err(_) => {
            let dated = match named(request, &value, builder)? {
                Some(dated) => dated,
                None => match file.as_ref().map(|file| file.stage(&value)).transpose()? {
                    Some(Some(dated)) => dated,
                    // What is wrong with the file is said by the passes.
                    None => return Ok(()),
                    Some(None) => return Err(no_epoch(&value, declared, loaded)),
                },
            };
            time(gateway, dated, &value).await.map_err(|error| {
                let what = format!("the time for SOURCE_DATE_EPOCH={value} cannot be found out");
                status::unmarked(error.context(&what))
            })?
        }
    };
    request.set_epoch(epoch);
    Ok(())
}

fn no_epoch(value: &str, declared: Option<Span>, loaded: &Loaded) -> Error {
    let mut diags = Diagnostics::new();
    let place = declared.map_or(Place::Outside("--build-arg"), Place::At);
    let message = format!("invalid SOURCE_DATE_EPOCH: {value} is no number of seconds");
    diags.report(Code::BadOption, place, message).help(
        "give seconds since 1970, such as the output of `git log -1 --pretty=%ct`, or `context` \
         for the time of a remote build context",
    );
    status::mistakes(&diags, loaded.origin())
}

/// What may have a time.
enum Dated {
    Git(Box<GitUrl>),
    Http(Box<Http>),
    Nothing,
}

async fn time(gateway: &impl Gateway, of: Dated, name: &str) -> Result<Option<i64>, Error> {
    match of {
        Dated::Git(url) => commit_time(gateway, &url, name).await,
        Dated::Http(http) => http_time(gateway, *http, name).await,
        Dated::Nothing => Ok(None),
    }
}

/// Returns the context of a name, if it is that of one.
fn named(request: &Request, name: &str, builder: &Platform) -> Result<Option<Dated>, Error> {
    let download = |url: &str| Dated::Http(Box::new(Http::new(url).filename(DOWNLOAD)));
    if name == "context" {
        return Ok(Some(match &request.context.source {
            MainContext::Git(url, _) => Dated::Git(url.clone()),
            MainContext::Http(url) => download(url),
            MainContext::Local => Dated::Nothing,
        }));
    }
    let key = request.contexts.find(name, builder);
    let Some(named) = key.and_then(|key| request.contexts.get(key)) else {
        return Ok(None);
    };
    match named.read() {
        Ok(NamedSource::Git(url, _)) => Ok(Some(Dated::Git(url))),
        Ok(NamedSource::Http(url)) => Ok(Some(download(&url))),
        Ok(_) => Ok(Some(Dated::Nothing)),
        Err(error) => Err(status::unmarked(Error::new(error.to_string()))),
    }
}

async fn commit_time(
    gateway: &impl Gateway,
    url: &GitUrl,
    name: &str,
) -> Result<Option<i64>, Error> {
    let meta = meta(gateway, git(url).into(), name).await?;
    if meta.commit.is_empty() {
        return Err(Error::new(
            "this builder does not say when a commit was made (use BuildKit 0.26 or later)",
        ));
    }
    match committed(&meta.commit) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(Error::new("the commit has no time")),
    }
}

async fn http_time(gateway: &impl Gateway, http: Http, name: &str) -> Result<Option<i64>, Error> {
    let meta = meta(gateway, http.clone().into(), name).await?;
    if meta.last_modified.is_some() {
        return Ok(meta.last_modified);
    }
    let mut graph = Graph::new();
    let file = graph.add(http).output(0);
    let Some(download) = solve(gateway, &graph, file).await? else {
        return Ok(None);
    };
    // A daemon before v0.26 does not say, but gives the file that time (`source/http`, v0.11).
    let changed = gateway.stat_file(&download, DOWNLOAD).await?.mtime;
    if changed > 0 {
        return Ok(Some(changed.div_euclid(NANOSECONDS)));
    }
    if !is_archive(&gateway.read_file(&download, DOWNLOAD, HEAD).await?) {
        return Ok(None);
    }
    let copy = Copy::new(file, &format!("/{DOWNLOAD}"), "/").unpack();
    let unpacked = graph.add(FileOp::on(None).copy(copy)).output(0);
    match solve(gateway, &graph, unpacked).await? {
        Some(unpacked) => newest(gateway, &unpacked).await,
        None => Ok(None),
    }
}

async fn meta(gateway: &impl Gateway, source: Source, name: &str) -> Result<SourceMeta, Error> {
    let log_name = match name {
        "context" => "[internal] resolve main build context metadata".to_owned(),
        name => format!("[internal] resolve SOURCE_DATE_EPOCH of {name}"),
    };
    gateway.resolve_source(source.message(), &log_name).await
}

async fn solve(
    gateway: &impl Gateway,
    graph: &Graph,
    output: buildkit_llb::Output,
) -> Result<Option<Ref>, Error> {
    let request = SolveRequest {
        definition: graph.define(Some(output), &[]).encode_to_vec(),
        ..SolveRequest::default()
    };
    gateway.solve(request).await
}

/// The time of the newest file, directories and links left out.
async fn newest(gateway: &impl Gateway, reference: &Ref) -> Result<Option<i64>, Error> {
    let mut newest = None;
    let mut waiting = vec![String::new()];
    while let Some(dir) = waiting.pop() {
        for entry in gateway.read_dir(reference, &format!("/{dir}"), "").await? {
            let path = format!("{dir}/{}", entry.path);
            if entry.is_dir() {
                waiting.push(path);
            } else if entry.is_file() {
                newest = newest.max(Some(entry.mtime.div_euclid(NANOSECONDS)));
            }
        }
    }
    Ok(newest)
}

/// Returns the time in a commit object: of `committer NAME <ADDRESS> SECONDS ZONE`.
fn committed(object: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(object);
    let head = text.split("\n\n").next()?;
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("committer "))?;
    line.rsplit(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::committed;

    #[test]
    fn a_commit_says_when_it_was_made() {
        let object = "tree 1\nparent 2\nauthor A <a@b> 5 +0000\ncommitter C D <c d> 7 -0100\n\nx";
        assert_eq!(committed(object.as_bytes()), Some(7));
        assert_eq!(committed(b"tree 1\n\ncommitter A <a> 7 +0000"), None);
        assert_eq!(committed(b"committer"), None);
        assert_eq!(committed(b"\xff"), None);
    }
}
