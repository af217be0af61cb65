//! Addresses and what they are read as.

use super::*;

/// One line: the remote, then every part that is not empty.
#[track_caller]
fn check(text: &str, expected: &str) {
    let actual = match parse(text) {
        Ok(None) => "not git".to_string(),
        Err(error) => error.to_string(),
        Ok(Some(url)) => {
            let mut line = url.remote.clone();
            let mut part = |name: &str, value: String| {
                if !value.is_empty() {
                    line.push_str(&format!(" {name}={value}"));
                }
            };
            part("ref", url.git_ref);
            part("subdir", url.subdir);
            part("checksum", url.checksum.unwrap_or_default());
            let switch = |on: Option<bool>| on.map_or(String::new(), |on| on.to_string());
            part("keep-git-dir", switch(url.keep_git_dir));
            part("submodules", switch(url.submodules));
            part("mtime", url.mtime.unwrap_or_default());
            part(
                "fetch-by-commit",
                switch(url.fetch_by_commit.then_some(true)),
            );
            part("path-like", switch(url.is_like_a_path.then_some(true)));
            part("short", url.short_name);
            line
        }
    };
    assert_eq!(actual, expected);
}

#[test]
fn a_web_address_needs_its_suffix() {
    check("https://h.org/a/b.git", "https://h.org/a/b.git short=b");
    check("HTTP://h.org/a/b.git", "http://h.org/a/b.git short=b");
    check("https://h.org/a/b", "not git");
    check("https://h.org/a/b.git/", "not git");
    check("https://h.org/a/b.git.zip", "not git");
    check("https://h.org/b.tar?x=.git", "not git");
}

#[test]
fn git_and_ssh_addresses_need_no_suffix() {
    check("git://h.org/a", "git://h.org/a short=a");
    check(
        "ssh://git@h.org:2222/a/b",
        "ssh://git@h.org:2222/a/b short=b",
    );
    check("git://h.org:port/a", "not git");
    check("ftp://h.org/a.git", "not git");
    check("ssh+git://h.org/a.git", "not git");
}

#[test]
fn the_scp_form_is_git_over_ssh() {
    check("git@h.org:a/b.git", "git@h.org:a/b.git short=b");
    check(
        "me@h.org:a/b?tag=v1#:docs",
        "me@h.org:a/b ref=refs/tags/v1 subdir=docs short=b",
    );
    check("git@h.org:b.git", "git@h.org:b.git short=git@h.org:b");
    check("git@h.org:a#x?y", "git@h.org:a ref=x?y short=git@h.org:a");
    check("h.org:a/b.git", "not git");
    check("git@h_org:a/b.git", "not git");
}

#[test]
fn a_path_is_not_git() {
    check(".", "not git");
    check("", "not git");
    check("./a.git", "not git");
    check("../git@h.org:a", "not git");
    check("h.org/a/b.git", "not git");
}

#[test]
fn the_bare_github_form_is_marked() {
    check(
        "github.com/a/b#main",
        "github.com/a/b ref=main path-like=true short=b",
    );
    check(
        "github.com/a/b.git?branch=main",
        "github.com/a/b.git ref=refs/heads/main path-like=true short=b",
    );
}

#[test]
fn a_fragment_is_a_ref_and_a_directory() {
    check(
        "https://h.org/b.git#v1.2",
        "https://h.org/b.git ref=v1.2 short=b",
    );
    check(
        "https://h.org/b.git#rel/2:x/./y/../z/",
        "https://h.org/b.git ref=rel/2 subdir=x/z short=b",
    );
    check(
        "https://h.org/b.git#:../up",
        "https://h.org/b.git subdir=up short=b",
    );
    check(
        "https://h.org/b.git#a%20b",
        "https://h.org/b.git ref=a b short=b",
    );
    check("https://h.org/b.git#a%2", "not git");
    check("https://h.org/b.git:#x", "not git");
}

#[test]
fn a_query_says_the_same_in_words() {
    check(
        "https://h.org/b.git?ref=v1&subdir=/x",
        "https://h.org/b.git ref=v1 subdir=/x short=b",
    );
    check(
        "https://h.org/b.git?tag=refs/tags/v1",
        "https://h.org/b.git ref=refs/tags/v1 short=b",
    );
    check(
        "https://h.org/b.git?commit=ab12&keep-git-dir&submodules=0&mtime=commit#main",
        "https://h.org/b.git ref=main checksum=ab12 keep-git-dir=true submodules=false \
         mtime=commit short=b",
    );
    check(
        "https://h.org/b.git?checksum=ab12&fetch-by-commit=T",
        "https://h.org/b.git checksum=ab12 fetch-by-commit=true short=b",
    );
    check(
        "https://h.org/b.git?fetch-by-commit=false&ref=a+b%2Bc",
        "https://h.org/b.git ref=a b+c short=b",
    );
}

#[test]
fn a_bad_query_is_an_error() {
    check(
        "https://h.org/b.git?depth=1",
        "unexpected query `depth` in a git address",
    );
    check("https://h.org/b.git?ref=", "query `ref` has no value");
    check("https://h.org/b.git?ref", "query `ref` has no value");
    check(
        "https://h.org/b.git?ref=a&ref=a",
        "query `ref` has several values",
    );
    check(
        "git@h.org:b?submodules=maybe",
        "invalid submodules value `maybe`: expected true or false",
    );
    check(
        "git@h.org:b?mtime=now",
        "invalid mtime value `now`: expected checkout or commit",
    );
    check(
        "https://h.org/b.git?ref=%ff",
        "the query of the git address is not UTF-8 text",
    );
}

#[test]
fn parts_that_disagree_are_an_error() {
    check(
        "https://h.org/b.git?ref=v1#v2",
        "ref conflicts: `v2` and `v1`",
    );
    check(
        "https://h.org/b.git?ref=v1#v1",
        "https://h.org/b.git ref=v1 short=b",
    );
    check(
        "https://h.org/b.git?branch=main#main",
        "ref conflicts: `main` and `refs/heads/main`",
    );
    check(
        "https://h.org/b.git?tag=v1&branch=main",
        "tag and branch conflicts: `v1` and `main`",
    );
    check(
        "https://h.org/b.git?subdir=a#:b",
        "subdir conflicts: `b` and `a`",
    );
    check(
        "https://h.org/b.git?commit=a&checksum=b",
        "checksum conflicts: `b` and `a`",
    );
}

#[test]
fn the_remote_is_escaped_as_git_is_given_it() {
    check(
        "https://u:p%40w@h.org/a%20b/ü.git",
        "https://u:p%40w@h.org/a%20b/%C3%BC.git short=%C3%BC",
    );
    check(
        "https://a@b:c@h.org/x.git",
        "https://a%40b:c@h.org/x.git short=x",
    );
    check("https://[::1]:80/x.git", "https://[::1]:80/x.git short=x");
    check("https://[::1/x.git", "not git");
    check("https://a b/x.git", "not git");
    check("https://h:1:2/x.git", "not git");
    check("https://h.org/x\u{1}.git", "not git");
}

#[test]
fn a_file_on_the_web_is_what_is_not_git() {
    assert!(is_http("https://h.org/a.tar.gz"));
    assert!(is_http("http://h.org/a.git/info"));
    assert!(!is_http("https://h.org/a.git#v1"));
    assert!(!is_http("HTTPS://h.org/a.tar.gz"));
    assert!(!is_http("git://h.org/a"));
}
