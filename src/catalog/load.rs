//! The catalog as a whole: the lists of `assets/`, looked up by id.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

use super::accelerator::Accelerator;
use super::class_price::ClassMarket;
use super::correction::{Correction, Corrections};
use super::currency::Currency;
use super::efficiency::Efficiency;
use super::error::CatalogError;
use super::evidence::Calibration;
use super::fabric::{Fabric, FabricKind};
use super::facility::FacilityAssumptions;
use super::figure::Source;
use super::hosted::Hosted;
use super::measured::MeasuredLatency;
use super::model::Model;
use super::offer::{Offer, OfferClass};
use super::price::Price;
use super::region::Region;
use super::release::AT;
use super::reliability::Reliability;
use super::server::Server;
use super::stack::Stack;

/// Version of the built-in data: the month in which it was last gone through.
pub const VERSION: &str = "2026.11";

/// Everything that plans know about the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Version of the data; `+local` follows where a user's files lie over it.
    pub version: String,
    /// Documents that figures come from.
    pub sources: Vec<Source>,
    /// Accelerators.
    pub accelerators: Vec<Accelerator>,
    /// What accelerators reach of their peaks, by generation.
    pub efficiencies: Vec<Efficiency>,
    /// Servers.
    pub servers: Vec<Server>,
    /// Models.
    pub models: Vec<Model>,
    /// Serving stacks.
    pub stacks: Vec<Stack>,
    /// What classes of sellers ask.
    pub markets: Vec<ClassMarket>,
    /// The user's own rental prices, by accelerator: they go before the classes'.
    pub prices: Vec<Price>,
    /// Regions, with their electricity.
    pub regions: Vec<Region>,
    /// Currencies that amounts are shown in.
    pub currencies: Vec<Currency>,
    /// One of each kind.
    pub fabrics: Vec<Fabric>,
    /// Models that others host.
    pub hosted: Vec<Hosted>,
    /// What is assumed of data centers.
    pub facility: FacilityAssumptions,
    /// What falls together, and what sellers promise.
    pub reliability: Reliability,
    /// What was measured, and how well the engine meets it.
    pub bands: Calibration,
    /// The user's own measurements, from the user's catalog files.
    pub(super) own_measurements: Vec<MeasuredLatency>,
    /// Of the engine's times, by the own measurements.
    pub(super) corrections: Corrections,
}

/// A record of one of the catalog's lists.
pub(super) trait Record: DeserializeOwned {
    /// File that the list is read from.
    const FILE: &'static str;

    /// What names the record within its list.
    fn id(&self) -> &str;
}

macro_rules! record {
    ($type:ty, $file:literal, $id:ident) => {
        impl Record for $type {
            const FILE: &'static str = $file;

            fn id(&self) -> &str {
                &self.$id
            }
        }
    };
}

record!(Source, "sources.ron", id);
record!(Accelerator, "accelerators.ron", id);
record!(Efficiency, "efficiency.ron", generation);
record!(Server, "servers.ron", id);
record!(Model, "models.ron", id);
record!(Stack, "stacks.ron", id);
record!(Price, "prices.ron", accelerator);
record!(Region, "regions.ron", id);
record!(Currency, "currencies.ron", id);
record!(Fabric, "fabrics.ron", id);

/// File of the hosted models, a list without ids: a user's own replaces it whole.
pub(super) const HOSTED_FILE: &str = "hosted.ron";

/// Files of the two records that are not lists.
pub(super) const FACILITY_FILE: &str = "facility.ron";
pub(super) const RELIABILITY_FILE: &str = "reliability.ron";

