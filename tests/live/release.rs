//! The frontend image as `docs/release.md` says it is published, but for the compiler: a stand-in
//! writes a line in place of a program. `cargo xtask release --twice` is the same with the real one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use windlass_tests::{EmptyBuilder, Live, OciLayout};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PAGE: &str = include_str!("../../docs/release.md");

/// Copies the files of the checkout that belong to it, as of now.
fn checkout(to: &Path) -> PathBuf {
    std::fs::create_dir_all(to).expect("a directory");
    let list = to.with_extension("list");
    let git = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others"])
        .args(["--exclude-standard", "--deduplicate"])
        .current_dir(ROOT)
        .stdout(File::create(&list).expect("a file"))
        .status();
    assert!(git.expect("git runs").success());
    let mut pack = Command::new("tar");
    pack.args(["--null", "--ignore-failed-read", "-cf", "-", "-T"]);
    let mut pack = pack
        .arg(&list)
        .current_dir(ROOT)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("tar runs");
    let packed = pack.stdout.take().expect("a pipe");
    // `-m`: the times are those of now.
    let unpack = Command::new("tar")
        .args(["-xmf", "-", "-C"])
        .arg(to)
        .stdin(packed)
        .status();
    assert!(unpack.expect("tar runs").success());
    assert!(pack.wait().expect("tar ends").success());
    to.to_path_buf()
}

/// The page's flags and attributes of the output.
fn flags() -> (Vec<String>, String) {
    let start = "docker buildx build -f Dockerfile.frontend --platform";
    let (_, rest) = PAGE.split_once(start).expect("a command");
    let (command, _) = rest.split_once("\n```").expect("its end");
    let command = format!("--platform{command}")
        .replace("\\\n", " ")
        .replace("$(git log -1 --format=%ct)", "1700000000")
        .replace("$(git log -1 --format=%H)", "abc");
    let (flags, output) = command.split_once("--output ").expect("an output");
    let attributes = output.split_once("push=true,").expect("attributes").1;
    let attributes = attributes.trim_end_matches(" .").to_owned();
    let flags = flags.split_whitespace().map(str::to_owned).collect();
    (flags, attributes)
}

fn built(on: &EmptyBuilder<'_>, sources: &Path) -> OciLayout {
    let (flags, attributes) = flags();
    let file = sources.join("Dockerfile.frontend").display().to_string();
    let out = on
        .build()
        .context(&sources.display().to_string())
        .named_file(&file)
        .args(flags)
        .oci(&attributes)
        .run();
    out.success().layout()
}

#[test]
fn two_checkouts_on_two_empty_builders_give_the_same_images() {
    let live = Live::without_frontend("release");
    live.image("slim-tools");
    live.image("sbom-scanner");
    let one = built(&live.empty_builder(), &checkout(&live.dir().join("one")));
    let other = checkout(&live.dir().join("a/b/other"));
    let other = built(&live.empty_builder(), &other);
    for platform in ["linux/amd64", "linux/arm64"] {
        let image = one.platform(platform);
        assert_eq!(image.digest, other.platform(platform).digest, "{platform}");
        assert_eq!(image.layers().len(), 1);
        assert_eq!(image.config["created"], "2023-11-14T22:13:20Z");
        let labels = image.setting("Labels");
        assert_eq!(labels["org.opencontainers.image.revision"], "abc");
        assert_eq!(labels["moby.buildkit.frontend.network.none"], "true");
    }
    is_attested(&one);
}

/// Of both platforms there is an SBOM of the image, one with the crates, and provenance.
fn is_attested(layout: &OciLayout) {
    let of = |kind: &str| {
        let kind = kind.to_owned();
        let all = layout.attestations.iter();
        all.filter(move |it| it["predicateType"].to_string().contains(&kind))
    };
    assert_eq!(of("slsa.dev/provenance").count(), 2);
    assert_eq!(of("spdx.dev/Document").count(), 4);
    let crates = of("spdx.dev/Document").filter(|it| {
        let packages = it["predicate"]["packages"].as_array().into_iter().flatten();
        packages.into_iter().any(|it| it["name"] == "tonic")
    });
    assert_eq!(crates.count(), 2);
}
