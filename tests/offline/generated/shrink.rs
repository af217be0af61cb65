//! A file that shows a difference becomes the smallest one that does: instructions are taken away,
//! then lines, flags and words, then characters, as long as there is a difference.

use super::file::{File, Form, Part};

/// How many files are tried for one difference.
const MOST: usize = 3000;

/// Returns the smallest file of which `differs` is true; of the first one it is.
pub(super) fn shrunk(file: File, differs: &mut dyn FnMut(&File) -> bool) -> File {
    let mut shrinker = Shrinker {
        file,
        left: MOST,
        differs,
    };
    while shrinker.round() {}
    shrinker.file
}

struct Shrinker<'d> {
    file: File,
    left: usize,
    differs: &'d mut dyn FnMut(&File) -> bool,
}

impl Shrinker<'_> {
    /// Tries everything once; tells whether anything could be taken away.
    fn round(&mut self) -> bool {
        let mut any = self.list(|file| Some(&mut file.instructions));
        any |= self.list(|file| Some(&mut file.options));
        any |= self.list(|file| Some(&mut file.head));
        any |= self.list(|file| Some(&mut file.tail));
        any |= self.form();
        for at in 0..self.file.instructions.len() {
            any |= self.list(|file| Some(&mut file.instructions[at].above));
            any |= self.list(|file| Some(&mut file.instructions[at].below));
            any |= self.list(|file| Some(&mut file.instructions[at].parts));
            for part in 0..self.file.instructions[at].parts.len() {
                any |= self.part(at, part);
            }
            for line in 0..self.file.instructions[at].below.len() {
                any |= self.text(|file| &mut file.instructions[at].below[line]);
            }
            for line in 0..self.file.instructions[at].above.len() {
                any |= self.text(|file| &mut file.instructions[at].above[line]);
            }
        }
        for line in 0..self.file.head.len() {
            any |= self.text(|file| &mut file.head[line]);
        }
        any && self.left > 0
    }

    /// Keeps a change if the file still shows a difference.
    fn tried(&mut self, change: impl FnOnce(&mut File)) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let mut file = self.file.clone();
        change(&mut file);
        let differs = (self.differs)(&file);
        if differs {
            self.file = file;
        }
        differs
    }

    /// Takes away items of a list: many at once, then fewer.
    fn list<T>(&mut self, list: impl Fn(&mut File) -> Option<&mut Vec<T>>) -> bool {
        let length = |this: &mut Self| list(&mut this.file).map_or(0, |list| list.len());
        let mut any = false;
        let mut size = length(self);
        while size > 0 {
            let mut at = 0;
            while at < length(self) {
                let end = (at + size).min(length(self));
                let done = self.tried(|file| {
                    list(file)
                        .into_iter()
                        .for_each(|list| drop(list.drain(at..end)));
                });
                any |= done;
                at = if done { at } else { end };
            }
            size /= 2;
        }
        any
    }

    fn form(&mut self) -> bool {
        let Form { crlf, bom, no_end } = self.file.form;
        (crlf && self.tried(|file| file.form.crlf = false))
            | (bom && self.tried(|file| file.form.bom = false))
            | (no_end && self.tried(|file| file.form.no_end = false))
    }

    fn part(&mut self, at: usize, part: usize) -> bool {
        fn of(file: &mut File, at: usize, part: usize) -> &mut Part {
            &mut file.instructions[at].parts[part]
        }
        let has_gap = self.file.instructions[at].parts[part].gap != " ";
        let mut any = has_gap && self.tried(|file| " ".clone_into(&mut of(file, at, part).gap));
        any |= has_gap && !any && self.text(|file| &mut of(file, at, part).gap);
        any | self.text(|file| &mut of(file, at, part).text)
    }

    /// Takes away characters: many at once, then fewer.
    fn text(&mut self, text: impl Fn(&mut File) -> &mut String) -> bool {
        let length = |this: &mut Self| text(&mut this.file).chars().count();
        let mut any = false;
        let mut size = length(self);
        while size > 0 {
            let mut at = 0;
            while at < length(self) {
                let without = |(idx, c): (usize, char)| (idx < at || idx >= at + size).then_some(c);
                let shorter: String = text(&mut self.file)
                    .chars()
                    .enumerate()
                    .filter_map(without)
                    .collect();
                let done = self.tried(|file| *text(file) = shorter);
                any |= done;
                at = if done { at } else { at + size };
            }
            size /= 2;
        }
        any
    }
}
