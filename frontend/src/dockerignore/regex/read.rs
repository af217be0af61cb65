//! An expression becomes a program.
//!
//! In: an expression. Out: its code, or nothing if Go cannot read it either.

use super::{Class, LAST, Op, Place, Program, Set};

/// The longest program; Go's own bound lies higher, where one match takes seconds.
const LONGEST: usize = 1 << 17;

/// The most repetitions of one thing, as Go has it.
const MOST: u32 = 1000;

/// Reads an expression; nothing if Go cannot.
pub(in super::super) fn parse(expression: &str) -> Option<Program> {
    let mut reader = Reader {
        rest: expression,
        code: Vec::new(),
        items: Vec::new(),
        is_repeated: false,
    };
    let mut starts = vec![0];
    while !reader.rest.is_empty() {
        if reader.eat("|") {
            reader.code.push(Op::Done);
            starts.push(reader.code.len());
            reader.items.clear();
            reader.is_repeated = false;
        } else {
            reader.one()?;
        }
        if reader.code.len() > LONGEST {
            return None;
        }
    }
    reader.code.push(Op::Done);
    Some(Program {
        code: reader.code,
        starts,
    })
}

struct Reader<'a> {
    rest: &'a str,
    code: Vec<Op>,
    /// Where each thing of this alternative starts.
    items: Vec<usize>,
    /// Whether the last thing was a repetition.
    is_repeated: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Reads a thing, or how often the one before it stands.
    fn one(&mut self) -> Option<()> {
        if self.eat("*") {
            return self.repeat(0, None);
        }
        if self.eat("?") {
            return self.repeat(0, Some(1));
        }
        if let Some((least, most)) = self.counts() {
            let is_right = most.is_none_or(|most| least <= most);
            let is_small = least.max(most.unwrap_or(0)) <= MOST;
            return (is_right && is_small)
                .then_some(())
                .and_then(|()| self.repeat(least, most));
        }
        self.is_repeated = false;
        let start = self.code.len();
        let op = match self.next()? {
            '^' => Op::Here(Place::Start),
            '$' => Op::Here(Place::End),
            '[' => Op::One(self.brackets()?),
            '.' => {
                let mut set = Set::of(u32::from('\n'));
                set.is_negated = true;
                Op::One(set)
            }
            '(' => {
                while !self.eat(")") {
                    self.one()?;
                }
                self.items.retain(|item| *item < start);
                self.items.push(start);
                self.is_repeated = false;
                return Some(());
            }
            '\\' => return self.escape(),
            c => Op::One(Set::of(u32::from(c))),
        };
        self.push(op);
        Some(())
    }

    fn push(&mut self, op: Op) {
        self.items.push(self.code.len());
        self.code.push(op);
    }

    /// Makes the last thing stand so often; without an end if there is no most.
    fn repeat(&mut self, least: u32, most: Option<u32>) -> Option<()> {
        // As few as possible: that makes no difference here.
        self.eat("?");
        if std::mem::replace(&mut self.is_repeated, true) {
            return None;
        }
        let item = self.code.split_off(*self.items.last()?);
        let length = item.len();
        let n_copies = usize::try_from(least.max(most.unwrap_or(0))).ok()?;
        if n_copies.saturating_mul(length) > LONGEST {
            return None;
        }
        for _ in 0..least {
            self.code.extend_from_slice(&item);
        }
        match most {
            None => {
                self.code.push(Op::Or(length + 2));
                self.code.extend(item);
                self.code.push(Op::Back(length + 1));
            }
            Some(most) => {
                for _ in least..most {
                    self.code.push(Op::Or(length + 1));
                    self.code.extend_from_slice(&item);
                }
            }
        }
        Some(())
    }

    /// Reads `{2}`, `{2,}` or `{2,3}`; anything else means itself.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let (inside, rest) = self.rest.strip_prefix('{')?.split_once('}')?;
        let (least, most) = match inside.split_once(',') {
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
            None => (number(inside)?, Some(number(inside)?)),
        };
        self.rest = rest;
        Some((least, most))
    }

    fn escape(&mut self) -> Option<()> {
        let op = if self.eat("A") {
            Op::Here(Place::Start)
        } else if self.eat("z") {
            Op::Here(Place::End)
        } else if self.eat("b") {
            Op::Here(Place::Word)
        } else if self.eat("B") {
            Op::Here(Place::NoWord)
        } else if self.eat("Q") {
            let (text, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            for c in text.chars() {
                self.push(Op::One(Set::of(u32::from(c))));
            }
            self.rest = rest;
            return Some(());
        } else if let Some(class) = self.named_escape() {
            let mut set = Set::default();
            set.add(class);
            Op::One(set)
        } else {
            Op::One(Set::of(self.escaped_char()?))
        };
        self.push(op);
        Some(())
    }

    /// Reads what follows the `\` of `\d`, `\s` and `\w`, and of the same in capitals.
    fn named_escape(&mut self) -> Option<Class> {
        let c = self.rest.chars().next()?;
        let name = match c.to_ascii_lowercase() {
            'd' => "digit",
            's' => return self.named(" "),
            'w' => "word",
            _ => return None,
        };
        self.named(name)
    }

    fn named(&mut self, name: &str) -> Option<Class> {
        let c = self.next()?;
        let ranges = CLASSES.iter().find(|(found, _)| *found == name)?.1;
        let is_negated = c.is_ascii_uppercase();
        Some(Class { ranges, is_negated })
    }

    /// Reads what follows the `\` of one character.
    fn escaped_char(&mut self) -> Option<u32> {
        let c = self.next()?;
        Some(match c {
            '1'..='7' if !self.rest.starts_with(|c| ('0'..='7').contains(&c)) => return None,
            '0'..='7' => {
                let mut value = c.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = self.rest.chars().next().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    self.next();
                    value = value * 8 + digit;
                }
                value
            }
            'x' if self.eat("{") => {
                let (digits, rest) = self.rest.split_once('}')?;
                self.rest = rest;
                let is_hex = digits.chars().all(|c| c.is_ascii_hexdigit());
                let value = u32::from_str_radix(digits, 16).ok();
                value.filter(|value| is_hex && *value <= LAST)?
            }
            'x' => {
                let (high, low) = (self.next()?.to_digit(16)?, self.next()?.to_digit(16)?);
                high * 16 + low
            }
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => u32::from(c),
            _ => return None,
        })
    }

    /// Reads what follows a `[`.
    fn brackets(&mut self) -> Option<Set> {
        let mut set = Set {
            is_negated: self.eat("^"),
            ..Set::default()
        };
        let mut is_first = true;
        while is_first || !self.eat("]") {
            is_first = false;
            if self.class(&mut set)? {
                continue;
            }
            let low = self.bound()?;
            let mut high = low;
            if self.rest.len() > 1 && self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.next();
                high = self.bound()?;
            }
            if high < low {
                return None;
            }
            set.ranges.push((low, high));
        }
        Some(set)
    }

    fn bound(&mut self) -> Option<u32> {
        match self.next()? {
            '\\' => self.escaped_char(),
            c => Some(u32::from(c)),
        }
    }

    /// Reads `[:name:]` or an escape that stands for several characters, if one stands here.
    fn class(&mut self, set: &mut Set) -> Option<bool> {
        if let Some(rest) = self.rest.strip_prefix("[:")
            && let Some((name, rest)) = rest.split_once(":]")
        {
            let (name, is_negated) = match name.strip_prefix('^') {
                Some(name) => (name, true),
                None => (name, false),
            };
            let ranges = CLASSES
                .iter()
                .find(|(found, _)| *found == name && name != " ")?
                .1;
            set.add(Class { ranges, is_negated });
            self.rest = rest;
            return Some(true);
        }
        let Some(rest) = self.rest.strip_prefix('\\') else {
            return Some(false);
        };
        let before = std::mem::replace(&mut self.rest, rest);
        if let Some(class) = self.named_escape() {
            set.add(class);
            return Some(true);
        }
        self.rest = before;
        Some(false)
    }
}

/// Reads a number without zeros in front; one that is too large is larger than any that is taken.
fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

/// Classes by name (`regexp/syntax/perl_groups.go`, Go 1.26), in order; the blank is `\s`.
const CLASSES: &[(&str, &[(u32, u32)])] = &[
    (" ", &[(9, 10), (12, 13), (32, 32)]),
    ("alnum", &[(0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)]),
    ("alpha", &[(0x41, 0x5a), (0x61, 0x7a)]),
    ("ascii", &[(0, 0x7f)]),
    ("blank", &[(9, 9), (32, 32)]),
    ("cntrl", &[(0, 0x1f), (0x7f, 0x7f)]),
    ("digit", &[(0x30, 0x39)]),
    ("graph", &[(0x21, 0x7e)]),
    ("lower", &[(0x61, 0x7a)]),
    ("print", &[(0x20, 0x7e)]),
    (
        "punct",
        &[(0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60), (0x7b, 0x7e)],
    ),
    ("space", &[(9, 13), (32, 32)]),
    ("upper", &[(0x41, 0x5a)]),
    (
        "word",
        &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)],
    ),
    ("xdigit", &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
];
