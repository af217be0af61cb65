//! `arg-in-command`: what an argument holds is read by the shell as a part of the command.

use std::collections::BTreeSet;

use crate::expr::Name;
use crate::lint::sink::Sink;
use crate::lint::written::{bodies, steps};
use crate::model::{Arg, ArgType, Build, Command, Verb};

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    let stages = build.stages.iter().flat_map(bodies);
    let declared = stages.flat_map(|body| &body.args).chain(&build.args);
    let free: BTreeSet<&str> = declared
        .filter(|arg| takes_any_text(arg))
        .map(|arg| arg.name.value.as_str())
        .collect();
    for (place, step) in steps(build) {
        let Verb::Run(run) = &step.verb else { continue };
        let Command::Shell(text) = &run.command else {
            continue;
        };
        for template in text.templates() {
            template.each_reference(&mut |reference| {
                let Name::Arg(name) = &reference.name else {
                    return;
                };
                if free.contains(name.as_str()) {
                    let message = format!("the value of `{name}` becomes a part of the command");
                    sink.enter(place)
                        .report(reference.span, message)
                        .label("the shell reads it, whatever it is")
                        .help(format!(
                            "pass it in `env: {{{name}: ${{{{ args.{name} }}}}}}` of the step and write \
                             `\"${name}\"`, or give the argument a `type` or a `pattern`"
                        ));
                }
            });
        }
    }
}

fn takes_any_text(arg: &Arg) -> bool {
    arg.kind == ArgType::String && arg.pattern.is_none()
}
