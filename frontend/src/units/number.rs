//! Numbers with and without units: durations, sizes, integers.
//!
//! In: text. Out: nanoseconds, bytes, an integer.

use super::Malformed;

const DURATION_HELP: &str = "write numbers with their units, such as 30s, 1m30s or 500ms";

/// Reads a duration as Go writes it (`time.ParseDuration`): nanoseconds.
///
/// # Errors
///
/// The text is no duration, or one of more than 292 years.
pub fn parse_duration(text: &str) -> Result<i64, Malformed> {
    let bad = |what: &str| Malformed::new(format!("`{text}` {what}"), DURATION_HELP);
    let rest = text.strip_prefix('+').unwrap_or(text);
    let (rest, sign) = match rest.strip_prefix('-') {
        Some(positive) if rest == text => (positive, -1),
        _ => (rest, 1),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) && rest.parse::<f64>().is_ok() {
        return Err(bad("has no unit"));
    }
    let total = sum_of_parts(rest).ok_or_else(|| bad("is not a duration"))?;
    i64::try_from(total)
        .map(|total| total * sign)
        .map_err(|_| bad("is too long"))
}

/// Adds up `1m30.5s`; saturates, so that what is too long stays too long.
fn sum_of_parts(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let mut rest = text;
    let mut total = 0u64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        total = total.saturating_add(part(number, unit_nanoseconds(unit)?)?);
        rest = after;
    }
    Some(total)
}

fn part(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(fraction) {
        return None;
    }
    let whole = if whole.is_empty() {
        0
    } else {
        whole.parse().unwrap_or(u64::MAX)
    };
    // More digits than these change no nanosecond.
    let fraction = &fraction[..fraction.len().min(18)];
    let scale = 10f64.powi(i32::try_from(fraction.len()).unwrap_or(0));
    let fraction = fraction.parse::<u64>().unwrap_or(0) as f64;
    let fraction = (fraction * (unit as f64 / scale)) as u64;
    Some(whole.saturating_mul(unit).saturating_add(fraction))
}

fn unit_nanoseconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// Reads a duration that a health check takes: 0, or at least a millisecond.
///
/// # Errors
///
/// The text is no duration, or a shorter one.
pub fn parse_interval(text: &str) -> Result<i64, Malformed> {
    let nanoseconds = parse_duration(text)?;
    if nanoseconds == 0 || nanoseconds >= 1_000_000 {
        return Ok(nanoseconds);
    }
    Err(Malformed::new(
        format!("`{text}` is shorter than a millisecond"),
        "write at least 1ms, or 0 for the default",
    ))
}

/// Reads a size: a decimal number with `b`, `k`, `m`, `g`, `t` or `p` (in any case, with or
/// without `b` or `ib` after it); units are powers of 1024 (`docker/go-units`, v0.5.0).
///
/// # Errors
///
/// The text is no size, or larger than 63 bits.
pub fn parse_bytes(text: &str) -> Result<i64, Malformed> {
    let bad = || {
        Malformed::new(
            format!("`{text}` is not a size"),
            "write a number with a unit, such as 64m or 1.5g",
        )
    };
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let factor = match unit.strip_suffix("ib").or(unit.strip_suffix('b')) {
        Some("") if unit == "ib" => None,
        Some(letter) => unit_bytes(letter),
        None => unit_bytes(&unit),
    };
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(bad());
    }
    let number: f64 = number.parse().map_err(|_| bad())?;
    let bytes = number * factor.ok_or_else(bad)?;
    // The largest i64 rounds up to 2^63 as a float, which is one too many.
    if bytes >= i64::MAX as f64 {
        return Err(bad());
    }
    Ok(bytes as i64)
}

fn unit_bytes(letter: &str) -> Option<f64> {
    let exponent = ["", "k", "m", "g", "t", "p"]
        .iter()
        .position(|known| *known == letter)?;
    Some(1024f64.powi(i32::try_from(exponent).ok()?))
}

/// Reads a decimal integer: digits, with `-` before them when negative.
///
/// # Errors
///
/// The text is none, or larger than 63 bits.
pub fn parse_integer(text: &str) -> Result<i64, Malformed> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_integer).ok_or_else(|| {
        Malformed::new(
            format!("`{text}` is not an integer"),
            "write a number such as 3",
        )
    })
}
