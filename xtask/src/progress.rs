//! Where progress lines go; chosen by whoever calls, so that nothing here prints.

/// Receives one line at a time about what is being done.
#[derive(Clone, Copy, Debug)]
pub struct Progress(fn(&str));

impl Progress {
    /// Sends every line to `sink`.
    pub fn to(sink: fn(&str)) -> Progress {
        Progress(sink)
    }

    /// Drops every line.
    pub fn silent() -> Progress {
        Progress(|_| ())
    }

    /// Says one line.
    pub fn say(self, line: impl AsRef<str>) {
        (self.0)(line.as_ref());
    }
}
