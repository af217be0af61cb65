//! Our definition and image config equal those that BuildKit's own Dockerfile compiler makes of an
//! equal Dockerfile, op by op: `parity/<fact>.yaml` beside `parity/<fact>.Dockerfile`. The
//! Dockerfiles are read by us, too, and so are those of `parity/dockerfiles`. What
//! `docker buildx build` is asked stands in the first line of the file: `# --target x`.
//!
//! `tools/parity` holds the other side; only sessions and locations may differ, and of a build file
//! the names of steps, unless it asks for them: `# --names`. Pairs with named contexts are in
//! `parity/contexts`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use windlass_frontend::diagnostic::Diagnostic;
use windlass_frontend::expand::Asked;
use windlass_frontend::lint;
use windlass_tests::golden::inputs;

use super::compiled::{self, Compiled, compile};

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0u32, |all, byte| all << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let index = (group >> (18 - 6 * digit)) & 63;
            out.push(if digit <= chunk.len() {
                char::from(DIGITS[index as usize])
            } else {
                '='
            });
        }
    }
    out
}

/// What a build is asked for.
pub(crate) struct Options {
    pub(crate) asked: Asked,
    pub(crate) platform: String,
    /// Named contexts, by name.
    pub(crate) contexts: BTreeMap<String, String>,
    /// Whether names of steps must be equal, too.
    names: bool,
}

impl Options {
    pub(crate) fn read(text: &str) -> Self {
        let mut options = Self {
            asked: Asked::default(),
            platform: "linux/amd64".to_owned(),
            contexts: BTreeMap::new(),
            names: false,
        };
        let line = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# --"));
        for option in line.iter().flat_map(|line| line.split(" --")) {
            match option.split_once(' ') {
                Some(("platform", platform)) => options.platform = platform.to_owned(),
                Some(("target", target)) => options.asked.target = Some(target.to_owned()),
                Some(("build-arg", arg)) => {
                    let (name, value) = arg.split_once('=').expect("NAME=VALUE");
                    let _ = options.asked.args.insert(name.to_owned(), value.to_owned());
                }
                Some(("build-context", context)) => {
                    let (name, value) = context.split_once('=').expect("NAME=VALUE");
                    let _ = options.contexts.insert(name.to_owned(), value.to_owned());
                }
                None if option == "names" => options.names = true,
                _ => panic!("no option of a case: {option}"),
            }
        }
        options
    }
}

/// One comparison, as `tools/parity` reads it.
pub(crate) fn request(dockerfile: &str, options: &Options, compiled: &Compiled) -> Value {
    let built = &compiled.builds[0];
    let images: BTreeMap<&str, Value> = built
        .plan
        .images
        .iter()
        .map(|image| {
            let config = compiled::config(&image.name, &image.platform);
            let config: Value = serde_json::from_str(&config).expect("a config");
            let found = json!({"digest": compiled::DIGEST, "config": config});
            (image.name.as_str(), found)
        })
        .collect();
    let definition = prost::Message::encode_to_vec(&built.definition);
    let ours: Value = serde_json::from_slice(&built.config).expect("our config is JSON");
    let mut request = json!({
        "dockerfile": dockerfile,
        "platform": options.platform,
        "target": options.asked.target.as_deref().unwrap_or_default(),
        "build_args": options.asked.args,
        "images": images,
        "definition": base64(&definition),
        "config": ours,
        "names": options.names || compiled.is_dockerfile,
    });
    if compiled.is_dockerfile {
        request["warnings"] = warnings(compiled).into();
    }
    request
}

/// Returns the warnings as `tools/parity` writes those of the other side.
fn warnings(compiled: &Compiled) -> Vec<String> {
    let of_dockerfile = compiled
        .diags
        .iter()
        .filter(|it| it.code.is_of_dockerfile());
    let warning = |it: &Diagnostic| {
        let span = it.place.span().expect("a rule knows where");
        let line = compiled.files.start(span).line;
        let (name, title) = (it.code.name(), it.code.title());
        let url = lint::url(it.code);
        format!("{line} {name}: {} ({title}) {url}", it.message)
    };
    of_dockerfile.map(warning).collect()
}

/// One file of ours, the Dockerfile that it must equal, and what is asked.
struct Case {
    path: PathBuf,
    dockerfile: String,
    options: Options,
}

