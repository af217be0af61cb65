//! `--call=convert`, and the conversion that `--call=verify` compares.
//!
//! Only the images of a build say who its user is and where tools keep their caches. So a Dockerfile
//! and what it becomes are compiled as this build would be: presets are taken as far as both come to
//! the same.

use buildkit_llb::Platform;

use super::start::{Invocation, Start};
use super::{compiled, solve, stop_at_mistakes};
use crate::call::{self, Answer};
use crate::convert::{self, Bases, Form, Style};
use crate::diagnostic::{Code, Diagnostics, Place, Severity};
use crate::expand::Purpose;
use crate::gateway::error::CANCELED;
use crate::gateway::{Error, Gateway};
use crate::load::Loaded;
use crate::lower::Lowered;
use crate::text::{FileId, Files};

/// What each platform comes to.
type Built = Vec<(Platform, Lowered)>;

/// A build file in the place of a Dockerfile.
pub(super) struct Made {
    pub(super) loaded: Loaded,
    pub(super) built: Built,
}

/// What becomes of a Dockerfile.
pub(super) enum Conversion {
    /// A build file that is the same with these images.
    Same(Made),
    /// One that is not.
    Other(Made),
    /// No build file says it.
    Refused(Diagnostics),
    /// The build file cannot be built.
    Broken(Error),
}

/// Returns a file in its other form. The first line of a build file names the image that answers.
///
/// A Dockerfile that cannot be built as it is asked for, such as one whose base nobody finds, is
/// converted without its images.
pub(super) async fn answer(
    gateway: &impl Gateway,
    start: &Start,
    invocation: &Invocation,
    loaded: &Loaded,
) -> Result<Answer, Error> {
    let mut diags = Diagnostics::new();
    let file = loaded.files.get(FileId::ROOT);
    if convert::form(file.name(), file.text()) == Form::Dockerfile {
        let how = (invocation.session.as_str(), Purpose::Build);
        match compiled(gateway, start, loaded, how, &mut Diagnostics::new()).await {
            Err(error) if error.code == CANCELED => return Err(error),
            Err(_) => {}
            Ok(theirs) => match build_file(gateway, start, invocation, loaded, &theirs).await? {
                Conversion::Same(made) => {
                    let text = made.loaded.files.get(FileId::ROOT).text();
                    return Ok(call::converted(text.to_owned()));
                }
                Conversion::Refused(found) => diags.append(found),
                Conversion::Other(_) | Conversion::Broken(_) => {
                    let place = Place::Outside("images");
                    let message = "a build file would not build the same with these";
                    diags
                        .report(Code::ConversionDiffers, place, message)
                        .help("`--call=verify` shows what differs");
                }
            },
        }
    }
    stop_at_mistakes(&diags, loaded)?;
    let image = image(invocation);
    let (files, bytes) = (&loaded.files, &loaded.bytes);
    let text = convert::convert(FileId::ROOT, files, bytes, image, &mut diags);
    stop_at_mistakes(&diags, loaded)?;
    Ok(call::converted(text.unwrap_or_default()))
}

fn image(invocation: &Invocation) -> &str {
    let image = invocation.options.get("source").map(String::as_str);
    image.unwrap_or("windlass")
}

/// Converts a Dockerfile; `theirs` is what that comes to.
pub(super) async fn build_file(
    gateway: &impl Gateway,
    start: &Start,
    invocation: &Invocation,
    loaded: &Loaded,
    theirs: &Built,
) -> Result<Conversion, Error> {
    let expected = bytes(theirs, loaded);
    let mut found = None;
    let mut last = String::new();
    for bases in [Bases::Official, Bases::Plain, Bases::Unknown] {
        let mut diags = Diagnostics::new();
        let style = Style {
            image: image(invocation),
            bases,
        };
        let text = convert::to_build_file(FileId::ROOT, &loaded.files, style, &mut diags);
        if diags.has_errors() {
            diags.retain(|it| it.severity == Severity::Error);
            found = Some(Conversion::Refused(diags));
            continue;
        }
        if text == last {
            continue;
        }
        last.clone_from(&text);
        let made = in_place(loaded, text);
        let how = (invocation.session.as_str(), Purpose::Build);
        match compiled(gateway, start, &made, how, &mut Diagnostics::new()).await {
            Err(error) if error.code == CANCELED => return Err(error),
            Err(error) => found = Some(Conversion::Broken(error)),
            Ok(built) => {
                let is_same = bytes(&built, &made) == expected;
                let made = Made {
                    loaded: made,
                    built,
                };
                if is_same {
                    return Ok(Conversion::Same(made));
                }
                found = Some(Conversion::Other(made));
            }
        }
    }
    Ok(found.expect("convert: the last of three ways has an outcome"))
}

/// Returns a build file in the place of the file that was loaded.
fn in_place(loaded: &Loaded, text: String) -> Loaded {
    let mut files = Files::new();
    files.add("build.yaml", text.as_str());
    Loaded {
        files,
        bytes: text.into_bytes(),
        definition: loaded.definition.clone(),
        digest: loaded.digest.clone(),
        exclude: loaded.exclude.clone(),
        context: loaded.context.clone(),
    }
}

/// Returns the vertices and configs themselves, places and names aside.
fn bytes<'b>(built: &'b Built, loaded: &Loaded) -> Vec<(Vec<Vec<u8>>, &'b [u8])> {
    let one = |it: &'b (Platform, Lowered)| {
        let definition = solve::definition(&it.1, loaded);
        (definition.def, it.1.config.as_slice())
    };
    built.iter().map(one).collect()
}
