//! A folder of a user's own catalog files, read as one layer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::CatalogError;
use super::facility::FacilityAssumptions;
use super::hosted::Hosted;
use super::load::{Catalog, FACILITY_FILE, HOSTED_FILE, RELIABILITY_FILE, Record, parse};
use super::nearest::nearest;
use super::own::{self, Numbered, OWN_MEASUREMENTS};
use super::reliability::Reliability;
use super::{Accelerator, Currency, Efficiency, Fabric, Model, Price, Region, Server, Source, Stack};
use crate::files::read_text;

/// Every file that a catalog is made of.
pub(super) const FILES: [&str; 13] = [
    Source::FILE,
    Accelerator::FILE,
    Efficiency::FILE,
    Server::FILE,
    Model::FILE,
    Stack::FILE,
    Price::FILE,
    Region::FILE,
    Currency::FILE,
    Fabric::FILE,
    HOSTED_FILE,
    FACILITY_FILE,
    RELIABILITY_FILE,
];

impl Catalog {
    /// Whether a file of this name is one that a catalog is made of.
    pub fn is_catalog_file(name: &str) -> bool {
        FILES.contains(&name) || name == OWN_MEASUREMENTS
    }
}

/// The contents of a folder's files. A record of a known id replaces it, a new id is added; `facility.ron`,
/// `reliability.ron` and `hosted.ron` replace the whole.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    sources: Vec<Source>,
    accelerators: Vec<Accelerator>,
    efficiencies: Vec<Efficiency>,
    servers: Vec<Server>,
    models: Vec<Model>,
    stacks: Vec<Stack>,
    prices: Vec<Price>,
    regions: Vec<Region>,
    currencies: Vec<Currency>,
    fabrics: Vec<Fabric>,
    hosted: Option<Vec<Hosted>>,
    facility: Option<FacilityAssumptions>,
    reliability: Option<Reliability>,
    measured: Vec<Numbered>,
}

impl Folder {
    /// Reads the folder, without checking what its records refer to.
    ///
    /// # Errors
    /// Everything that is wrong with the files, in the order of the files.
    pub fn read(path: &Path) -> Result<Self, Vec<CatalogError>> {
        let mut errors = unknown_files(path);
        let mut files = Files { directory: path, errors: &mut errors };
        let folder = Self {
            path: path.to_owned(),
            sources: files.records(),
            accelerators: files.records(),
            efficiencies: files.records(),
            servers: files.records(),
            models: files.records(),
            stacks: files.records(),
            prices: files.records(),
            regions: files.records(),
            currencies: files.records(),
            fabrics: files.records(),
            hosted: files.read(HOSTED_FILE),
            facility: files.read(FACILITY_FILE),
            reliability: files.read(RELIABILITY_FILE),
            measured: own::read(path, &mut errors),
        };
        if errors.is_empty() { Ok(folder) } else { Err(errors) }
    }

    /// Overrides `catalog` with the folder. A server with `default: true` takes over from the default server of
    /// its accelerator; measurements join those that are there.
    pub fn lay_over(&self, catalog: &mut Catalog) {
        merge(&mut catalog.sources, &self.sources);
        merge(&mut catalog.accelerators, &self.accelerators);
        merge(&mut catalog.efficiencies, &self.efficiencies);
        merge(&mut catalog.servers, &self.servers);
        merge(&mut catalog.models, &self.models);
        merge(&mut catalog.stacks, &self.stacks);
        merge(&mut catalog.prices, &self.prices);
        merge(&mut catalog.regions, &self.regions);
        merge(&mut catalog.currencies, &self.currencies);
        merge(&mut catalog.fabrics, &self.fabrics);
        yield_defaults(&mut catalog.servers, &self.servers);
        if let Some(hosted) = &self.hosted {
            catalog.hosted.clone_from(hosted);
        }
        if let Some(facility) = &self.facility {
            catalog.facility.clone_from(facility);
        }
        if let Some(reliability) = &self.reliability {
            catalog.reliability.clone_from(reliability);
        }
        catalog.add_measurements(self.measured.iter().map(|(_, row)| row));
    }

    /// What is wrong with `catalog`, over which the folder lies.
    pub fn faults(&self, catalog: &Catalog) -> Vec<CatalogError> {
        let mut errors = catalog.faults(|file| {
            let path = self.path.join(file);
            if path.exists() { path.display().to_string() } else { format!("built-in {file}") }
        });
        let file = self.path.join(OWN_MEASUREMENTS).display().to_string();
        own::check(catalog, &file, &self.measured, &mut errors);
        errors
    }
}

/// The files of a user's directory, read one by one with all errors kept.
struct Files<'a> {
    directory: &'a Path,
    errors: &'a mut Vec<CatalogError>,
}

impl Files<'_> {
    /// The contents of a file; `None` where there is none or it is broken.
    fn read<T: serde::de::DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let path = self.directory.join(file);
        if !path.exists() {
            return None;
        }
        let result = match read_text(&path) {
            Ok(text) => parse(&path.display().to_string(), &text),
            Err(source) => Err(CatalogError::Read { path, source }),
        };
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// The records of a list; none where there is no file or it is broken.
    fn records<T: Record>(&mut self) -> Vec<T> {
        let records = self.read::<Vec<T>>(T::FILE).unwrap_or_default();
        let file = self.directory.join(T::FILE).display().to_string();
        self.errors.extend(duplicates(&file, &records));
        records
    }
}

fn merge<T: Record + Clone>(records: &mut Vec<T>, own: &[T]) {
    for record in own {
        match records.iter_mut().find(|known| known.id() == record.id()) {
            Some(known) => known.clone_from(record),
            None => records.push(record.clone()),
        }
    }
}

/// One error for each id that a list holds more than once.
pub(super) fn duplicates<T: Record>(file: &str, records: &[T]) -> Vec<CatalogError> {
    let mut times = BTreeMap::new();
    for record in records {
        *times.entry(record.id()).or_insert(0) += 1;
    }
    times
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(id, times)| CatalogError::Duplicate { file: file.to_owned(), id: id.to_owned(), times })
        .collect()
}

/// The user's default servers displace the built-in ones.
fn yield_defaults(servers: &mut [Server], own: &[Server]) {
    for new in own.iter().filter(|server| server.default) {
        for server in servers.iter_mut().filter(|server| server.accelerator == new.accelerator) {
            let is_own = own.iter().any(|own| own.id == server.id);
            server.default &= is_own;
        }
    }
}

/// Errors for a directory that cannot be listed and for RON files that no part of the catalog reads.
fn unknown_files(directory: &Path) -> Vec<CatalogError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(source) => return vec![CatalogError::Read { path: directory.to_owned(), source }],
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| unknown_file(path)).collect()
}

fn unknown_file(path: &Path) -> Option<CatalogError> {
    let name = path.file_name()?.to_str()?;
    if !name.ends_with(".ron") || name.ends_with(".headroom.ron") || FILES.contains(&name) {
        return None;
    }
    let remedy = nearest(name, FILES).map_or_else(|| FILES.join(", "), str::to_owned);
    Some(CatalogError::UnknownFile { file: path.display().to_string(), remedy })
}
