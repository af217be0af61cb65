//! Every flag and its help text.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Checks, shows, formats and converts Windlass build files and Dockerfiles, without BuildKit.
#[derive(Debug, Parser)]
#[command(name = "windlass", version, about, max_term_width = 100)]
pub(crate) struct Args {
    /// When to colour what is printed.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// At a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reports every mistake in a build file or Dockerfile and what the lint rules find.
    ///
    /// Exits with 0 if there is no error, warnings or not; with 1 if there is one, which a warning
    /// is under `check: {error: true}`; with 2 if the file could not be looked at.
    Check(Check),
    /// Shows what a build would do: its plan, or the LLB that BuildKit would get.
    Graph(Graph),
    /// Formats build files: comments stay, and what is formatted already does not change.
    ///
    /// Writes the files anew where formatting changes them; standard input goes to standard
    /// output. Exits with 1 if a file is a Dockerfile or cannot be read as YAML; it is left as it is.
    Fmt(Fmt),
    /// Prints a Dockerfile as a build file, or a build file as a Dockerfile.
    ///
    /// What is printed builds the same, op by op, and so finds the same caches. Exits with 1, and
    /// prints no file, if there is anything that the other form does not say; each such thing is
    /// named at its line.
    Convert(Convert),
    /// Prints the JSON Schema of build files, for editors.
    Schema(Schema),
}

/// `windlass check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// The build file or Dockerfile; `-` for standard input.
    pub(crate) file: PathBuf,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) request: Request,
}

/// `windlass graph`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Graph {
    /// The build file or Dockerfile; `-` for standard input.
    pub(crate) file: PathBuf,
    /// What is shown.
    #[arg(long, value_enum, default_value_t = View::Plan)]
    pub(crate) view: View,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub(crate) format: GraphFormat,
    #[command(flatten)]
    pub(crate) request: Request,
}

/// `windlass fmt`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Fmt {
    /// The build files; `-` or none for standard input.
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing: show what would change, and exit with 1 if anything would.
    #[arg(long)]
    pub(crate) check: bool,
}

/// `windlass convert`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Convert {
    /// The file; `-` for standard input.
    pub(crate) file: PathBuf,
    /// What it becomes; default the other form.
    #[arg(long, value_enum)]
    pub(crate) to: Option<Form>,
    /// The frontend image that the first line of a build file names.
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "registry.example.com/windlass:1"
    )]
    pub(crate) syntax: String,
    /// Print no file: compare what BuildKit would get of both, by our own reading of each.
    #[arg(long)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) request: Request,
}

/// A form of builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Of YAML.
    BuildFile,
    /// For places that run nothing but Dockerfiles.
    Dockerfile,
}

/// `windlass schema`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Schema {
    /// The version of JSON Schema.
    #[arg(long, value_enum, default_value_t = Draft::Draft202012)]
    pub(crate) draft: Draft,
}

/// The version of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Draft {
    /// Draft-07, which every editor knows.
    #[value(name = "07")]
    Draft07,
    /// The newest.
    #[value(name = "2020-12")]
    Draft202012,
}

/// What a build asks for, as `docker buildx build` spells it.
#[derive(Debug, ClapArgs)]
pub(crate) struct Request {
    /// The stage that is the result.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// What the image is for, such as linux/arm64; several with commas.
    #[arg(long, value_name = "OS/ARCH", value_delimiter = ',')]
    pub(crate) platform: Vec<String>,
    /// A build argument; without a value, that of the environment variable.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) build_arg: Vec<String>,
    /// What images resolve to, as JSON: name, then platform, then `digest` and `config`.
    #[arg(long, value_name = "FILE")]
    pub(crate) images: Option<PathBuf>,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
}

/// What `graph` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// Stages and steps that the target reaches.
    Plan,
    /// The vertices that BuildKit would get.
    Llb,
}

/// How `graph` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people.
    Text,
    /// For Graphviz.
    Dot,
    /// For tools.
    Json,
}
