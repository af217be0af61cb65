//! A definition as stable, readable text: the format to compare expectations with.
//!
//! In: a definition, ours or anybody's. Out: a block for every vertex, what is needed first.
//! Digests are replaced by numbers in order of appearance, so a change shows where it is made and
//! not in all that follows. Capabilities are left out: they follow from the rest.

mod file;
mod mount;

use std::collections::BTreeMap;
use std::fmt::Display;

use buildkit_proto::pb;

use crate::attr;
use crate::definition::{ReadVertex, read};
use crate::error::ReadError;
use crate::platform::Platform;

/// Returns a definition as text.
pub fn dump(definition: &pb::Definition) -> Result<String, ReadError> {
    let Some(read) = read(definition)? else {
        return Ok("result scratch\n".to_string());
    };
    let mut names = Names::default();
    let mut text = String::new();
    for vertex in &read.vertices {
        let mut block = Block {
            names: &names,
            op: &vertex.op,
            lines: Vec::new(),
        };
        block.title();
        block.kind();
        block.placement();
        block.carried(vertex.metadata);
        block.places(definition, vertex);
        text.push_str(&block.lines.join("\n    "));
        text.push_str("\n\n");
        names.add(vertex);
    }
    let (digest, index) = read.result;
    let result = names.output(&digest.to_string(), i64::from(index));
    Ok(format!("{text}result {result}\n"))
}

/// Holds the number of every vertex.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<String, usize>);

impl Names {
    pub(crate) fn add(&mut self, vertex: &ReadVertex<'_>) {
        let next = self.0.len() + 1;
        self.0.insert(vertex.digest.to_string(), next);
    }

    pub(crate) fn number(&self, digest: &str) -> usize {
        self.0.get(digest).copied().unwrap_or_default()
    }

    /// Returns `[number]`, with the index of the output if it is not the first.
    fn output(&self, digest: &str, index: i64) -> String {
        match (self.number(digest), index) {
            (number, 0) => format!("[{number}]"),
            (number, index) => format!("[{number}].{index}"),
        }
    }
}

/// Returns what an op is and does, in a few words.
pub(crate) fn title(op: &pb::Op) -> String {
    use pb::op::Op;
    match &op.op {
        Some(Op::Source(source)) => format!("source {}", shown(&source.identifier)),
        Some(Op::Exec(exec)) => {
            let args = exec.meta.as_ref().map_or(&[][..], |meta| &meta.args);
            let args: Vec<String> = args.iter().map(|arg| quoted(arg)).collect();
            format!("exec {}", args.join(" "))
        }
        Some(Op::File(_)) => "file".to_string(),
        Some(Op::Merge(_)) => "merge".to_string(),
        Some(Op::Diff(_)) => "diff".to_string(),
        Some(Op::Passthrough(passthrough)) => format!("passthrough {}", shown(&passthrough.id)),
        Some(Op::Build(_)) => "build".to_string(),
        None => "nothing".to_string(),
    }
}

/// Is the text of one vertex under construction.
struct Block<'a> {
    names: &'a Names,
    op: &'a pb::Op,
    lines: Vec<String>,
}

