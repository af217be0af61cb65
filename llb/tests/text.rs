//! A definition is written, read back and shown as text.

#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

use buildkit_llb::file::{Copy, Mkdir, Mkfile, Owner, Remove, Symlink};
use buildkit_llb::{
    Build, Exec, ExportCache, File, Git, Graph, GroupWeight, Http, Image, LinuxResources, Local,
    Location, Merge, Mount, Network, Output, Passthrough, Platform, ProgressGroup, ReadError,
    SecretEnv, Sharing, SourceInfo, Ulimit, Vertex, dot, dump, pb,
};

#[track_caller]
fn check(build: impl FnOnce(&mut Graph) -> Option<Output>, expected: &str) {
    let mut graph = Graph::with_platform(Platform::new("linux", "amd64"));
    let result = build(&mut graph);
    let file = SourceInfo {
        filename: "build.yaml".to_string(),
        ..SourceInfo::default()
    };
    let definition = graph.define(result, &[file]);
    assert_eq!(dump(&definition).unwrap(), expected);

    let mut copy = Graph::new();
    let result = copy.import(&definition).unwrap();
    assert_eq!(copy.define(result, &[]).def, definition.def);
}

fn image(graph: &mut Graph) -> Option<Output> {
    Some(graph.add(Image::new("alpine")).output(0))
}

#[test]
fn scratch() {
    check(|_| None, "result scratch\n");
}

fn exec(graph: &mut Graph) -> Option<Output> {
    let base = image(graph);
    let exec = Exec::new(base, ["sh", "-c", "a\nb"])
        .env("A", "1")
        .env("B", "")
        .env("A", "2")
        .user("app")
        .network(Network::None)
        .ulimit(Ulimit {
            name: "nofile".to_string(),
            soft: 1,
            hard: -1,
        })
        .secret_env(SecretEnv::new("TOKEN", "token").optional())
        .mount(Mount::ssh("default"))
        .mount(Mount::secret("/run/secrets/x", "x").owner(1, 2).mode(0o440))
        .mount(Mount::tmpfs("/tmp").size(64))
        .mount(
            Mount::cache("/cache", "id", Sharing::Locked)
                .seed(base)
                .selector("/seed"),
        )
        .mount(Mount::bind("/b", base).selector("/x").read_only())
        .mount(Mount::bind("/a", None));
    let vertex = Vertex::new(exec)
        .name("[a 1/1] RUN x")
        .location(Location::lines(0, 3, 3))
        .linux_resources(LinuxResources {
            memory: 9,
            ..LinuxResources::default()
        })
        .export_cache(ExportCache::Never)
        .ignore_cache();
    Some(graph.add(vertex).output(1))
}

#[test]
fn an_exec_with_all_kinds_of_mounts() {
    check(
        exec,
        r#"[1] source docker-image://alpine
    platform: linux/amd64

[2] exec "sh" "-c" "a\nb"
    env: B=
    env: A=2
    env: SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0
    cwd: /
    user: app
    ulimit: nofile 1:-1
    network: none
    secret env: TOKEN = secret "token" optional
    mount: / [1] -> 0
    mount: /a scratch -> 1
    mount: /b [1] at /x read-only
    mount: /cache cache "id" locked from [1] at /seed
    mount: /tmp tmpfs of 64 bytes
    mount: /run/secrets/x secret "x" owner 1:2 mode 0440
    mount: /run/buildkit/ssh_agent.0 ssh "default" mode 0600
    platform: linux/amd64
    name: [a 1/1] RUN x
    cache: ignored
    cache export: never
    memory: 9
    at: build.yaml:3

result [2].1
"#,
    );
}

