//! Dockerfiles that no build file says, and what the converter says of each.
//!
//! `docs/converting.md` says why, and what to write instead.

/// The name of a case, and a part of the message.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("config: users, U is `1000:`", "`1000:` is not a user"),
    (
        "env: labels, V is `a=1 a=2`",
        "no two values of `a` in one step",
    ),
    ("heredoc: an empty one", "`run` is empty"),
    (
        "mount: secret, M is `target=/run/$A`",
        "a secret needs `id`",
    ),
];
