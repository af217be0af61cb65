//! Writes a definition for `buildctl build`: an image, and one command on it.
//!
//! ```sh
//! cargo run -p buildkit-llb --example hello | buildctl build --progress=plain
//! ```
//!
//! The image is the first argument, by default `docker.io/library/alpine:latest`.

use std::io::{self, Write as _};

use buildkit_llb::{Exec, Graph, Image, Vertex};
use prost::Message as _;

fn main() -> io::Result<()> {
    let image = std::env::args().nth(1);
    let image = image.unwrap_or_else(|| "docker.io/library/alpine:latest".to_string());

    let mut graph = Graph::new();
    let base = graph
        .add(Vertex::new(Image::new(&*image)).name(format!("from {image}")))
        .output(0);
    let hello = Exec::new(
        Some(base),
        ["/bin/sh", "-c", "echo hello from LLB | tee /hello"],
    );
    let hello = graph.add(Vertex::new(hello).name("say hello")).output(0);

    let definition = graph.define(Some(hello), &[]);
    io::stdout().write_all(&definition.encode_to_vec())
}
