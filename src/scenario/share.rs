//! The share line: one pasteable line that reopens the exact scenario, with the catalog and the price date that it was made
//! with.
//!
//! `headroom:1:<catalog>:<price date>:<checksum>:<payload>`; the payload is the preset's text, deflated (RFC 1951), in the
//! URL-safe alphabet of base64 (RFC 4648); the checksum is the CRC-32 of everything after it and before it.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

use super::problem::ScenarioError;
use super::{Draft, Scenario, preset};
use crate::catalog::{Catalog, Day};

/// What every share line starts with.
pub(crate) const PREFIX: &str = "headroom:";
/// Version of the line.
const VERSION: u32 = 1;
/// Largest preset, bytes: what inflates to more is not one.
const LARGEST: u64 = 1 << 20;

/// What can be wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// Not of six parts.
    #[error(
        "not a share line: six parts expected, {0} found. Copy the whole line, from `headroom:` to its end."
    )]
    Form(usize),
    /// Another version of the form.
    #[error(
        "The share line has version {0}, which this program cannot read. Update Headroom, or ask for the preset file."
    )]
    Version(String),
    /// The checksum does not match.
    #[error(
        "The share line is damaged: its checksum is {found}, expected {wanted}. Copy it again, or ask for the preset file."
    )]
    Damaged {
        /// Checksum of what arrived.
        found: String,
        /// Checksum it was sent with.
        wanted: String,
    },
    /// It cannot be unpacked.
    #[error("The share line cannot be unpacked. Ask for it again, or for the preset file.")]
    Payload,
    /// What is wrong with the scenario in it.
    #[error(transparent)]
    Preset(#[from] ScenarioError),
    /// Its model is in a file, which a line cannot carry.
    #[error(
        "The share line names the model file {0}, which is not read because a line names it. To use that model, \
         name it yourself with --set workload.model={0}; in the window, drop the file there and paste the line again."
    )]
    ModelFile(String),
}

/// Date of the newest offer of the catalog, ISO 8601.
fn price_date(catalog: &Catalog) -> String {
    let newest = catalog.markets.iter().filter_map(|market| Day::earliest(&market.as_of)).max();
    newest.map_or_else(|| "undated".to_owned(), |day| day.to_string())
}

fn checksum(parts: [&str; 3]) -> String {
    format!("{:08x}", crc32fast::hash(parts.join(":").as_bytes()))
}

/// The line of `scenario`.
pub fn line(scenario: &Scenario, catalog: &Catalog) -> String {
    let text = preset::to_text(scenario);
    let mut packed = Vec::new();
    // Reading from memory does not fail.
    let _ = DeflateEncoder::new(text.as_bytes(), Compression::best()).read_to_end(&mut packed);
    let payload = URL_SAFE_NO_PAD.encode(packed);
    let date = price_date(catalog);
    let sum = checksum([&catalog.version, &date, &payload]);
    format!("{PREFIX}{VERSION}:{}:{date}:{sum}:{payload}", catalog.version)
}

/// Whether `text` starts as a share line does.
pub fn is_line(text: &str) -> bool {
    bare(text).starts_with(PREFIX)
}

/// Without what mail programs and users put into and around a line.
fn bare(text: &str) -> String {
    let around = ['<', '>', '"', '\'', '`'];
    text.chars().filter(|c| !c.is_whitespace() && !around.contains(c)).collect()
}

/// Content of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    draft: Draft,
    /// What has changed since the line was made.
    pub drift: Vec<String>,
}

impl Shared {
    /// The same without its model, for where another takes its place.
    #[must_use]
    pub fn without_model(self) -> Self {
        Self { draft: self.draft.without_model(), drift: self.drift }
    }

    /// The scenario, checked against `catalog`.
    ///
    /// # Errors
    /// What is wrong with the preset in the line; also a model file that is not in the catalog: a line may
    /// come from anyone, so it does not decide which files of this machine or its network are read.
    pub fn scenario(&self, catalog: &Catalog) -> Result<Scenario, ShareError> {
        match self.draft.model() {
            Some(model) if model.ends_with(".json") && catalog.model(model).is_none() => {
                Err(ShareError::ModelFile(model.to_owned()))
            }
            _ => Ok(self.draft.scenario(catalog)?),
        }
    }
}

