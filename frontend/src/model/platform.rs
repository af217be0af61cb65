//! Platform patterns: `linux/arm64`, `linux/*`, `*/arm64`, `linux/arm/v7`.
//!
//! A pattern is normalised like a platform, so `linux/x86_64` is `linux/amd64`.

use buildkit_llb::Platform;

use crate::units::{Malformed, misspelt_platform};

use super::PlatformPattern;

impl PlatformPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The text has no two or three parts, or a part that no platform has.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        const HELP: &str = "write os/arch, such as linux/arm64, linux/* or \"*/arm64\"";
        let bad = |message: String| Malformed::new(message, HELP);
        let parts: Vec<&str> = text.split('/').collect();
        let (os, arch, variant) = match parts.as_slice() {
            [os, arch] => (*os, *arch, None),
            [os, arch, variant] => (*os, *arch, Some(*variant)),
            _ => return Err(bad(format!("`{text}` is not a platform pattern"))),
        };
        if arch == "*" && variant.is_some() {
            return Err(bad(format!("`{text}` has a variant of every architecture")));
        }
        // A star is replaced by something that normalising leaves alone.
        let fixed: Vec<&str> = parts
            .iter()
            .zip(["linux", "amd64", ""])
            .filter(|(part, fill)| **part != "*" || !fill.is_empty())
            .map(|(part, fill)| if *part == "*" { fill } else { *part })
            .collect();
        let platform = Platform::parse(&fixed.join("/"), &Platform::default())
            .map_err(|error| bad(error.to_string()))?
            .normalized();
        if let Some(message) = misspelt_platform(&platform) {
            return Err(bad(message));
        }
        let any_variant = arch == "*" || variant == Some("*");
        Ok(Self {
            os: (os != "*").then_some(platform.os),
            arch: (arch != "*").then_some(platform.architecture),
            variant: (!any_variant).then_some(platform.variant),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let part = |part: Option<String>| part.unwrap_or_else(|| "any".to_owned());
        let actual = match PlatformPattern::parse(text) {
            Ok(p) => format!("{}, {}, {}", part(p.os), part(p.arch), part(p.variant)),
            Err(malformed) => malformed.message,
        };
        assert_eq!(actual, expected);
    }

    #[test]
    fn parts_are_normalised() {
        check("linux/x86_64", "linux, amd64, ");
        check("linux/arm", "linux, arm, v7");
        check("linux/arm64/v8", "linux, arm64, ");
    }

    #[test]
    fn a_star_stands_for_any() {
        check("linux/*", "linux, any, any");
        check("*/arm64", "any, arm64, ");
        check("linux/arm/*", "linux, arm, any");
        check("*/*", "any, any, any");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        check("arm64", "`arm64` is not a platform pattern");
        check("", "`` is not a platform pattern");
        check("linux//", "`` is not a part of a platform");
        check(
            "linux/*/v7",
            "`linux/*/v7` has a variant of every architecture",
        );
        check("linux/a b", "`a b` is not a part of a platform");
        check(
            "linux/amd46",
            "`amd46` is not an architecture, did you mean `amd64`?",
        );
        check(
            "linus/*",
            "`linus` is not an operating system, did you mean `linux`?",
        );
    }
}
