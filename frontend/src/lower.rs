//! Pass 5: a plan and its resolved images become a graph and an image config.
//!
//! In: the [`Plan`], what its images were resolved to, and what the request and the daemon say
//! about every vertex. Out: [`Lowered`]: the graph, the output that is the result, and the bytes
//! of the image config. `env.*` is evaluated here, as the bases' environments are known only now.
//!
//! Two halves: `evaluate` turns steps into actions in plain strings, `emit` turns actions into
//! vertices. Between them the paths that the build context must send are known.

pub mod config;
pub mod options;

mod action;
mod emit;
mod evaluate;
pub(crate) mod git;
mod history;
pub(crate) mod need;
pub(crate) mod path;
mod state;

use std::collections::BTreeMap;
use std::rc::Rc;

use buildkit_llb::{Graph, Output, Platform};
use oci_spec::image::History;

use crate::diagnostic::{Code, Diagnostics};
use crate::expand::{Input, StageId, Triggers};
use crate::plan::{ContextUse, ImageUse, Plan};
use crate::text::Files;

use config::ImageConfig;
use history::Entry;
use options::{ContextSource, Options, TargetChoice};
use state::{Below, State};

pub(crate) use evaluate::{logical_line, shell_text};

/// What one platform's build comes to.
#[derive(Debug)]
pub struct Lowered {
    /// The vertices.
    pub graph: Graph,
    /// The result's filesystem; nothing for an empty one.
    pub result: Option<Output>,
    /// What a scanner writes about the result; nothing if none was asked for.
    pub sbom: Option<Output>,
    /// The image config, JSON.
    pub config: Vec<u8>,
    /// The base image's config as it was resolved, if there is one.
    pub base_config: Option<Vec<u8>>,
    /// Annotations of the manifest, in order.
    pub annotations: Vec<(String, String)>,
}

/// What the images of a plan were resolved to.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    images: BTreeMap<(String, Platform), ResolvedImage>,
    contexts: BTreeMap<(String, Platform), ResolvedContext>,
}

/// What a named context was found to be.
#[derive(Clone, Debug)]
pub struct ResolvedContext {
    /// Where its files come from.
    pub source: ContextSource,
    /// Its config, if it is an image.
    pub config: Option<ResolvedBase>,
}

/// The config of something that a stage can start from.
#[derive(Clone, Debug)]
pub struct ResolvedBase {
    config: Rc<ImageConfig>,
    bytes: Rc<Vec<u8>>,
}

impl ResolvedBase {
    /// Reads a config.
    ///
    /// # Errors
    ///
    /// The bytes are no image config.
    pub fn read(bytes: Vec<u8>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            config: Rc::new(ImageConfig::read(&bytes)?),
            bytes: Rc::new(bytes),
        })
    }
}

#[derive(Clone, Debug)]
struct ResolvedImage {
    /// The name with its digest.
    pinned: String,
    base: ResolvedBase,
}

/// A base's config, if somebody resolved it.
enum ResolvedConfig {
    Known(Rc<ImageConfig>, Rc<Vec<u8>>),
    /// It has none.
    None,
    Unknown,
}

impl ResolvedConfig {
    fn known(base: &ResolvedBase) -> Self {
        Self::Known(Rc::clone(&base.config), Rc::clone(&base.bytes))
    }
}

impl Resolved {
    /// Returns the config of an image, if somebody resolved it.
    pub fn image_config(&self, name: &str, platform: &Platform) -> Option<&ImageConfig> {
        let key = (name.to_owned(), platform.clone());
        self.images
            .get(&key)
            .map(|image| image.base.config.as_ref())
    }

    /// Notes what an image was resolved to; a config that cannot be read is reported.
    pub fn insert(
        &mut self,
        image: &ImageUse,
        pinned: String,
        config: Vec<u8>,
        diags: &mut Diagnostics,
    ) {
        match ResolvedBase::read(config) {
            Ok(base) => {
                let resolved = ResolvedImage { pinned, base };
                self.images
                    .insert((image.name.clone(), image.platform.clone()), resolved);
            }
            Err(error) => {
                let message = format!("the config of image `{}` cannot be read", image.name);
                diags
                    .report(Code::BadImageConfig, image.span, message)
                    .help(format!("the image is damaged: {error}"));
            }
        }
    }

    /// Tells whether an image was resolved.
    pub fn has(&self, image: &ImageUse) -> bool {
        self.get(&image.name, &image.platform).is_some()
    }

