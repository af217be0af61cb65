//! Words that mean a quantity: durations, sizes, modes, owners, ports, signals, limits.
//!
//! In: the text of a value. Out: what it means, or [`Malformed`]: what is wrong with it and what
//! to type. `model` checks literal text with these functions and `lower` the evaluated text, so
//! both say the same. Nothing here knows where the text came from.

mod number;
mod quote;

use std::fmt;
use std::net::IpAddr;

use buildkit_llb::{ARCHITECTURES, OPERATING_SYSTEMS, Platform};

use crate::diagnostic::suggest::nearest;

pub(crate) use quote::quote;

pub use number::{parse_bytes, parse_duration, parse_integer, parse_interval};

/// Reads a boolean as Go's `strconv.ParseBool` does.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Why a text does not mean what its key wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong: one line, lower case, the user's word in backticks.
    pub message: String,
    /// What to type.
    pub help: &'static str,
}

impl Malformed {
    /// Returns the two sentences together.
    pub fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self {
            message: message.into(),
            help,
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.help)
    }
}

impl std::error::Error for Malformed {}

/// A file mode as `chmod` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// At most `0o7777`.
    Octal(u32),
    /// `u=rwX,go=rX`: applied to each file's own mode.
    Symbolic(String),
}

const OCTAL_HELP: &str = "write an octal number up to 7777 in quotes, such as \"0644\"";

/// Reads an octal mode of at most `07777`: what mounts and `mkdir` take.
///
/// # Errors
///
/// The text is no octal number, or a larger one.
pub fn parse_octal(text: &str) -> Result<u32, Malformed> {
    let is_octal = !text.is_empty() && text.bytes().all(|b| matches!(b, b'0'..=b'7'));
    let mode = u32::from_str_radix(text, 8).ok();
    match mode.filter(|mode| is_octal && *mode <= 0o7777) {
        Some(mode) => Ok(mode),
        None => Err(Malformed::new(
            format!("`{text}` is not an octal mode"),
            OCTAL_HELP,
        )),
    }
}

/// Reads an octal or symbolic mode: what `copy`, `add` and `file` take.
///
/// Symbolic modes follow chmod(1): clauses `[ugoa…][+-=][rwxXstugo…]…`, separated by commas.
///
/// # Errors
///
/// The text is neither.
pub fn parse_mode(text: &str) -> Result<Mode, Malformed> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    if is_number || text.is_empty() {
        return parse_octal(text).map(Mode::Octal);
    }
    if text.split(',').all(is_mode_clause) {
        return Ok(Mode::Symbolic(text.to_owned()));
    }
    Err(Malformed::new(
        format!("`{text}` is not a mode"),
        "write an octal mode such as \"0644\" or a symbolic one such as u=rwX,go=rX",
    ))
}

fn is_mode_clause(clause: &str) -> bool {
    let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    actions.starts_with(['+', '-', '=']) && actions.chars().all(|c| "+-=rwxXstugo".contains(c))
}

/// One half of `user:group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A number; `root` is 0.
    Id(u32),
    /// A name, looked up in the image.
    Name(String),
}

/// Who a step runs as, or who owns a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: Principal,
    /// The group; without one, the user's.
    pub group: Option<Principal>,
}

/// Reads `user` or `user:group`; both are names or numbers.
///
/// # Errors
///
/// A half is empty, there are more than two, or one holds a space.
pub fn parse_user(text: &str) -> Result<Owner, Malformed> {
    let bad = || {
        Malformed::new(
            format!("`{text}` is not a user"),
            "write a name or number, or two with a colon, such as node or 1000:1000",
        )
    };
    let parts: Vec<&str> = text.split(':').collect();
    let is_bad_part =
        |part: &&str| part.is_empty() || part.chars().any(|c| c.is_whitespace() || c.is_control());
    if parts.len() > 2 || parts.iter().any(is_bad_part) {
        return Err(bad());
    }
    let principal = |part: &str| match part.parse() {
        _ if part == "root" => Principal::Id(0),
        Ok(id) => Principal::Id(id),
        Err(_) => Principal::Name(part.to_owned()),
    };
    Ok(Owner {
        user: principal(parts[0]),
        group: parts.get(1).map(|group| principal(group)),
    })
}

