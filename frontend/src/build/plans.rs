//! The pure passes up to the plans: what the frontend and the command line share.

use buildkit_llb::Platform;

use super::pass::enter;
use crate::diagnostic::Diagnostics;
use crate::expand::{self, Asked, Purpose};
use crate::plan::{self, Plan};
use crate::request::Request;
use crate::text::FileId;
use crate::{model, syntax};

/// Who asks for what: everything that plans depend on beside the file.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Target and arguments.
    pub asked: Asked,
    /// What the image is for; empty for what file and builder agree on.
    pub platforms: Vec<Platform>,
    /// Where steps run natively.
    pub builder: Platform,
}

impl Wanted {
    /// Returns what a request wants; steps run natively on `builder`.
    pub fn new(request: &Request, builder: &Platform) -> Self {
        Self {
            asked: Asked {
                target: request.target.clone(),
                args: request.args.clone(),
                purpose: Purpose::Build,
            },
            platforms: request.platforms.clone(),
            builder: builder.clone(),
        }
    }
}

/// Returns a plan for each platform, in order.
///
/// All mistakes of the file are reported; if there are any, the plans are good for nothing.
pub fn plans(file: FileId, bytes: &[u8], wanted: &Wanted, diags: &mut Diagnostics) -> Vec<Plan> {
    enter("syntax");
    let Some(document) = syntax::parse_bytes(file, bytes, diags) else {
        return Vec::new();
    };
    enter("model");
    let build = model::decode(&document, diags);
    enter("expand");
    expand::check(&build, diags);
    let targets = expand::targets(&build, &wanted.platforms, &wanted.builder, diags);
    let mut plans = Vec::new();
    for target in &targets {
        enter("expand");
        let expansion = expand::expand(&build, &wanted.asked, target, &wanted.builder, diags);
        let Some(expansion) = expansion else {
            continue;
        };
        enter("plan");
        plans.extend(plan::plan(expansion, diags));
    }
    plans
}
