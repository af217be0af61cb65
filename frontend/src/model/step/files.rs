//! The verbs that work on files without running anything.

use crate::diagnostic::Code;
use crate::model::read::{Cx, Fields};
use crate::model::value::{self, Check};
use crate::model::{Add, Content, Copy, Mkdir, Remove, Source, Symlink, Value, Written};
use crate::units::{self, Malformed};

use super::run::source;

const CHECK_MODE: Check = |text| units::parse_mode(text).map(drop);
const CHECK_OCTAL: Check = |text| units::parse_octal(text).map(drop);

/// Reads the sources of a `copy` or `add`: at least one.
fn sources(fields: &Fields<'_>, verb: &str, cx: &mut Cx<'_>) -> Option<Vec<Source<Written>>> {
    let slot = fields.slot(verb)?;
    let items = value::items(slot, cx);
    if items.is_empty() {
        value::empty(slot, cx);
        return None;
    }
    let n_written = items.len();
    let items = items.into_iter();
    let sources: Vec<Source<Written>> = items.filter_map(|item| source(item, cx)).collect();
    (sources.len() == n_written).then_some(sources)
}

fn owner(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Value> {
    fields.checked_text("chown", value::check_user, cx)
}

/// Reads a `copy`.
pub(super) fn copy(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Copy<Written>> {
    let sources = sources(fields, "copy", cx);
    Some(Copy {
        from: fields.input("from", cx),
        to: fields.checked_text("to", value::check_path, cx),
        chown: owner(fields, cx),
        chmod: fields.checked_text("chmod", CHECK_MODE, cx),
        link: fields.boolean("link", cx),
        parents: fields.boolean("parents", cx),
        exclude: fields.texts("exclude", cx),
        optional: fields.boolean("optional", cx),
        sources: sources?,
    })
}

/// Reads an `add`. A checksum is of one source.
pub(super) fn add(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Add<Written>> {
    let sources = sources(fields, "add", cx);
    let checksum = fields.text("checksum", cx);
    if let (Some(sources), Some(checksum)) = (&sources, &checksum)
        && sources.len() > 1
    {
        let message = "`checksum` is of one source, not of several";
        cx.diags
            .report(Code::ConflictingKeys, checksum.span(), message)
            .help("write an `add` step for each source that has a checksum");
    }
    Some(Add {
        to: fields.checked_text("to", value::check_path, cx),
        checksum,
        unpack: fields.boolean("unpack", cx),
        keep_git_dir: fields.boolean("keep-git-dir", cx),
        chown: owner(fields, cx),
        chmod: fields.checked_text("chmod", CHECK_MODE, cx),
        link: fields.boolean("link", cx),
        exclude: fields.texts("exclude", cx),
        sources: sources?,
    })
}

/// Reads a `file`: a copy of content to a path.
pub(super) fn file(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Copy<Written>> {
    let check: Check = |text| match text {
        "" => value::check_path(text),
        _ if text.ends_with('/') => Err(Malformed::new(
            format!("`{text}` is a directory"),
            "write the path of the file itself",
        )),
        _ => Ok(()),
    };
    let path = fields.checked_text("file", check, cx);
    let content = fields.text("content", cx);
    let chown = owner(fields, cx);
    let chmod = fields.checked_text("chmod", CHECK_MODE, cx);
    let link = fields.boolean("link", cx);
    let content = content?;
    let content = Content {
        span: content.span(),
        content,
        name: None,
    };
    Some(Copy {
        sources: vec![Source::Content(content)],
        from: None,
        to: Some(path?),
        chown,
        chmod,
        link,
        parents: None,
        exclude: Vec::new(),
        optional: None,
    })
}

/// Reads a `mkdir`.
pub(super) fn mkdir(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Mkdir<Written>> {
    let slot = fields.slot("mkdir")?;
    let paths = value::some_texts(slot, value::check_path, cx);
    Some(Mkdir {
        chmod: fields.checked_text("chmod", CHECK_OCTAL, cx),
        chown: owner(fields, cx),
        parents: fields.boolean("parents", cx),
        paths: paths?,
    })
}

/// Reads a `symlink`.
pub(super) fn symlink(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Symlink<Written>> {
    let path = fields.checked_text("symlink", value::check_path, cx);
    let target = fields.checked_text("target", value::check_path, cx);
    Some(Symlink {
        path: path?,
        target: target?,
    })
}

/// Reads a `remove`.
pub(super) fn remove(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Remove<Written>> {
    let slot = fields.slot("remove")?;
    let paths = value::some_texts(slot, value::check_path, cx);
    Some(Remove {
        optional: fields.boolean("optional", cx),
        paths: paths?,
    })
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_step;

    #[test]
    fn sources_come_alone_or_in_a_list() {
        check_step("copy: a", "Copy { sources: [Path(\"a\")] }");
        check_step(
            "copy: [a, {content: b, name: c}]\nto: d/",
            "Copy { sources: [Path(\"a\"), Content { content: \"b\", name: \"c\" }], to: \"d/\" }",
        );
        check_step(
            "copy: []",
            "1:7: `copy` is empty (write `copy: [package.json, src/]`)",
        );
        check_step(
            "copy: ''",
            "1:7: the text is empty (write a path, such as /app)",
        );
    }

    #[test]
    fn copy_has_the_options_of_its_instruction() {
        check_step(
            "copy: a\nchown: 1:2\nchmod: u=rw\nlink: true\nparents: true\nexclude: b\noptional: true",
            "Copy { sources: [Path(\"a\")], chown: \"1:2\", chmod: \"u=rw\", link: true, \
             parents: true, exclude: [\"b\"], optional: true }",
        );
    }

    #[test]
    fn a_mode_is_text() {
        check_step(
            "copy: a\nchmod: 0644",
            "2:8: YAML reads `0644` as the number 644 (put the text in quotes: \"0644\")",
        );
        check_step(
            "copy: a\nchmod: '0999'",
            "2:8: `0999` is not an octal mode (write an octal number up to 7777 in quotes, \
             such as \"0644\")",
        );
        check_step(
            "mkdir: a\nchmod: u=rw",
            "2:8: `u=rw` is not an octal mode (write an octal number up to 7777 in quotes, \
             such as \"0644\")",
        );
    }

    #[test]
    fn a_truth_value_is_one() {
        check_step(
            "copy: a\nlink: yes",
            "2:7: `link` wants true or false, not text (write `true`)",
        );
    }

    #[test]
    fn a_checksum_is_of_one_source() {
        check_step(
            "add: https://a.b/c\nchecksum: sha256:d\nunpack: false\nkeep-git-dir: true",
            "Add { sources: [Path(\"https://a.b/c\")], checksum: \"sha256:d\", unpack: false, \
             keep_git_dir: true }",
        );
        check_step(
            "add: [a, b]\nchecksum: c",
            "2:11: `checksum` is of one source, not of several (write an `add` step for each \
             source that has a checksum)",
        );
    }

    #[test]
    fn a_file_is_a_copy_of_content() {
        check_step(
            "file: /a\ncontent: b\nchmod: '600'",
            "File(Copy { sources: [Content { content: \"b\" }], to: \"/a\", chmod: \"600\" })",
        );
        check_step(
            "file: /a",
            "1:1: `file` needs `content` (add `content: hello`)",
        );
        check_step(
            "file: /a/\ncontent: b",
            "1:7: `/a/` is a directory (write the path of the file itself)",
        );
    }

    #[test]
    fn other_file_verbs_take_paths() {
        check_step(
            "mkdir: [a, b]\nparents: false\nchown: c",
            "Mkdir { paths: [\"a\", \"b\"], chown: \"c\", parents: false }",
        );
        check_step(
            "symlink: a\ntarget: b",
            "Symlink { path: \"a\", target: \"b\" }",
        );
        check_step(
            "symlink: a",
            "1:1: `symlink` needs `target` (add `target: python3`)",
        );
        check_step(
            "remove: '*.a'\noptional: true",
            "Remove { paths: [\"*.a\"], optional: true }",
        );
        check_step(
            "remove: []",
            "1:9: `remove` is empty (write `remove: /tmp/*`)",
        );
    }
}