    /// Tells whether a named context was looked at.
    pub fn has_context(&self, context: &ContextUse) -> bool {
        self.context(&context.key, &context.platform).is_some()
    }

    /// Notes the ONBUILD triggers of the plans' bases; tells whether there are new ones, with
    /// which the plans must be made again.
    pub fn add_triggers(&self, plans: &[Plan], triggers: &mut Triggers) -> bool {
        let mut has_news = false;
        for stage in plans.iter().flat_map(Plan::reached) {
            let config = match &stage.base {
                Input::Image(name) => self.config(&name.value, &stage.platform),
                Input::NamedContext(name) => self.context_config(&name.value, &stage.platform),
                _ => continue,
            };
            if let ResolvedConfig::Known(config, _) = config {
                let found = &config.config.on_build;
                has_news |= triggers.insert(&stage.base, &stage.platform, found);
            }
        }
        has_news
    }

    fn get(&self, name: &str, platform: &Platform) -> Option<&ResolvedImage> {
        self.images.get(&(name.to_owned(), platform.clone()))
    }

    fn config(&self, name: &str, platform: &Platform) -> ResolvedConfig {
        match self.get(name, platform) {
            Some(image) => ResolvedConfig::known(&image.base),
            None => ResolvedConfig::Unknown,
        }
    }

    /// Notes what a named context was found to be.
    pub fn insert_context(&mut self, context: &ContextUse, resolved: ResolvedContext) {
        let key = (context.key.clone(), context.platform.clone());
        self.contexts.insert(key, resolved);
    }

    fn context(&self, key: &str, platform: &Platform) -> Option<&ResolvedContext> {
        self.contexts.get(&(key.to_owned(), platform.clone()))
    }

    fn context_config(&self, key: &str, platform: &Platform) -> ResolvedConfig {
        match self.context(key, platform) {
            Some(context) => context
                .config
                .as_ref()
                .map_or(ResolvedConfig::None, ResolvedConfig::known),
            None => ResolvedConfig::Unknown,
        }
    }
}

/// Lowers a plan. Reports texts whose values mean nothing once `env.*` is known.
pub fn lower(
    mut plan: Plan,
    resolved: &Resolved,
    options: &Options,
    files: &Files,
    diags: &mut Diagnostics,
) -> Lowered {
    let stages = plan.stages.iter_mut();
    let steps = stages
        .map(|stage| std::mem::take(&mut stage.steps))
        .collect();
    let plan = &plan;
    let evaluated = evaluate::evaluate(plan, steps, resolved, options, diags);
    let state = evaluated.states[plan.result.0].as_ref();
    let state = state.expect("plan: the result is in the order").clone();
    let (config, base_config) = image_config(plan, options, &evaluated.states, state.clone());
    let (graph, result, sbom) = emit::emit(plan, resolved, options, files, evaluated, diags);
    Lowered {
        graph,
        result,
        sbom,
        config,
        base_config,
        annotations: state.annotations,
    }
}

/// Returns the config of the result and of the image it stands on.
fn image_config(
    plan: &Plan,
    options: &Options,
    states: &[Option<State>],
    state: State,
) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut config = Rc::unwrap_or_clone(Rc::clone(&state.config));
    let (history, base) = full_history(options, states, &state);
    config.history = history;
    config.config.labels.extend(options.labels.iter().cloned());
    if options.target == TargetChoice::Explicit {
        config.retarget(&plan.target);
    }
    config.normalise_platform();
    (config.write(), base.map(|bytes| (*bytes).clone()))
}

/// Returns the entries of a stage and of all it stands on, oldest first.
fn full_history(
    options: &Options,
    states: &[Option<State>],
    state: &State,
) -> (Vec<History>, Option<Rc<Vec<u8>>>) {
    let mut parts: Vec<&[Entry]> = vec![&state.history];
    let mut below = &state.below;
    let (mut all, base) = loop {
        match below {
            Below::Scratch => break (Vec::new(), None),
            Below::Image(config, bytes) => {
                break (config.history.clone(), Some(Rc::clone(bytes)));
            }
            Below::Stage(StageId(idx)) => {
                let parent = states[*idx].as_ref().expect("plan: a base is in the order");
                parts.push(&parent.history);
                below = &parent.below;
            }
        }
    };
    let created = options.created.as_deref();
    let made = parts.into_iter().rev().flatten();
    all.extend(made.map(|made| history::entry(made, created)));
    (all, base)
}
