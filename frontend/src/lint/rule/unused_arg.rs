//! `unused-arg`: an argument that changes nothing.

use std::collections::BTreeSet;

use crate::lint::sink::Sink;
use crate::lint::written::{Mentions, Place, has_args, placed_bodies};
use crate::model::{Arg, Build};

/// Arguments that mean something without being mentioned.
const READ_BY_OTHERS: &[&str] = &[
    "ALL_PROXY",
    "FTP_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SOURCE_DATE_EPOCH",
];

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    if !has_args(build) {
        return;
    }
    let mentions = Mentions::new(build);
    let mentioned: BTreeSet<&str> = mentions.args.iter().map(|it| it.arg.as_str()).collect();
    let is_unused = |arg: &&Arg| {
        let name = arg.name.value.as_str();
        let upper = name.to_ascii_uppercase();
        let is_read = name.starts_with("BUILDKIT_") || READ_BY_OTHERS.contains(&upper.as_str());
        !is_read && !mentioned.contains(name)
    };
    let top = build.args.iter().map(|arg| (Place::default(), arg));
    let stages = build.stages.iter().flat_map(placed_bodies);
    let stages = stages.flat_map(|(place, body)| body.args.iter().map(move |arg| (place, arg)));
    for (place, arg) in top.chain(stages).filter(|(_, arg)| is_unused(arg)) {
        let name = &arg.name.value;
        sink.enter(place)
            .report(
                arg.name.span,
                format!("nothing mentions the argument `{name}`"),
            )
            .label("changes nothing")
            .help(format!("remove it, or use it: `${{{{ args.{name} }}}}`"));
    }
}
