//! `--call=verify`: both frontends are asked the same.
//!
//! The daemon's own answers with what it would have had solved, and nothing of that runs. It is told
//! not to look for `# syntax=`, as it would end up here again. It reads Dockerfiles only: in the
//! place of a build file it gets the Dockerfile that this one becomes. Of a Dockerfile, the build file
//! that it becomes is compared, too.

use buildkit_llb::file::Mkfile;
use buildkit_llb::{File, Graph, Platform};

use super::convert::{self, Conversion, Made};
use super::start::{Invocation, Start};
use super::{compiled, solve, stop_at_mistakes};
use crate::call::verify::{Missing, Pair, Side, Why};
use crate::call::{self, Answer};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::render::{Colour, render};
use crate::dockerfile;
use crate::expand::Purpose;
use crate::gateway::error::CANCELED;
use crate::gateway::{Error, FrontendAnswer, FrontendRequest, Gateway, status};
use crate::load::{self, Loaded};
use crate::lower::Lowered;
use crate::request::Shape;
use crate::text::FileId;

/// The daemon's own frontend.
const THEIRS: &str = "dockerfile.v0";

/// Options that are ours alone: which image answers, what it is asked, and what it must know.
const OURS: [&str; 4] = ["source", "requestid", "frontend.caps", "windlass.panic"];

/// Keeps the daemon's frontend from starting another (`frontend/dockerfile/builder/build.go`,
/// v0.32.2).
const STAY: &str = "cmdline";

/// Compares what becomes of a file here and there.
pub(super) async fn verify(
    gateway: &impl Gateway,
    start: &mut Start,
    invocation: &Invocation,
    loaded: &Loaded,
) -> Result<Answer, Error> {
    let builder = start.builder.clone();
    load::epoch::settle(gateway, &mut start.request, loaded, &builder).await?;
    let mut diags = Diagnostics::new();
    let how = (invocation.session.as_str(), Purpose::Build);
    let ours = compiled(gateway, start, loaded, how, &mut diags).await?;
    let mut asked = asked(gateway, invocation).await?;
    let file = loaded.files.get(FileId::ROOT);
    let name = file.name();
    let mut missing = Vec::new();
    let mut compared = Vec::new();
    if dockerfile::is_dockerfile(name, file.text()) {
        let what = format!("{name} as a build file");
        let found = convert::build_file(gateway, start, invocation, loaded, &ours).await?;
        compared.push((name.to_owned(), ours, None));
        match found {
            Conversion::Same(Made { loaded, built })
            | Conversion::Other(Made { loaded, built }) => {
                compared.push((what, built, Some(loaded)));
            }
            Conversion::Refused(diags) => missing.push(Missing {
                what,
                why: Why::NotConverted,
                lines: render(&diags, &loaded.files, Colour::Plain),
            }),
            Conversion::Broken(error) => missing.push(Missing {
                what,
                why: Why::NotBuilt,
                lines: error.message,
            }),
        }
    } else {
        hand_over(&mut asked, loaded)?;
        compared.push((format!("{name} as a Dockerfile"), ours, None));
    }
    let theirs = match gateway.ask_frontend(asked).await {
        Ok(theirs) => theirs,
        Err(error) if error.code == CANCELED => return Err(error),
        Err(error) => return Ok(call::verify::refused(&compared[0].0, &error.message)),
    };
    let shape = start.request.shape;
    let mut pairs = Vec::new();
    for (what, ours, made) in compared {
        let source = made.as_ref().unwrap_or(loaded);
        let ours = ours.into_iter();
        pairs.extend(
            ours.map(|(platform, lowered)| pair(&what, &platform, lowered, source, &theirs, shape)),
        );
    }
    let broken = |error| status::unmarked(Error::new(format!("a definition: {error}")));
    call::verify::verify(&pairs, &missing).map_err(broken)
}

/// Returns the same request for the daemon's frontend.
async fn asked(gateway: &impl Gateway, invocation: &Invocation) -> Result<FrontendRequest, Error> {
    let mut options = invocation.options.clone();
    options.retain(|key, _| !OURS.contains(&key.as_str()));
    options.insert(STAY.to_owned(), THEIRS.to_owned());
    Ok(FrontendRequest {
        name: THEIRS.to_owned(),
        options,
        inputs: gateway.inputs().await?,
    })
}

/// Puts what a build file is as a Dockerfile, and the ignore file, into the request.
fn hand_over(asked: &mut FrontendRequest, loaded: &Loaded) -> Result<(), Error> {
    if loaded.context.is_some() {
        let message = "the daemon's Dockerfile frontend reads no Dockerfile but that of this build \
                       context (convert the build file with `windlass convert --to dockerfile`, \
                       and verify that)";
        return Err(status::unmarked(Error::new(message)));
    }
    let mut diags = Diagnostics::new();
    let text = crate::convert::to_dockerfile(FileId::ROOT, &loaded.bytes, &mut diags);
    stop_at_mistakes(&diags, loaded)?;
    let ignored = loaded.exclude.join("\n");
    let files = File::on(None)
        .mkfile(Mkfile::new("/Dockerfile", 0o644, text.unwrap_or_default()))
        .mkfile(Mkfile::new("/Dockerfile.dockerignore", 0o644, ignored));
    let mut graph = Graph::new();
    let files = graph.add(files).output(0);
    // The names that the daemon's frontend looks for (`frontend/dockerui/context.go`, v0.32.2).
    asked.options.remove("filename");
    asked.options.remove("dockerfilekey");
    let definition = graph.define(Some(files), &[]);
    asked.inputs.insert("dockerfile".to_owned(), definition);
    Ok(())
}

/// Returns one platform's comparison.
fn pair(
    what: &str,
    platform: &Platform,
    lowered: Lowered,
    loaded: &Loaded,
    theirs: &FrontendAnswer,
    shape: Shape,
) -> Pair {
    let id = platform.format_all();
    let (key, config) = match shape {
        Shape::Single => ("", "containerimage.config".to_owned()),
        Shape::ByPlatform => (id.as_str(), format!("containerimage.config/{id}")),
    };
    Pair {
        theirs: Side {
            definition: theirs.definitions.get(key).cloned().unwrap_or_default(),
            config: theirs.metadata.get(&config).cloned().unwrap_or_default(),
        },
        ours: Side {
            definition: solve::definition(&lowered, loaded),
            config: lowered.config,
        },
        what: format!("{what} for {id}"),
    }
}
