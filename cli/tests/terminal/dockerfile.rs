//! Dockerfiles at a terminal.

use serde_json::Value;

use super::{shown, windlass};

const GOOD: &str = "\
# TAG is which alpine
ARG TAG=3.22
FROM alpine:${TAG} AS build
RUN make \\
    && make install
FROM scratch
COPY --from=build /app /
";

const WRONG: &str = "\
FROM alpine:3.22 AS build
CPOY a b
RUN --mount=type=cach,target=/x \\
    true
FROM scratch
COPY --form=build /x /y
";

const WARNS: &str = "\
FROM alpine:3.22 as build
WORKDIR app
CMD make
";

#[test]
fn every_mistake_is_shown_at_its_place() {
    assert_eq!(
        shown(&["check", "-"], WRONG),
        "\
error[unknown-instruction]: unknown instruction: CPOY (did you mean COPY?)
 --> <stdin>:2:1
  |
2 | CPOY a b
  | ^^^^

error[bad-instruction]: unsupported mount type \"cach\" (did you mean cache?)
 --> <stdin>:3:13
  |
3 | RUN --mount=type=cach,target=/x \\
  |             ^^^^^^^^^^^^^^^^^^^

error[bad-instruction]: unknown flag: --form (did you mean from?)
 --> <stdin>:6:6
  |
6 | COPY --form=build /x /y
  |      ^^^^^^^^^^^^

<stdin>: 3 errors
exit 1"
    );
    assert_eq!(shown(&["check", "-"], GOOD), "<stdin>: no mistakes\nexit 0");
}

#[test]
fn lines_are_right_with_carriage_returns_and_a_byte_order_mark() {
    let file = format!("\u{feff}# a\r\n{}", WRONG.replace('\n', "\r\n"));
    let shown = shown(&["check", "-"], &file);
    let places: Vec<&str> = shown.lines().filter(|it| it.contains("-->")).collect();
    assert_eq!(
        places.join("\n"),
        " --> <stdin>:3:1\n --> <stdin>:4:13\n --> <stdin>:7:6"
    );
}

#[test]
fn findings_have_the_names_of_their_rules() {
    assert_eq!(
        shown(&["check", "-"], WARNS),
        "\
warning[FromAsCasing]: 'as' and 'FROM' keywords' casing do not match
 --> <stdin>:1:1
  |
1 | FROM alpine:3.22 as build
  | ^^^^^^^^^^^^^^^^^^^^^^^^^

warning[WorkdirRelativePath]: Relative workdir \"app\" can have unexpected results if the base image changes
 --> <stdin>:2:1
  |
2 | WORKDIR app
  | ^^^^^^^^^^^

warning[JSONArgsRecommended]: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
 --> <stdin>:3:1
  |
3 | CMD make
  | ^^^^^^^^

<stdin>: 3 warnings
exit 0"
    );
    let strict = format!("# check=error=true;skip=WorkdirRelativePath,FromAsCasing\n{WARNS}");
    let shown = shown(&["check", "-"], &strict);
    assert!(shown.starts_with("error[JSONArgsRecommended]: "), "{shown}");
    assert!(shown.ends_with("<stdin>: 1 error\nexit 1"), "{shown}");
}

#[test]
fn tools_get_the_same_lines() {
    let json = windlass(&["check", "--format=json", "-"], WARNS).stdout;
    let json = String::from_utf8_lossy(&json);
    let line = |text: &str| -> String {
        let it: Value = serde_json::from_str(text).expect("an object");
        format!(
            "{} {}",
            it["code"].as_str().unwrap_or_default(),
            it["start"]
        )
    };
    let lines: Vec<String> = json.lines().map(line).collect();
    assert_eq!(
        lines,
        [
            r#"FromAsCasing {"column":1,"line":1}"#,
            r#"WorkdirRelativePath {"column":1,"line":2}"#,
            r#"JSONArgsRecommended {"column":1,"line":3}"#,
        ]
    );
    let sarif = windlass(&["check", "--format=sarif", "-"], WARNS).stdout;
    let sarif: Value = serde_json::from_slice(&sarif).expect("JSON");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results").iter();
    let lines = results.map(|it| {
        let region = &it["locations"][0]["physicalLocation"]["region"];
        format!("{} {}", it["ruleId"], region["startLine"])
    });
    let lines: Vec<String> = lines.collect();
    assert_eq!(
        lines,
        [
            "\"FromAsCasing\" 1",
            "\"WorkdirRelativePath\" 2",
            "\"JSONArgsRecommended\" 3",
        ]
    );
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|it| it["id"] == "FromAsCasing");
    let page = rule.expect("it is listed")["helpUri"].as_str();
    assert!(
        page.is_some_and(|page| page.to_lowercase().contains("from")),
        "{page:?}"
    );
}

#[test]
fn a_graph_is_that_of_the_dockerfile_with_its_lines() {
    assert_eq!(
        shown(&["graph", "-"], GOOD),
        "\
result: stage-1
target: linux/amd64
build: linux/amd64
image: docker.io/library/alpine:3.22 for linux/amd64 (base)

stage build on linux/amd64
  from image docker.io/library/alpine:3.22
  run make     && make install

stage stage-1 on linux/amd64
  from scratch
  copy /app
    from: stage build
    to: /
exit 0"
    );
    let llb = shown(&["graph", "--view=llb", "--build-arg=TAG=3.21", "-"], GOOD);
    let shown: Vec<&str> = llb
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("name: ") || line.starts_with("at: "))
        .collect();
    assert_eq!(
        shown,
        [
            "name: [build 1/2] FROM docker.io/library/alpine:3.21",
            "at: <stdin>:3",
            "name: [build 2/2] RUN make     && make install",
            "at: <stdin>:4,5",
            "name: [stage-1 1/1] COPY --from=build /app /",
            "at: <stdin>:7",
        ]
    );
}
