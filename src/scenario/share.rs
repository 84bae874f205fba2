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
use super::{Scenario, preset};
use crate::catalog::{Catalog, Day};
use crate::import::{ModelFileError, add_model_file};

/// What every share line starts with.
pub const PREFIX: &str = "headroom:";
/// Version of the line.
const VERSION: u32 = 1;
/// A preset is never so large: what inflates beyond is no preset.
const LARGEST: u64 = 1 << 20;

/// What a line may be wrong in.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    #[error(
        "This is no share line: it has not the six parts between colons. Copy the whole line, from `headroom:` to its end."
    )]
    /// It is no such line.
    Form,
    #[error(
        "The share line is of version {0}, which this program does not know. Update Headroom, or ask for the preset file."
    )]
    /// Another version of the form.
    Version(String),
    #[error(
        "The share line was damaged on its way: its checksum is {found}, {wanted} was expected. Copy it again, or ask for the preset file."
    )]
    /// Something was lost on the way.
    Damaged {
        /// Checksum of what is there.
        found: String,
        /// Checksum of what was sent.
        wanted: String,
    },
    /// It cannot be unpacked.
    #[error("The share line cannot be unpacked. Ask for it again, or for the preset file.")]
    Payload,
    /// What is wrong with the scenario in it.
    #[error(transparent)]
    Preset(#[from] ScenarioError),
    /// What is wrong with the model file that it names.
    #[error(transparent)]
    Model(#[from] ModelFileError),
}

/// Date of the newest price quote of the catalog, ISO 8601.
fn price_date(catalog: &Catalog) -> String {
    let quotes = catalog.prices.iter().flat_map(|price| &price.quotes);
    let newest = quotes.filter_map(|quote| Day::earliest(&quote.date)).max();
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

/// Whether `text` wants to be a share line.
pub fn is_line(text: &str) -> bool {
    bare(text).starts_with(PREFIX)
}

/// Without what mail programs and people put into and around a line.
fn bare(text: &str) -> String {
    let around = ['<', '>', '"', '\'', '`'];
    text.chars().filter(|c| !c.is_whitespace() && !around.contains(c)).collect()
}

/// The scenario of a line, and what has changed since it was made. A model that it names by a `config.json` is added to the
/// catalog.
///
/// # Errors
/// What is wrong with the line, or with the preset in it.
pub fn read(text: &str, catalog: &mut Catalog) -> Result<(Scenario, Vec<String>), ShareError> {
    let bare = bare(text);
    let rest = bare.strip_prefix(PREFIX).ok_or(ShareError::Form)?;
    let parts: Vec<&str> = rest.split(':').collect();
    let [version, catalog_version, date, sum, payload] = parts[..] else { return Err(ShareError::Form) };
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
    for quoted in text.split('"').filter(|part| part.ends_with(".json") && !part.contains('\n')) {
        add_model_file(catalog, quoted)?;
    }
    let scenario = preset::parse(&text, "share line", catalog)?;
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
    Ok((scenario, drift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_comes_back_from_its_line() {
        let mut catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let line = line(&scenario, &catalog);
            assert!(line.len() < 1500 && !line.contains(char::is_whitespace), "{stem}: {}", line.len());
            let wrapped = format!(" <{}\n  {}> ", &line[..60], &line[60..]);
            for text in [&line, &wrapped] {
                assert!(is_line(text));
                assert_eq!(read(text, &mut catalog).unwrap(), (scenario.clone(), Vec::new()), "{stem}");
            }
        }
    }

    /// Whatever one letter becomes, the line is refused or gives the same scenario.
    #[test]
    fn a_damaged_line_is_never_another_scenario() {
        let mut catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("edge-8b", &catalog).unwrap();
        let line = line(&scenario, &catalog);
        for i in 0..line.len() {
            for other in ["A", "7", ":", ""] {
                let damaged = format!("{}{other}{}", &line[..i], &line[i + 1..]);
                if damaged == line {
                    continue;
                }
                if let Ok((read, _)) = read(&damaged, &mut catalog) {
                    assert_eq!(read, scenario, "{damaged}");
                }
            }
        }
        let error = |text: &str| read(text, &mut Catalog::built_in().unwrap()).unwrap_err().to_string();
        assert!(error(&line.replace("headroom:1:", "headroom:9:")).contains("Update Headroom"));
        assert!(error(&line[..line.len() - 4]).contains("damaged on its way"));
        assert!(error("headroom:1").contains("no share line"));
    }

    #[test]
    fn another_catalog_is_said_to_be_another() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("edge-8b", &catalog).unwrap();
        let line = line(&scenario, &catalog);
        let mut later = Catalog { version: "2027.02".to_owned(), ..catalog };
        later.prices.clear();
        let (read, drift) = read(&line, &mut later).unwrap();
        assert_eq!(read, scenario);
        assert!(
            drift.len() == 2 && drift[0].contains("2027.02") && drift[1].contains("undated"),
            "{drift:?}"
        );
    }
}
