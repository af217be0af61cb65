//! Options in, request or mistakes out.

use buildkit_llb::Platform;

use super::MainContext;
use super::{Options, Request, read, unknown_cap};
use crate::diagnostic::{Diagnostics, oneline};
use crate::text::Files;

fn request(options: &[&str]) -> (Request, String) {
    let split = |option: &&str| {
        let (key, value) = option.split_once('=').expect("an option is key=value");
        (key.to_owned(), value.to_owned())
    };
    let options: Options = options.iter().map(split).collect();
    let mut diags = Diagnostics::new();
    let build = Platform::new("linux", "amd64");
    let request = read(&options, &build, &mut diags);
    let files = Files::new();
    let lines: Vec<String> = diags.iter().map(|d| oneline(d, &files)).collect();
    (request, lines.join("\n"))
}

#[track_caller]
fn check<T: std::fmt::Debug>(options: &[&str], part: fn(Request) -> T, expected: &str) {
    let (request, mistakes) = request(options);
    assert_eq!(mistakes, "");
    assert_eq!(format!("{:?}", part(request)), expected);
}

#[track_caller]
fn check_mistakes(options: &[&str], expected: &str) {
    assert_eq!(request(options).1, expected);
}

#[test]
fn without_options_everything_has_its_default() {
    assert_eq!(request(&[]), (Request::default(), String::new()));
}

#[test]
fn unknown_options_are_ignored() {
    let (request, mistakes) = request(&["vcs:source=x", "attest:provenance=mode=min", "new=1"]);
    assert_eq!((request, mistakes), (Request::default(), String::new()));
}

#[test]
fn the_build_file_and_its_directory() {
    check(
        &["filename=build.yaml", "dockerfilekey=other"],
        |request| (request.file.name, request.file.local),
        r#"("build.yaml", "other")"#,
    );
}

#[test]
fn platforms_are_normalised_and_come_once() {
    check(
        &["platform=linux/arm64/v8,linux/aarch64,linux/arm"],
        |request| {
            let names = request.platforms.iter().map(Platform::format);
            (names.collect::<Vec<_>>(), request.shape)
        },
        r#"(["linux/arm64", "linux/arm/v7"], ByPlatform)"#,
    );
}

#[test]
fn one_platform_is_one_image_unless_asked_otherwise() {
    check(&["platform=linux/arm64"], |r| r.shape, "Single");
    check(&["multi-platform=true"], |r| r.shape, "ByPlatform");
    check(
        &[
            "multi-platform=1",
            "build-arg:BUILDKIT_MULTI_PLATFORM=false",
        ],
        |r| r.shape,
        "Single",
    );
}

#[test]
fn no_cache_names_stages_or_covers_all() {
    check(&["no-cache="], |r| r.no_cache.covers("x"), "true");
    check(
        &["no-cache=Deps,build"],
        |r| (r.no_cache.covers("deps"), r.no_cache.covers("x")),
        "(true, false)",
    );
}

#[test]
fn cache_imports_come_as_json_and_as_names() {
    check(
        &[
            r#"cache-imports=[{"Type":"registry","Attrs":{"ref":"a/b"}},{"Type":"gha"}]"#,
            "cache-from=c,d",
        ],
        |r| {
            let show = |import: &super::CacheImport| {
                format!(
                    "{}:{}",
                    import.kind,
                    import.attrs.get("ref").map_or("", |r| r)
                )
            };
            r.cache_imports
                .iter()
                .map(show)
                .collect::<Vec<_>>()
                .join(" ")
        },
        r#""registry:a/b gha: registry:c registry:d""#,
    );
}

#[test]
fn hosts_and_limits_are_lists() {
    check(
        &[
            "add-hosts=DB=10.0.0.5,\"v6=::1\"",
            "ulimit=nofile=1024:2048,core=-1",
        ],
        |r| {
            let hosts = r
                .exec
                .extra_hosts
                .iter()
                .map(|(host, ip)| format!("{host}={ip}"));
            let limits = r.exec.ulimits.iter();
            let limits = limits.map(|u| format!("{}={}:{}", u.name, u.soft, u.hard));
            hosts.chain(limits).collect::<Vec<_>>().join(" ")
        },
        r#""db=10.0.0.5 v6=::1 nofile=1024:2048 core=-1:-1""#,
    );
}

#[test]
fn a_proxy_in_lower_case_wins() {
    check(
        &[
            "build-arg:HTTP_PROXY=a",
            "build-arg:http_proxy=b",
            "build-arg:NO_PROXY=c",
        ],
        |r| {
            r.exec
                .proxy
                .map_or_else(Default::default, |it| (it.http, it.none))
        },
        r#"("b", "c")"#,
    );
}

#[test]
fn an_epoch_is_a_number_or_found_out_later() {
    check(&["build-arg:SOURCE_DATE_EPOCH="], |r| r.epoch, "None");
    check(&["build-arg:SOURCE_DATE_EPOCH=app"], |r| r.epoch, "None");
    check(&["build-arg:SOURCE_DATE_EPOCH=7"], |r| r.epoch, "Some(7)");
}

