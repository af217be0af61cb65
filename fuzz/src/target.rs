//! What is fed: one function per target.

use windlass_frontend::compile::{self, Platforms};
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::diagnostic::render::{Colour, render};
use windlass_frontend::dockerignore::{self, Matcher};
use windlass_frontend::expand::Asked;
use windlass_frontend::expr::{self, EnvName, Found, MAX_TEXT, Name, Reference, Scope};
use windlass_frontend::image_name::ImageName;
use windlass_frontend::lint;
use windlass_frontend::lower::options::Options;
use windlass_frontend::lower::{self, Resolved};
use windlass_frontend::model::{self, PlatformPattern};
use windlass_frontend::syntax::print;
use windlass_frontend::text::{FileId, Files, Span};
use windlass_frontend::{convert, dockerfile, git_url, syntax, units};

use buildkit_llb::Platform;

use crate::seed;

/// Something that takes bytes.
pub struct Target {
    /// As it is called on the command line, and its directory in `regressions/`.
    pub name: &'static str,
    /// What inputs are made from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Takes an input; a panic says what does not hold.
    pub feed: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "decode",
        seeds: seed::build_files,
        feed: decode,
    },
    Target {
        name: "format",
        seeds: seed::build_files,
        feed: format,
    },
    Target {
        name: "convert",
        seeds: || [seed::dockerfiles(), seed::build_files()].concat(),
        feed: other_form,
    },
    Target {
        name: "expression",
        seeds: seed::expressions,
        feed: expression,
    },
    Target {
        name: "ignore",
        seeds: || seed::blocks(include_str!("../seeds/ignore-files.txt")),
        feed: ignore,
    },
    Target {
        name: "image-name",
        seeds: || seed::lines(include_str!("../seeds/image-names.txt")),
        feed: image_name,
    },
    Target {
        name: "platform",
        seeds: || seed::lines(include_str!("../seeds/platforms.txt")),
        feed: platform,
    },
    Target {
        name: "git-url",
        seeds: || seed::lines(include_str!("../seeds/git-urls.txt")),
        feed: git_address,
    },
    Target {
        name: "trigger",
        seeds: || seed::blocks(include_str!("../seeds/triggers.txt")),
        feed: trigger,
    },
    Target {
        name: "file",
        seeds: seed::build_files,
        feed: file,
    },
    Target {
        name: "dockerfile",
        seeds: seed::dockerfiles,
        feed: file,
    },
];

/// A file that can be read is formatted, and again: the values stay, the comments, the text.
fn format(bytes: &[u8]) {
    let read = |bytes: &[u8]| {
        let mut diags = Diagnostics::new();
        let document = syntax::parse_bytes(FileId::ROOT, bytes, &mut diags);
        document.filter(|_| !diags.has_errors())
    };
    let Some(written) = read(bytes) else {
        return;
    };
    let text = print::format(&written);
    let formatted = read(text.as_bytes());
    let formatted = formatted.unwrap_or_else(|| panic!("cannot be read again:\n{text}"));
    assert!(
        print::is_same(&written, &formatted),
        "says another thing:\n{text}"
    );
    assert_eq!(print::format(&formatted), text, "formatted twice");
}

/// Bytes to a tree, the tree to what it says, and what is wrong with it to text.
fn decode(bytes: &[u8]) {
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add("build.yaml", String::from_utf8_lossy(bytes));
    match syntax::parse_bytes(file, bytes, &mut diags) {
        Some(document) => {
            let _ = model::decode(&document, &mut diags);
            syntax::path::annotate(&document, &mut diags);
        }
        None => assert!(diags.has_errors(), "nothing was read and nothing said"),
    }
    let _ = render(&diags, &files, Colour::Plain);
}

struct Values;

impl Scope<Name> for Values {
    fn find(&self, name: &Name) -> Found<'_> {
        match name {
            Name::Arg(name) => match name.as_str() {
                "SET" => Found::Set("value"),
                "EMPTY" => Found::Set(""),
                "LONG" => Found::Set("/srv/a*b?/한국어/archive.tar.gz"),
                _ => Found::Unset,
            },
            Name::Env(name) => Found::Later(name.clone()),
            Name::Undeclared(_) | Name::Broken => Found::Reported,
            _ => Found::Set("linux"),
        }
    }

    fn unset(&self, _: &Reference<Name>, _: &mut Diagnostics) {}
}

impl Scope<EnvName> for Values {
    fn find(&self, name: &EnvName) -> Found<'_> {
        match name.0.as_str() {
            "PATH" => Found::Set("/usr/bin:/bin"),
            _ => Found::Unset,
        }
    }

    fn unset(&self, _: &Reference<EnvName>, _: &mut Diagnostics) {}
}

fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut files = Files::new();
    let file = files.add("build.yaml", text.as_ref());
    let mut diags = Diagnostics::new();
    let place = |range| Span::new(file, range);
    let template = expr::parse(&text, place(0..text.len()), &place, &mut diags);
    let early = expr::eval(&template, &Values, &mut diags);
    let late = early.and_then(|early| expr::finish(&early, &Values, &mut diags));
    assert!(
        late.is_none_or(|late| late.len() <= MAX_TEXT),
        "text without bound"
    );
    let _ = render(&diags, &files, Colour::Plain);
}

fn trigger(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut files = Files::new();
    let file = files.add("trigger", text.as_ref());
    let step = dockerfile::trigger(&text, Span::new(file, 0..text.len()));
    if let Err(malformed) = step {
        assert!(!malformed.message.is_empty(), "refused without a word");
    }
}

