//! A Dockerfile in parts, which can be taken away one by one.

/// A Dockerfile and how it is built.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    /// Options of a build: `--target x`.
    pub(super) options: Vec<String>,
    /// Lines before everything else.
    pub(super) head: Vec<String>,
    pub(super) instructions: Vec<Instruction>,
    /// Lines after everything else.
    pub(super) tail: Vec<String>,
    pub(super) form: Form,
}

/// What ends lines, and begins and ends the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    pub(super) crlf: bool,
    pub(super) bom: bool,
    pub(super) no_end: bool,
}

/// One instruction.
#[derive(Clone, Debug, Default)]
pub(super) struct Instruction {
    /// Comments and empty lines above it.
    pub(super) above: Vec<String>,
    /// Its keyword, flags and words.
    pub(super) parts: Vec<Part>,
    /// The lines of its heredocs, terminators included.
    pub(super) below: Vec<String>,
}

/// A word, and what stands between it and the one before.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) gap: String,
    pub(super) text: String,
}

impl Part {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            gap: " ".to_owned(),
            text: text.into(),
        }
    }
}

impl Instruction {
    /// Returns an instruction of words with one space between them.
    pub(super) fn new(parts: impl IntoIterator<Item = String>) -> Self {
        Self {
            parts: parts.into_iter().map(Part::new).collect(),
            ..Self::default()
        }
    }

    fn write(&self, out: &mut String) {
        for line in &self.above {
            *out += &format!("{line}\n");
        }
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 || part.gap != " " {
                *out += &part.gap;
            }
            *out += &part.text;
        }
        out.push('\n');
        for line in &self.below {
            *out += &format!("{line}\n");
        }
    }
}

impl File {
    /// Returns the text.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for line in &self.head {
            out += &format!("{line}\n");
        }
        for instruction in &self.instructions {
            instruction.write(&mut out);
        }
        for line in &self.tail {
            out += &format!("{line}\n");
        }
        if self.form.no_end {
            out.truncate(out.trim_end_matches('\n').len());
        }
        if self.form.crlf {
            out = out.replace('\n', "\r\n");
        }
        if self.form.bom {
            out.insert(0, '\u{feff}');
        }
        out
    }
}