impl Case {
    fn new(path: &Path, options: Options) -> Self {
        let dockerfile = path.with_extension("Dockerfile");
        Self {
            path: path.to_owned(),
            dockerfile: fs::read_to_string(&dockerfile)
                .unwrap_or_else(|error| panic!("{}: {error}", dockerfile.display())),
            options,
        }
    }
}

/// Compiles every case and compares all of them in one process.
#[track_caller]
fn check(cases: &[Case]) {
    let mut requests = String::new();
    let mut wrong = String::new();
    let mut compared = Vec::new();
    for case in cases {
        let bytes = fs::read(&case.path).expect("a case");
        let platforms = [case.options.platform.as_str()];
        let name = case.path.file_name().expect("a name").to_string_lossy();
        let compiled = compile(&name, &bytes, &case.options.asked, &platforms);
        if compiled.diags.has_errors() {
            let _ = writeln!(wrong, "{}\n{}", case.path.display(), compiled.rendered());
            continue;
        }
        compared.push(case.path.display().to_string());
        let request = request(&case.dockerfile, &case.options, &compiled);
        let _ = writeln!(requests, "{request}");
    }
    wrong.push_str(&differences(&compared, &requests));
    assert!(wrong.is_empty(), "{wrong}");
}

/// Returns what differs in each case.
pub(crate) fn differences(cases: &[String], requests: &str) -> String {
    let answers = compare(requests);
    let mut wrong = String::new();
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let answer: Value = serde_json::from_str(answer).expect("an answer");
        let differences = answer["differences"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let error = answer.get("error").cloned();
        for line in differences.iter().chain(error.iter()) {
            let _ = writeln!(wrong, "{case}: {}", line.as_str().unwrap_or_default());
        }
    }
    assert_eq!(answers.lines().count(), cases.len(), "an answer a case");
    wrong
}

#[test]
fn equal_files_give_equal_ops_and_configs() {
    let case = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a case");
        Case::new(path, Options::read(&text))
    };
    check(
        &inputs("parity", "yaml")
            .iter()
            .map(case)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_dockerfile_gives_the_ops_and_config_of_its_own_frontend() {
    let mut cases = Vec::new();
    for path in inputs("parity", "yaml") {
        let text = fs::read_to_string(&path).expect("a case");
        let dockerfile = path.with_extension("Dockerfile");
        cases.push(Case::new(&dockerfile, Options::read(&text)));
    }
    for path in inputs("parity/dockerfiles", "Dockerfile") {
        let text = fs::read_to_string(&path).expect("a case");
        cases.push(Case::new(&path, Options::read(&text)));
    }
    check(&cases);
}

/// The end of the comparison that takes requests.
pub(crate) struct Requests(ChildStdin);

impl Requests {
    pub(crate) fn send(&mut self, request: &Value) {
        self.send_lines(&format!("{request}\n"));
    }

    fn send_lines(&mut self, lines: &str) {
        let sent = self.0.write_all(lines.as_bytes());
        sent.expect("the comparison reads every case");
    }
}

/// The end of the comparison that gives answers, in the order of the requests.
pub(crate) struct Answers {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Answers {
    pub(crate) fn next(&mut self) -> Value {
        let line = self.line().expect("an answer a case");
        serde_json::from_str(&line).expect("an answer")
    }

    fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("JSON is text"))
    }
}

/// Starts the comparison; Go builds it on the first run.
pub(crate) fn upstream() -> (Requests, Answers) {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools");
    let mut child = Command::new("go")
        .args(["run", "-tags=dfrundevice", "./parity"])
        .current_dir(tools)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("go is installed: it builds the other side of the comparison");
    let requests = Requests(child.stdin.take().expect("a pipe"));
    let stdout = child.stdout.take().expect("a pipe");
    let lines = BufReader::new(stdout).lines();
    (requests, Answers { child, lines })
}

/// Runs the comparison.
pub(crate) fn compare(requests: &str) -> String {
    let (mut sink, mut answers) = upstream();
    let requests = requests.to_owned();
    let writer = std::thread::spawn(move || sink.send_lines(&requests));
    let mut out = String::new();
    while let Some(line) = answers.line() {
        out += &format!("{line}\n");
    }
    writer.join().expect("the writer ends");
    let status = answers.child.wait().expect("the comparison runs");
    assert!(status.success(), "the comparison failed");
    out
}