/// Lines are patterns, and the last one is also a path.
fn ignore(bytes: &[u8]) {
    let patterns = dockerignore::read(bytes);
    let _ = dockerignore::check(&patterns);
    let matcher = Matcher::new(&patterns);
    let text = String::from_utf8_lossy(bytes);
    let last = text.lines().last().unwrap_or_default();
    // A long path takes its time, as each of its directories is matched.
    let last = last.get(..200).unwrap_or(last);
    let last = if last.len() > 300 { "" } else { last };
    for path in ["a/b/c", "node_modules/x.log", "README.md", last] {
        let _ = matcher.ignored_by(path);
        let _ = matcher.has_exception_below(path);
    }
}

fn image_name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match ImageName::parse(&text) {
        Ok(name) => {
            let full = name.to_string();
            let again = ImageName::parse(&full).map(|name| name.to_string());
            assert_eq!(again.as_ref(), Ok(&full), "a complete name is its own");
            // As in Go, it may be that of another image: `docker.io/a.b/c` is called `a.b/c`.
            let _ = name.familiar();
        }
        Err(error) => drop(error.to_string()),
    }
}

fn platform(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = units::parse_platform(&text);
    let _ = PlatformPattern::parse(&text);
    let host = Platform::new("linux", "amd64");
    match Platform::parse(&text, &host) {
        Ok(platform) => {
            let platform = platform.normalized();
            let again = platform.clone().normalized();
            assert_eq!(again, platform, "what is normal stays");
            let shown = platform.format();
            // As in Go, a part may be a dot and is then lost when it is shown.
            if text.split('/').any(|part| matches!(part, "." | "..")) {
                return;
            }
            let read = Platform::parse(&shown, &host).map(Platform::normalized);
            assert_eq!(
                read.map(|read| read.format()),
                Ok(shown),
                "it is read as shown"
            );
        }
        Err(error) => drop(error.to_string()),
    }
}

fn git_address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = git_url::is_http(&text);
    match git_url::parse(&text) {
        Ok(Some(url)) => assert!(!url.remote.is_empty(), "an address without a remote"),
        Ok(None) => {}
        Err(error) => drop(error.to_string()),
    }
}

/// Every pass, lint included, for a platform that is emulated and one that is not.
fn file(bytes: &[u8]) {
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add("build.yaml", String::from_utf8_lossy(bytes));
    let Some(reading) = compile::read(file, "build.yaml", bytes, &mut diags) else {
        return;
    };
    let platforms = Platforms {
        builder: Platform::new("linux", "amd64"),
        asked: vec![
            Platform::new("linux", "amd64"),
            Platform::new("linux", "arm64"),
        ],
    };
    let asked = Asked::default();
    let plans = compile::plans(&reading.build, &asked, &platforms, &mut diags);
    let mut resolved = Resolved::default();
    for image in plans.iter().flat_map(|plan| &plan.images) {
        let config = CONFIG.as_bytes().to_vec();
        resolved.insert(image, image.name.clone(), config, &mut diags);
    }
    let input = lint::Input {
        build: &reading.build,
        asked: &asked,
        plans: &plans,
        resolved: &resolved,
        files: &files,
        ignored: &["dist".to_owned()],
    };
    lint::lint(&input, &mut diags);
    for plan in plans {
        let options = Options::default();
        let lowered = lower::lower(plan, &resolved, &options, &files, &mut diags);
        let definition = lowered.graph.define(lowered.result, &[]);
        buildkit_llb::read(&definition).expect("a definition can be read");
    }
    reading.add_paths(&mut diags);
    let _ = render(&diags, &files, Colour::Plain);
}

/// What is converted to the other form is sent as the same vertices and configs.
fn other_form(bytes: &[u8]) {
    let Some(sent) = sent(bytes) else {
        return;
    };
    let mut files = Files::new();
    let file = files.add("file", String::from_utf8_lossy(bytes));
    let mut diags = Diagnostics::new();
    let Some(text) = convert::convert(file, &files, bytes, "windlass", &mut diags) else {
        return;
    };
    let again = self::sent(text.as_bytes());
    let again = again.unwrap_or_else(|| panic!("cannot be built:\n{text}"));
    assert!(sent == again, "builds something else:\n{text}");
}

/// The vertices of a platform, and its image config.
type Sent = (Vec<Vec<u8>>, Vec<u8>);

/// Returns what BuildKit gets of a file without a mistake.
fn sent(bytes: &[u8]) -> Option<Vec<Sent>> {
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add("file", String::from_utf8_lossy(bytes));
    let reading = compile::read(file, "file", bytes, &mut diags)?;
    let platforms = Platforms {
        builder: Platform::new("linux", "amd64"),
        asked: vec![Platform::new("linux", "amd64")],
    };
    let plans = compile::plans(&reading.build, &Asked::default(), &platforms, &mut diags);
    let mut resolved = Resolved::default();
    for image in plans.iter().flat_map(|plan| &plan.images) {
        let config = CONFIG.as_bytes().to_vec();
        resolved.insert(image, image.name.clone(), config, &mut diags);
    }
    let mut sent = Vec::new();
    for plan in plans {
        let lowered = lower::lower(plan, &resolved, &Options::default(), &files, &mut diags);
        let definition = lowered.graph.define(lowered.result, &[]);
        sent.push((definition.def, lowered.config.to_vec()));
    }
    (!diags.has_errors() && !sent.is_empty()).then_some(sent)
}

const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/bin"]},
"rootfs":{"type":"layers","diff_ids":["sha256:aa"]},"history":[{"created_by":"base"}]}"#;
