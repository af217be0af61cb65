//! The digests of single ops are those that BuildKit v0.32.2 computes for them.

use buildkit_llb::file::{Copy, Mkfile, Owner};
use buildkit_llb::{
    Cap, Diff, Digest, Exec, ExportCache, File, Graph, Image, Local, Location, Mount, Output,
    Platform, Sharing, Source, SourceInfo, Vertex,
};

#[track_caller]
fn check(graph: &Graph, vertex: Output, expected: &str) {
    assert_eq!(
        graph.digest(vertex.vertex).to_string(),
        format!("sha256:{expected}")
    );
}

fn linux() -> Graph {
    Graph::with_platform(Platform::new("linux", "amd64"))
}

fn image(graph: &mut Graph) -> Output {
    graph
        .add(Image::new("docker.io/library/alpine:latest"))
        .output(0)
}

fn mkfile(graph: &mut Graph) -> Output {
    graph
        .add(File::on(None).mkfile(Mkfile::new("/a", 0o644, "x")))
        .output(0)
}

fn copy(graph: &mut Graph) -> Output {
    let (base, from) = (image(graph), mkfile(graph));
    let copy = Copy::new(from, "/a", "/b")
        .create_dest_path()
        .owner(Owner::id(0, 0));
    graph.add(File::on(Some(base)).copy(copy)).output(0)
}

fn exec(graph: &mut Graph) -> Output {
    let root = copy(graph);
    let exec = Exec::new(Some(root), ["/bin/true"])
        .env("A", "1")
        .valid_exit_codes([0, 3])
        .mount(Mount::cache("/cache", "/c", Sharing::Locked));
    graph.add(exec).output(0)
}

#[test]
fn an_image_is_written_after_its_platform_and_constraints() {
    let mut graph = linux();
    let image = image(&mut graph);
    check(
        &graph,
        image,
        "a7f9733e307dd352c82d43053b783dd17bb2ec2c36214908ce393e41545c8b51",
    );
}

#[test]
fn a_local_has_its_attributes_in_key_order() {
    let mut graph = linux();
    let local = Local::new("context")
        .session("s1")
        .follow(&["a"])
        .shared_key_hint("context");
    let local = graph.add(local).output(0);
    check(
        &graph,
        local,
        "e04706de71580b6db65890e5781d9604132145e7398e3602f59d0b2216477b97",
    );
}

#[test]
fn an_empty_attribute_is_written() {
    let mut graph = linux();
    let local = graph.add(Source::new("local://x").attr("a", "")).output(0);
    check(
        &graph,
        local,
        "05f341fe69a222a723424bcbdc0260d0da26dd71595fbf91b78a278031ba6567",
    );
}

#[test]
fn a_file_on_scratch_has_no_inputs() {
    let mut graph = linux();
    let mkfile = mkfile(&mut graph);
    check(
        &graph,
        mkfile,
        "2ceaba8e5ffb5e926fbea3aab09b60349400c88319194549e18e556ae3b3e612",
    );
}

#[test]
fn an_owner_of_zero_is_written() {
    let mut graph = linux();
    let copy = copy(&mut graph);
    check(
        &graph,
        copy,
        "dc0560dab3f9789a5316297c2847c86ef86831ca38b84ac598fa1c530e3d1315",
    );
}

#[test]
fn an_exec_has_its_mounts_numbered() {
    let mut graph = linux();
    let exec = exec(&mut graph);
    check(
        &graph,
        exec,
        "a31a339273bb95f403a710efcde9d0735a8f2e18a8e4bc8d88a887d68b0c0aaf",
    );
}

#[test]
fn a_merge_is_written_from_the_lowest() {
    let mut graph = linux();
    let inputs = [Some(image(&mut graph)), None, Some(mkfile(&mut graph))];
    let merge = graph.merge(inputs, |vertex| vertex).unwrap();
    check(
        &graph,
        merge,
        "d3ee8e42e4d292ac4e2bd02648cb401b81592355d0aa3a0456a2440f277fde13",
    );
}

#[test]
fn a_diff_from_scratch_can_be_written() {
    let mut graph = linux();
    let upper = copy(&mut graph);
    let diff = graph.add(Diff::new(None, Some(upper))).output(0);
    check(
        &graph,
        diff,
        "3db1edb677c16faa21335fe936469c281729980c31c1813fe84938918dfc9680",
    );
}

