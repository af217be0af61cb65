//! `image`: what the image config adds after the last step.

pub(super) mod decode;

use crate::text::{Span, Spanned};

use super::{Command, Phase};

/// The keys of `image`, in the order in which they take effect.
#[derive(Clone, Debug)]
pub struct ImageKeys<P: Phase> {
    /// The map.
    pub span: Span,
    /// As ENTRYPOINT.
    pub entrypoint: Option<Spanned<Command<P>>>,
    /// As CMD.
    pub cmd: Option<Spanned<Command<P>>>,
    /// As USER, for the image only.
    pub user: Option<P::Text>,
    /// As WORKDIR, but no directory is made.
    pub workdir: Option<P::Text>,
    /// As ENV, for the image only. The key's span, then the value.
    pub env: Vec<(Spanned<String>, P::Text)>,
    /// As EXPOSE.
    pub expose: Vec<P::Text>,
    /// As VOLUME.
    pub volumes: Vec<P::Text>,
    /// As LABEL.
    pub labels: Vec<(Spanned<String>, P::Text)>,
    /// Annotations of the manifest.
    pub annotations: Vec<(Spanned<String>, P::Text)>,
    /// As HEALTHCHECK.
    pub healthcheck: Option<Spanned<Healthcheck<P>>>,
    /// As STOPSIGNAL.
    pub stop_signal: Option<P::Text>,
    /// As SHELL.
    pub shell: Option<Spanned<Vec<P::Text>>>,
    /// As ONBUILD.
    pub onbuild: Vec<Spanned<String>>,
    /// As MAINTAINER.
    pub author: Option<P::Text>,
}

/// `healthcheck`.
#[derive(Clone, Debug)]
pub enum Healthcheck<P: Phase> {
    /// `none`: the base's is switched off.
    None,
    /// A command and its times, Go durations such as `30s`.
    Check {
        /// A string is CMD-SHELL, a list CMD.
        run: Command<P>,
        /// Time between checks.
        interval: Option<P::Text>,
        /// Time for one check.
        timeout: Option<P::Text>,
        /// Time in which failures do not count.
        start_period: Option<P::Text>,
        /// Time between checks in the start period.
        start_interval: Option<P::Text>,
        /// Failures in a row before the container is unhealthy.
        retries: Option<P::Text>,
    },
}
