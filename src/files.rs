//! How files are read and written: without the mark that some editors put first, and whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// The text of a file, without a byte-order mark: UTF-8, or the UTF-16 that shells on Windows redirect into files, which
/// begins with a mark.
///
/// # Errors
/// The file is not there, may not be read, or is neither.
pub fn read_text(path: impl AsRef<Path>) -> std::io::Result<String> {
    let bytes = std::fs::read(path)?;
    let unreadable = || std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8 text");
    let wide = |of_pair: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| of_pair([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| unreadable())
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8(bytes).map(|text| without_mark(&text).to_owned()).map_err(|_| unreadable()),
    }
}

/// `text` without a byte-order mark, which editors and shells on Windows put first (Unicode 15, 23.8).
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Writes a file beside the target, syncs it, and moves it over the target.
///
/// # Errors
/// The folder is not there or may not be written to; the target is then as it was.
pub fn write_atomically(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are private; a saved preset is as readable as the one it replaces, or as any new file.
        let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "\u{feff}(version: 1)\r\n").unwrap();
        assert_eq!(read_text(file.path()).unwrap(), "(version: 1)\r\n");
        assert_eq!(without_mark("as it is"), "as it is");
        let wide: Vec<u8> = "\u{feff}(é)\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(file.path(), wide).unwrap();
        assert_eq!(read_text(file.path()).unwrap(), "(é)\r\n");
        std::fs::write(file.path(), b"a\xff\x00").unwrap();
        assert!(read_text(file.path()).is_err());
    }
}