/// A list as build.rs packed it from `assets/NAME.ron`: reading RON takes some ten times as long.
macro_rules! packed {
    ($name:literal) => {
        unpack(concat!($name, ".ron"), include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bin")))
    };
}

impl Catalog {
    /// The catalog that comes with the program.
    ///
    /// # Errors
    /// Only if the program was built from broken assets, which a test rules out.
    pub fn built_in() -> Result<Self, CatalogError> {
        Ok(Self {
            version: VERSION.to_owned(),
            sources: packed!("sources")?,
            accelerators: packed!("accelerators")?,
            efficiencies: packed!("efficiency")?,
            servers: packed!("servers")?,
            models: packed!("models")?,
            stacks: packed!("stacks")?,
            markets: packed!("class_prices")?,
            prices: Vec::new(),
            regions: packed!("regions")?,
            currencies: packed!("currencies")?,
            fabrics: packed!("fabrics")?,
            hosted: packed!("hosted")?,
            facility: packed!("facility")?,
            reliability: packed!("reliability")?,
            // Small, and its type knows more than what is in the file.
            bands: parse("bands.ron", include_str!("../../assets/bands.ron"))?,
            own_measurements: Vec::new(),
            corrections: Corrections::default(),
        })
    }

    /// The user's own measurements.
    pub fn own_measurements(&self) -> &[MeasuredLatency] {
        &self.own_measurements
    }

    /// A catalog that has `rows` too among the own measurements.
    pub fn with_measurements(&self, rows: &[MeasuredLatency]) -> Self {
        let mut catalog = self.clone();
        catalog.add_measurements(rows);
        catalog
    }

    pub(super) fn add_measurements<'a>(&mut self, rows: impl IntoIterator<Item = &'a MeasuredLatency>) {
        for row in rows {
            // Ids are those of one file; another folder may have the same.
            if !self.own_measurements.contains(row) {
                self.own_measurements.push(row.clone());
            }
        }
        self.corrections = Corrections::default();
    }

    /// Corrections by the own measurements: `work_out` computes them at first use, and they are kept.
    pub(crate) fn corrections(&self, work_out: impl FnOnce(&Self) -> Vec<Correction>) -> &[Correction] {
        self.corrections.get_or_work_out(|| work_out(self))
    }

    /// The accelerator of this id.
    pub fn accelerator(&self, id: &str) -> Option<&Accelerator> {
        find(&self.accelerators, id)
    }

    /// The efficiencies of a generation, as accelerators name it.
    pub fn efficiency(&self, generation: &str) -> Option<&Efficiency> {
        find(&self.efficiencies, generation)
    }

    /// The server of this id.
    pub fn server(&self, id: &str) -> Option<&Server> {
        find(&self.servers, id)
    }

    /// The server that plans use for an accelerator.
    pub fn server_for(&self, accelerator: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.default && server.accelerator == accelerator)
    }

    /// The model of this id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        find(&self.models, id)
    }

    /// The serving stack of this id.
    pub fn stack(&self, id: &str) -> Option<&Stack> {
        find(&self.stacks, id)
    }

    /// The stack that `name` means: an id, or an id with a version (`vllm@0.19`).
    pub fn stack_named(&self, name: &str) -> Option<Cow<'_, Stack>> {
        match name.split_once(AT) {
            None => self.stack(name).map(Cow::Borrowed),
            Some((id, version)) => self.stack(id)?.at(version).map(Cow::Owned),
        }
    }

    /// The stack `id` as it was in a run: at the version that the run names, or else at the one of its day.
    pub fn stack_then(&self, id: &str, version: &str, day: &str) -> Option<Cow<'_, Stack>> {
        let stack = self.stack(id)?;
        let version = if version.is_empty() { stack.version_on(day) } else { Some(version) };
        Some(version.and_then(|version| stack.of_run(version)).map_or(Cow::Borrowed(stack), Cow::Owned))
    }

    /// Every public offer that prices were made from, and those that were not.
    pub fn offers(&self) -> &'static [Offer] {
        offers()
    }

    /// Names of the sellers whose offers a plan can be made with, in the order of the alphabet.
    pub fn sellers(&self) -> Vec<&'static str> {
        let counting = self.offers().iter().filter(|offer| offer.counts() && !offer.is_history());
        let names: BTreeSet<&str> = counting.map(|offer| offer.provider.as_str()).collect();
        names.into_iter().collect()
    }

    /// What sellers of `class` ask.
    pub fn market(&self, class: OfferClass) -> Option<&ClassMarket> {
        self.markets.iter().find(|market| market.class == class)
    }

    /// The user's own rental prices of an accelerator.
    pub fn price_for(&self, accelerator: &str) -> Option<&Price> {
        find(&self.prices, accelerator)
    }

    /// The region of this id.
    pub fn region(&self, id: &str) -> Option<&Region> {
        find(&self.regions, id)
    }

    /// The currency of this id.
    pub fn currency(&self, id: &str) -> Option<&Currency> {
        find(&self.currencies, id)
    }

    /// The network technology of this kind.
    pub fn fabric(&self, kind: FabricKind) -> Option<&Fabric> {
        find(&self.fabrics, kind.id())
    }

    /// The document of a figure's source id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        find(&self.sources, id)
    }
}

