//! The parts of an address, read and written as Go's `net/url` (1.26) does, which is what
//! BuildKit (`util/gitutil/git_url.go`, `util/sshutil/scpurl.go`, v0.32.2) hands them to.
//!
//! The remote must come out byte for byte: it is part of the cache key. Decoded parts stay bytes,
//! as `%ff` is no text.

use std::fmt::Write;
use std::net::Ipv6Addr;

/// A name and its value, decoded.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// An address without its meaning.
pub(super) struct Address {
    /// The address without query and fragment.
    pub(super) remote: String,
    /// The decoded path.
    pub(super) path: Vec<u8>,
    /// The decoded pairs of the query, in order.
    pub(super) query: Vec<Pair>,
    /// What follows `#`, decoded unless the address is of the scp form.
    pub(super) fragment: Vec<u8>,
}

impl Address {
    /// Reads `scheme://authority/path?query#fragment`.
    pub(super) fn from_url(text: &str, scheme: &str) -> Option<Self> {
        let after = text.get(scheme.len() + "://".len()..)?;
        let parts = Parts::of(after)?;
        let (authority, path) = match parts.before.find('/') {
            Some(idx) => parts.before.split_at(idx),
            None => (parts.before, ""),
        };
        let empty = authority.is_empty() && path.is_empty();
        let authority = authority_as_written(authority, scheme)?;
        let mark = if empty { "" } else { "//" };
        parts.address(format!("{scheme}:{mark}{authority}"), path)
    }

    /// Reads `github.com/owner/repo?query#fragment`.
    pub(super) fn from_path(text: &str) -> Option<Self> {
        let parts = Parts::of(text)?;
        parts.address(String::new(), parts.before)
    }

    /// Reads `user@host:path?query#fragment`.
    pub(super) fn from_scp(text: &str) -> Option<Self> {
        let (user, rest) = text.split_once('@')?;
        let (host, rest) = rest.split_once(':')?;
        let is_word = |text: &str, more: &str| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty() && text.chars().all(is_part)
        };
        if !is_word(user, "-_") || !is_word(host, "-.") || rest.contains('\n') {
            return None;
        }
        let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = before.split_once('?').unwrap_or((before, ""));
        let (query, clean) = read_query(query);
        clean.then(|| Self {
            remote: format!("{user}@{host}:{path}"),
            path: path.as_bytes().to_vec(),
            query,
            fragment: fragment.as_bytes().to_vec(),
        })
    }
}

/// An address cut at `?` and `#`.
struct Parts<'a> {
    before: &'a str,
    query: &'a str,
    fragment: Vec<u8>,
    /// A lone `?` at the end stays part of the remote.
    has_bare_mark: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return None;
        }
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        Some(Self {
            before,
            query,
            fragment: decode(fragment)?,
            has_bare_mark: query.is_empty() && text.ends_with('?'),
        })
    }

    fn address(&self, start: String, path: &str) -> Option<Address> {
        let decoded = decode(path)?;
        let mut remote = start;
        if path.bytes().all(is_path_byte) {
            remote.push_str(path);
        } else {
            encode(&mut remote, &decoded, "-_.~$&+,/:;=@");
        }
        if self.has_bare_mark {
            remote.push('?');
        }
        Some(Address {
            remote,
            path: decoded,
            query: read_query(self.query).0,
            fragment: self.fragment.clone(),
        })
    }
}

/// Tells whether a byte of a written path is kept as it is.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@[]%/".contains(&byte)
}

/// Returns user and host, decoded and encoded again.
fn authority_as_written(authority: &str, scheme: &str) -> Option<String> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let mut written = String::new();
    let host = host_as_written(host, scheme)?;
    if let Some(user) = user {
        let is_user_byte = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
        if !user.bytes().all(is_user_byte) {
            return None;
        }
        let kept = "-_.~$&+,;=";
        let (name, password) = match user.split_once(':') {
            Some((name, password)) => (name, Some(password)),
            None => (user, None),
        };
        encode(&mut written, &decode(name)?, kept);
        if let Some(password) = password {
            written.push(':');
            encode(&mut written, &decode(password)?, kept);
        }
        written.push('@');
    }
    written.push_str(&host);
    Some(written)
}

const HOST: &str = "-_.~!$&'()*+,;=:[]<>\"";

fn host_as_written(host: &str, scheme: &str) -> Option<String> {
    if let Some(idx) = host.rfind('[') {
        let (inside, port) = host.strip_prefix('[')?.rsplit_once(']')?;
        let (address, zone) = inside.split_once("%25").unwrap_or((inside, "0"));
        let is_zone = !zone.is_empty() && zone.bytes().all(|byte| is_kept(byte, "-_.~"));
        let is_address = address.parse::<Ipv6Addr>().is_ok() && is_zone;
        return (idx == 0 && is_address && is_port(port)).then(|| host.to_string());
    }
    // Go allows several colons for other schemes only.
    let colon = if scheme.starts_with("http") {
        host.find(':')
    } else {
        host.rfind(':')
    };
    if !is_port(&host[colon.unwrap_or(host.len())..]) {
        return None;
    }
    let bytes = host.as_bytes();
    for (idx, byte) in bytes.iter().enumerate() {
        let fine = match byte {
            // Only bytes outside ASCII, and `%` itself, may be written with `%`.
            b'%' => bytes[idx..].starts_with(b"%25") || bytes.get(idx + 1) >= Some(&b'8'),
            byte => !byte.is_ascii() || is_kept(*byte, HOST),
        };
        if !fine {
            return None;
        }
    }
    let mut written = String::new();
    encode(&mut written, &decode(host)?, HOST);
    Some(written)
}

/// Nothing, or `:` and digits.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Pairs of names and values; `false` when some were unreadable and left out.
fn read_query(text: &str) -> (Vec<Pair>, bool) {
    let mut pairs = Vec::new();
    let mut clean = true;
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let words = |text: &str| decode(&text.replace('+', " "));
        match (words(name), words(value)) {
            (Some(name), Some(value)) if !pair.contains(';') => pairs.push((name, value)),
            _ => clean = false,
        }
    }
    (pairs, clean)
}

/// Replaces `%XX`; nothing when a `%` is not followed by two hexadecimal digits.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    Some(decoded)
}

fn is_kept(byte: u8, kept: &str) -> bool {
    byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte)
}

fn encode(written: &mut String, bytes: &[u8], kept: &str) {
    for &byte in bytes {
        if is_kept(byte, kept) {
            written.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
}