/// Reads a numeric user or group id.
///
/// # Errors
///
/// The text is no decimal number of 32 bits.
pub fn parse_id(text: &str) -> Result<u32, Malformed> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| {
        Malformed::new(
            format!("`{text}` is not a numeric id"),
            "write a number such as 1000",
        )
    })
}

const PORT_HELP: &str =
    "write a port or a range, with its protocol unless it is tcp: 8080, 53/udp, 8000-8010";

/// Reads what EXPOSE takes, `[[ip:]host:]port[-port][/protocol]`, and returns `port/protocol` of
/// every port in the range, ascending. Host parts are checked and dropped
/// (`frontend/dockerfile/dockerfile2llb/convert_expose.go`, v0.32.2).
///
/// # Errors
///
/// A part is no port, range, protocol or address.
pub fn parse_port(text: &str) -> Result<Vec<String>, Malformed> {
    let bad = |what: &str| Malformed::new(format!("`{text}` {what}"), PORT_HELP);
    let (host, spec) = match text.rsplit_once(':') {
        Some((host, spec)) => (Some(host), spec),
        None => (None, text),
    };
    let (range, protocol) = spec.split_once('/').unwrap_or((spec, ""));
    let protocol = match protocol.to_ascii_lowercase() {
        empty if empty.is_empty() => "tcp".to_owned(),
        known if ["tcp", "udp", "sctp"].contains(&known.as_str()) => known,
        _ => return Err(bad("has a protocol other than tcp, udp and sctp")),
    };
    let (start, end) = port_range(range).ok_or_else(|| bad("is not a port"))?;
    if let Some(host) = host {
        check_host_part(host, end - start).ok_or_else(|| bad("has a bad host part"))?;
    }
    Ok((start..=end)
        .map(|port| format!("{port}/{protocol}"))
        .collect())
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| {
        let text = text.strip_prefix('+').unwrap_or(text);
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (number(start)?, number(end)?);
    (start <= end).then_some((start, end))
}

fn check_host_part(host: &str, length: u16) -> Option<()> {
    let (ip, ports) = match host.rsplit_once(':') {
        Some((ip, ports)) => (ip, ports),
        None => ("", host),
    };
    let ip = ip
        .strip_prefix('[')
        .and_then(|ip| ip.strip_suffix(']'))
        .unwrap_or(ip);
    if !ip.is_empty() {
        ip.parse::<IpAddr>().ok()?;
    }
    if !ports.is_empty() {
        let (start, end) = port_range(ports)?;
        (length == 0 || end - start == length).then_some(())?;
    }
    Some(())
}

/// The signals of Linux by name, without `SIG` (`moby/sys/signal`, v0.7.1); real-time signals are
/// `RTMIN+n` and `RTMAX-n` beside them.
pub const SIGNALS: &[(&str, i32)] = &[
    ("ABRT", 6),
    ("ALRM", 14),
    ("BUS", 7),
    ("CHLD", 17),
    ("CLD", 17),
    ("CONT", 18),
    ("FPE", 8),
    ("HUP", 1),
    ("ILL", 4),
    ("INT", 2),
    ("IO", 29),
    ("IOT", 6),
    ("KILL", 9),
    ("PIPE", 13),
    ("POLL", 29),
    ("PROF", 27),
    ("PWR", 30),
    ("QUIT", 3),
    ("SEGV", 11),
    ("STKFLT", 16),
    ("STOP", 19),
    ("SYS", 31),
    ("TERM", 15),
    ("TRAP", 5),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("USR1", 10),
    ("USR2", 12),
    ("VTALRM", 26),
    ("WINCH", 28),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("RTMIN", 34),
    ("RTMAX", 64),
];

/// Reads a signal: a name with or without `SIG`, in any case, or a number.
///
/// # Errors
///
/// The text is no signal.
pub fn parse_signal(text: &str) -> Result<i32, Malformed> {
    let bad = || {
        Malformed::new(
            format!("`{text}` is not a signal"),
            "write a name such as SIGTERM or a number such as 15",
        )
    };
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let number: Option<i32> = text.parse().ok();
        return number.filter(|number| *number > 0).ok_or_else(bad);
    }
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    if let Some((_, number)) = SIGNALS.iter().find(|(known, _)| *known == name) {
        return Ok(*number);
    }
    let steps = |rest: &str, most: i32| {
        let plain = !rest.starts_with('0') && rest.bytes().all(|b| b.is_ascii_digit());
        rest.parse()
            .ok()
            .filter(|n| plain && (1..=most).contains(n))
    };
    let above = name.strip_prefix("RTMIN+").and_then(|rest| steps(rest, 15));
    let below = name.strip_prefix("RTMAX-").and_then(|rest| steps(rest, 14));
    above
        .map(|n| 34 + n)
        .or(below.map(|n| 64 - n))
        .ok_or_else(bad)
}

