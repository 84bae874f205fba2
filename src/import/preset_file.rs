//! Preset files that name their model by the path of a `config.json`.

use super::library::Library;
use super::model_file::ModelFileError;
use crate::scenario::preset::{self, PresetError};
use crate::scenario::{Draft, Scenario, ScenarioError};

/// A preset that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PresetFileError {
    /// It cannot be read or is not a preset.
    #[error(transparent)]
    Preset(#[from] PresetError),
    /// It asks for what cannot be.
    #[error(transparent)]
    Invalid(#[from] ScenarioError),
    /// The model file it names cannot be used.
    #[error(transparent)]
    Model(#[from] ModelFileError),
}

impl Library {
    /// Reads a preset file, or the built-in preset of that name. When it names a `config.json`, its model is added to
    /// the catalog.
    ///
    /// # Errors
    /// A file that cannot be read, or what is wrong with it or with the `config.json`.
    pub fn open_preset(&mut self, name_or_path: &str) -> Result<Scenario, PresetFileError> {
        self.scenario(&preset::draft(name_or_path)?)
    }

    /// The scenario of a preset file. When it names a `config.json`, its model is added to the catalog.
    ///
    /// # Errors
    /// What is wrong with the preset or with the `config.json`.
    pub fn scenario(&mut self, draft: &Draft) -> Result<Scenario, PresetFileError> {
        if let Some(model) = draft.model() {
            self.open_model(model)?;
        }
        Ok(draft.scenario(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// Paths with a backslash are escaped in RON, and a story may end as a path does.
    #[test]
    fn a_preset_opens_with_the_model_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join(r"a\b.json");
        let known = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
        std::fs::copy(known, &config).unwrap();
        let scenario = Scenario {
            name: "config.json".to_owned(),
            story: "Sized from the model in models/x/config.json".to_owned(),
            ..Scenario::default()
        };
        let file = folder.path().join("x.headroom.ron");
        let mut library = Library::from(Catalog::built_in().unwrap());
        for model in ["llama-3.1-8b", config.to_str().unwrap()] {
            let mut scenario = scenario.clone();
            scenario.workload.model = model.to_owned();
            preset::save(&scenario, &file).unwrap();
            assert_eq!(library.open_preset(file.to_str().unwrap()).unwrap(), scenario);
            assert!(library.model(model).is_some());
        }
    }
}
