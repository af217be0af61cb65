//! Platforms: `os/arch[/variant]`, parsed, normalised and written as containerd does it.
//!
//! The rules are those of `github.com/containerd/platforms` v1.0.0-rc.4, because the daemon, its
//! exporters and the clients compare what a frontend writes with what that package writes.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use buildkit_proto::pb;

use crate::path;
use crate::wire::Wire;

/// Holds where commands run or what an image is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system, as Go calls it.
    pub os: String,
    /// The architecture, as Go calls it.
    pub architecture: String,
    /// What kind of that architecture, such as `v7` of `arm`; often empty.
    pub variant: String,
    /// The version of the operating system; used by Windows.
    pub os_version: String,
    /// What the operating system must be able to do.
    pub os_features: Vec<String>,
}

/// Tells why a text is not a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlatformError {
    /// It contains `*`.
    Wildcard(String),
    /// Its first part is no operating system.
    BadOs(String),
    /// A later part has characters that no part may have, or there is none.
    BadPart(String),
    /// A single word is neither an operating system nor an architecture.
    Unknown(String),
    /// There are more than three parts.
    TooManyParts(String),
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wildcard(text) => write!(f, "platform `{text}` must not contain `*`"),
            Self::BadOs(part) => write!(f, "`{part}` is not an operating system"),
            Self::BadPart(part) => write!(f, "`{part}` is not a part of a platform"),
            Self::Unknown(text) => {
                write!(
                    f,
                    "`{text}` is neither an operating system nor an architecture"
                )
            }
            Self::TooManyParts(text) => {
                write!(
                    f,
                    "platform `{text}` has more parts than `os/architecture/variant`"
                )
            }
        }
    }
}

impl Error for PlatformError {}

/// Lists the operating systems that Go compiles for.
pub const OPERATING_SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

/// Lists the architectures that Go compiles for.
pub const ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// Returns the platform of an operating system and an architecture, normalised.
    pub fn new(os: &str, architecture: &str) -> Self {
        let (os, architecture) = (os.to_string(), architecture.to_string());
        Self {
            os,
            architecture,
            ..Self::default()
        }
        .normalized()
    }

    /// Returns the platform that `text` names; `host` completes a single word.
    ///
    /// As upstream, the variant of `linux/arm` stays open and that of `linux/arm64/v8` is kept;
    /// [`Platform::normalized`] settles both.
    pub fn parse(text: &str, host: &Self) -> Result<Self, PlatformError> {
        if text.contains('*') {
            return Err(PlatformError::Wildcard(text.to_string()));
        }
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let mut platform = parse_os(parts[0], host)?;
        if let Some(part) = parts[1..].iter().find(|part| !is_part(part)) {
            return Err(PlatformError::BadPart((*part).to_string()));
        }
        match parts[..] {
            [word] => return platform.complete(word, host),
            [_, architecture] => platform.set_architecture(architecture, ""),
            [_, architecture, variant] => {
                platform.set_architecture(architecture, variant);
                if platform.architecture == "arm64" && platform.variant.is_empty() {
                    platform.variant = "v8".to_string();
                }
                return Ok(platform);
            }
            _ => return Err(PlatformError::TooManyParts(text.to_string())),
        }
        platform.leave_arm_open();
        Ok(platform)
    }

    fn complete(mut self, word: &str, host: &Self) -> Result<Self, PlatformError> {
        if OPERATING_SYSTEMS.contains(&self.os.as_str()) {
            self.architecture.clone_from(&host.architecture);
            self.variant = match (host.architecture.as_str(), host.variant.as_str()) {
                ("arm", "v7") => String::new(),
                ("arm", variant) => variant.to_string(),
                _ => String::new(),
            };
            return Ok(self);
        }
        self.set_architecture(word, "");
        self.leave_arm_open();
        if !ARCHITECTURES.contains(&self.architecture.as_str()) {
            return Err(PlatformError::Unknown(word.to_string()));
        }
        self.os.clone_from(&host.os);
        Ok(self)
    }

    fn set_architecture(&mut self, architecture: &str, variant: &str) {
        (self.architecture, self.variant) = normalize_architecture(architecture, variant);
    }

    fn leave_arm_open(&mut self) {
        if self.architecture == "arm" && self.variant == "v7" {
            self.variant.clear();
        }
    }

    /// Returns the one spelling of this platform: `x86_64` is `amd64`, `arm64/v8` is `arm64`.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        self.os = normalize_os(&self.os, "linux");
        (self.architecture, self.variant) =
            normalize_architecture(&self.architecture, &self.variant);
        self.os_features.sort_unstable();
        self.os_features.dedup();
        self
    }

    /// Returns `os/arch[/variant]`, followed by nothing of the operating system.
    pub fn format(&self) -> String {
        self.format_with(&self.os)
    }

    /// Returns `os[(version+features)]/arch[/variant]`.
    pub fn format_all(&self) -> String {
        let mut features: Vec<&str> = self.os_features.iter().map(String::as_str).collect();
        features.retain(|feature| !feature.is_empty());
        features.sort_unstable();
        features.dedup();
        let mut options = encode(&self.os_version);
        for feature in features {
            options.push('+');
            options.push_str(&encode(feature));
        }
        if options.is_empty() {
            return self.format();
        }
        self.format_with(&format!("{}({options})", self.os))
    }

    fn format_with(&self, os: &str) -> String {
        if self.os.is_empty() {
            return "unknown".to_string();
        }
        path::join(&[os, &self.architecture, &self.variant])
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format_all())
    }
}

