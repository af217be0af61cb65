//! The flags of `RUN`.

use super::random::Random;
use super::stage::Place;
use super::word;

/// Returns flags of a `RUN`.
pub(super) fn flags(random: &mut Random, place: &Place) -> Vec<String> {
    let mut flags = Vec::new();
    if random.one_in(8) {
        let network = random.or(&["default", "none", "host"], &["lan", "$A", ""]);
        flags.push(format!("--network={network}"));
    }
    if random.one_in(12) {
        let security = random.or(&["sandbox", "insecure"], &["$A", "other"]);
        flags.push(format!("--security={security}"));
    }
    if random.one_in(3) {
        let n = 1 + random.below(3);
        flags.extend((0..n).map(|_| mount(random, place)));
    }
    flags
}

fn mount(random: &mut Random, place: &Place) -> String {
    let kind = random.of(&["bind", "cache", "tmpfs", "secret", "ssh", "cache", "bind"]);
    let mut fields = Vec::new();
    if kind != "bind" || random.one_in(2) {
        fields.push(match random.below(60) {
            0 => format!("Type={}", kind.to_uppercase()),
            1 => "type=$A".to_owned(),
            2 => "type=other".to_owned(),
            _ => format!("type={kind}"),
        });
    }
    if kind == "secret" || kind == "ssh" {
        if random.below(5) > 0 {
            fields.push(format!("id={}", random.of(&["s", "a/b", "x$A", "default"])));
        }
    } else if random.below(50) > 0 {
        fields.push(target(random, place));
    }
    let n = random.below(3);
    for _ in 0..n {
        fields.push(match random.below(60) {
            0 => any_field(random, place),
            _ => field(random, kind, place),
        });
    }
    let flag = format!("--mount={}", fields.join(","));
    match random.below(90) {
        0 => format!("--mount=\"{}\"", fields.join(",")),
        1 => flag.replace(',', ", "),
        2 => flag.replace(',', ",\"a=b\","),
        _ => flag,
    }
}

fn target(random: &mut Random, place: &Place) -> String {
    let key = random.of(&["target", "dst", "destination", "target", "Target"]);
    match random.below(6) {
        0 => format!("{key}={}", word::word(random, place.escape)),
        1 => format!("{key}=/{}", word::variable(random, place.escape, 1)),
        _ => format!(
            "{key}={}",
            random.or(
                &["/t", "/t/", "t", "./t", "/a/../t", "/root/.cache", "/src"],
                &[".", "/"]
            )
        ),
    }
}

fn field(random: &mut Random, kind: &str, place: &Place) -> String {
    let (usual, odd): (&[&str], &[&str]) = match kind {
        "bind" => (
            &[
                "ro",
                "rw",
                "readonly",
                "readwrite",
                "rw=true",
                "ro=false",
                "source=a",
                "source=/",
                "source=./a/b",
                "src=$A",
                "from",
            ],
            &[
                "sharing=shared",
                "size=1",
                "mode=1",
                "uid=1",
                "id=x",
                "required",
            ],
        ),
        "cache" => (
            &[
                "id=c",
                "id=$A",
                "id=",
                "sharing=shared",
                "sharing=private",
                "sharing=locked",
                "sharing=LOCKED",
                "mode=0700",
                "mode=755",
                "uid=1",
                "gid=1",
                "ro",
                "rw",
                "readonly=false",
                "source=a",
                "source=/",
                "from",
            ],
            &[
                "sharing=$A",
                "mode=$A",
                "uid=$UID",
                "sharing=all",
                "size=1",
                "env=A",
                "mode=8",
            ],
        ),
        "tmpfs" => (
            &[
                "size=1m",
                "size=100",
                "size=1.5g",
                "size=0",
                "ro",
                "rw",
                "readonly=true",
            ],
            &[
                "size=-1", "size=$A", "size=1 k", "from", "source=a", "uid=1", "id=x",
            ],
        ),
        "secret" => (
            &[
                "target=/s",
                "dst=s",
                "env=S",
                "env=",
                "env=$A",
                "required",
                "required=true",
                "required=0",
                "mode=0400",
                "uid=1",
                "gid=2",
            ],
            &[
                "required=$A",
                "source=x",
                "src=x",
                "from",
                "sharing=locked",
                "ro",
            ],
        ),
        _ => (
            &[
                "target=/s",
                "required",
                "required=false",
                "mode=0600",
                "uid=1",
                "gid=2",
                "ro",
            ],
            &["mode=9", "uid=-1", "from", "source=x", "env=A"],
        ),
    };
    match random.or(usual, odd) {
        "from" => format!("from={}", place.input(random)),
        field => field.to_owned(),
    }
}

fn any_field(random: &mut Random, place: &Place) -> String {
    let key = random.of(&[
        "type", "from", "source", "target", "readonly", "ro", "rw", "id", "sharing", "required",
        "size", "mode", "uid", "gid", "env", "tagret", "",
    ]);
    match random.below(4) {
        0 => key.to_owned(),
        1 => format!("{key}={}", word::variable(random, place.escape, 1)),
        _ => format!(
            "{key}={}",
            random.of(&["1", "true", "a", "/a", "", "0", "T"])
        ),
    }
}
