//! The regular expressions that patterns become.
//!
//! In: an expression as Go's `regexp` (1.26) reads it, of the few forms that patterns can become:
//! characters, escapes, brackets, `.`, one group, `|`, repetitions, the two ends, word boundaries.
//! Out: a [`Program`], run without backtracking. `\p{...}` is the only form left out.

mod read;

pub(super) use read::parse;

/// An expression, ready to be matched.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    code: Vec<Op>,
    /// Where each alternative starts.
    starts: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Op {
    /// Takes one of these characters.
    One(Set),
    /// Goes on only if this holds here.
    Here(Place),
    /// Goes on here and at this distance.
    Or(usize),
    /// Goes on this many before.
    Back(usize),
    /// Matches.
    Done,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Start,
    End,
    Word,
    NoWord,
}

/// Ranges of characters.
#[derive(Clone, Debug, Default)]
struct Set {
    ranges: Vec<(u32, u32)>,
    is_negated: bool,
}

/// A class with a name: what these ranges have, in order, or all that they have not.
#[derive(Clone, Copy)]
struct Class {
    ranges: &'static [(u32, u32)],
    is_negated: bool,
}

/// The last character there is.
const LAST: u32 = 0x0010_ffff;

impl Set {
    fn of(c: u32) -> Self {
        Self {
            ranges: vec![(c, c)],
            is_negated: false,
        }
    }

    fn has(&self, c: char) -> bool {
        let c = u32::from(c);
        let is_in = self
            .ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&c));
        is_in != self.is_negated
    }

    /// Adds the characters of a class.
    fn add(&mut self, class: Class) {
        if !class.is_negated {
            self.ranges.extend(class.ranges);
            return;
        }
        let mut next = 0;
        for (low, high) in class.ranges {
            if next < *low {
                self.ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        self.ranges.push((next, LAST));
    }
}

impl Program {
    /// Tells whether a part of a text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut threads = Threads::new(self.code.len());
        let mut before = None;
        let mut chars = text.chars();
        loop {
            let after = chars.clone().next();
            for start in &self.starts {
                threads.start(&self.code, *start, (before, after));
            }
            let Some(c) = chars.next().filter(|_| !threads.is_done) else {
                return threads.is_done;
            };
            before = Some(c);
            let around = (before, chars.clone().next());
            for at in threads.take() {
                if let Op::One(set) = &self.code[at]
                    && set.has(c)
                {
                    threads.start(&self.code, at + 1, around);
                }
            }
        }
    }
}

/// Where a match stands, at all places at once.
struct Threads {
    active: Vec<usize>,
    seen: Vec<bool>,
    is_done: bool,
}

impl Threads {
    fn new(length: usize) -> Self {
        Self {
            active: Vec::new(),
            seen: vec![false; length],
            is_done: false,
        }
    }

    fn take(&mut self) -> Vec<usize> {
        self.seen.fill(false);
        std::mem::take(&mut self.active)
    }

    /// Follows what takes no character.
    fn start(&mut self, code: &[Op], from: usize, around: (Option<char>, Option<char>)) {
        let mut waiting = vec![from];
        while let Some(at) = waiting.pop() {
            if std::mem::replace(&mut self.seen[at], true) {
                continue;
            }
            match &code[at] {
                Op::One(_) => self.active.push(at),
                Op::Here(place) if holds(*place, around) => waiting.push(at + 1),
                Op::Here(_) => {}
                Op::Or(distance) => waiting.extend([at + distance, at + 1]),
                Op::Back(distance) => waiting.push(at - distance),
                Op::Done => self.is_done = true,
            }
        }
    }
}

fn holds(place: Place, (before, after): (Option<char>, Option<char>)) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_boundary = is_word(before) != is_word(after);
    match place {
        Place::Start => before.is_none(),
        Place::End => after.is_none(),
        Place::Word => is_boundary,
        Place::NoWord => !is_boundary,
    }
}
