//! Every unit with its good and bad texts; the values are those of the upstream readers.

use super::*;

#[track_caller]
fn check<T: fmt::Debug>(parse: fn(&str) -> Result<T, Malformed>, table: &[(&str, &str)]) {
    let read = |text: &str| match parse(text) {
        Ok(value) => format!("{value:?}"),
        Err(malformed) => malformed.message,
    };
    let actual: Vec<String> = table.iter().map(|(text, _)| read(text)).collect();
    let expected: Vec<&str> = table.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(actual, expected);
}

#[test]
fn durations_are_those_of_go() {
    check(
        parse_duration,
        &[
            ("30s", "30000000000"),
            ("1m30s", "90000000000"),
            ("1.5h", "5400000000000"),
            (".5s", "500000000"),
            ("-1s", "-1000000000"),
            ("3us", "3000"),
            ("3\u{b5}s", "3000"),
            ("0", "0"),
            ("30", "`30` has no unit"),
            ("", "`` is not a duration"),
            ("s", "`s` is not a duration"),
            (".s", "`.s` is not a duration"),
            ("1.2.3s", "`1.2.3s` is not a duration"),
            ("1d", "`1d` is not a duration"),
            ("+-1s", "`+-1s` is not a duration"),
            ("9223372036s", "9223372036000000000"),
            ("9223372037s", "`9223372037s` is too long"),
            (
                "99999999999999999999999h",
                "`99999999999999999999999h` is too long",
            ),
        ],
    );
}

#[test]
fn an_interval_is_zero_or_a_millisecond() {
    check(
        parse_interval,
        &[
            ("0s", "0"),
            ("1ms", "1000000"),
            ("999us", "`999us` is shorter than a millisecond"),
            ("-1s", "`-1s` is shorter than a millisecond"),
        ],
    );
}

#[test]
fn sizes_are_powers_of_1024() {
    check(
        parse_bytes,
        &[
            ("64", "64"),
            ("64b", "64"),
            ("64k", "65536"),
            ("64kb", "65536"),
            ("64KiB", "65536"),
            ("1.5g", "1610612736"),
            ("1 m", "1048576"),
            ("2t", "2199023255552"),
            ("1ib", "`1ib` is not a size"),
            ("1kbb", "`1kbb` is not a size"),
            ("-1", "`-1` is not a size"),
            ("m", "`m` is not a size"),
            ("", "`` is not a size"),
            (".5m", "`.5m` is not a size"),
            ("1e3", "`1e3` is not a size"),
            ("8192p", "`8192p` is not a size"),
            ("1\u{20ac}", "`1\u{20ac}` is not a size"),
        ],
    );
}

#[test]
fn a_mode_is_octal_or_symbolic() {
    check(
        parse_mode,
        &[
            ("0644", "Octal(420)"),
            ("7777", "Octal(4095)"),
            ("u=rwX,go=rX", "Symbolic(\"u=rwX,go=rX\")"),
            ("+x", "Symbolic(\"+x\")"),
            ("g-w+s", "Symbolic(\"g-w+s\")"),
            ("10000", "`10000` is not an octal mode"),
            ("0888", "`0888` is not an octal mode"),
            ("", "`` is not an octal mode"),
            ("u", "`u` is not a mode"),
            ("u=rw,", "`u=rw,` is not a mode"),
            ("rw-r--r--", "`rw-r--r--` is not a mode"),
        ],
    );
}

#[test]
fn a_user_may_have_a_group() {
    check(
        parse_user,
        &[
            ("node", "Owner { user: Name(\"node\"), group: None }"),
            ("root:0", "Owner { user: Id(0), group: Some(Id(0)) }"),
            (
                "1000:app",
                "Owner { user: Id(1000), group: Some(Name(\"app\")) }",
            ),
            ("", "`` is not a user"),
            ("a:", "`a:` is not a user"),
            ("a:b:c", "`a:b:c` is not a user"),
            ("a b", "`a b` is not a user"),
        ],
    );
}

#[test]
fn an_id_is_32_bits() {
    check(
        parse_id,
        &[
            ("1000", "1000"),
            ("+1", "`+1` is not a numeric id"),
            ("4294967296", "`4294967296` is not a numeric id"),
        ],
    );
}

#[test]
fn ports_expand_to_their_range() {
    check(
        parse_port,
        &[
            ("80", "[\"80/tcp\"]"),
            ("53/UDP", "[\"53/udp\"]"),
            ("8000-8002", "[\"8000/tcp\", \"8001/tcp\", \"8002/tcp\"]"),
            ("8080:80", "[\"80/tcp\"]"),
            ("127.0.0.1:8080:80", "[\"80/tcp\"]"),
            ("[::1]:8080:80", "[\"80/tcp\"]"),
            ("80/", "[\"80/tcp\"]"),
            (
                "80/http",
                "`80/http` has a protocol other than tcp, udp and sctp",
            ),
            ("65536", "`65536` is not a port"),
            ("9-8", "`9-8` is not a port"),
            ("", "`` is not a port"),
            ("http", "`http` is not a port"),
            ("x:1:80", "`x:1:80` has a bad host part"),
            ("1-2:80-82", "`1-2:80-82` has a bad host part"),
        ],
    );
}

#[test]
fn signals_have_names_and_numbers() {
    check(
        parse_signal,
        &[
            ("SIGTERM", "15"),
            ("term", "15"),
            ("9", "9"),
            ("SIGRTMIN+3", "37"),
            ("RTMAX-14", "50"),
            ("0", "`0` is not a signal"),
            ("", "`` is not a signal"),
            ("RTMIN+16", "`RTMIN+16` is not a signal"),
            ("SIGFOO", "`SIGFOO` is not a signal"),
        ],
    );
}

#[test]
fn limits_are_numbers_or_minus_one() {
    check(
        parse_limit,
        &[
            ("1024", "1024"),
            ("-1", "-1"),
            ("-2", "`-2` is not a limit"),
            ("lots", "`lots` is not a limit"),
        ],
    );
    let message = |soft, hard| check_limits(soft, hard).map_err(|malformed| malformed.message);
    assert_eq!(message(1, 2), Ok(()));
    assert_eq!(message(1, -1), Ok(()));
    assert_eq!(
        message(-1, 5),
        Err("the soft limit -1 is above the hard limit 5".to_owned())
    );
}

#[test]
fn a_platform_has_two_halves() {
    check(
        |text| parse_platform(text).map(|platform| platform.format()),
        &[
            ("linux/arm64", "\"linux/arm64\""),
            ("linux/x86_64", "\"linux/amd64\""),
            ("arm64", "`arm64` is only half a platform"),
            ("linux", "`linux` is only half a platform"),
            ("", "`` is not an operating system"),
        ],
    );
}

#[test]
fn addresses_and_cpus_are_checked() {
    check(
        parse_ip,
        &[("::1", "::1"), ("host", "`host` is not an IP address")],
    );
    check(
        check_cpuset,
        &[("0-2,7", "()"), ("0-", "`0-` is not a list of CPUs")],
    );
}
