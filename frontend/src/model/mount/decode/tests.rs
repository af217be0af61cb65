//! Mounts in every form, and what is wrong with some.

use crate::model::tests::{check_exec, check_keys};

#[test]
fn a_cache_is_a_name_or_a_map() {
    check_exec(
        "cache: [npm, /c, {path: /p, id: i, sharing: locked, from: s, source: /o, chmod: '0700', \
         uid: 1, gid: 2}]",
        "caches: [Name(\"npm\"), Name(\"/c\"), Mount(CacheMount { path: \"/p\", id: \"i\", \
         sharing: Locked, from: Any \"s\", source: \"/o\", chmod: \"0700\", uid: \"1\", gid: \"2\" })]",
    );
    check_exec(
        "cache: {id: a}",
        "2:9: a cache needs `path` (add `path: /root/.cache`)",
    );
}

#[test]
fn a_secret_is_a_name_or_a_map() {
    check_exec(
        "secrets: [a, {id: b, target: /c, env: D, required: false, chmod: '0440', uid: 1, gid: 2}]",
        "secrets: [Name(\"a\"), Mount(SecretMount { id: \"b\", target: \"/c\", env: \"D\", \
         required: false, chmod: \"0440\", uid: \"1\", gid: \"2\" })]",
    );
    check_exec(
        "secrets: {env: A}",
        "2:11: a secret needs `id` (add `id: npm_token`)",
    );
    check_exec(
        "secrets: id=a,target=/b",
        "2:10: `id=a,target=/b` is a list of options, not an id (write a map, such as \
         `{id: token, target: /root/.token}`)",
    );
}

#[test]
fn an_agent_is_true_an_id_or_a_map() {
    check_exec("ssh: true", "ssh: [Default(here)]");
    check_exec(
        "ssh: [a, {target: /b, required: false}]",
        "ssh: [Name(\"a\"), Mount(SshMount { target: \"/b\", required: false })]",
    );
    check_exec(
        "ssh: false",
        "2:6: `ssh` cannot be `false` (remove the key: without it a step has no agent)",
    );
}

#[test]
fn other_mounts_say_what_they_are() {
    check_exec(
        "mounts: [{bind: a, from: b, target: /c, writable: true}, {tmpfs: /d, size: 1g}]",
        "binds: [Bind { source: \"a\", from: Any \"b\", target: \"/c\", writable: true }], \
         tmpfs: [Tmpfs { target: \"/d\", size: \"1g\" }]",
    );
    check_exec(
        "mounts: [{source: a}]",
        "2:11: a mount needs `bind` or `tmpfs` (write `{bind: source, target: path}` or \
         `{tmpfs: path}`)",
    );
    check_exec(
        "mounts: [{bind: a}]",
        "2:11: a bind mount needs `target` (add `target: /src`)",
    );
    check_exec(
        "mounts: {bind: a}",
        "2:9: `mounts` wants a list, not a map (write `mounts: [{bind: ., target: /src}]`)",
    );
}

#[test]
fn nothing_is_mounted_over_the_root() {
    check_exec(
        "cache: /\nmounts: [{tmpfs: //}]",
        "2:8: nothing can be mounted at `/` (write a directory such as /root/.cache)\n\
         3:18: nothing can be mounted at `//` (write a directory such as /root/.cache)",
    );
}

#[test]
fn the_top_level_names_caches_secrets_and_agents() {
    check_keys(
        "caches: {a: /b, c: {path: /d}}",
        "caches: [NamedCache { name: \"a\", mount: CacheMount { path: \"/b\" } }, \
         NamedCache { name: \"c\", mount: CacheMount { path: \"/d\" } }]",
    );
    check_keys(
        "secrets: {a: , b: {id: c, env: D, description: e}}",
        "secrets: [NamedSecret { name: \"a\", mount: SecretMount }, \
         NamedSecret { name: \"b\", mount: SecretMount { id: \"c\", env: \"D\" }, \
         description: \"e\" }]",
    );
    check_keys(
        "ssh: {a: , b: {required: false}}",
        "ssh: [NamedSsh { name: \"a\" }, NamedSsh { name: \"b\", required: false }]",
    );
}

#[test]
fn a_list_of_names_is_shown_as_a_map() {
    check_keys(
        "secrets: [a]",
        "1:10: `secrets` wants a map, not a list (write `secrets: {a: {}}`)",
    );
    check_keys(
        "caches: {a/b: /c}",
        "1:10: `a/b` cannot be the name of a cache (use letters, digits, `_`, `.` and `-`)",
    );
}