/// Reads a line.
///
/// # Errors
/// What is wrong with the line.
pub fn read(text: &str, catalog: &Catalog) -> Result<Shared, ShareError> {
    let bare = bare(text);
    let rest = bare.strip_prefix(PREFIX).ok_or_else(|| ShareError::Form(bare.split(':').count()))?;
    let parts: Vec<&str> = rest.split(':').collect();
    let [version, catalog_version, date, sum, payload] = parts[..] else {
        return Err(ShareError::Form(1 + parts.len()));
    };
    if version != VERSION.to_string() {
        return Err(ShareError::Version(version.chars().take(12).collect()));
    }
    let wanted = checksum([catalog_version, date, payload]);
    if sum != wanted {
        return Err(ShareError::Damaged { found: sum.chars().take(12).collect(), wanted });
    }
    let packed = URL_SAFE_NO_PAD.decode(payload).map_err(|_| ShareError::Payload)?;
    let mut text = String::new();
    let read = DeflateDecoder::new(packed.as_slice()).take(LARGEST + 1).read_to_string(&mut text);
    if read.is_err() || text.len() as u64 > LARGEST {
        return Err(ShareError::Payload);
    }
    let draft = Draft::parse(&text, "share line")?;
    let mut drift = Vec::new();
    if catalog_version != catalog.version {
        drift.push(format!(
            "The line was made with catalog {catalog_version}, this is {}: figures may differ.",
            catalog.version
        ));
    }
    let now = price_date(catalog);
    if date != now {
        drift.push(format!(
            "The line was made with prices up to {date}, these go up to {now}: costs may differ."
        ));
    }
    Ok(Shared { draft, drift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_comes_back_from_its_line() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let line = line(&scenario, &catalog);
            assert!(line.len() < 1500 && !line.contains(char::is_whitespace), "{stem}: {}", line.len());
            let wrapped = format!(" <{}\n  {}> ", &line[..60], &line[60..]);
            for text in [&line, &wrapped] {
                assert!(is_line(text));
                let shared = read(text, &catalog).unwrap();
                assert_eq!(shared.scenario(&catalog).unwrap(), scenario, "{stem}");
                assert!(shared.drift.is_empty(), "{stem}");
            }
        }
    }

    /// Whatever one letter becomes, the line is refused or gives the same scenario.
    #[test]
    fn a_damaged_line_is_never_another_scenario() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("edge-8b", &catalog).unwrap();
        let line = line(&scenario, &catalog);
        for i in 0..line.len() {
            for other in ["A", "7", ":", ""] {
                let damaged = format!("{}{other}{}", &line[..i], &line[i + 1..]);
                if damaged == line {
                    continue;
                }
                if let Ok(shared) = read(&damaged, &catalog) {
                    assert_eq!(shared.scenario(&catalog).unwrap(), scenario, "{damaged}");
                }
            }
        }
        let error = |text: &str| read(text, &Catalog::built_in().unwrap()).unwrap_err().to_string();
        assert!(error(&line.replace("headroom:1:", "headroom:9:")).contains("Update Headroom"));
        assert!(error(&line[..line.len() - 4]).contains("share line is damaged"));
        assert!(error("headroom:1").contains("six parts expected, 2 found"));
    }

    #[test]
    fn another_catalog_is_named_as_drift() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("edge-8b", &catalog).unwrap();
        let line = line(&scenario, &catalog);
        let mut later = catalog.clone();
        later.version = "2027.02".to_owned();
        later.markets.clear();
        let shared = read(&line, &later).unwrap();
        assert_eq!(shared.scenario(&later).unwrap(), scenario);
        let drift = shared.drift;
        assert!(
            drift.len() == 2 && drift[0].contains("2027.02") && drift[1].contains("undated"),
            "{drift:?}"
        );
    }

    /// A line may come from anyone: the file that it names is there, and is not read.
    #[test]
    fn a_line_makes_nobody_read_a_file() {
        let catalog = Catalog::built_in().unwrap();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
        let mut scenario = preset::open("edge-8b", &catalog).unwrap();
        scenario.workload.model = file.to_owned();
        let shared = read(&line(&scenario, &catalog), &catalog).unwrap();
        let message = shared.scenario(&catalog).unwrap_err().to_string();
        assert!(message.contains(&format!("--set workload.model={file}")), "{message}");
        let own = shared.clone().without_model().scenario(&catalog).unwrap();
        assert_eq!(own.workload.model, Scenario::default().workload.model);
        // A model that the user has opened is known, and nothing has to be read.
        let mut opened = catalog.clone();
        opened.models[0].id = file.to_owned();
        assert_eq!(shared.scenario(&opened).unwrap(), scenario);
    }
}
