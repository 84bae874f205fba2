//! How long each frame took, written down when the window closes: for whoever hears that it stutters.

use std::path::PathBuf;

/// Frame times of this window.
#[derive(Default)]
pub struct FrameTimes {
    /// Where they are written; `None`: nowhere.
    path: Option<PathBuf>,
    seconds: Vec<f32>,
}

impl FrameTimes {
    /// To be written to `path`.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, seconds: Vec::new() }
    }

    /// Notes the last frame: `seconds` of interface, tessellation and painting, without waiting for the screen.
    pub fn note(&mut self, seconds: Option<f32>) {
        if let (Some(_), Some(seconds)) = (&self.path, seconds) {
            self.seconds.push(seconds);
        }
    }

    /// Writes a line a frame, seconds each; returns what went wrong.
    pub fn write(&self) -> Option<String> {
        let path = self.path.as_ref()?;
        let lines: Vec<String> = self.seconds.iter().map(ToString::to_string).collect();
        let text = format!("frame_s\n{}\n", lines.join("\n"));
        let error = std::fs::write(path, text).err()?;
        Some(format!("--frame-times {}: cannot be written: {error}. Name a file elsewhere.", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_for_every_frame() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("frames.csv");
        let mut times = FrameTimes::new(Some(path.clone()));
        for seconds in [Some(0.002), None, Some(0.004)] {
            times.note(seconds);
        }
        assert_eq!(times.write(), None);
        assert_eq!(std::fs::read_to_string(path).expect("written"), "frame_s\n0.002\n0.004\n");
        let nowhere = FrameTimes::new(Some(folder.path().join("nowhere/frames.csv")));
        assert!(nowhere.write().is_some_and(|text| text.contains("cannot be written")));
        assert_eq!(FrameTimes::new(None).write(), None);
    }
}