/// The offers, which only few commands ask for: read at first use.
fn offers() -> &'static [Offer] {
    static OFFERS: OnceLock<Vec<Offer>> = OnceLock::new();
    OFFERS.get_or_init(|| packed!("offers").unwrap_or_default())
}

fn find<'a, T: Record>(records: &'a [T], id: &str) -> Option<&'a T> {
    records.iter().find(|record| record.id() == id)
}

fn unpack<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, CatalogError> {
    postcard::from_bytes(bytes).map_err(|source| CatalogError::Packed { file, source })
}

/// Reads RON in which an optional field may be written without `Some`.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).map_err(|error| CatalogError::Parse {
        file: file.to_owned(),
        line: error.span.start.line,
        column: error.span.start.col,
        message: error.code.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Vendor;

    #[test]
    fn the_built_in_catalog_parses() {
        let catalog = Catalog::built_in().unwrap();
        assert_eq!(catalog.accelerator("h100-sxm").unwrap().vendor, Vendor::Nvidia);
        assert_eq!(catalog.server_for("gb200").unwrap().accelerators.value(), 72.0);
        assert!(catalog.accelerator("h100").is_none());
    }

    /// What was packed is what the files say.
    fn is_as_in_its_file<T: DeserializeOwned + PartialEq + std::fmt::Debug>(file: &str, packed: &T) {
        let text = std::fs::read_to_string(format!("{}/assets/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(&parse::<T>(file, &text).unwrap(), packed, "{file}");
    }

    #[test]
    fn every_list_is_as_in_its_file() {
        let catalog = Catalog::built_in().unwrap();
        is_as_in_its_file(Source::FILE, &catalog.sources);
        is_as_in_its_file(Accelerator::FILE, &catalog.accelerators);
        is_as_in_its_file(Efficiency::FILE, &catalog.efficiencies);
        is_as_in_its_file(Server::FILE, &catalog.servers);
        is_as_in_its_file(Model::FILE, &catalog.models);
        is_as_in_its_file(Stack::FILE, &catalog.stacks);
        is_as_in_its_file("class_prices.ron", &catalog.markets);
        is_as_in_its_file(Region::FILE, &catalog.regions);
        is_as_in_its_file(Currency::FILE, &catalog.currencies);
        is_as_in_its_file(Fabric::FILE, &catalog.fabrics);
        is_as_in_its_file(HOSTED_FILE, &catalog.hosted);
        is_as_in_its_file(FACILITY_FILE, &catalog.facility);
        is_as_in_its_file(RELIABILITY_FILE, &catalog.reliability);
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        let error = parse::<Vec<Source>>("sources.ron", "[\n  (id: \"x\", titel: \"y\")]").unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("sources.ron, line 2, column "), "{text}");
        assert!(text.contains("titel"), "{text}");
    }
}
