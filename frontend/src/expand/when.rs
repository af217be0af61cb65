//! `when`: is a step there?

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::expr::PlatformField;
use crate::model::{When, WhenTest};

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
