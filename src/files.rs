//! How files are read and written: without the mark that some editors put first, and whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// The text of a file, without a byte-order mark.
///
/// # Errors
/// The file is not there, may not be read, or is not UTF-8.
pub fn read_text(path: impl AsRef<Path>) -> std::io::Result<String> {
    std::fs::read_to_string(path).map(|text| without_mark(&text).to_owned())
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
    }
}
