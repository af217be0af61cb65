//! `when`: is a step there?

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::expr::PlatformField;
use crate::model::{When, WhenTest};
use crate::units::{Malformed, misspelt_platform};

use super::scope::Names;

/// Tells whether every test of the condition holds. What an argument lacks is reported.
pub(super) fn holds(when: &When, names: &Names<'_>, diags: &mut Diagnostics) -> bool {
    let mut all = true;
    for test in &when.tests {
        all &= match test {
            WhenTest::Not(inner) => !holds(inner, names, diags),
            WhenTest::Is { name, values } => {
                names.mention(&name.value, name.span, diags);
                let found = names.compared(&name.value);
                values.iter().any(|value| {
                    found.is_some_and(|found| {
                        found == value.value || found == names.normal(&name.value, &value.value)
                    })
                })
            }
        };
    }
    all
}

/// Returns why a platform's part is never this text, if that is certain.
pub(super) fn never(field: PlatformField, text: &str) -> Option<Malformed> {
    if text.contains('*') {
        return Some(Malformed::new(
            "patterns are not compared",
            "compare a part, such as `target.os: linux`, or list the values",
        ));
    }
    let platform = match field {
        PlatformField::Platform => Platform::parse(text, &Platform::default()).ok()?,
        PlatformField::Os => Platform::new(text, "amd64"),
        PlatformField::Arch => Platform::new("linux", text),
        PlatformField::Variant | PlatformField::OsVersion => return None,
    };
    let message = misspelt_platform(&platform)?;
    Some(Malformed::new(message, "write it as in `linux/arm64`"))
}

/// Returns a platform's part in the form in which platforms are compared: `arm64` for `aarch64`.
pub(super) fn normal_field(field: PlatformField, text: &str) -> String {
    match field {
        PlatformField::Platform => match Platform::parse(text, &Platform::default()) {
            Ok(platform) => platform.normalized().format_all(),
            Err(_) => text.to_owned(),
        },
        PlatformField::Os => Platform::new(text, "amd64").os,
        PlatformField::Arch => Platform::new("linux", text).architecture,
        PlatformField::Variant | PlatformField::OsVersion => text.to_owned(),
    }
}
