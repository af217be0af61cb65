//! Programs of this machine and the libraries they load, as the files of an image.

use std::fs;
use std::path::Path;

use crate::command::{command, run};
use crate::dirs::{create, read};
use crate::error::{Context as _, Error, Result};

/// Copies what `list` names, one path a line, to the same places below `out`.
pub(super) fn copy(list: &Path, out: &Path) -> Result<()> {
    for program in read(list)?.lines() {
        let loaded = run(command("ldd").arg(program))?;
        let loaded = String::from_utf8_lossy(&loaded.stdout).into_owned();
        for path in std::iter::once(program).chain(libraries(&loaded)) {
            let inside = path.strip_prefix('/');
            let inside = inside.ok_or_else(|| Error::new(format!("`{path}` is relative")))?;
            let to = out.join(inside);
            create(to.parent().unwrap_or(out))?;
            fs::copy(path, &to).context(|| format!("cannot copy `{path}`"))?;
        }
    }
    Ok(())
}

/// Returns the files that a program loads, from what `ldd` says of it.
fn libraries(said: &str) -> impl Iterator<Item = &str> {
    said.split_whitespace().filter(|word| word.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::libraries;

    #[test]
    fn the_loader_is_one_of_the_libraries() {
        let said = "\tlinux-vdso.so.1 (0x1)\n\
                    \tlibz.so.1 => /lib/x/libz.so.1 (0x2)\n\
                    \t/lib64/ld-linux.so.2 (0x3)\n";
        let found: Vec<&str> = libraries(said).collect();
        assert_eq!(found, ["/lib/x/libz.so.1", "/lib64/ld-linux.so.2"]);
    }
}
