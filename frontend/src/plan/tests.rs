//! From a file to its plan: what every test of `expand` and `plan` uses.
//!
//! `expand` is tested here too: a plan shows what became of every value.

mod args;
mod platform;
mod reach;
mod steps;

use buildkit_llb::Platform;

use crate::diagnostic::{Diagnostics, oneline};
use crate::expand::{self, Asked, Purpose};
use crate::request::NamedContext;
use crate::text::Files;
use crate::{model, syntax};

use super::Plan;
use super::dump::dump;

/// A file, and what the request says about it.
struct Case<'a> {
    file: &'a str,
    target: Option<&'a str>,
    args: &'a [(&'a str, &'a str)],
    platform: &'a str,
    contexts: Option<&'a [&'a str]>,
    purpose: Purpose,
}

impl<'a> Case<'a> {
    fn new(file: &'a str) -> Self {
        Self {
            file,
            target: None,
            args: &[],
            platform: "linux/amd64",
            contexts: None,
            purpose: Purpose::Build,
        }
    }

    fn args(mut self, args: &'a [(&'a str, &'a str)]) -> Self {
        self.args = args;
        self
    }

    fn target(mut self, target: &'a str) -> Self {
        self.target = Some(target);
        self
    }

    fn platform(mut self, platform: &'a str) -> Self {
        self.platform = platform;
        self
    }

    fn contexts(mut self, keys: &'a [&'a str]) -> Self {
        self.contexts = Some(keys);
        self
    }

    fn call(mut self) -> Self {
        self.purpose = Purpose::Call;
        self
    }

    /// Returns the plan, and what is said, a line each.
    fn compile(&self) -> (Option<Plan>, Diagnostics, Files) {
        let mut files = Files::new();
        let mut diags = Diagnostics::new();
        let file = files.add("build.yaml", self.file);
        let builder = Platform::new("linux", "amd64");
        let target = Platform::parse(self.platform, &builder).expect("a platform");
        let args = self.args.iter();
        let asked = Asked {
            target: self.target.map(str::to_owned),
            args: args
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            contexts: self.contexts.map(|keys| {
                let keys = keys.iter().map(|key| (*key).to_owned());
                keys.map(|key| (key, NamedContext::default())).collect()
            }),
            purpose: self.purpose,
            ..Asked::default()
        };
        let plan = syntax::parse(file, self.file, &mut diags).and_then(|document| {
            let build = model::decode(&document, &mut diags);
            expand::check(&build, &mut diags);
            let target = target.normalized();
            let expansion = expand::expand(&build, &asked, &target, &builder, &mut diags)?;
            super::plan(expansion, &mut diags)
        });
        (plan.filter(|_| !diags.has_errors()), diags, files)
    }

    fn plan(&self) -> Option<Plan> {
        self.compile().0
    }

    /// Returns the plan as text, then what is said, a line each.
    fn run(&self) -> String {
        let (plan, diags, files) = self.compile();
        let out = plan.map(|plan| dump(&plan)).unwrap_or_default();
        let lines: Vec<String> = diags.iter().map(|d| oneline(d, &files)).collect();
        out + &lines.join("\n")
    }

    /// Checks that the plan has these lines, in order.
    #[track_caller]
    fn has(&self, expected: &str) {
        let actual = self.run();
        let mut rest = actual.lines().map(str::trim);
        for line in expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            assert!(rest.any(|it| it == line), "no `{line}` in\n{actual}");
        }
    }

    /// Checks the whole plan and what is said.
    #[track_caller]
    fn is(&self, expected: &str) {
        assert_eq!(self.run().trim_end(), expected.trim_end());
    }
}

#[test]
fn a_plan_is_readable() {
    let file = "\
args:
  NODE: 20
stages:
  deps:
    from: node:${{ args.NODE }}-alpine
    workdir: /app
    steps:
      - copy: [package.json, package-lock.json]
      - run: npm ci
        cache: npm
        secrets: [npm_token]
  unused:
    from: golang
  runtime:
    from: deps
    env: {A: 1, PATH: \"/x:${{ env.PATH }}\"}
    steps:
      - copy: /etc/os-release
        from: debian:12
        to: /os
    image:
      user: node
      cmd: [node, server.js]
";
    Case::new(file).is("\
result: runtime
target: linux/amd64
build: linux/amd64
image: docker.io/library/debian:12 for linux/amd64 (files)
image: docker.io/library/node:20-alpine for linux/amd64 (base)

stage deps on linux/amd64
  from image docker.io/library/node:20-alpine
  workdir /app
  copy package.json, package-lock.json
  run npm ci
    cache: preset npm
    secret: npm_token

stage runtime on linux/amd64
  from stage deps
  env
    A=1
    PATH=/x:${{ env.PATH }}
  copy /etc/os-release
    from: image docker.io/library/debian:12
    to: /os
  cmd [node, server.js]
  user node
");
}
