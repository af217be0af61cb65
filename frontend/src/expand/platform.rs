//! `by-platform`, platform patterns, and the `platform` key.

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{ByPlatform, PlatformPattern, Variant};
use crate::text::{Span, Spanned};
use crate::units::misspelt_platform;

use crate::expr::{Name, Template};

/// Returns the number of literal parts of the pattern that matches, or `None`.
fn matched(pattern: &PlatformPattern, platform: &Platform) -> Option<usize> {
    let parts = [
        (&pattern.os, &platform.os),
        (&pattern.arch, &platform.architecture),
        (&pattern.variant, &platform.variant),
    ];
    let mut n_literal = 0;
    for (wanted, found) in parts {
        match wanted {
            Some(wanted) if wanted == found => n_literal += usize::from(!wanted.is_empty()),
            Some(_) => return None,
            None => {}
        }
    }
    Some(n_literal)
}

/// Returns the case whose pattern says most about the platform.
///
/// Reports `ambiguous-platform` when two say equally much; the first counts then. The same
/// pattern twice is reported by `check`.
fn choose<'a, T>(
    cases: impl Iterator<Item = (&'a Spanned<PlatformPattern>, &'a T)>,
    platform: &Platform,
    diags: &mut Diagnostics,
) -> Option<&'a T> {
    let mut best: Option<(usize, &Spanned<PlatformPattern>, &T)> = None;
    let mut tied = None;
    for (pattern, case) in cases {
        let Some(n_literal) = matched(&pattern.value, platform) else {
            continue;
        };
        match best {
            Some((most, _, _)) if n_literal < most => {}
            Some((most, first, _)) if n_literal == most => {
                tied = tied.or((first.value != pattern.value).then_some(pattern));
            }
            _ => {
                best = Some((n_literal, pattern, case));
                tied = None;
            }
        }
    }
    let (_, first, case) = best?;
    if let Some(second) = tied {
        let message = format!(
            "two patterns say equally much about `{}`",
            platform.format()
        );
        diags
            .report(Code::AmbiguousPlatform, second.span, message)
            .label("this one")
            .secondary(first.span, "and this one")
            .help(format!("add `{}`", platform.format()));
    }
    Some(case)
}

/// Returns the string for a platform. Reports `ambiguous-platform` and `no-platform-match`.
pub(super) fn choose_text<'a>(
    value: &'a ByPlatform,
    platform: &Platform,
    diags: &mut Diagnostics,
) -> Option<&'a Template<Name>> {
    let cases = value.cases.iter().map(|(pattern, text)| (pattern, text));
    let found = choose(cases, platform, diags).or(value.default.as_ref());
    if found.is_none() {
        let platform = platform.format();
        let message = format!("there is no value for `{platform}`");
        diags
            .report(Code::NoPlatformMatch, value.span, message)
            .label("no pattern matches")
            .help(format!("add `{platform}: ...` or `default: ...`"));
    }
    found
}

/// Returns the keys of a stage that differ for a platform. Reports `ambiguous-platform`.
pub(super) fn choose_variant<'a>(
    variants: &'a [Variant],
    platform: &Platform,
    diags: &mut Diagnostics,
) -> Option<&'a Variant> {
    let cases = variants.iter().map(|variant| (&variant.pattern, variant));
    choose(cases, platform, diags)
}

/// Reads the platform of a FROM, which may be of any parts
/// (`dockerfile2llb/convert.go:buildDispatchStates`, v0.32.2).
pub(super) fn instruction_platform(
    word: &str,
    span: Span,
    host: &Platform,
    diags: &mut Diagnostics,
) -> Option<Platform> {
    let platform = Platform::parse(word, host);
    let report = |error| {
        let message = format!("failed to parse platform {word}: {error}");
        diags.report(Code::BadPlatform, span, message);
    };
    platform.map_err(report).ok()
}

/// Reads a literal platform. Reports `bad-platform`.
pub(super) fn parse_platform(
    word: &str,
    span: Span,
    host: &Platform,
    diags: &mut Diagnostics,
) -> Option<Platform> {
    match Platform::parse(word, host) {
        Ok(platform) => {
            if let Some(message) = misspelt_platform(&platform) {
                diags.report(Code::BadPlatform, span, message);
            }
            Some(platform)
        }
        Err(error) => {
            let message = format!("`{word}` is not a platform: {error}");
            diags
                .report(Code::BadPlatform, span, message)
                .did_you_mean(word, ["target", "build"])
                .help("write `target`, `build`, or a platform such as `linux/arm64`");
            None
        }
    }
}
