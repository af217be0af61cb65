//! The only place that prints.

use std::io::{IsTerminal as _, Write as _};

use windlass_frontend::diagnostic::render::Colour;

use crate::args::Color;

/// Where results and errors go.
pub(crate) struct Output {
    stdout: Colour,
    stderr: Colour,
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let choose = |is_terminal: bool| match color {
            Color::Always => Colour::Ansi,
            Color::Auto if is_terminal && !no_color => Colour::Ansi,
            Color::Auto | Color::Never => Colour::Plain,
        };
        Self {
            stdout: choose(std::io::stdout().is_terminal()),
            stderr: choose(std::io::stderr().is_terminal()),
        }
    }

    /// Returns how findings on standard error are coloured.
    pub(crate) fn stderr_colour(&self) -> Colour {
        self.stderr
    }

    /// Prints a result. A reader that went away is no error.
    pub(crate) fn result(&mut self, text: &str) {
        let _ = self.stdout;
        let _ = std::io::stdout().write_all(text.as_bytes());
    }

    /// Prints findings.
    pub(crate) fn findings(&mut self, text: &str) {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// Prints why the command could not do its work.
    pub(crate) fn error(&mut self, message: &str) {
        let _ = writeln!(std::io::stderr(), "windlass: {message}");
    }
}