#[test]
fn file_actions_are_a_chain() {
    let build = |graph: &mut Graph| {
        let base = image(graph);
        let other = graph.add(Local::new("context").session("s")).output(0);
        let made = File::on(None).mkfile(Mkfile::new("x", 0o644, "hi\n"));
        let file = File::on(base)
            .mkdir(Mkdir::new("app", 0o755).parents().timestamp(0))
            .copy(
                Copy::new(other, "src", "/app/")
                    .owner(Owner::parse("app:0"))
                    .exclude(["*.o"]),
            )
            .copy(Copy::new(made, "/x", "/y").mode(0o600))
            .symlink(Symlink::new("../y", "/z"))
            .remove(Remove::new("/tmp/*").allow_wildcard());
        Some(graph.add(file).output(0))
    };
    check(
        build,
        r#"[1] source docker-image://alpine
    platform: linux/amd64

[2] source local://context
    local.session: s

[3] file
    (0) on [1]: mkdir /app mode 0755 time 0 parents
    (1) on (0): copy [2] /src to /app/ owner app in [1]:0 exclude "*.o"
    (2) on scratch: mkfile /x mode 0644 "hi\n"
    (3) on (1): copy (2) /x to /y mode 0600
    (4) on (3): symlink /z to ../y
    (5) on (4): rm /tmp/* allow-wildcard -> 0

result [3]
"#,
    );
}

#[test]
fn the_other_ops() {
    let build = |graph: &mut Graph| {
        let base = image(graph);
        let git = Git::new("https://user@github.com/a/b.git")
            .reference("main")
            .subdir("/c/");
        let git = graph.add(git).output(0);
        let http = graph
            .add(Http::new("https://x.test/f").mode(0o755).owner(1, 0))
            .output(0);
        let group = ProgressGroup {
            id: "1".to_string(),
            name: "merging".to_string(),
            weight: GroupWeight::Weak,
        };
        let merged = graph.merge([base, Some(git)], |vertex| vertex.progress_group(group))?;
        let diff = graph.diff(base, Some(merged), |vertex| vertex)?;
        let passed = graph
            .add(Passthrough::new("id").after(http).output(diff))
            .output(0);
        Some(graph.add(Build::new(passed).filename("x.pb")).output(0))
    };
    check(
        build,
        r#"[1] source https://x.test/f
    http.perm: 0755
    http.uid: 1

[2] source docker-image://alpine
    platform: linux/amd64

[3] source git://github.com/a/b.git#main:c
    git.authheadersecret: GIT_AUTH_HEADER
    git.authtokensecret: GIT_AUTH_TOKEN
    git.fullurl: https://user@github.com/a/b.git

[4] merge
    inputs: [2] [3]
    progress group: 1 "merging" weak

[5] diff
    lower: [2]
    upper: [4]

[6] passthrough id
    inputs: [1] [5]
    outputs: [5]

[7] build
    input: buildkit.llb.definition [6]
    llbbuild.filename: x.pb
    platform: linux/amd64

result [7]
"#,
    );
}

#[test]
fn graphviz_shows_names_and_uses() {
    let mut graph = Graph::new();
    let base = image(&mut graph);
    let exec = Exec::new(base, ["true"]).mount(Mount::bind("/out", None));
    let exec = graph.add(Vertex::new(exec).name("say \"hi\""));
    let text = dot(&graph.define(Some(exec.output(1)), &[])).unwrap();
    let expected = r#"digraph llb {
  rankdir=BT
  node [shape=box]
  v1 [label="source docker-image://alpine"]
  v2 [label="say \"hi\""]
  v1 -> v2
  v2 -> result [label="1"]
  result [shape=plaintext]
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn an_imported_definition_brings_its_files_and_names() {
    let mut first = Graph::new();
    let vertex = Vertex::new(Image::new("a"))
        .name("base")
        .location(Location::lines(0, 2, 4));
    let result = first.add(vertex).output(0);
    let file = |name: &str| SourceInfo {
        filename: name.to_string(),
        ..SourceInfo::default()
    };
    let definition = first.define(Some(result), &[file("theirs.yaml")]);

    let mut second = Graph::new();
    let base = second.import(&definition).unwrap();
    let exec = Vertex::new(Exec::new(base, ["true"])).location(Location::lines(0, 1, 1));
    let exec = second.add(exec).output(0);
    let text = dump(&second.define(Some(exec), &[file("ours.yaml")])).unwrap();
    let expected = "[1] source docker-image://a\n    name: base\n    at: theirs.yaml:2-4\n\n\
        [2] exec \"true\"\n    cwd: /\n    mount: / [1] -> 0\n    at: ours.yaml:1\n\n\
        result [2]\n";
    assert_eq!(text, expected);
}

#[test]
fn a_file_of_several_definitions_is_there_once() {
    let load = |session: &str| {
        let mut graph = Graph::new();
        let local = graph.add(Vertex::new(Local::new("dockerfile").session(session)));
        graph.define(Some(local.output(0)), &[])
    };
    let file = |text: &str, session: &str| SourceInfo {
        filename: "build.yaml".to_string(),
        data: text.as_bytes().to_vec(),
        definition: Some(load(session)),
        ..SourceInfo::default()
    };
    let made = |name: &str, file: SourceInfo| {
        let mut graph = Graph::new();
        let vertex = Vertex::new(Image::new(name)).location(Location::lines(0, 1, 1));
        let result = graph.add(vertex).output(0);
        graph.define(Some(result), &[file])
    };
    let mut graph = Graph::new();
    let inputs = [
        made("same", file("text", "s")),
        made("other-text", file("more", "s")),
        made("again", file("more", "s")),
        made("other-load", file("text", "t")),
    ];
    let inputs = inputs.map(|input| graph.import(&input).unwrap());
    let result = graph.add(Vertex::new(Merge::new(inputs.into_iter().flatten())));
    let definition = graph.define(Some(result.output(0)), &[file("text", "s")]);
    let source = definition.source.unwrap();
    let texts = source.infos.iter().map(|info| info.data.as_slice());
    assert_eq!(texts.collect::<Vec<_>>(), [&b"text"[..], b"more", b"text"]);
    let mut files: Vec<i32> = source
        .locations
        .values()
        .flat_map(|it| it.locations.iter().map(|location| location.source_index))
        .collect();
    files.sort_unstable();
    assert_eq!(files, [0, 1, 1, 2]);
}

#[track_caller]
fn check_refused(def: Vec<Vec<u8>>, expected: &str) {
    let definition = pb::Definition {
        def,
        ..pb::Definition::default()
    };
    let error: ReadError = Graph::new().import(&definition).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(dump(&definition).unwrap_err(), error);
}

#[test]
fn a_hostile_definition_is_refused() {
    let op = |digest: &str, index| {
        let inputs = vec![pb::Input {
            digest: digest.to_string(),
            index,
        }];
        buildkit_llb::encode(&mut pb::Op {
            inputs,
            ..pb::Op::default()
        })
    };
    let missing = format!("sha256:{}", "0".repeat(64));
    check_refused(
        vec![vec![0xff; 9]],
        "op 0 cannot be read: failed to decode Protobuf message: invalid varint",
    );
    check_refused(vec![Vec::new()], "the last op names no result");
    check_refused(vec![op("", 0)], "`` is not a sha256 digest");
    check_refused(vec![op("sha256:x", 0)], "`sha256:x` is not a sha256 digest");
    check_refused(vec![op(&missing, -1)], "there is no output -1");
    check_refused(
        vec![op(&missing, 0)],
        &format!("the definition holds no op `{missing}`"),
    );
    let user = op(&missing, 0);
    let head = op(&buildkit_llb::Digest::of(&user).to_string(), 0);
    check_refused(
        vec![user, head],
        &format!("the definition holds no op `{missing}`"),
    );
}

#[test]
fn a_chain_of_twenty_thousand_is_read_and_written() {
    let mut graph = Graph::new();
    let mut last = image(&mut graph);
    for n in 0..20_000 {
        let mkdir = Mkdir::new(&format!("/{n}"), 0o755);
        last = Some(graph.add(File::on(last).mkdir(mkdir)).output(0));
    }
    let definition = graph.define(last, &[]);
    assert_eq!(definition.def.len(), 20_002);
    let mut copy = Graph::new();
    assert_eq!(
        copy.import(&definition).unwrap().unwrap().vertex,
        last.unwrap().vertex
    );
}
