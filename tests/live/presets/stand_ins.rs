//! The other presets, whose tools are not here: where they mount, and for whom. A line of shell
//! stands for nuget, maven, gradle, composer, bundler, apk and dnf: it writes where the tool would
//! and shows that another step finds it. How they are shared is in `cases/ok/presets.llb`.

use windlass_tests::{Live, SYNTAX};

/// Preset, the variables of its official image, and where its tool then keeps what it downloads.
const TOOLS: &[(&str, &str, &str)] = &[
    ("nuget", "", "$HOME/.nuget/packages"),
    ("nuget", "NUGET_PACKAGES: /packages", "/packages"),
    ("maven", "MAVEN_CONFIG: /root/.m2", "$HOME/.m2/repository"),
    ("gradle", "", "$HOME/.gradle"),
    ("gradle", "GRADLE_USER_HOME: /gradle", "/gradle"),
    ("composer", "", "$HOME/.composer/cache"),
    ("composer", "COMPOSER_HOME: /composer", "/composer/cache"),
    (
        "bundler",
        "GEM_HOME: /usr/local/bundle",
        "$HOME/.bundle/cache",
    ),
    ("apk", "", "/etc/apk/cache"),
    ("dnf", "", "/var/cache/dnf"),
    ("dnf", "", "/var/cache/libdnf5"),
];

#[test]
fn stand_ins_for_nuget_maven_gradle_composer_bundler_apk_and_dnf_keep_what_they_write() {
    let live = Live::new("preset-stand-ins");
    let mut text = format!("{SYNTAX}stages:\n");
    let users = [
        ("root", "alpine", "/root", "0:0"),
        ("app", "root", "/home/app", "1000:1000"),
    ];
    for (user, base, home, owner) in users {
        text += &format!(
            "  {user}:\n    from: {base}\n    user: {user}\n    env: {{HOME: {home}}}\n    steps:\n"
        );
        for (preset, env, path) in TOOLS {
            text += &format!(
                "      - run: test $(stat -c %u:%g:%a {path}) = {owner}:755 && echo kept > {path}/{preset}
        cache: {preset}
        env: {{{env}}}
      - run: grep kept {path}/{preset}
        cache: {preset}
        env: {{{env}}}
"
            );
        }
    }
    let namespace = live.dir().file_name().expect("a name").display();
    let out = live
        .build()
        .file("build.yaml", text)
        .arg(format!("--build-arg=BUILDKIT_CACHE_MOUNT_NS={namespace}"))
        .run();
    let files = out.rootfs();
    assert_eq!(files.containing("kept"), [""; 0], "only in the caches");
    assert_eq!(files.paths("/home/app"), [""; 0], "no stub of a mount");
}

#[test]
fn what_is_missing_above_a_cache_is_root_s_unless_it_is_made_before() {
    let live = Live::new("preset-parents");
    let text = "stages:
  app:
    from: alpine
    user: app
    env: {HOME: /home/app}
    steps:
      - run: if mkdir ~/.m2/wrapper; then exit 1; fi
        cache: maven
      - mkdir: /home/app/.m2
        chown: app:app
      - run: mkdir ~/.m2/wrapper
        cache: maven
";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{text}"))
        .run();
    assert_eq!(
        out.rootfs().listing("/home/app/.m2"),
        "755 1000:1000 wrapper/"
    );
}
