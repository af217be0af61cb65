//! Whether a download is an archive or a build file.
//!
//! In: its first bytes. As `frontend/dockerui/context.go:isArchive` (v0.32.2) decides, and beyond
//! that zstd and any tar whose first header is whole: neither can be a build file. Those two come
//! here only if nobody looked for a `# syntax=` line in them before.

/// What compressed archives start with: bzip2, gzip, xz, zstd.
const COMPRESSED: &[&[u8]] = &[b"BZh", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"];

/// The length of a header of a tar.
const HEADER: usize = 512;

/// Where a header has its checksum.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Tells whether a file that starts so is an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    COMPRESSED.iter().any(|magic| head.starts_with(magic)) || is_tar(head)
}

/// The sum of the header's bytes is in it, as octal digits; blanks stand for it in the sum. Some
/// old programs add up signed bytes.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEADER) else {
        return false;
    };
    let text = String::from_utf8_lossy(&header[CHECKSUM]);
    let text = text.trim_matches([' ', '\0']);
    let Ok(written) = i64::from_str_radix(text, 8) else {
        return false;
    };
    let bytes = header.iter().enumerate();
    let bytes = bytes.map(|(at, byte)| if CHECKSUM.contains(&at) { b' ' } else { *byte });
    let unsigned: i64 = bytes.clone().map(i64::from).sum();
    let signed: i64 = bytes.map(|byte| i64::from(byte.cast_signed())).sum();
    written == unsigned || written == signed
}

#[cfg(test)]
mod tests {
    use super::is_archive;

    fn header() -> Vec<u8> {
        let mut header = vec![0; 512];
        header[..4].copy_from_slice(b"file");
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        header
    }

    #[test]
    fn a_tar_has_a_header_with_its_sum() {
        assert!(is_archive(&header()));
        let mut wrong = header();
        wrong[0] = b'g';
        assert!(!is_archive(&wrong));
        assert!(!is_archive(&header()[..511]), "half a header");
        assert!(!is_archive(&[0; 1024]), "an empty tar");
    }

    #[test]
    fn compressed_files_are_archives() {
        for head in [
            b"BZh9".as_slice(),
            b"\x1f\x8b\x08\0",
            b"\xfd7zXZ\0\0",
            b"\x28\xb5\x2f\xfd",
        ] {
            assert!(is_archive(head));
        }
    }

    #[test]
    fn a_build_file_is_none() {
        assert!(!is_archive(b""));
        assert!(!is_archive(b"# syntax=x\nstages: {}\n"));
        let long = "# and so on\n".repeat(100);
        assert!(!is_archive(long.as_bytes()));
    }
}
