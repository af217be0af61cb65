//! The time of a source: `SOURCE_DATE_EPOCH=context`, or the name of a named context.
//!
//! In: the request. Out: seconds since 1970, or nothing for a source that has no time of its own. As
//! `dockerfile2llb/epoch.go` (v0.32.2): a repository has the time of its commit, a file of the web
//! that of its `Last-Modified`, an archive without one that of its newest file.

use buildkit_llb::file::Copy;
use buildkit_llb::{File, Graph, Http, Platform, Source};
use prost::Message;

use super::archive::is_archive;
use crate::gateway::{Error, Gateway, Ref, SolveRequest, SourceMeta, status};
use crate::git_url::GitUrl;
use crate::lower::git::git;
use crate::request::{MainContext, NamedSource, Request};

/// The name of a download, as that of a context.
const DOWNLOAD: &str = "context";

/// Those of a second.
const NANOSECONDS: i64 = 1_000_000_000;

/// How much of a download says whether it is an archive.
const HEAD: u64 = 1024;

/// Finds out the time that the build shall have.
///
/// # Errors
///
/// The source cannot be asked, or the daemon is too old to say.
pub async fn resolve(
    gateway: &impl Gateway,
    request: &Request,
    builder: &Platform,
) -> Result<Option<i64>, Error> {
    let Some(name) = &request.epoch_of else {
        return Ok(request.epoch);
    };
    let time = match source(request, name, builder) {
        Ok(Dated::Git(url)) => commit_time(gateway, &url, name).await,
        Ok(Dated::Http(url)) => http_time(gateway, &url, name).await,
        Ok(Dated::Nothing) => Ok(None),
        Err(error) => Err(error),
    };
    time.map_err(|error| {
        let what = format!("the time for SOURCE_DATE_EPOCH={name} cannot be found out");
        status::unmarked(error.context(&what))
    })
}

/// What may have a time.
enum Dated {
    Git(Box<GitUrl>),
    Http(String),
    Nothing,
}

fn source(request: &Request, name: &str, builder: &Platform) -> Result<Dated, Error> {
    if name == "context" {
        return Ok(match &request.context.source {
            MainContext::Git(url, _) => Dated::Git(url.clone()),
            MainContext::Http(url) => Dated::Http(url.clone()),
            MainContext::Local => Dated::Nothing,
        });
    }
    let key = request.contexts.find(name, builder);
    let Some(named) = key.and_then(|key| request.contexts.get(key)) else {
        return Ok(Dated::Nothing);
    };
    match named.read() {
        Ok(NamedSource::Git(url, _)) => Ok(Dated::Git(url)),
        Ok(NamedSource::Http(url)) => Ok(Dated::Http(url)),
        Ok(_) => Ok(Dated::Nothing),
        Err(error) => Err(Error::new(error.to_string())),
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

async fn http_time(gateway: &impl Gateway, url: &str, name: &str) -> Result<Option<i64>, Error> {
    let http = Http::new(url).filename(DOWNLOAD);
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
    let unpacked = graph.add(File::on(None).copy(copy)).output(0);
    match solve(gateway, &graph, unpacked).await? {
        Some(unpacked) => newest(gateway, &unpacked).await,
        None => Ok(None),
    }
}

async fn meta(gateway: &impl Gateway, source: Source, name: &str) -> Result<SourceMeta, Error> {
    let log_name = match name {
        "context" => "[internal] resolve main build context metadata".to_owned(),
        name => format!("[internal] resolve SOURCE_DATE_EPOCH named context {name}"),
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
