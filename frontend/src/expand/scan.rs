//! What an SBOM looks at besides the image, by arguments of fixed names
//! (`dockerfile2llb/convert.go:dispatchStages`, v0.32.2).

use crate::diagnostic::Diagnostics;
use crate::expr::Text;
use crate::model::{Step, Verb};
use crate::units;

use super::Expanded;
use super::args::{Sets, State};

const SCAN_STAGE: &str = "BUILDKIT_SBOM_SCAN_STAGE";
const SCAN_CONTEXT: &str = "BUILDKIT_SBOM_SCAN_CONTEXT";

/// Arguments that are in no environment.
pub(crate) const NOT_IN_ENV: [&str; 2] = [SCAN_STAGE, SCAN_CONTEXT];

/// What the scan of an image looks at besides the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scans {
    /// This stage, if it is not the result.
    pub stage: bool,
    /// The build context, if this stage is the result.
    pub context: bool,
}

impl Scans {
    /// Returns what the arguments that a stage sees say about it.
    pub(super) fn of(sets: &Sets<'_>, set: usize, stage: &str, diags: &mut Diagnostics) -> Self {
        let mut is_on = |name: &str| {
            let Some(value) = sets.find(set, name) else {
                return false;
            };
            value.is_mentioned.set(true);
            value.report(diags);
            matches!(&value.state, State::Set(value) if covers(value, stage))
        };
        Self {
            stage: is_on(SCAN_STAGE),
            context: is_on(SCAN_CONTEXT),
        }
    }

    /// Adds what the arguments that steps declare say about the stage.
    pub(super) fn add(&mut self, steps: &[Step<Expanded>], stage: &str) {
        for step in steps {
            let Verb::BuildEnv(entries) = &step.verb else {
                continue;
            };
            for (name, value) in entries {
                let switch = match name.value.as_str() {
                    SCAN_STAGE => &mut self.stage,
                    SCAN_CONTEXT => &mut self.context,
                    _ => continue,
                };
                if let Some(value) = value.as_ref().and_then(Text::as_literal) {
                    *switch = covers(value, stage);
                }
            }
        }
    }
}

/// A value is true, false, or names stages.
fn covers(value: &str, stage: &str) -> bool {
    let mut names = value.split(',').map(str::trim);
    units::parse_bool(value).unwrap_or_else(|| names.any(|name| name.eq_ignore_ascii_case(stage)))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_value_is_a_boolean_or_names_stages() {
        for (value, expected) in [
            ("true", true),
            ("1", true),
            ("F", false),
            ("", false),
            ("deps,Build", true),
            ("deps, tests", false),
        ] {
            assert_eq!(covers(value, "build"), expected, "{value}");
        }
    }
}