impl Platform {
    /// Writes it as `pb.Platform`.
    pub(crate) fn write(&self, wire: &mut Wire<'_>) {
        wire.text(1, &self.architecture);
        wire.text(2, &self.os);
        wire.text(3, &self.variant);
        wire.text(4, &self.os_version);
        for feature in &self.os_features {
            wire.element(5, feature.as_bytes());
        }
    }
}

impl From<&Platform> for pb::Platform {
    fn from(platform: &Platform) -> Self {
        Self {
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            variant: platform.variant.clone(),
            os_version: platform.os_version.clone(),
            os_features: platform.os_features.clone(),
        }
    }
}

impl From<&pb::Platform> for Platform {
    fn from(platform: &pb::Platform) -> Self {
        Self {
            os: platform.os.clone(),
            architecture: platform.architecture.clone(),
            variant: platform.variant.clone(),
            os_version: platform.os_version.clone(),
            os_features: platform.os_features.clone(),
        }
    }
}

fn normalize_os(os: &str, host: &str) -> String {
    match os.to_lowercase().as_str() {
        "" => host.to_string(),
        "macos" => "darwin".to_string(),
        os => os.to_string(),
    }
}

fn normalize_architecture(architecture: &str, variant: &str) -> (String, String) {
    let architecture = architecture.to_lowercase();
    let variant = variant.to_lowercase();
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        pair => pair,
    };
    (architecture.to_string(), variant.to_string())
}

fn is_part(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

/// Reads `os`, `os(version)` or `os(version+feature+..)`.
fn parse_os(part: &str, host: &Platform) -> Result<Platform, PlatformError> {
    let bad = || PlatformError::BadOs(part.to_string());
    let (os, options) = match part.split_once('(') {
        Some((os, rest)) => (os, Some(rest.strip_suffix(')').ok_or_else(bad)?)),
        None => (part, None),
    };
    if os.is_empty()
        || !os
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    {
        return Err(bad());
    }
    let mut platform = Platform {
        os: normalize_os(os, &host.os),
        ..Platform::default()
    };
    let mut options = options.unwrap_or_default().split('+');
    let version = options.next().unwrap_or_default();
    platform.os_version = decode(version).ok_or_else(bad)?;
    for feature in options {
        if feature.is_empty() {
            return Err(bad());
        }
        let feature = decode(feature).ok_or_else(bad)?;
        if !feature.is_empty() {
            platform.os_features.push(feature);
        }
    }
    Ok(platform)
}

/// Undoes the percent encoding of a version or feature.
fn decode(option: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(option.len());
    let mut rest = option.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
            }
            byte if byte.is_ascii_alphanumeric() || b"_.-".contains(&byte) => bytes.push(byte),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

fn encode(option: &str) -> String {
    let encoded = option.chars().map(|c| match c {
        '%' => Cow::Borrowed("%25"),
        '+' => Cow::Borrowed("%2B"),
        '(' => Cow::Borrowed("%28"),
        ')' => Cow::Borrowed("%29"),
        '/' => Cow::Borrowed("%2F"),
        c => Cow::Owned(c.to_string()),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let host = Platform::new("linux", "arm64");
        let found = match Platform::parse(text, &host) {
            Ok(platform) => format!("{platform} -> {}", platform.clone().normalized()),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pair_is_taken_as_it_is() {
        check("linux/amd64", "linux/amd64 -> linux/amd64");
        check("Linux/x86_64", "linux/amd64 -> linux/amd64");
        check("linux/arm", "linux/arm -> linux/arm/v7");
        check("linux/armhf", "linux/arm -> linux/arm/v7");
        check("linux/armel", "linux/arm/v6 -> linux/arm/v6");
        check("macos/aarch64", "darwin/arm64 -> darwin/arm64");
        check("made-up/thing", "made-up/thing -> made-up/thing");
    }

    #[test]
    fn a_variant_is_kept_until_normalised() {
        check("linux/arm64/v8", "linux/arm64/v8 -> linux/arm64");
        check("linux/arm64/9", "linux/arm64/v9 -> linux/arm64/v9");
        check("linux/amd64/v1", "linux/amd64 -> linux/amd64");
        check("linux/amd64/v3", "linux/amd64/v3 -> linux/amd64/v3");
        check("linux/arm/7", "linux/arm/v7 -> linux/arm/v7");
    }

    #[test]
    fn one_word_is_completed_by_the_host() {
        check("linux", "linux/arm64 -> linux/arm64");
        check(
            "windows(10.0.17763)",
            "windows(10.0.17763)/arm64 -> windows(10.0.17763)/arm64",
        );
        check("386", "linux/386 -> linux/386");
        check("i386", "linux/386 -> linux/386");
        check(
            "amd65",
            "`amd65` is neither an operating system nor an architecture",
        );
    }

    #[test]
    fn version_and_features_are_in_parentheses() {
        check(
            "windows(10.0+win32k+a%2Bb)/amd64",
            "windows(10.0+a%2Bb+win32k)/amd64 -> windows(10.0+a%2Bb+win32k)/amd64",
        );
        check(
            "windows(+b+b)/amd64",
            "windows(+b)/amd64 -> windows(+b)/amd64",
        );
        check("windows()/amd64", "windows/amd64 -> windows/amd64");
    }

    #[test]
    fn what_is_no_platform_is_named() {
        check("", "`` is not an operating system");
        check("linux/", "`` is not a part of a platform");
        check("linux/*", "platform `linux/*` must not contain `*`");
        check("li nux/amd64", "`li nux` is not an operating system");
        check(
            "linux/amd64/v1/x",
            "platform `linux/amd64/v1/x` has more parts than `os/architecture/variant`",
        );
        check(
            "linux(%zz)/amd64",
            "`linux(%zz)` is not an operating system",
        );
        check("linux(1", "`linux(1` is not an operating system");
    }
}
