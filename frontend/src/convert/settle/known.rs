//! `${{ env.NAME- }}` loses its `-` where the variable is certainly set.

use std::collections::BTreeSet;

use crate::expr::{EnvName, Modifier, Name, Piece, Template, Test};
use crate::model::map::{self, MapPhase};
use crate::model::{
    Arg, Build, CacheUse, InputName, SecretUse, SshUse, Value, Verb, When, Written,
};

/// Names of variables that are set.
type Known = BTreeSet<String>;

/// Takes the sign away where it means nothing.
pub(super) fn settle(build: &mut Build) {
    let mut of_stages: Vec<Known> = Vec::new();
    for idx in 0..build.stages.len() {
        let from = build.stages[idx].body.from.as_ref();
        let name = from.and_then(|from| from.name.as_literal());
        let mut earlier = build.stages[..idx].iter();
        let base = earlier.position(|it| Some(it.name.value.as_str()) == name);
        let mut plain = Plain(match base {
            Some(base) => of_stages[base].clone(),
            None => Known::from(["PATH".to_owned()]),
        });
        for step in build.stages[idx].body.steps.iter_mut().flatten() {
            step.verb = map::verb(&step.verb, &mut plain);
            match &step.verb {
                Verb::Env(entries) => plain.0.extend(entries.iter().map(|it| it.0.value.clone())),
                Verb::BuildEnv(entries) => {
                    let set = entries.iter().filter(|it| it.1.is_some());
                    plain.0.extend(set.map(|it| it.0.value.clone()));
                }
                Verb::Arg(args) => {
                    let set = args.iter().filter(|it| it.default.is_some());
                    plain.0.extend(set.map(|it| it.name.value.clone()));
                }
                _ => {}
            }
        }
        of_stages.push(plain.0);
    }
}

/// The variables that are set at one point of a stage.
struct Plain(Known);

impl Plain {
    fn template(&self, template: &mut Template<Name>) {
        let pieces = std::mem::take(&mut template.pieces);
        for piece in pieces {
            match piece {
                Piece::Reference(it) if is_nobody(&it.name) => {
                    if let Some(Modifier::Default(_, word)) = it.modifier {
                        word.pieces
                            .into_iter()
                            .for_each(|piece| push(template, piece));
                    }
                }
                piece => push(template, piece),
            }
        }
        for piece in template.pieces.iter_mut() {
            let Piece::Reference(it) = piece else {
                continue;
            };
            match &mut it.modifier {
                Some(Modifier::Default(Test::Unset, word)) if word.pieces.is_empty() => {
                    if let Name::Env(EnvName(name)) = &it.name
                        && self.0.contains(name)
                    {
                        it.modifier = None;
                    }
                }
                Some(
                    Modifier::Default(_, word)
                    | Modifier::Alternate(_, word)
                    | Modifier::Require(_, word),
                ) => self.template(word),
                _ => {}
            }
        }
    }
}

/// Tells whether a name is one that no variable has here, such as `$1` and `$@`.
fn is_nobody(name: &Name) -> bool {
    let Name::Env(EnvName(name)) = name else {
        return false;
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_part)
}

/// Adds a piece; text after text is one.
pub(super) fn push(template: &mut Template<Name>, piece: Piece<Name>) {
    match (piece, template.pieces.last_mut()) {
        (Piece::Literal(more), Some(Piece::Literal(text))) => text.push_str(&more),
        (piece, _) => template.pieces.push(piece),
    }
}

impl MapPhase<Written, Written> for Plain {
    fn text(&mut self, text: &Value) -> Value {
        let mut text = text.clone();
        if let Value::Plain(template) = &mut text {
            self.template(template);
        }
        text
    }

    fn input(&mut self, input: &InputName) -> InputName {
        input.clone()
    }

    fn when(&mut self, when: &Option<When>) -> Option<Option<When>> {
        Some(when.clone())
    }

    fn cache(&mut self, cache: &CacheUse) -> Vec<CacheUse> {
        vec![match cache {
            CacheUse::Name(name) => CacheUse::Name(self.text(name)),
            CacheUse::Mount(mount) => CacheUse::Mount(map::cache_mount(mount, self)),
        }]
    }

    fn secret(&mut self, secret: &SecretUse) -> Option<SecretUse> {
        Some(match secret {
            SecretUse::Name(name) => SecretUse::Name(self.text(name)),
            SecretUse::Mount(mount) => SecretUse::Mount(map::secret_mount(mount, self)),
        })
    }

    fn ssh(&mut self, ssh: &SshUse) -> Option<SshUse> {
        Some(match ssh {
            SshUse::Default(span) => SshUse::Default(*span),
            SshUse::Name(name) => SshUse::Name(self.text(name)),
            SshUse::Mount(mount) => SshUse::Mount(Box::new(map::ssh_mount(mount, self))),
        })
    }

    fn args(&mut self, args: &[Arg]) -> Verb<Written> {
        let arg = |arg: &Arg| Arg {
            default: arg.default.as_ref().map(|it| self.text(it)),
            ..arg.clone()
        };
        Verb::Arg(args.iter().map(arg).collect())
    }
}
