//! `scientific-python-on-alpine`: packages with C code are often compiled there, for minutes.

use crate::expand::{Input, StageId};
use crate::lint::chain::Cx;
use crate::lint::package::installs;
use crate::lint::sink::Sink;

/// Packages that are slow to compile or do not compile on Alpine.
const PACKAGES: &[&str] = &[
    "jax",
    "matplotlib",
    "numba",
    "numpy",
    "opencv-python",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "tensorflow",
    "torch",
    "xgboost",
];

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let lowest = cx.chain(id).first().map(|stage| &stage.base);
    let Some(Input::Image(base)) = lowest else {
        return;
    };
    if !base.value.contains("alpine") {
        return;
    }
    for (step, commands) in cx.commands(id) {
        for install in installs(&commands)
            .iter()
            .filter(|it| it.manager.preset == "pip")
        {
            let name = |word: &str| {
                let end = word
                    .find(['=', '<', '>', '[', '~', '!'])
                    .unwrap_or(word.len());
                word[..end].to_ascii_lowercase()
            };
            let found = install
                .names()
                .find(|it| PACKAGES.contains(&name(it).as_str()));
            if let Some(word) = found {
                let span = cx.narrow(commands.span, word);
                sink.enter_step(step)
                    .report(
                        span,
                        format!("`{}` may have to be compiled on Alpine", name(word)),
                    )
                    .secondary(
                        base.span,
                        "its libc is not the one that most wheels are made for",
                    )
                    .help("start from a Debian image such as `python:3.12-slim`");
            }
        }
    }
}
