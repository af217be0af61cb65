//! Sources, built with this crate.

use buildkit_llb as llb;

use super::{Flag, Set, d};

pub(super) fn image(op: &d::Image) -> llb::Image {
    let mut image = llb::Image::new(&*op.name).resolve_mode(match op.mode.as_str() {
        "pull" => llb::ResolveMode::Pull,
        "local" => llb::ResolveMode::Local,
        _ => llb::ResolveMode::Default,
    });
    if op.internal {
        image = image.record_type("internal");
    }
    if let Some(layers) = op.layers {
        image = image.layer_limit(layers);
    }
    if op.checksum.is_empty() {
        image
    } else {
        image.checksum(&*op.checksum)
    }
}

pub(super) fn local(op: &d::Local) -> llb::Local {
    let mut local = llb::Local::new(&*op.name)
        .session(&*op.session)
        .include(&op.include)
        .exclude(&op.exclude)
        .follow(&op.follow)
        .shared_key_hint(&*op.hint);
    if !op.unique.is_empty() {
        local = local.unique(&*op.unique);
    }
    if op.metadata_only {
        local = local.metadata_only(&op.exceptions);
    }
    match op.differ.as_str() {
        "none" => local.differ(llb::Differ::None),
        "metadata" => local.differ(llb::Differ::Metadata),
        _ => local,
    }
}

pub(super) fn git(op: &d::Git) -> llb::Git {
    let mut git = llb::Git::new(&op.url)
        .reference(&*op.reference)
        .subdir(&op.subdir);
    let flags: [(bool, Flag<llb::Git>); 4] = [
        (op.keep_git_dir, llb::Git::keep_git_dir),
        (op.skip_submodules, llb::Git::skip_submodules),
        (op.fetch_by_commit, llb::Git::fetch_by_commit),
        (op.checkout_bundle, llb::Git::checkout_bundle),
    ];
    for (is_set, flag) in flags {
        git = if is_set { flag(git) } else { git };
    }
    let texts: [(&str, Set<llb::Git>); 3] = [
        (&op.checksum, llb::Git::checksum),
        (&op.known_hosts, llb::Git::known_ssh_hosts),
        (&op.agent, llb::Git::ssh_agent),
    ];
    for (text, set) in texts {
        git = if text.is_empty() {
            git
        } else {
            set(git, text.to_string())
        };
    }
    git = match op.mtime.as_str() {
        "commit" => git.mtime(llb::GitMtime::Commit),
        "checkout" => git.mtime(llb::GitMtime::Checkout),
        _ => git,
    };
    let secrets: [(&str, Set<llb::Git>); 2] = [
        (&op.header_secret, llb::Git::auth_header_secret),
        (&op.token_secret, llb::Git::auth_token_secret),
    ];
    for (id, set) in secrets {
        git = match id {
            "" => git,
            "-" => set(git, String::new()),
            id => set(git, id.to_string()),
        };
    }
    if !op.bundle.is_empty() {
        git = git.bundle(llb::GitBundle {
            locator: op.bundle.clone(),
            session: op.bundle_session.clone(),
            store: op.bundle_store.clone(),
        });
    }
    if op.public_key.is_empty() {
        return git;
    }
    git.signature(llb::GitSignature {
        public_key: op.public_key.clone(),
        reject_expired: op.signature_flags & 1 != 0,
        require_signed_tag: op.signature_flags & 2 != 0,
        ignore_signed_tag: op.signature_flags & 4 != 0,
    })
}

pub(super) fn http(op: &d::Http) -> llb::Http {
    let mut http = stored!(llb::Http::new(&*op.url), op.stored);
    let texts: [(&str, Set<llb::Http>); 4] = [
        (&op.checksum, llb::Http::checksum),
        (&op.secret, llb::Http::auth_header_secret),
        (&op.accept, llb::Http::accept),
        (&op.user_agent, llb::Http::user_agent),
    ];
    for (text, set) in texts {
        http = if text.is_empty() {
            http
        } else {
            set(http, text.to_string())
        };
    }
    if op.public_key.is_empty() {
        return http;
    }
    http.signature(&*op.public_key, &*op.signature)
}
