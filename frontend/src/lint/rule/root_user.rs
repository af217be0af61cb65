//! `root-user`: who breaks out of a process of root's is root.

use crate::expand::StageId;
use crate::lint::chain::{Base, Cx};
use crate::lint::sink::Sink;
use crate::model::Verb;

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    if cx.stage(id).platform.os == "windows" {
        return;
    }
    let steps = cx.chain_steps(id);
    let mut users = steps.iter().filter_map(|step| match &step.verb {
        Verb::User(user) => Some((step, user)),
        _ => None,
    });
    if let Some((step, user)) = users.next_back() {
        if user.as_literal().is_some_and(is_root) {
            sink.enter_step(step)
                .report(user.span, "containers of the image run as root")
                .help("name another user last: `image: {user: nobody}`");
        }
        return;
    }
    let is_root = match cx.base(id) {
        Base::Scratch => true,
        Base::Known(config) => config.config.user.is_empty() || is_root(&config.config.user),
        Base::Unknown => false,
    };
    if is_root {
        sink.report(
            cx.stage(id).name.span,
            "containers of the image run as root",
        )
        .label("neither this stage nor its base names a user")
        .help("add one: `image: {user: nobody}`");
    }
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("root" | "0"))
}
