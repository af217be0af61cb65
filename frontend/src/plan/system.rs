//! Which package manager of the system a command writes the database of.
//!
//! In: the text of a command. Out: the name of the preset, for what is surely written there.

/// Programs, the preset they belong to, and the words with which they write.
const MANAGERS: &[(&[&str], &str, &[&str])] = &[
    (
        &["apt-get", "apt", "aptitude"],
        "apt",
        &[
            "install",
            "upgrade",
            "dist-upgrade",
            "full-upgrade",
            "remove",
            "purge",
        ],
    ),
    (&["apk"], "apk", &["add", "upgrade", "del"]),
    (
        &["dnf", "microdnf", "yum"],
        "dnf",
        &["install", "upgrade", "update", "remove"],
    ),
];

/// What may stand before a program.
const LEADING: &[&str] = &[
    "(", "{", "!", "if", "then", "else", "do", "sudo", "exec", "env",
];

/// Returns the preset of the first package manager that the text of a shell calls.
pub(super) fn of_text(text: &str) -> Option<&'static str> {
    let joined = text.replace("\\\n", " ");
    let mut commands = joined.split(['\n', ';', '&', '|']);
    commands.find_map(|command| {
        let is_before = |word: &&str| LEADING.contains(word) || word.contains('=');
        of_words(command.split_whitespace().skip_while(is_before))
    })
}

/// Returns the preset of the package manager that a command, word by word, calls.
pub(super) fn of_words<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<&'static str> {
    let program = words.next()?.rsplit('/').next()?;
    let mut managers = MANAGERS.iter();
    let (_, preset, verbs) = managers.find(|(names, ..)| names.contains(&program))?;
    let verb = words.find(|word| !word.starts_with('-'))?;
    verbs.contains(&verb).then_some(*preset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(of_text(text).unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn what_installs_writes_the_database() {
        check("apt-get update && apt-get install -y git", "apt");
        check(
            "set -e\nDEBIAN_FRONTEND=noninteractive apt-get -y \\\n  install git\n",
            "apt",
        );
        check("if true; then /sbin/apk --no-cache add git; fi", "apk");
        check("sudo yum remove x", "dnf");
    }

    #[test]
    fn what_only_reads_does_not() {
        check("apt-get update; apk info", "none");
        check("echo apt-get install git", "none");
        check("pip install x && npm ci", "none");
        check("", "none");
    }
}