#[test]
fn every_bad_value_is_reported() {
    check_mistakes(
        &[
            "platform=linux/a/b/c,toaster",
            "multi-platform=maybe",
            "ulimit=nofile=9:1,x=1,nofile",
            "add-hosts=db,web=nowhere",
            "shm-size=big",
            "force-network-mode=bridge",
            "image-resolve-mode=never",
            "cache-imports=[",
            "memory=0",
            "memswap=-2",
            "cpusetcpus=a",
        ],
        "\
--platform: `linux/a/b/c` is no platform: platform `linux/a/b/c` has more parts than `os/architecture/variant` (write `os/arch`, such as `linux/arm64`)
--platform: `toaster` is no platform: `toaster` is neither an operating system nor an architecture (write `os/arch`, such as `linux/arm64`)
multi-platform: `maybe` is neither true nor false
image-resolve-mode: `never` is no mode (the modes are `default`, `pull` and `local`)
--cache-from: not a list of caches in JSON: EOF while parsing a list at line 1 column 1
--add-host: `db` has no address (write `host=address`, such as `db=10.0.0.5`)
--add-host: `nowhere` is not an IP address (write an address such as 10.0.0.5 or ::1)
--ulimit: the soft limit 9 is above the hard limit 1 (lower the soft limit or raise the hard one; -1 is no limit)
--ulimit: there is no limit `x` (write `name=soft:hard`, such as `nofile=1024:2048`)
--ulimit: `nofile` has no limit (write `name=soft:hard`, such as `nofile=1024:2048`)
--shm-size: `big` is no number of bytes
--network: there is no network `bridge` (the networks are `default`, `none` and `host`)
--resource memory: `0` is no number above 0
--resource memory-swap: `-2` is no number above 0 (-1 is no limit)
--resource cpuset-cpus: `a` is not a list of CPUs (write numbers and ranges with commas, such as 0-2,7)",
    );
}

#[test]
fn several_platforms_are_not_one_image() {
    for option in [
        "multi-platform=false",
        "build-arg:BUILDKIT_MULTI_PLATFORM=0",
    ] {
        let (_, mistakes) = request(&["platform=linux/amd64,linux/arm64", option]);
        let flag = option.split('=').next().unwrap_or_default();
        let flag = flag.replace("build-arg:", "--build-arg ");
        let expected = format!(
            "{flag}: several platforms cannot be one image \
             (ask for one platform, or leave this option out)"
        );
        assert_eq!(mistakes, expected);
    }
}

#[test]
fn a_context_is_a_directory_a_repository_or_an_address() {
    let context = |r: Request| match r.context.source {
        MainContext::Local => "local".to_owned(),
        MainContext::Git(url, _) => format!("git {}#{}", url.remote, url.git_ref),
        MainContext::Http(url) => url,
    };
    check(&[], context, "\"local\"");
    check(&["context=some/dir"], context, "\"local\"");
    check(
        &["context=https://example.com/r.git?tag=v1"],
        context,
        "\"git https://example.com/r.git#refs/tags/v1\"",
    );
    check(
        &["context=github.com/a/b"],
        context,
        "\"git github.com/a/b#\"",
    );
    check(
        &["contextkey=other", "other=http://buildkit-session/x"],
        context,
        "\"http://buildkit-session/x\"",
    );
}

#[test]
fn what_builds_a_repository_may_say_how() {
    let context = |r: Request| {
        let keeps = match r.context.source {
            MainContext::Git(url, _) => url.keep_git_dir,
            _ => None,
        };
        (keeps, r.context.subdir, r.context.has_commit_times)
    };
    check(
        &["context=git://h/r", "contextsubdir=sub"],
        context,
        "(None, Some(\"sub\"), false)",
    );
    check(
        &[
            "context=git://h/r?keep-git-dir=false",
            "build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR=1",
            "build-arg:SOURCE_DATE_EPOCH=7",
        ],
        context,
        "(Some(true), None, true)",
    );
}

#[test]
fn an_address_that_says_two_things_is_refused() {
    check_mistakes(
        &["context=https://h/r.git?ref=a&branch=b"],
        "the build context: `https://h/r.git?ref=a&branch=b`: ref conflicts: `a` and `refs/heads/b`",
    );
}

#[test]
fn removed_options_are_refused() {
    check_mistakes(
        &[
            "override-copy-image=x",
            "build-arg:BUILDKIT_DISABLE_FILEOP=1",
        ],
        "\
override-copy-image: BuildKit 0.11 removed this option
--build-arg BUILDKIT_DISABLE_FILEOP: BuildKit 0.11 removed this option",
    );
}

#[test]
fn only_unknown_caps_are_refused() {
    let caps = |value: &str| {
        let options = Options::from([("frontend.caps".to_owned(), value.to_owned())]);
        unknown_cap(&options).map(str::to_owned)
    };
    assert_eq!(caps("moby.buildkit.frontend.contexts+forward"), None);
    assert_eq!(
        caps("moby.buildkit.frontend.inputs,some.cap+forward").as_deref(),
        Some("some.cap")
    );
}

#[test]
fn an_sbom_has_a_scanner_and_what_it_is_told() {
    let show = |request: Request| {
        let sbom = request.sbom.expect("an SBOM");
        (sbom.scanner, sbom.parameters)
    };
    check(
        &["attest:sbom="],
        show,
        r#"("docker.io/docker/buildkit-syft-scanner:stable-1", {})"#,
    );
    check(
        &[r#"attest:sbom=generator=r.example/scan,type=sbom,"a=b,c",x"#],
        show,
        r#"("r.example/scan:latest", {"a": "b,c", "type": "sbom", "x": ""})"#,
    );
    check(
        &["build-arg:BUILDKIT_ATTEST_SBOM=generator=scan:2"],
        show,
        r#"("docker.io/library/scan:2", {})"#,
    );
    check_mistakes(
        &["attest:sbom=generator="],
        "--sbom: the generator ``: there is no name \
         (name an image that scans, such as `--sbom=generator=example.com/scanner:1`)",
    );
    check_mistakes(
        &["attest:sbom=a\"b"],
        "--sbom: `a\"b`: a quote stands inside a value that is not quoted",
    );
}
