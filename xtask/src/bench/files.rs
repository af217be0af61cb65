//! The same build, written for us and for the peer.

/// One build in both languages.
pub(super) struct Pair {
    pub(super) ours: String,
    pub(super) peer: String,
}

/// Steps of each stage.
const STEPS: usize = 10;

/// `stages` stages of ten steps, all copied into a last one.
pub(super) fn fan_in(stages: usize) -> Pair {
    let mut pair = start();
    for stage in 0..stages {
        add_stage(&mut pair, stage, "scratch");
    }
    pair.ours += "  last:\n    from: scratch\n    steps:\n";
    pair.peer += "FROM scratch\n";
    for stage in 0..stages {
        pair.ours += &format!("      - copy: /out\n        from: s{stage}\n        to: /{stage}\n");
        pair.peer += &format!("COPY --from=s{stage} /out /{stage}\n");
    }
    pair
}

/// `stages` stages of ten steps, each from the one before.
pub(super) fn chain(stages: usize) -> Pair {
    let mut pair = start();
    for stage in 0..stages {
        let from = stage
            .checked_sub(1)
            .map_or("scratch".to_owned(), |last| format!("s{last}"));
        add_stage(&mut pair, stage, &from);
    }
    pair
}

/// One step on busybox: a build that has everything a build has, and nothing to do.
pub(super) fn small(syntax: [&str; 2]) -> Pair {
    Pair {
        ours: format!(
            "# syntax={}\nstages:\n  app:\n    from: busybox\n    steps:\n      - run: echo hello\n",
            syntax[0]
        ),
        peer: format!("# syntax={}\nFROM busybox\nRUN echo hello\n", syntax[1]),
    }
}

/// Copies one directory of the context.
pub(super) fn copying(dir: &str) -> Pair {
    Pair {
        ours: format!(
            "stages:\n  app:\n    from: scratch\n    steps:\n      - copy: {dir}/\n        to: /{dir}/\n"
        ),
        peer: format!("FROM scratch\nCOPY {dir} /{dir}\n"),
    }
}

fn start() -> Pair {
    Pair {
        ours: "stages:\n".to_owned(),
        peer: String::new(),
    }
}

fn add_stage(pair: &mut Pair, stage: usize, from: &str) {
    pair.ours += &format!("  s{stage}:\n    from: {from}\n    steps:\n");
    pair.peer += &format!("FROM {from} AS s{stage}\n");
    for step in 0..STEPS {
        pair.ours += &format!("      - run: echo {stage} {step}\n");
        pair.peer += &format!("RUN echo {stage} {step}\n");
    }
}
