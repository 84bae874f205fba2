//! Names of files: what is suggested for a scenario or a card, and what is added to what the user gave.

use std::path::{Path, PathBuf};

use headroom::scenario::{Scenario, preset};

/// A file name for the scenario: that of the file it came from, else made of its title.
pub fn suggested_name(scenario: &Scenario, path: Option<&Path>) -> String {
    match path.and_then(Path::file_name) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => format!("{}{}", stem_of(&scenario.name), preset::EXTENSION),
    }
}

/// A title as the stem of a file name: `support-chat-llama-3-1-70b`.
pub fn stem_of(title: &str) -> String {
    let parts = title.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_lowercase).collect();
    if parts.is_empty() { "scenario".to_owned() } else { parts.join("-") }
}

/// The path with `ending`, when the user gave none.
pub fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() {
        return path;
    }
    let mut name = path.into_os_string();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_suggested_and_completed() {
        let scenario = Scenario { name: "Support chat, Llama 3.1 70B".to_owned(), ..Default::default() };
        assert_eq!(suggested_name(&scenario, None), "support-chat-llama-3-1-70b.headroom.ron");
        let path = Path::new("/presets/mine.ron");
        assert_eq!(suggested_name(&scenario, Some(path)), "mine.ron");
        assert_eq!(with_ending("a/b".into(), preset::EXTENSION), PathBuf::from("a/b.headroom.ron"));
        assert_eq!(with_ending("a/b.ron".into(), preset::EXTENSION), PathBuf::from("a/b.ron"));
    }
}
