//! File actions as text.

use buildkit_proto::pb;

use super::{Block, flags, quoted, shown};
use crate::attr;
use crate::op::count;

impl Block<'_> {
    pub(super) fn file(&mut self, file: &pb::FileOp) {
        use pb::file_action::Action;
        for (n, action) in file.actions.iter().enumerate() {
            let text = match &action.action {
                Some(Action::Copy(copy)) => self.copy(action, copy),
                Some(Action::Mkfile(mkfile)) => self.mkfile(mkfile),
                Some(Action::Mkdir(mkdir)) => self.mkdir(mkdir),
                Some(Action::Symlink(link)) => self.symlink(link),
                Some(Action::Rm(remove)) => removal(remove),
                None => "nothing".to_string(),
            };
            let on = self.place(action.input);
            let output = match action.output {
                attr::NONE => String::new(),
                output => format!(" -> {output}"),
            };
            self.line(&format!("({n}) on {on}"), format!("{text}{output}"));
        }
    }

    /// Returns an input of the op, or the number of the action whose result is meant.
    fn place(&self, number: i64) -> String {
        match number - count(self.op.inputs.len()) {
            action if action >= 0 => format!("({action})"),
            _ => self.input(number),
        }
    }

    fn copy(&self, action: &pb::FileAction, copy: &pb::FileActionCopy) -> String {
        let from = self.place(action.secondary_input);
        let mode = match (copy.mode_str.as_str(), copy.mode) {
            ("", -1) => String::new(),
            ("", mode) => format!(" mode {mode:04o}"),
            (mode, _) => format!(" mode {}", shown(mode)),
        };
        let set = flags(&[
            (copy.follow_symlink, "follow-symlink"),
            (copy.dir_copy_contents, "dir-contents"),
            (copy.attempt_unpack_docker_compatibility, "unpack"),
            (copy.create_dest_path, "create-dest-path"),
            (copy.allow_wildcard, "allow-wildcard"),
            (copy.allow_empty_wildcard, "allow-empty-wildcard"),
            (copy.always_replace_existing_dest_paths, "always-replace"),
        ]);
        let lists = [
            list("include", &copy.include_patterns),
            list("exclude", &copy.exclude_patterns),
            list("require", &copy.required_paths),
        ];
        let (source, dest) = (shown(&copy.src), shown(&copy.dest));
        let made = self.made(copy.owner.as_ref(), copy.timestamp);
        format!(
            "copy {from} {source} to {dest}{mode}{made}{set}{}",
            lists.concat()
        )
    }

    fn mkfile(&self, mkfile: &pb::FileActionMkFile) -> String {
        let made = self.made(mkfile.owner.as_ref(), mkfile.timestamp);
        let data = match std::str::from_utf8(&mkfile.data) {
            Ok(text) => quoted(text),
            Err(_) => format!("{} bytes", mkfile.data.len()),
        };
        format!(
            "mkfile {} mode {:04o}{made} {data}",
            shown(&mkfile.path),
            mkfile.mode
        )
    }

    fn mkdir(&self, mkdir: &pb::FileActionMkDir) -> String {
        let parents = flags(&[(mkdir.make_parents, "parents")]);
        let made = self.made(mkdir.owner.as_ref(), mkdir.timestamp);
        format!(
            "mkdir {} mode {:04o}{made}{parents}",
            shown(&mkdir.path),
            mkdir.mode
        )
    }

    fn symlink(&self, link: &pb::FileActionSymlink) -> String {
        let made = self.made(link.owner.as_ref(), link.timestamp);
        format!(
            "symlink {} to {}{made}",
            shown(&link.newpath),
            shown(&link.oldpath)
        )
    }

    /// Returns the owner and the time.
    fn made(&self, owner: Option<&pb::ChownOpt>, timestamp: i64) -> String {
        let owner = owner.map_or(String::new(), |owner| {
            let group = owner.group.as_ref().map(|group| self.who(group));
            let group = group.map_or(String::new(), |group| format!(":{group}"));
            let user = owner.user.as_ref().map(|user| self.who(user));
            format!(" owner {}{group}", user.unwrap_or_default())
        });
        match timestamp {
            attr::NONE => owner,
            time => format!("{owner} time {time}"),
        }
    }

    fn who(&self, who: &pb::UserOpt) -> String {
        match &who.user {
            Some(pb::user_opt::User::ById(id)) => id.to_string(),
            Some(pb::user_opt::User::ByName(name)) => {
                format!("{} in {}", shown(&name.name), self.input(name.input))
            }
            None => String::new(),
        }
    }
}

fn removal(remove: &pb::FileActionRm) -> String {
    let set = flags(&[
        (remove.allow_not_found, "allow-not-found"),
        (remove.allow_wildcard, "allow-wildcard"),
    ]);
    format!("rm {}{set}", shown(&remove.path))
}

fn list(word: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!(" {word} {}", items.join(" "))
}
