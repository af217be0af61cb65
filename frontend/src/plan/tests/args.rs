//! Build arguments: which value counts, where a name is visible, what is said about mistakes.

use super::Case;

/// Checks the commands of a file with these lines, each a step `run` of the stage `b`, which is
/// built from the stage `a`.
#[track_caller]
fn check(args: &[(&str, &str)], top: &str, steps: &str, expected: &str) {
    let file = format!(
        "args: {{{top}}}\nstages:\n  a:\n    from: scratch\n    args: {{IN_A: a, BOTH: a}}\n  \
         b:\n    from: a\n    args: {{IN_B: 'b${{{{ args.IN_A }}}}', BOTH: b, TOP: , OWN: own}}\n    \
         steps:\n      - run: \"{steps}\"\n"
    );
    let out = Case::new(&file).args(args).run();
    let found = out
        .lines()
        .find_map(|line| line.trim().strip_prefix("run "));
    assert_eq!(found.unwrap_or(&out), expected);
}

#[test]
fn a_stage_sees_its_own_arguments_then_its_base_stages_then_the_files() {
    check(
        &[],
        "TOP: t, BOTH: top, OWN: top",
        "${{ args.IN_A }} ${{ args.IN_B }} ${{ args.BOTH }} ${{ args.TOP }} ${{ args.OWN }}",
        "a ba b t own",
    );
}

#[test]
fn the_request_comes_before_every_default() {
    check(
        &[("IN_A", "1"), ("BOTH", "2"), ("TOP", "3"), ("OWN", "")],
        "TOP: t",
        "${{ args.IN_A }} ${{ args.IN_B }} ${{ args.BOTH }} ${{ args.TOP }} [${{ args.OWN }}]",
        "1 b1 2 3 []",
    );
}

#[test]
fn a_default_sees_the_arguments_before_it() {
    check(&[], "X: 1, TOP: 'v${{ args.X }}'", "${{ args.TOP }}", "v1");
    check(
        &[],
        "TOP: '${{ args.X- }}', X: 1",
        "x",
        "1:14: argument `X` is not declared (a default sees only the arguments before it: \
         change the order)",
    );
}

#[test]
fn an_argument_without_a_value_is_an_error_where_it_is_used() {
    check(
        &[],
        "TOP: ",
        "${{ args.TOP }}",
        "10:15: `args.TOP` has no value (pass `--build-arg TOP=...`, give it a default, or write \
         `${{ args.TOP- }}` for empty)",
    );
    check(
        &[],
        "TOP: ",
        "[${{ args.TOP- }}] ${{ args.TOP:-none }}",
        "[] none",
    );
}

#[test]
fn an_undeclared_argument_is_an_error_with_the_right_name() {
    check(
        &[],
        "VERSION: 1",
        "${{ args.VERSOIN }}",
        "10:15: argument `VERSOIN` is not declared (did you mean `args.VERSION`?)",
    );
    check(
        &[],
        "",
        "${{ args.TARGETARCH }}",
        "10:15: argument `TARGETARCH` is not declared (did you mean `target.arch`?)",
    );
}

#[test]
fn a_sibling_stage_does_not_see_an_argument() {
    let file = "\
stages:
  a: {from: scratch, args: {X: 1}}
  b:
    from: scratch
    steps: [{run: 'echo ${{ args.X }}'}]
";
    Case::new(file).is("5:25: argument `X` is not declared (declare it: `args: {X: value}`)");
}

#[test]
fn from_sees_only_the_arguments_of_the_file() {
    let file = "\
stages:
  a:
    from: alpine:${{ args.V }}
    args: {V: 3}
";
    Case::new(file)
        .is("3:18: argument `V` is not declared (declare `V` under the `args` of the file)");
}

const TYPED: &str = "\
args:
  DEBUG: {type: bool, default: true}
  PORT: {type: int, default: 80}
  MODE: {type: enum, values: [fast, safe]}
  TAG: {pattern: 'v[0-9]+|latest'}
  TOKEN: {required: true}
stages:
  a:
    from: scratch
    steps: [{run: 'b ${{ args.DEBUG }} ${{ args.PORT }} ${{ args.MODE- }} ${{ args.TAG- }}'}]
  b:
    from: scratch
    steps: [{run: 'b ${{ args.TOKEN- }}'}]
";

#[test]
fn a_value_has_the_normal_form_of_its_type() {
    Case::new(TYPED)
        .target("a")
        .args(&[("DEBUG", "F"), ("MODE", "safe"), ("TAG", "v12")])
        .has("run b false 80 safe v12");
}

