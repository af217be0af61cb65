//! Many small Dockerfiles in one text file.
//!
//! `==== what it shows | --target x` starts one; lines above the first say what the file has. A line
//! `%% NAME = a || b` stands for several: every `@NAME@` is each of these in turn, together with all
//! others' (`@@` is nothing at all). The options are those of a build, and `crlf`, `bom` and
//! `no-end`, which change what ends lines, begins the text, and ends it, and `edge`: the converter may
//! refuse it.

/// One Dockerfile and how it is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// What it shows, and which of several it is.
    pub(crate) name: String,
    /// Options of a build: `--target x --build-arg A=b`.
    pub(crate) options: String,
    pub(crate) text: String,
    /// Whether its conversion may be refused.
    pub(crate) is_edge: bool,
}

/// Returns every case of an archive.
pub(crate) fn cases(archive: &str) -> Vec<Case> {
    let parts = archive.split("\n==== ").skip(1);
    parts.flat_map(one).collect()
}

/// Returns the name of each part.
pub(crate) fn names(archive: &str) -> impl Iterator<Item = &str> {
    let heads = archive.split("\n==== ").skip(1);
    let heads = heads.filter_map(|part| part.lines().next());
    heads.filter_map(|head| head.split(" | ").next())
}

fn one(part: &str) -> Vec<Case> {
    let (head, body) = part.split_once('\n').unwrap_or((part, ""));
    let (name, options) = head.split_once(" | ").unwrap_or((head, ""));
    let (mut choices, mut text) = (Vec::new(), String::new());
    for line in body.trim_end_matches('\n').split('\n') {
        match line.strip_prefix("%% ").and_then(|it| it.split_once(" = ")) {
            Some((name, values)) => choices.push((name, values.split(" || ").collect())),
            None => text += &format!("{line}\n"),
        }
    }
    let whole = Case {
        name: name.to_owned(),
        options: options.to_owned(),
        text,
        is_edge: false,
    };
    let all = choices.iter().fold(vec![whole], replaced);
    all.into_iter().map(finished).collect()
}

/// Returns the cases with each of some values in the place of a name.
fn replaced(cases: Vec<Case>, (name, values): &(&str, Vec<&str>)) -> Vec<Case> {
    let place = format!("@{name}@");
    let mut out = Vec::new();
    for case in cases {
        for value in values {
            let value = if *value == "@@" { "" } else { value };
            out.push(Case {
                name: format!("{}, {name} is `{value}`", case.name),
                options: case.options.replace(&place, value),
                text: case.text.replace(&place, value),
                is_edge: false,
            });
        }
    }
    out
}

fn finished(mut case: Case) -> Case {
    let words = case.options.split(' ');
    let (build, form): (Vec<&str>, Vec<&str>) = {
        let is_form = |word: &&str| ["crlf", "bom", "no-end", "edge"].contains(word);
        words.partition(|word| !is_form(word))
    };
    case.is_edge = form.contains(&"edge");
    for word in form {
        case.text = match word {
            "crlf" => case.text.replace('\n', "\r\n"),
            "bom" => format!("\u{feff}{}", case.text),
            "edge" => continue,
            _ => case.text.trim_end().to_owned(),
        };
    }
    case.options = build.join(" ");
    case
}

#[test]
fn a_choice_stands_for_several_cases() {
    let archive = "About.\n\n==== a | --target @T@\n%% T = x || y\n%% V = 1 || @@\nFROM @T@ AS b@V@\n\n\
                   ==== b | no-end\nFROM c\n";
    let shown: Vec<String> = cases(archive)
        .iter()
        .map(|it| format!("{} [{}] {:?}", it.name, it.options, it.text))
        .collect();
    assert_eq!(
        shown,
        [
            r#"a, T is `x`, V is `1` [--target x] "FROM x AS b1\n""#,
            r#"a, T is `x`, V is `` [--target x] "FROM x AS b\n""#,
            r#"a, T is `y`, V is `1` [--target y] "FROM y AS b1\n""#,
            r#"a, T is `y`, V is `` [--target y] "FROM y AS b\n""#,
            r#"b [] "FROM c""#,
        ]
    );
}
