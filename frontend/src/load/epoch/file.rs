//! What the build file says about the time: the default of the argument, stages that are one source.

use buildkit_llb::{Http, Platform};

use super::{DOWNLOAD, Dated};
use crate::compile::{self, Reading};
use crate::diagnostic::{Code, Diagnostics};
use crate::expand::{self, Asked, Expanded, Input, Purpose, Stage};
use crate::gateway::{Error, status};
use crate::git_url;
use crate::load::Loaded;
use crate::model::{Source, Stage as WrittenStage, Verb};
use crate::request::{EPOCH, Request};
use crate::text::{FileId, Span};

/// A build file that was read for its time.
pub(super) struct File<'a> {
    loaded: &'a Loaded,
    reading: Reading,
    asked: Asked,
    target: Platform,
    builder: &'a Platform,
}

impl<'a> File<'a> {
    /// Reads the file if the time may depend on it. A file with mistakes has no time; the passes
    /// say what they are.
    pub(super) fn read(
        request: &Request,
        loaded: &'a Loaded,
        builder: &'a Platform,
    ) -> Option<Self> {
        let is_needed = match request.args.get(EPOCH) {
            Some(value) => request.epoch.is_none() && !value.is_empty(),
            None => loaded.files.get(FileId::ROOT).text().contains(EPOCH),
        };
        let mut diags = Diagnostics::new();
        let name = loaded.files.get(FileId::ROOT).name();
        let reading =
            is_needed.then(|| compile::read(FileId::ROOT, name, &loaded.bytes, &mut diags));
        let reading = reading.flatten().filter(|_| !diags.has_mistakes())?;
        let mut args = request.args.clone();
        args.remove(EPOCH);
        Some(Self {
            loaded,
            reading,
            asked: Asked {
                args,
                contexts: Some(request.contexts.clone()),
                purpose: Purpose::Call,
                ..Asked::default()
            },
            target: request.platforms.first().unwrap_or(builder).clone(),
            builder,
        })
    }

    /// Returns the value that the file gives the argument, and where.
    pub(super) fn default_epoch(&self) -> Option<(String, Span)> {
        let build = &self.reading.build;
        expand::argument(build, &self.asked, &self.target, self.builder, EPOCH)
    }

    /// Returns the source that a stage of this name is; nothing if there is no such stage.
    pub(super) fn stage(&self, name: &str) -> Result<Option<Dated>, Error> {
        let build = &self.reading.build;
        let is_it = |stage: &&WrittenStage| stage.name.value.eq_ignore_ascii_case(name);
        let Some(stage) = build.stages.iter().find(is_it) else {
            return Ok(None);
        };
        let asked = Asked {
            target: Some(name.to_owned()),
            ..self.asked.clone()
        };
        let mut diags = Diagnostics::new();
        let expansion = expand::expand(build, &asked, &self.target, self.builder, &mut diags);
        let expanded = expansion.as_ref().map(|it| &it.stages[it.result.0]);
        let dated = expanded.and_then(only_source);
        if dated.is_none() {
            let message = format!(
                "the stage `{name}` has no time: a SOURCE_DATE_EPOCH stage does not meet source-only \
                 requirements"
            );
            diags
                .report(Code::BadValue, stage.name.span, message)
                .help("it must start from scratch and `add` one address, nothing else");
        }
        match diags.has_mistakes() {
            true => Err(status::mistakes(&diags, self.loaded.origin())),
            false => Ok(dated),
        }
    }
}

/// Returns the address that a stage consists of.
fn only_source(stage: &Stage) -> Option<Dated> {
    let ([step], Input::Scratch) = (stage.steps.as_slice(), &stage.base) else {
        return None;
    };
    let Verb::<Expanded>::Add(add) = &step.verb else {
        return None;
    };
    let [Source::Path(address)] = add.sources.as_slice() else {
        return None;
    };
    let address = address.as_literal()?;
    let checksum = match &add.checksum {
        Some(text) => Some(text.as_literal()?),
        None => None,
    };
    match git_url::parse(address) {
        Ok(Some(mut url)) if !url.is_like_a_path => {
            url.keep_git_dir = add
                .keep_git_dir
                .as_ref()
                .map(|it| it.value)
                .or(url.keep_git_dir);
            url.checksum = checksum.map(str::to_owned).or(url.checksum);
            Some(Dated::Git(Box::new(url)))
        }
        Ok(_) if git_url::is_http(address) => {
            let http = Http::new(address).filename(DOWNLOAD);
            Some(Dated::Http(Box::new(match checksum {
                Some(checksum) => http.checksum(checksum),
                None => http,
            })))
        }
        _ => None,
    }
}
