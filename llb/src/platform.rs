//! `os/arch[/variant]`: parse, normalise, format.
//!
//! The rules are containerd's (`containerd/platforms`, `database.go` and `platforms.go`), which
//! every BuildKit client and daemon follows.

use std::fmt;

/// A normalised platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// `linux`, `windows`, `darwin`, ….
    pub os: String,
    /// `amd64`, `arm64`, `arm`, `386`, ….
    pub architecture: String,
    /// `v7`; empty for most.
    pub variant: String,
    /// Windows build number, `10.0.17763.1`; empty elsewhere.
    pub os_version: String,
    /// `win32k`; empty elsewhere.
    pub os_features: Vec<String>,
}

/// Why a text is no platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformError {
    /// There is no text.
    Empty,
    /// More than `os/arch/variant`.
    TooManyParts,
    /// A part is empty or has a character that no platform has; the part.
    BadPart(String),
    /// One word that is neither an operating system nor an architecture.
    Unknown(String),
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a platform cannot be empty"),
            Self::TooManyParts => write!(f, "a platform has at most three parts, os/arch/variant"),
            Self::BadPart(part) => write!(f, "`{part}` cannot be part of a platform"),
            Self::Unknown(word) => write!(f, "`{word}` is no operating system and no architecture"),
        }
    }
}

impl std::error::Error for PlatformError {}

const SYSTEMS: &[&str] = &[
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
    "wasip1",
    "windows",
    "zos",
];

const ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
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
    /// Returns the platform, normalised.
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        let os = normalise_os(os);
        let (architecture, variant) = normalise_arch(architecture, variant);
        Self {
            os,
            architecture,
            variant,
            ..Self::default()
        }
    }

    /// Reads `os/arch[/variant]`, `os(version)/arch`, an operating system or an architecture
    /// alone. What is missing comes from `default`.
    ///
    /// # Errors
    ///
    /// The text is empty, has more than three parts, or a part that cannot be one.
    pub fn parse(text: &str, default: &Self) -> Result<Self, PlatformError> {
        if text.is_empty() {
            return Err(PlatformError::Empty);
        }
        let parts: Vec<&str> = text.split('/').collect();
        let (os, version) = split_version(parts[0]);
        for part in parts.iter().skip(1).copied().chain([os]) {
            check_part(part)?;
        }
        let mut platform = match parts.as_slice() {
            [_] => Self::parse_word(os, default)?,
            [_, arch] => Self::new(os, arch, ""),
            [_, arch, variant] => Self::new(os, arch, variant),
            _ => return Err(PlatformError::TooManyParts),
        };
        platform.os_version = version.to_owned();
        Ok(platform)
    }

    fn parse_word(word: &str, default: &Self) -> Result<Self, PlatformError> {
        let os = normalise_os(word);
        if SYSTEMS.contains(&os.as_str()) {
            return Ok(Self::new(&os, &default.architecture, &default.variant));
        }
        let (architecture, variant) = normalise_arch(word, "");
        if ARCHITECTURES.contains(&architecture.as_str()) {
            return Ok(Self::new(&default.os, &architecture, &variant));
        }
        Err(PlatformError::Unknown(word.to_owned()))
    }

    /// Returns `os/arch[/variant]` (containerd's `Format`).
    pub fn format(&self) -> String {
        let mut text = format!("{}/{}", self.os, self.architecture);
        if !self.variant.is_empty() {
            text.push('/');
            text.push_str(&self.variant);
        }
        text
    }

    /// Returns `os[(version)]/arch[/variant]` (containerd's `FormatAll`): the id of a result.
    pub fn format_all(&self) -> String {
        if self.os_version.is_empty() && self.os_features.is_empty() {
            return self.format();
        }
        let features: String = self
            .os_features
            .iter()
            .map(|feature| format!("+{feature}"))
            .collect();
        let rest = self.format();
        format!(
            "{}({}{features}){}",
            self.os,
            self.os_version,
            &rest[self.os.len()..]
        )
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format())
    }
}

fn split_version(os: &str) -> (&str, &str) {
    match os.split_once('(') {
        Some((os, rest)) if rest.ends_with(')') => (os, &rest[..rest.len() - 1]),
        _ => (os, ""),
    }
}

fn check_part(part: &str) -> Result<(), PlatformError> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if part.is_empty() || !part.chars().all(good) {
        return Err(PlatformError::BadPart(part.to_owned()));
    }
    Ok(())
}

fn normalise_os(os: &str) -> String {
    let os = os.to_ascii_lowercase();
    if os == "macos" {
        "darwin".to_owned()
    } else {
        os
    }
}

fn normalise_arch(arch: &str, variant: &str) -> (String, String) {
    let arch = arch.to_ascii_lowercase();
    let variant = variant.to_ascii_lowercase();
    let (arch, variant) = match (arch.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        (arch, variant) => (arch, variant),
    };
    (arch.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let default = Platform::new("linux", "amd64", "");
        let found = match Platform::parse(text, &default) {
            Ok(platform) => platform.format_all(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_normalised_as_containerd_does() {
        check("linux/x86_64", "linux/amd64");
        check("linux/aarch64", "linux/arm64");
        check("linux/arm64/v8", "linux/arm64");
        check("linux/arm", "linux/arm/v7");
        check("linux/armel", "linux/arm/v6");
        check("Linux/AMD64/v2", "linux/amd64/v2");
        check("macos/arm64", "darwin/arm64");
    }

    #[test]
    fn one_word_is_a_system_or_an_architecture() {
        check("arm64", "linux/arm64");
        check("windows", "windows/amd64");
        check(
            "toaster",
            "`toaster` is no operating system and no architecture",
        );
    }

    #[test]
    fn a_windows_version_is_kept() {
        check("windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64");
    }

    #[test]
    fn bad_text_is_an_error() {
        check("", "a platform cannot be empty");
        check("linux//v7", "`` cannot be part of a platform");
        check(
            "linux/arm/v7/x",
            "a platform has at most three parts, os/arch/variant",
        );
        check("li nux/arm", "`li nux` cannot be part of a platform");
    }
}
