//! ONBUILD triggers of base images: images in, lookups, ops and errors out.

use serde_json::Value;

use super::{Case, case, marks};

const APP: &str = "\
stages:
  tools:
    from: alpine:3
    steps:
      - run: make tools
  app:
    from: base:1
    steps:
      - run: own
";

impl Case {
    /// Gives an image for `linux/amd64` triggers.
    fn triggers(self, name: &str, triggers: &[&str]) -> Self {
        let mut case = self.image(name, "linux/amd64");
        let key = (name.to_owned(), "linux/amd64".to_owned());
        let meta = case.gateway.images.get_mut(&key).expect("it was put there");
        let mut config: Value = serde_json::from_slice(&meta.config).expect("JSON");
        config["config"]["OnBuild"] = triggers.into();
        meta.config = config.to_string().into_bytes();
        case
    }

    fn lookups(&self) -> String {
        let lookups = self.run().lookups.into_iter();
        let names: Vec<String> = lookups.map(|lookup| lookup.name).collect();
        names.join(" ").replace("docker.io/library/", "")
    }

    fn config(&self) -> Value {
        let outcome = self.outcome();
        serde_json::from_slice(&outcome.metadata["containerimage.config"]).expect("JSON")
    }
}

fn base(triggers: &[&str]) -> Case {
    case(APP).triggers("docker.io/library/base:1", triggers)
}

#[test]
fn triggers_run_before_the_steps_of_the_stage() {
    let triggers = ["RUN one", "ENV A=b", "RUN [\"two\", \"$A\"]"];
    let ops = base(&triggers).ops();
    assert_eq!(ops, ("one, $A, own".to_owned(), String::new()));
    let config = base(&triggers).config();
    assert_eq!(config["config"]["OnBuild"], Value::Null);
    assert_eq!(config["config"]["Env"][1], "A=b");
    let history = config["history"].as_array().expect("a list").iter();
    let history: Vec<&str> = history
        .filter_map(|entry| entry["created_by"].as_str())
        .collect();
    assert_eq!(
        history,
        [
            "RUN /bin/sh -c one # buildkit",
            "ENV A=b",
            "RUN two $A # buildkit",
            "RUN /bin/sh -c own # buildkit"
        ]
    );
}

#[test]
fn a_trigger_brings_a_stage_and_its_image() {
    let triggers = ["COPY --from=tools /x /x"];
    assert_eq!(base(&triggers).lookups(), "base:1 alpine:3");
    let (ops, warnings) = base(&triggers).ops();
    assert_eq!(ops, "make tools, file on 0, own");
    assert_eq!(warnings, "");
}

#[test]
fn triggers_bring_images_until_there_is_none_new() {
    let file = APP.replace("from: alpine:3", "from: middle:1");
    let mounts = ["RUN --mount=from=tools,target=/t x"];
    let given = || {
        case(&file)
            .triggers("docker.io/library/base:1", &mounts)
            .triggers("docker.io/library/middle:1", &["COPY --from=last:1 /x /x"])
            .triggers("docker.io/library/last:1", &["RUN never"])
    };
    assert_eq!(given().lookups(), "base:1 middle:1 last:1");
    assert_eq!(given().ops().0, "file on 0, make tools, x, own");
}

/// Who starts from an image cannot change its triggers.
#[test]
fn nothing_is_advised_about_triggers() {
    let triggers = ["RUN apt-get install curl", "EXPOSE 80/TCP", "ADD a b"];
    assert_eq!(base(&triggers).ops().1, "");
    let file = APP.replace("run: own", "run: apt-get install curl");
    let warnings = case(&file)
        .triggers("docker.io/library/base:1", &[])
        .ops()
        .1;
    assert!(!warnings.is_empty());
}

#[test]
fn a_named_context_has_triggers() {
    let case = case(APP)
        .triggers("docker.io/library/other:1", &["RUN brought"])
        .option("context:base:1", "docker-image://other:1");
    assert_eq!(case.ops().0, "brought, own");
}

#[test]
fn an_argument_of_a_trigger_is_declared() {
    let given = || {
        base(&["ARG A=default", "RUN echo", "LABEL a=$A"])
            .option("build-arg:A", "given")
            .option("build-arg:B", "unknown")
    };
    assert_eq!(given().config()["config"]["Labels"]["a"], "given");
    assert_eq!(
        given().ops().1,
        "unknown-build-arg: build argument `B` is not declared in the file"
    );
}

#[test]
fn what_is_wrong_with_a_trigger_names_it_and_its_image() {
    let check = |trigger: &str, expected: &str| {
        let error = base(&["RUN fine", trigger]).error();
        let place = "build.yaml:7:11: `ONBUILD";
        let owner = "the base image `docker.io/library/base:1`";
        let expected = format!("{place} {trigger}` of {owner}: {expected}");
        assert_eq!(error.message, expected, "{trigger}");
        assert_eq!(marks(&error), "build.yaml:7", "{trigger}");
    };
    check(
        "FROM other",
        "FROM isn't allowed as an ONBUILD trigger (a trigger is one of the other instructions)",
    );
    check(
        "COPY a",
        "COPY requires at least two arguments, but only one was provided. Destination could not \
         be determined (write both, such as `COPY . /app`)",
    );
    check(
        "COPY --from=UPPER a b",
        "`UPPER` is not an image: a repository has no capital letters (did you mean `upper`?)",
    );
    check(
        "COPY --from=7 a b",
        "invalid stage index 7 (stages are counted from 0)",
    );
    check(
        "COPY --from=app a b",
        "circular dependency detected on stage: app (a stage takes files from the stages before it)",
    );
    check(
        "EXPOSE many",
        "`many` is not a port (write a port or a range, with its protocol unless it is tcp: \
         8080, 53/udp, 8000-8010)",
    );
    check("WORKDIR ${A:?is needed}", "env.A: is needed");
    check(
        "RUN --mount=type=cache,target=/ x",
        "nothing can be mounted over `/` (name a directory below it)",
    );
}

#[test]
fn stages_that_need_each_other_through_a_trigger_are_a_cycle() {
    let file = APP.replace("from: alpine:3", "from: app");
    let case = case(&file).triggers("docker.io/library/base:1", &["COPY --from=tools /x /x"]);
    assert_eq!(
        case.error().message,
        "build.yaml:3:11: stages need each other: tools -> app -> tools (move what they share \
         into a stage that both use)"
    );
}
