//! Our `.proto` files describe the same wire as BuildKit's own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use prost::Message as _;

#[test]
fn descriptors_agree_with_buildkit() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = ["gateway.proto", "errdefs.proto"];
    let descriptors = protox::compile(names, [root.join("proto")]).expect("the files compile");
    let mut child = Command::new("go")
        .args(["run", "./protodiff"])
        .current_dir(root.join("../tools"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs Go: `go` must be in PATH");
    let mut stdin = child.stdin.take().expect("the input is a pipe");
    stdin
        .write_all(&descriptors.encode_to_vec())
        .expect("Go reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("Go ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    println!("{text}");
}