impl Block<'_> {
    fn line(&mut self, key: &str, value: impl Display) {
        self.lines.push(format!("{key}: {value}"));
    }

    fn line_some(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.line(key, shown(value));
        }
    }

    /// Returns the name of the input with this number.
    fn input(&self, number: i64) -> String {
        if number == attr::NONE {
            return "scratch".to_string();
        }
        let input = usize::try_from(number)
            .ok()
            .and_then(|number| self.op.inputs.get(number));
        match input {
            Some(input) => self.names.output(&input.digest, input.index),
            None => format!("no input {number}"),
        }
    }

    fn title(&mut self) {
        let number = self.names.0.len() + 1;
        self.lines.push(format!("[{number}] {}", title(self.op)));
    }

    fn kind(&mut self) {
        use pb::op::Op;
        let op = self.op;
        match &op.op {
            Some(Op::Source(source)) => {
                for entry in &source.attrs {
                    let (key, value) = (entry.key(), shown(entry.value()));
                    self.line(key, value);
                }
            }
            Some(Op::Exec(exec)) => self.exec(exec),
            Some(Op::File(file)) => self.file(file),
            Some(Op::Merge(merge)) => {
                let inputs: Vec<_> = merge.inputs.iter().map(|i| self.input(i.input)).collect();
                self.line("inputs", inputs.join(" "));
            }
            Some(Op::Diff(diff)) => {
                let lower = diff.lower.map_or(0, |lower| lower.input);
                let upper = diff.upper.map_or(0, |upper| upper.input);
                self.line("lower", self.input(lower));
                self.line("upper", self.input(upper));
            }
            Some(Op::Passthrough(passthrough)) => {
                let n_inputs = crate::op::count(op.inputs.len());
                let inputs: Vec<_> = (0..n_inputs).map(|n| self.input(n)).collect();
                self.line("inputs", inputs.join(" "));
                let outputs: Vec<_> = passthrough.outputs.iter().map(|n| self.input(*n)).collect();
                self.line("outputs", outputs.join(" "));
            }
            Some(Op::Build(build)) => {
                for entry in &build.inputs {
                    let input = entry.value.map_or(attr::NONE, |value| value.input);
                    self.line(
                        "input",
                        format!("{} {}", shown(entry.key()), self.input(input)),
                    );
                }
                for entry in &build.attrs {
                    self.line(entry.key(), shown(entry.value()));
                }
            }
            None => {}
        }
    }

    fn placement(&mut self) {
        if let Some(platform) = &self.op.platform {
            self.line("platform", Platform::from(platform));
        }
        let filters = self
            .op
            .constraints
            .as_ref()
            .map_or(&[][..], |list| &list.filter);
        for filter in filters {
            self.line("constraint", shown(filter));
        }
    }

    fn carried(&mut self, metadata: Option<&pb::OpMetadata>) {
        let Some(metadata) = metadata else { return };
        for (key, value) in &metadata.description {
            let key = if key == attr::CUSTOM_NAME {
                "name"
            } else {
                key
            };
            self.line(key, shown(value));
        }
        if metadata.ignore_cache {
            self.line("cache", "ignored");
        }
        if let Some(export) = metadata.export_cache {
            self.line(
                "cache export",
                if export.value { "always" } else { "never" },
            );
        }
        if let Some(group) = &metadata.progress_group {
            let weak = if group.weak { " weak" } else { "" };
            let text = format!("{} {}{weak}", shown(&group.id), quoted(&group.name));
            self.line("progress group", text);
        }
        if let Some(limits) = &metadata.linux_resources {
            self.limits(limits);
        }
    }

    fn limits(&mut self, limits: &pb::LinuxResources) {
        let numbers = [
            ("memory", limits.memory.to_string()),
            ("memory and swap", limits.memory_swap.to_string()),
            ("cpu shares", limits.cpu_shares.to_string()),
            ("cpu period", limits.cpu_period.to_string()),
            ("cpu quota", limits.cpu_quota.to_string()),
        ];
        for (key, number) in numbers {
            if number != "0" {
                self.line(key, number);
            }
        }
        self.line_some("cpus", &limits.cpuset_cpus);
        self.line_some("memory nodes", &limits.cpuset_mems);
    }

    fn places(&mut self, definition: &pb::Definition, vertex: &ReadVertex<'_>) {
        let infos = definition
            .source
            .as_ref()
            .map_or(&[][..], |source| &source.infos);
        for location in vertex.locations {
            let info = usize::try_from(location.source_index)
                .ok()
                .and_then(|n| infos.get(n));
            let file = info.map_or("no file", |info| &info.filename);
            let ranges: Vec<String> = location.ranges.iter().map(lines).collect();
            self.line("at", format!("{}:{}", shown(file), ranges.join(",")));
        }
    }
}

/// Returns the lines of a range as `first` or `first-last`.
fn lines(range: &pb::Range) -> String {
    let line = |place: Option<pb::Position>| place.map_or(0, |place| place.line);
    match (line(range.start), line(range.end)) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}-{end}"),
    }
}

/// Returns the text in quotes, on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

/// Returns the text as it is, or in quotes if that would be unclear.
fn shown(text: &str) -> String {
    let is_clear = !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control);
    if is_clear {
        text.to_string()
    } else {
        quoted(text)
    }
}

/// Returns the words that apply.
fn flags(flags: &[(bool, &str)]) -> String {
    let set = flags.iter().filter(|(is_set, _)| *is_set);
    set.map(|(_, word)| format!(" {word}")).collect()
}
