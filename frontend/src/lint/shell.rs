//! A shell text as simple commands, read loosely: enough to see which programs are called with
//! which words and what they write to. What is inside `$(...)` within quotes stays one word.

use std::iter::Peekable;
use std::str::Chars;

/// A program and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// The words without their quotes; assignments and keywords too.
    pub(super) words: Vec<String>,
    /// What `>` and `>>` write to.
    pub(super) writes: Vec<String>,
    /// Whether the next command reads what this one prints.
    pub(super) is_piped: bool,
}

/// Words before the program's name that say nothing about it.
const PREFIXES: &[&str] = &[
    "!", "{", "do", "elif", "else", "env", "exec", "if", "nice", "sudo", "then", "time", "until",
    "while",
];

impl Simple {
    /// Returns the program's name without its directories, and its words.
    pub(super) fn program(&self) -> Option<(&str, &[String])> {
        let is_before = |word: &&String| {
            let name = word.split('=').next().unwrap_or_default();
            let is_name = !name.is_empty()
                && name.len() < word.len()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            is_name || PREFIXES.contains(&word.as_str())
        };
        let n_before = self.words.iter().take_while(is_before).count();
        let (program, words) = self.words.get(n_before..)?.split_first()?;
        Some((program.rsplit('/').next().unwrap_or(program), words))
    }
}

/// Returns the commands of a text.
pub(super) fn commands(text: &str) -> Vec<Simple> {
    let mut reader = Reader {
        chars: text.chars().peekable(),
        list: Vec::new(),
        simple: Simple::default(),
        word: None,
        expects: Expects::Word,
        heredocs: Vec::new(),
    };
    reader.read();
    reader.list
}

/// What the next word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Word,
    Written,
    Delimiter,
}

struct Reader<'t> {
    chars: Peekable<Chars<'t>>,
    list: Vec<Simple>,
    simple: Simple,
    word: Option<String>,
    expects: Expects,
    heredocs: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => match self.chars.next() {
                    Some('\n') | None => {}
                    Some(c) => self.push(c),
                },
                '\'' => self.quoted('\''),
                '"' => self.quoted('"'),
                '#' if self.word.is_none() => while self.chars.next_if(|c| *c != '\n').is_some() {},
                ' ' | '\t' | '\r' => self.end_word(),
                '\n' => {
                    self.end();
                    self.skip_heredocs();
                }
                '&' if self.chars.peek() == Some(&'>') => {}
                ';' | '&' | '(' | ')' | '`' => self.end(),
                '|' => {
                    let is_or = self.chars.next_if_eq(&'|').is_some();
                    self.end_word();
                    self.simple.is_piped = !is_or;
                    self.end();
                }
                '>' => self.write(),
                '<' => self.input(),
                c => self.push(c),
            }
        }
        self.end();
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn quoted(&mut self, quote: char) {
        self.word.get_or_insert_default();
        while let Some(c) = self.chars.next() {
            match c {
                c if c == quote => return,
                '\\' if quote == '"' => match self.chars.next() {
                    Some(c) if "\"\\$`".contains(c) => self.push(c),
                    Some('\n') | None => {}
                    Some(c) => {
                        self.push('\\');
                        self.push(c);
                    }
                },
                c => self.push(c),
            }
        }
    }

    /// After a `>`.
    fn write(&mut self) {
        // The number of a stream belongs to the sign.
        let is_number = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
        if self.word.as_ref().is_some_and(is_number) {
            self.word = None;
        }
        self.end_word();
        let _ = self.chars.next_if(|c| *c == '>' || *c == '|');
        if self.chars.next_if_eq(&'&').is_some() {
            // Another stream, not a file.
            while self
                .chars
                .next_if(|c| c.is_ascii_digit() || *c == '-')
                .is_some()
            {}
            return;
        }
        self.expects = Expects::Written;
    }

    /// After a `<`.
    fn input(&mut self) {
        self.end_word();
        if self.chars.next_if_eq(&'<').is_none() {
            return;
        }
        // `<<<` is followed by a word like any other.
        if self.chars.next_if_eq(&'<').is_none() {
            let _ = self.chars.next_if_eq(&'-');
            self.expects = Expects::Delimiter;
        }
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else {
            return;
        };
        match std::mem::replace(&mut self.expects, Expects::Word) {
            Expects::Word => self.simple.words.push(word),
            Expects::Written => self.simple.writes.push(word),
            Expects::Delimiter => self.heredocs.push(word),
        }
    }

    fn end(&mut self) {
        self.end_word();
        let simple = std::mem::take(&mut self.simple);
        if !simple.words.is_empty() || !simple.writes.is_empty() {
            self.list.push(simple);
        }
    }

    fn skip_heredocs(&mut self) {
        for delimiter in std::mem::take(&mut self.heredocs) {
            loop {
                let mut line = String::new();
                while let Some(c) = self.chars.next_if(|c| *c != '\n') {
                    line.push(c);
                }
                let is_last = self.chars.next().is_none();
                if is_last || line.trim() == delimiter {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = commands(text).into_iter().map(|it| {
            let mut out = it.words.join(",");
            out.extend(it.writes.iter().map(|path| format!(">{path}")));
            out + if it.is_piped { "|" } else { "" }
        });
        assert_eq!(found.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn signs_and_lines_end_commands() {
        check("a b && c;d || e & f\ng", "a,b c d e f g");
        check("(a; b) | c", "a b c");
        check("a | b", "a| b");
        check("if a; then b; fi", "if,a then,b fi");
    }

    #[test]
    fn quotes_and_continuations_belong_to_words() {
        check("a 'b c' \"d;e\" f\\ g", "a,b c,d;e,f g");
        check("a \\\n  b", "a,b");
        check("a # b\nc", "a c");
        check("a b#c", "a,b#c");
    }

    #[test]
    fn files_that_are_written_are_known() {
        check("a > b 2>/dev/null", "a>b>/dev/null");
        check("a >>b 2>&1", "a>b");
        check("a &>b", "a>b");
        check("a < b", "a,b");
    }

    #[test]
    fn the_text_of_a_heredoc_is_no_command() {
        check("cat > a <<EOF\nb; c\nEOF\nd", "cat>a d");
        check("a <<EOF\nb", "a");
    }

    #[test]
    fn whatever_the_text_it_has_an_end() {
        check("a 'b", "a,b");
        check("a \"b\\", "a,b");
        check("\\", "");
        check(">", "");
    }

    #[test]
    fn a_program_is_found_behind_its_prefixes() {
        let program = |text: &str| {
            let list = commands(text);
            let found = list.first().and_then(|it| it.program());
            found.map(|(name, words)| format!("{name} {}", words.join(" ")))
        };
        assert_eq!(
            program("A=b sudo /usr/bin/pip install"),
            Some("pip install".to_owned())
        );
        assert_eq!(program("A=b"), None);
    }
}
