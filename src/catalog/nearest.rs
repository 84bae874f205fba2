//! Which known id a mistyped one was probably meant to be.

/// The candidate most like `name`, or `None` when nothing is close enough to suggest.
///
/// Case, spaces and underscores do not count: `H100_SXM` finds `h100-sxm`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    candidates
        .into_iter()
        .map(|candidate| (likeness(&wanted, &plain(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Likeness from 0 to 1; a name that another one starts with counts as close.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    let typing = strsim::normalized_damerau_levenshtein(wanted, candidate);
    let start = if !wanted.is_empty() && candidate.starts_with(wanted) { 0.8 } else { 0.0 };
    typing.max(start)
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const IDS: [&str; 4] = ["h100-sxm", "h100-pcie", "b200", "llama-3.1-70b"];

    #[test]
    fn a_typing_error_finds_its_id() {
        assert_eq!(nearest("h100-smx", IDS), Some("h100-sxm"));
        assert_eq!(nearest("llama3.1-70b", IDS), Some("llama-3.1-70b"));
    }

    #[test]
    fn case_and_separators_do_not_count() {
        assert_eq!(nearest("H100_PCIe", IDS), Some("h100-pcie"));
    }

    #[test]
    fn the_start_of_an_id_finds_it() {
        assert_eq!(nearest("llama-3.1", IDS), Some("llama-3.1-70b"));
    }

    #[test]
    fn a_stranger_finds_nothing() {
        assert_eq!(nearest("abacus", IDS), None);
    }
}
