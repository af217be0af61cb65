//! Who owns what an action makes.

use buildkit_proto::pb;

use crate::op::Inputs;
use crate::output::Output;

/// Holds a user and a group; what is absent is left to the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: Option<Who>,
    /// The group.
    pub group: Option<Who>,
    /// Whose `/etc/passwd` and `/etc/group` know the names; the op's base where there is none.
    pub known_to: Option<Output>,
}

/// Is a user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A number.
    Id(u32),
    /// A name in `/etc/passwd` or `/etc/group` of the op's base.
    Name(String),
}

impl Owner {
    /// Returns the owner with these numbers.
    pub fn id(user: u32, group: u32) -> Self {
        Self {
            user: Some(Who::Id(user)),
            group: Some(Who::Id(group)),
            known_to: None,
        }
    }

    /// Looks names up in the files of `output` instead of the op's base.
    ///
    /// Of that output only `/etc/passwd` and `/etc/group` then enter the cache key.
    #[must_use]
    pub fn known_to(mut self, output: Option<Output>) -> Self {
        self.known_to = output;
        self
    }

    /// Returns the owner that `user[:group]` names.
    ///
    /// As upstream (`client/llb/fileop.go`, `WithUser`): `root` and an empty part are 0.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((user, group)) => Self {
                user: Some(Who::parse(user)),
                group: Some(Who::parse(group)),
                known_to: None,
            },
            None => Self {
                user: Some(Who::parse(text)),
                group: None,
                known_to: None,
            },
        }
    }

    /// Returns whose users it is looked up in, where that is not the op's base.
    pub(super) fn looked_up_in(&self) -> Option<Output> {
        let has_name = |who: &Option<Who>| matches!(who, Some(Who::Name(_)));
        self.known_to
            .filter(|_| has_name(&self.user) || has_name(&self.group))
    }

    pub(super) fn lower(self, base: i64, inputs: &mut Inputs) -> pb::ChownOpt {
        let base = match self.looked_up_in() {
            Some(output) => inputs.number(Some(output)),
            None => base,
        };
        let lower = |who: Who| pb::UserOpt {
            user: Some(who.lower(base)),
        };
        pb::ChownOpt {
            user: self.user.map(lower),
            group: self.group.map(lower),
        }
    }
}

impl Who {
    fn parse(text: &str) -> Self {
        match text.parse::<i32>() {
            _ if text.is_empty() || text == "root" => Self::Id(0),
            Ok(id) => Self::Id(id.cast_unsigned()),
            Err(_) => Self::Name(text.to_string()),
        }
    }

    fn lower(self, base: i64) -> pb::user_opt::User {
        match self {
            Self::Id(id) => pb::user_opt::User::ById(id),
            Self::Name(name) => pb::user_opt::User::ByName(pb::NamedUserOpt { name, input: base }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_names_or_numbers() {
        let who = |name: &str| Some(Who::Name(name.to_string()));
        assert_eq!(
            Owner::parse("app"),
            Owner {
                user: who("app"),
                group: None,
                known_to: None,
            }
        );
        assert_eq!(
            Owner::parse("app:www"),
            Owner {
                user: who("app"),
                group: who("www"),
                known_to: None,
            }
        );
        assert_eq!(Owner::parse("root:0"), Owner::id(0, 0));
        assert_eq!(Owner::parse(":7"), Owner::id(0, 7));
        assert_eq!(
            Owner::parse("1000"),
            Owner {
                user: Some(Who::Id(1000)),
                group: None,
                known_to: None,
            }
        );
    }
}