/// The names that `ulimits` takes (`docker/go-units`, v0.5.0).
pub const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// Reads a soft or hard limit: a number, or -1 for none.
///
/// # Errors
///
/// The text is neither.
pub fn parse_limit(text: &str) -> Result<i64, Malformed> {
    parse_integer(text)
        .ok()
        .filter(|limit| *limit >= -1)
        .ok_or_else(|| {
            let help = match text.contains(':') {
                true => "write the soft and the hard limit as `{soft: 1024, hard: 2048}`",
                false => "write a number such as 1024, or -1 for no limit",
            };
            Malformed::new(format!("`{text}` is not a limit"), help)
        })
}

/// Checks that a soft limit is not above its hard limit.
///
/// # Errors
///
/// It is.
pub fn check_limits(soft: i64, hard: i64) -> Result<(), Malformed> {
    let as_number = |limit: i64| if limit == -1 { i64::MAX } else { limit };
    if as_number(soft) <= as_number(hard) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("the soft limit {soft} is above the hard limit {hard}"),
        "lower the soft limit or raise the hard one; -1 is no limit",
    ))
}

/// Reads an IPv4 or IPv6 address.
///
/// # Errors
///
/// The text is no address.
pub fn parse_ip(text: &str) -> Result<IpAddr, Malformed> {
    text.parse().map_err(|_| {
        Malformed::new(
            format!("`{text}` is not an IP address"),
            "write an address such as 10.0.0.5 or ::1",
        )
    })
}

/// Checks a list of CPUs or memory nodes, `0-2,7`.
///
/// # Errors
///
/// An entry is no number and no range.
pub fn check_cpuset(text: &str) -> Result<(), Malformed> {
    let good = |entry: &str| port_range(entry).is_some();
    if text.split(',').all(good) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{text}` is not a list of CPUs"),
        "write numbers and ranges with commas, such as 0-2,7",
    ))
}

/// Reads a platform with at least operating system and architecture.
///
/// # Errors
///
/// The text is no platform, or only one word of one.
pub fn parse_platform(text: &str) -> Result<Platform, Malformed> {
    const HELP: &str = "write operating system and architecture, such as linux/arm64";
    let none = Platform::default();
    match Platform::parse(text, &none) {
        Ok(platform) if text.contains('/') => match misspelt_platform(&platform) {
            Some(message) => Err(Malformed::new(message, HELP)),
            None => Ok(platform.normalized()),
        },
        Ok(_) => Err(Malformed::new(
            format!("`{text}` is only half a platform"),
            HELP,
        )),
        Err(error) => Err(Malformed::new(error.to_string(), HELP)),
    }
}

/// Returns what is wrong with a platform of which a part looks like a known one, but is not.
/// Names that look like none are left alone: there are platforms that Go has not heard of.
pub fn misspelt_platform(platform: &Platform) -> Option<String> {
    let parts = [
        ("operating system", &platform.os, OPERATING_SYSTEMS),
        ("architecture", &platform.architecture, ARCHITECTURES),
    ];
    parts.into_iter().find_map(|(what, word, known)| {
        if known.contains(&word.as_str()) {
            return None;
        }
        let near = nearest(word, known.iter().copied())?;
        Some(format!("`{word}` is not an {what}, did you mean `{near}`?"))
    })
}

#[cfg(test)]
mod tests;
