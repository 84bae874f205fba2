//! Arrows between the rooms of the library run one way: the engine knows nothing of how its results are written.

use std::path::Path;

/// The rooms from the ground up; each uses only itself and those that are named beside it.
const ROOMS: [(&str, &[&str]); 5] = [
    ("units", &[]),
    ("catalog", &["files"]),
    ("scenario", &["catalog", "files", "units"]),
    ("import", &["catalog", "files", "scenario", "units"]),
    ("engine", &["catalog", "scenario", "units"]),
];

/// The engine's folders; each uses only itself and those named beside it.
const FOLDERS: [(&str, &[&str]); 8] = [
    ("math", &[]),
    ("figures", &["math"]),
    ("replica", &["figures", "math"]),
    ("fleet", &["figures", "math"]),
    ("calibration", &["figures", "replica"]),
    ("plan", &["calibration", "figures", "fleet", "replica"]),
    ("analysis", &["figures", "fleet", "plan", "replica"]),
    ("simulator", &["figures", "math", "plan", "replica"]),
];

/// What pure functions of plain data have no use for.
const OUTSIDE: [&str; 7] =
    ["std::fs", "std::io", "std::env", "std::time", "std::net", "std::process", "std::thread"];

/// Calls `visit` with the path and the text of every source file under `folder`.
fn visit_sources(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit_sources(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn no_room_uses_one_above_it_or_what_belongs_to_a_thread() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    for (room, used) in ROOMS {
        visit_sources(&source.join(room), &mut |path, text| {
            files += 1;
            // Comments may name what is above.
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                assert!(!line.contains("thread_local"), "{}: {line}", path.display());
                for other in line.split("crate::").skip(1) {
                    let other: String =
                        other.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let room_of_the_library = source.join(&other).exists() || other == "files";
                    assert!(
                        !room_of_the_library || other == room || used.contains(&other.as_str()),
                        "{}: {line}",
                        path.display()
                    );
                }
            }
        });
    }
    assert!(files > 100, "{files} files");
}

#[test]
fn no_folder_of_the_engine_uses_one_above_it_or_the_world_outside() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let mut names = 0;
    for (folder, used) in FOLDERS {
        visit_sources(&source.join(folder), &mut |path, text| {
            // Tests may ask the whole engine.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            if path.ends_with("tests.rs") {
                return;
            }
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                assert!(!OUTSIDE.iter().any(|module| line.contains(module)), "{}: {line}", path.display());
                for other in line.split("crate::engine::").skip(1) {
                    names += 1;
                    let other: String =
                        other.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    assert!(other == folder || used.contains(&other.as_str()), "{}: {line}", path.display());
                }
            }
        });
    }
    assert!(names > 100, "{names} names");
}