#[test]
fn the_last_op_names_the_result() {
    let mut graph = linux();
    let exec = exec(&mut graph);
    let definition = graph.define(Some(exec), &[]);
    let last = Digest::of(definition.def.last().unwrap());
    let expected = "sha256:2eb0f1108f2f5e47076ece45f60e02f6aa3692f2a86345cd849afbfe8552d5ae";
    assert_eq!(last.to_string(), expected);
    let caps = &definition.metadata[expected].caps;
    assert_eq!(
        caps.keys().map(String::as_str).collect::<Vec<_>>(),
        ["constraints", "platform"]
    );
}

#[test]
fn scratch_is_an_empty_definition() {
    let definition = Graph::new().define(None, &[]);
    assert_eq!((definition.def.len(), definition.source), (0, None));
}

#[test]
fn equal_vertices_are_one_and_carry_what_both_carry() {
    let mut graph = Graph::new();
    let first = Vertex::new(Local::new("x"))
        .name("first")
        .location(Location::lines(0, 1, 1));
    let second = Vertex::new(Local::new("x")).name("second").ignore_cache();
    let first = graph.add(first);
    assert_eq!(graph.add(second.location(Location::lines(0, 1, 1))), first);
    let third = Vertex::new(Local::new("x")).export_cache(ExportCache::Never);
    assert_eq!(
        graph.add(
            third
                .location(Location::lines(7, 2, 2))
                .cap(Cap::SOURCE_GIT)
        ),
        first
    );

    let definition = graph.define(Some(first.output(0)), &[SourceInfo::default()]);
    let name = graph.digest(first).to_string();
    let metadata = &definition.metadata[&name];
    assert_eq!(metadata.description["llb.customname"], "second");
    assert!(metadata.ignore_cache);
    assert_eq!(
        metadata.export_cache.map(|export| export.value),
        Some(false)
    );
    let caps: Vec<_> = metadata.caps.keys().collect();
    assert_eq!(caps, ["source.git", "source.local"]);
    // The same place is one place; a place in a file that is not given is left out.
    assert_eq!(
        definition.source.unwrap().locations[&name].locations.len(),
        1
    );
}

#[test]
fn a_vertex_without_a_place_is_not_among_the_places() {
    let mut graph = Graph::new();
    let image = graph.add(Image::new("a")).output(0);
    let exec = Vertex::new(Exec::new(Some(image), ["true"]));
    let exec = graph.add(exec.location(Location::lines(0, 1, 1)));
    let definition = graph.define(Some(exec.output(0)), &[SourceInfo::default()]);
    let places = definition.source.expect("files and places").locations;
    let places: Vec<&String> = places.keys().collect();
    assert_eq!(places, [&graph.digest(exec).to_string()]);
}

#[test]
fn a_mount_is_found_by_its_path() {
    let mut graph = Graph::new();
    let root = graph.add(Image::new("a")).output(0);
    let other = graph.add(Image::new("b")).output(0);
    let exec = Exec::new(Some(root), ["true"])
        .mount(Mount::bind("/z", None))
        .mount(Mount::bind("/ro", Some(other)).read_only())
        .mount(Mount::bind("/forgotten", Some(other)).discard_writes())
        .mount(Mount::tmpfs("/tmp"));
    let exec = graph.add(exec);
    assert_eq!(graph.mount(exec, "/"), Some(exec.output(0)));
    assert_eq!(graph.mount(exec, "/z"), Some(exec.output(1)));
    assert_eq!(graph.mount(exec, "/ro"), Some(other));
    for path in ["/forgotten", "/tmp", "/nowhere"] {
        assert_eq!(graph.mount(exec, path), None, "{path}");
    }
}

/// An entry without a value is a null pointer to the daemon, which dies of it.
#[test]
fn no_map_of_a_definition_has_an_entry_without_a_value() {
    let mut graph = Graph::new();
    let local = graph.add(Local::new("context")).output(0);
    let passed = graph
        .add(buildkit_llb::Passthrough::new("x").output(local))
        .output(0);
    let definition = graph.define(Some(passed), &[]);
    let empty = buildkit_llb::pb::OpMetadata::default();
    assert_eq!(definition.metadata.len(), 3);
    assert!(definition.metadata.values().all(|it| *it != empty));
    let source = definition.source.unwrap();
    assert!(source.locations.values().all(|it| !it.locations.is_empty()));
}