#[test]
fn a_value_that_its_type_does_not_take_is_an_error() {
    Case::new(TYPED)
        .target("a")
        .args(&[("DEBUG", "maybe"), ("PORT", "http"), ("MODE", "fsat"), ("TAG", "xv1")])
        .is("\
2:3: `--build-arg DEBUG`: `maybe` is neither true nor false (write true or false)
3:3: `--build-arg PORT`: `http` is not an integer (write a number such as 3)
4:3: `--build-arg MODE`: `fsat` is none of fast, safe (use one of the `values`)
5:3: `--build-arg TAG`: `xv1` does not match `v[0-9]+|latest` (the pattern must match the whole value)");
}

#[test]
fn only_what_the_target_reaches_must_have_values() {
    Case::new(TYPED).is("6:3: argument `TOKEN` needs a value (pass `--build-arg TOKEN=...`)");
    Case::new(TYPED).target("a").has("run \"b true 80  \"");
    Case::new(TYPED)
        .args(&[("TOKEN", "x"), ("PORT", "http")])
        .has("run b x");
}

#[test]
fn a_call_enforces_nothing() {
    Case::new(TYPED)
        .call()
        .args(&[("PORT", "http")])
        .has("result: b\nrun \"b \"");
    Case::new(TYPED)
        .call()
        .target("a")
        .args(&[("PORT", "http")])
        .has("run \"b true http  \"");
}

#[test]
fn a_required_argument_may_have_its_value_from_the_file() {
    let file = "\
args: {X: 1}
stages:
  a:
    from: scratch
    args: {X: {required: true}}
    steps: [{run: 'x ${{ args.X }}'}]
";
    Case::new(file).has("run x 1");
}

#[test]
fn a_pattern_and_its_default_are_checked() {
    let file = "\
args:
  A: {pattern: '('}
  B: {pattern: 'v[0-9]+', default: 1}
stages: {a: {from: scratch}}
";
    let out = Case::new(file).run();
    let lines: Vec<&str> = out
        .lines()
        .map(|line| line.split(" (").next().unwrap_or(""))
        .collect();
    assert_eq!(
        lines,
        [
            "2:16: `(` is no regular expression",
            "3:36: the default of `B`: `1` does not match `v[0-9]+`",
        ]
    );
}

#[test]
fn an_unknown_build_argument_is_a_warning() {
    let file = "args: {VERSION: 1}\nstages: {a: {from: scratch}}\n";
    let args = [
        ("VERSOIN", "2"),
        ("HTTP_PROXY", "x"),
        ("BUILDKIT_X", "x"),
        ("TARGETARCH", "x"),
        ("SOURCE_DATE_EPOCH", "0"),
    ];
    let case = Case::new(file).args(&args);
    case.has(
        "--build-arg: build argument `VERSOIN` is not declared in the file (did you mean `VERSION`?)",
    );
}

#[test]
fn platform_names_can_be_overridden() {
    let file = "\
stages:
  a:
    from: scratch
    steps: [{run: 'x ${{ target.arch }} ${{ target.platform }} ${{ stage.target }}'}]
";
    Case::new(file)
        .args(&[("TARGETARCH", "sparc"), ("TARGETSTAGE", "other")])
        .has("run x sparc linux/amd64 other");
}

#[test]
fn values_that_double_are_bounded() {
    let mut file = "args:\n  A0: abcdefghij\n".to_owned();
    for idx in 1..40 {
        let before = format!("${{{{ args.A{} }}}}", idx - 1);
        file.push_str(&format!("  A{idx}: '{before}{before}'\n"));
    }
    file.push_str("stages:\n  a: {from: scratch, steps: [{run: 'x ${{ args.A39 }}'}]}\n");
    let out = Case::new(&file).run();
    assert!(
        out.ends_with("the text grows past 4 MiB"),
        "{}",
        &out[..200.min(out.len())]
    );
}

/// Checks the arguments that a build uses, with their values and the bytes of their lines.
#[track_caller]
fn check_used(case: Case<'_>, expected: &[&str]) {
    let plan = case.plan().expect("a plan");
    let line = |start: u32| case.file[..start as usize].lines().count();
    let used = plan.args.iter().map(|it| {
        let (name, value) = (&it.arg.name, it.value.as_deref().unwrap_or("-"));
        format!("{}={value} in line {}", name.value, line(name.span.start))
    });
    assert_eq!(used.collect::<Vec<_>>(), expected);
}

#[test]
fn an_argument_is_used_where_a_reached_stage_mentions_or_declares_it() {
    let file = "args:
  BASE: a
  DEEP: ${{ args.BASE }}b
  WHEN: c
  OTHER: d
  UNUSED: ${{ args.OTHER }}
stages:
  base:
    from: x:${{ args.DEEP }}
    args: {OWN: e}
  web:
    from: base
    steps:
      - run: a
        when: {args.WHEN: z}
  other:
    from: ${{ args.OTHER }}
    args: {THEIRS: f}
";
    check_used(
        Case::new(file).target("web"),
        &[
            "BASE=a in line 2",
            "DEEP=ab in line 3",
            "WHEN=c in line 4",
            "OWN=e in line 10",
        ],
    );
    check_used(
        Case::new(file).args(&[("OTHER", "y")]),
        &["OTHER=y in line 5", "THEIRS=f in line 18"],
    );
}

#[test]
fn a_call_needs_no_value_to_know_what_a_stage_starts_from() {
    let file = "args: {BASE: {required: true}, P: , S: }
stages:
  web:
    from: ${{ args.BASE }}
    platform: ${{ args.P }}
    steps:
      - copy: a
        from: b:${{ args.BASE }}
  other: {from: '${{ args.S:-web }}'}
";
    check_used(
        Case::new(file).call(),
        &["BASE=- in line 1", "P=- in line 1", "S=- in line 1"],
    );
}

#[test]
fn an_argument_that_takes_the_value_of_the_file_is_that_of_the_file() {
    let file = "args: {A: b, C: d}
stages:
  app:
    from: x
    args: {A: , C: '${{ args.C }}e', F: }
";
    check_used(
        Case::new(file),
        &["A=b in line 1", "C=d in line 1", "F=- in line 5"],
    );
}
