//! What a build knows before it reads a file: its options and what the daemon can do.

use std::ffi::OsString;

use buildkit_llb::{Platform, Vertex};

use crate::compile::Platforms;
use crate::diagnostic::Diagnostics;
use crate::expand::{Asked, Purpose};
use crate::gateway::{Error, Gateway, Pong, status};
use crate::lower::git::git;
use crate::lower::need;
use crate::lower::options::{Caps, Scanner};
use crate::pass;
use crate::request::{self, MainContext, Options, Request};
use crate::text::Files;

/// What BuildKit tells a frontend when it starts it.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The options.
    pub options: Options,
    /// The session of the client.
    pub session: String,
}

impl Invocation {
    /// Reads the environment that BuildKit sets (`frontend/gateway/gateway.go`, v0.32.2). The
    /// numbers of the options mean nothing.
    pub fn read(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut invocation = Self::default();
        for (name, value) in environment {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            if name.starts_with("BUILDKIT_FRONTEND_OPT_") {
                let (key, value) = value.split_once('=').unwrap_or((&value, ""));
                invocation.options.insert(key.to_owned(), value.to_owned());
            } else if name == "BUILDKIT_SESSION_ID" {
                invocation.session = value.into_owned();
            }
        }
        invocation
    }
}

/// What a build knows before it reads a file.
pub(super) struct Start {
    /// What was asked for.
    pub request: Request,
    /// What the daemon can do.
    pub pong: Pong,
    /// Where steps run natively.
    pub builder: Platform,
    /// What makes the SBOM; looked up by a build only.
    pub scanner: Option<Scanner>,
}

impl Start {
    /// Returns where the build runs and what it is for.
    pub(super) fn platforms(&self) -> Platforms {
        Platforms {
            builder: self.builder.clone(),
            asked: self.request.platforms.clone(),
        }
    }

    /// Returns what the request says about the build file.
    pub(super) fn asked(&self, purpose: Purpose) -> Asked {
        Asked {
            target: self.request.target.clone(),
            args: self.request.args.clone(),
            contexts: Some(self.request.contexts.clone()),
            purpose,
            ..Asked::default()
        }
    }
}

/// Asks the daemon and reads the options.
pub(super) async fn start(gateway: &impl Gateway, invocation: &Invocation) -> Result<Start, Error> {
    pass::enter("ping");
    let pong = gateway.ping().await?;
    pass::enter("request");
    if let Some(cap) = request::unknown_cap(&invocation.options) {
        return Err(status::unsupported_cap(cap));
    }
    if !pong.llb_caps.is_empty() && !pong.llb_caps.contains("file.base") {
        let error = Error::new("this frontend needs BuildKit 0.5 or later");
        return Err(status::unmarked(error));
    }
    let builder = build_platform(&pong);
    let mut diags = Diagnostics::new();
    let mut request = request::read(&invocation.options, &builder, &mut diags);
    if diags.has_errors() {
        let origin = status::Origin {
            files: &Files::new(),
            definition: None,
        };
        return Err(status::mistakes(&diags, origin));
    }
    check_context(&request, &pong)?;
    request.context.has_commit_times &= pong.llb_caps.contains("source.git.mtime");
    pass::provoke(request.panic_in.as_deref());
    Ok(Start {
        request,
        pong,
        builder,
        scanner: None,
    })
}

/// The build context is fetched before there is a step to mark.
fn check_context(request: &Request, pong: &Pong) -> Result<(), Error> {
    let MainContext::Git(url, _) = &request.context.source else {
        return Ok(());
    };
    let caps = Caps::Listed(pong.llb_caps.clone());
    match need::lacking(&caps, &Vertex::new(git(url))) {
        None => Ok(()),
        Some(need) => {
            let (sentence, remedy) = (need.sentence(), need.remedy());
            let error = Error::new(format!("build context: {sentence} ({remedy})"));
            Err(status::unmarked(error))
        }
    }
}

/// The first worker's first platform, emulated ones coming after it.
fn build_platform(pong: &Pong) -> Platform {
    let mut platforms = pong.workers.iter().flat_map(|worker| &worker.platforms);
    let first = platforms.next().cloned();
    first.unwrap_or_else(|| Platform::new("linux", "amd64"))
}

#[cfg(test)]
mod tests {
    use super::Invocation;

    #[test]
    fn an_option_ends_its_name_at_the_first_equals_sign() {
        let environment = [
            ("BUILDKIT_FRONTEND_OPT_10", "build-arg:A=b=c\nd"),
            ("BUILDKIT_FRONTEND_OPT_0", "no-cache"),
            (
                "BUILDKIT_FRONTEND_OPT_x",
                "context:a::linux/arm64=docker-image://b",
            ),
            ("BUILDKIT_SESSION_ID", "s1"),
            ("BUILDKIT_WORKERS", "[]"),
            ("PATH", "/bin"),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let invocation = Invocation::read(environment);
        let options: Vec<String> = invocation
            .options
            .iter()
            .map(|(key, value)| format!("{key} is {value:?}"))
            .collect();
        assert_eq!(
            options,
            [
                r#"build-arg:A is "b=c\nd""#,
                r#"context:a::linux/arm64 is "docker-image://b""#,
                r#"no-cache is """#,
            ]
        );
        assert_eq!(invocation.session, "s1");
    }
}
