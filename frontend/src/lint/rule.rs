//! The rules, one to a file.

mod add_for_copy;
mod arg_in_command;
mod constant_platform;
mod copy_before_install;
mod copy_ignored;
mod expose_casing;
mod expose_host_part;
mod latest_image;
mod literal_variable;
mod missing_healthcheck;
mod overridden_command;
mod package_leftovers;
mod packages_without_cache;
mod redundant_platform;
mod relative_workdir;
mod root_user;
mod scientific_python_on_alpine;
mod secret_file_copied;
mod secret_in_arg_or_env;
mod secret_in_layer;
mod shell_form_command;
mod unpinned_image;
mod unused_arg;
mod unused_cache;
mod unused_secret;
mod unused_ssh;
mod unused_stage;
mod wrong_base_platform;

use crate::diagnostic::Code;

use super::{Judge, Rule, State};

/// Every rule, by name. One of them has two rows: what it needs to know is in two places.
pub static RULES: &[Rule] = &[
    on(Code::AddForCopy, Judge::Stage(add_for_copy::judge)),
    off(Code::ArgInCommand, Judge::File(arg_in_command::judge)),
    on(
        Code::ConstantPlatform,
        Judge::File(constant_platform::judge),
    )
    .like("FromPlatformFlagConstDisallowed"),
    on(
        Code::CopyBeforeInstall,
        Judge::Result(copy_before_install::judge),
    ),
    on(Code::CopyIgnored, Judge::Stage(copy_ignored::judge)).like("CopyIgnoredFile"),
    on(Code::ExposeCasing, Judge::Stage(expose_casing::judge)).like("ExposeProtoCasing"),
    on(Code::ExposeHostPart, Judge::Stage(expose_host_part::judge)).like("ExposeInvalidFormat"),
    on(Code::LatestImage, Judge::Stage(latest_image::judge)),
    on(Code::LiteralVariable, Judge::File(literal_variable::judge)),
    off(
        Code::MissingHealthcheck,
        Judge::Result(missing_healthcheck::judge),
    ),
    on(
        Code::OverriddenCommand,
        Judge::Stage(overridden_command::judge),
    )
    .like("MultipleInstructionsDisallowed"),
    on(
        Code::PackageLeftovers,
        Judge::Stage(package_leftovers::judge),
    ),
    off(
        Code::PackagesWithoutCache,
        Judge::Stage(packages_without_cache::judge),
    ),
    on(
        Code::RedundantPlatform,
        Judge::File(redundant_platform::judge),
    )
    .like("RedundantTargetPlatform"),
    on(Code::RelativeWorkdir, Judge::Stage(relative_workdir::judge)).like("WorkdirRelativePath"),
    off(Code::RootUser, Judge::Result(root_user::judge)),
    off(
        Code::ScientificPythonOnAlpine,
        Judge::Stage(scientific_python_on_alpine::judge),
    ),
    on(
        Code::SecretFileCopied,
        Judge::Stage(secret_file_copied::judge),
    ),
    on(
        Code::SecretInArgOrEnv,
        Judge::File(secret_in_arg_or_env::judge),
    )
    .like("SecretsUsedInArgOrEnv"),
    on(
        Code::SecretInLayer,
        Judge::File(secret_in_layer::judge_args),
    ),
    on(
        Code::SecretInLayer,
        Judge::Stage(secret_in_layer::judge_mounts),
    ),
    on(
        Code::ShellFormCommand,
        Judge::Stage(shell_form_command::judge),
    )
    .like("JSONArgsRecommended"),
    off(Code::UnpinnedImage, Judge::Stage(unpinned_image::judge)),
    on(Code::UnusedArg, Judge::File(unused_arg::judge)),
    on(Code::UnusedCache, Judge::File(unused_cache::judge)),
    on(Code::UnusedSecret, Judge::File(unused_secret::judge)),
    on(Code::UnusedSsh, Judge::File(unused_ssh::judge)),
    off(Code::UnusedStage, Judge::Result(unused_stage::judge)),
    on(
        Code::WrongBasePlatform,
        Judge::Stage(wrong_base_platform::judge),
    )
    .like("InvalidBaseImagePlatform"),
];

/// The rules of the Dockerfile frontend, for Dockerfiles.
pub(super) static DOCKERFILE: &[Rule] = &[on(
    Code::UndefinedVar,
    Judge::Stage(super::dockerfile::judge),
)];

const fn on(code: Code, judge: Judge) -> Rule {
    Rule {
        code,
        state: State::Default,
        upstream: None,
        judge,
    }
}

const fn off(code: Code, judge: Judge) -> Rule {
    Rule {
        state: State::Experimental,
        ..on(code, judge)
    }
}

impl Rule {
    /// The same rule; settings may name it as the Dockerfile frontend does.
    const fn like(self, upstream: &'static str) -> Self {
        Self {
            upstream: Some(upstream),
            ..self
        }
    }
}
