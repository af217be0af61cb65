//! What is known at one point of a stage: environment, directory, user, image config.

use std::rc::Rc;
use std::sync::Arc;

use crate::expand::StageId;

use super::config::{DEFAULT_PATH, ImageConfig};
use super::history::Entry;
use super::path;

/// The steps' environment: a later entry wins and moves to the end (`client/llb/meta.go`,
/// v0.32.2, `EnvList`).
pub(crate) type Env = Arc<Vec<(String, String)>>;

/// A stage at one point.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// What the steps see.
    pub(crate) env: Env,
    /// Whether the base could not be asked for its environment.
    pub(crate) has_unknown_env: bool,
    /// Where the steps start.
    pub(crate) dir: String,
    /// Who runs the steps; empty for root.
    pub(crate) user: String,
    /// What the image would say; its history is kept apart.
    pub(crate) config: Rc<ImageConfig>,
    /// What `build-env` declared, for the history of later runs.
    pub(crate) build_args: Rc<Vec<(String, Option<String>)>>,
    /// Whether this stage set a command, which an entrypoint then keeps.
    pub(crate) has_cmd: bool,
    /// Annotations of the manifest.
    pub(crate) annotations: Vec<(String, String)>,
    /// The entries this stage added.
    pub(crate) history: Vec<Entry>,
    /// Where the entries before them are.
    pub(crate) below: Below,
}

/// What the history of a stage stands on.
#[derive(Clone, Debug)]
pub(crate) enum Below {
    /// Nothing.
    Scratch,
    /// An image: its config as it was resolved, and its bytes.
    Image(Rc<ImageConfig>, Rc<Vec<u8>>),
    /// Another stage.
    Stage(StageId),
}

impl State {
    /// Returns the state of a stage that starts from an image or from nothing.
    pub(crate) fn new(mut config: ImageConfig, below: Below) -> Self {
        config.created = None;
        config.history.clear();
        // They are the stage's first steps now.
        config.config.on_build.clear();
        let has_path = config
            .config
            .env
            .iter()
            .any(|entry| entry.starts_with("PATH="));
        if !has_path && config.os != "windows" {
            config.config.env.push(format!("PATH={DEFAULT_PATH}"));
        }
        let mut state = Self {
            env: Arc::new(Vec::new()),
            has_unknown_env: false,
            dir: "/".to_owned(),
            user: String::new(),
            config: Rc::new(config),
            build_args: Rc::new(Vec::new()),
            has_cmd: false,
            annotations: Vec::new(),
            history: Vec::new(),
            below,
        };
        state.enter_image();
        state
    }

    /// Returns the state of a stage that starts from this one: the image it would push, plus what
    /// its steps saw; the image's variables are applied once more on top.
    pub(crate) fn child(&self, id: StageId) -> Self {
        let mut state = self.clone();
        state.history = Vec::new();
        state.annotations = Vec::new();
        state.has_cmd = false;
        state.below = Below::Stage(id);
        if !state.config.config.on_build.is_empty() {
            Rc::make_mut(&mut state.config).config.on_build.clear();
        }
        state.enter_image();
        state
    }

    /// Takes environment, directory and user from the image config
    /// (`dockerfile2llb/convert.go:dispatchStages`, v0.32.2).
    fn enter_image(&mut self) {
        let config = Rc::clone(&self.config);
        for entry in &config.config.env {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            self.set_env(name, value);
        }
        if !config.config.working_dir.is_empty() {
            let dir = self.image_dir();
            self.dir = path::directory(&self.dir, &dir);
            self.set_image_dir(&self.dir.clone());
        }
        if !config.config.user.is_empty() {
            self.user.clone_from(&config.config.user);
        }
    }

    /// Returns the directory of the image as vertices have it.
    pub(crate) fn image_dir(&self) -> String {
        let dir = &self.config.config.working_dir;
        let dir = self.is_windows().then(|| path::from_windows(dir).ok());
        let dir = dir.flatten();
        dir.unwrap_or_else(|| self.config.config.working_dir.clone())
    }

    /// Sets the directory of the image.
    pub(crate) fn set_image_dir(&mut self, dir: &str) {
        let dir = match self.is_windows() {
            true => dir.replace('/', "\\"),
            false => dir.to_owned(),
        };
        if self.config.config.working_dir != dir {
            Rc::make_mut(&mut self.config).config.working_dir = dir;
        }
    }

    /// Returns whether paths of the image are those of Windows.
    pub(crate) fn is_windows(&self) -> bool {
        self.config.os == "windows"
    }

    /// Sets a variable of the steps.
    pub(crate) fn set_env(&mut self, name: &str, value: &str) {
        set(Arc::make_mut(&mut self.env), name, value);
    }

    /// Returns a variable of the steps.
    pub(crate) fn env(&self, name: &str) -> Option<&str> {
        get(&self.env, name)
    }
}

/// Sets a variable: an old entry goes, the new one is last.
pub(crate) fn set(env: &mut Vec<(String, String)>, name: &str, value: &str) {
    env.retain(|(old, _)| old != name);
    env.push((name.to_owned(), value.to_owned()));
}

/// Returns a variable.
pub(crate) fn get<'a>(env: &'a [(String, String)], name: &str) -> Option<&'a str> {
    env.iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}
