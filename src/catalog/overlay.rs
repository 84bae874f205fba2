//! A user's own catalog files, laid over the built-in ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::CatalogError;
use super::load::{Catalog, FACILITY_FILE, HOSTED_FILE, Record, parse};
use super::nearest::nearest;
use super::own::{self, OWN_MEASUREMENTS};
use super::{Accelerator, Efficiency, Fabric, Model, Price, Region, Server, Source, Stack};

/// Every file that a catalog is made of.
pub(super) const FILES: [&str; 11] = [
    Source::FILE,
    Accelerator::FILE,
    Efficiency::FILE,
    Server::FILE,
    Model::FILE,
    Stack::FILE,
    Price::FILE,
    Region::FILE,
    Fabric::FILE,
    HOSTED_FILE,
    FACILITY_FILE,
];

impl Catalog {
    /// Whether a file of this name is one that a catalog is made of.
    pub fn is_catalog_file(name: &str) -> bool {
        FILES.contains(&name) || name == OWN_MEASUREMENTS
    }

    /// Lays the catalog files of a directory over this catalog: a record of a known id replaces it, a new id is added.
    ///
    /// Any of the built-in file names may be there, in the same form; `facility.ron` and `hosted.ron` replace the whole. A
    /// server with `default: true` takes over from the default server of its accelerator. The rows of a
    /// `measured_latency.csv` become own measurements; what they say of the engine, the engine works out. On errors,
    /// all of them are returned and the catalog stays as it was.
    ///
    /// # Errors
    /// Everything that is wrong with the files, in the order of the files.
    pub fn overlay(&mut self, directory: &Path) -> Result<(), Vec<CatalogError>> {
        let mut errors = unknown_files(directory);
        let mut merged = self.clone();
        let mut files = Files { directory, errors: &mut errors };

        files.merge(&mut merged.sources);
        files.merge(&mut merged.accelerators);
        files.merge(&mut merged.efficiencies);
        let servers = files.read::<Vec<Server>>(Server::FILE).unwrap_or_default();
        files.merge_records(&mut merged.servers, servers.clone());
        files.merge(&mut merged.models);
        files.merge(&mut merged.stacks);
        files.merge(&mut merged.prices);
        files.merge(&mut merged.regions);
        files.merge(&mut merged.fabrics);
        if let Some(hosted) = files.read(HOSTED_FILE) {
            merged.hosted = hosted;
        }
        if let Some(facility) = files.read(FACILITY_FILE) {
            merged.facility = facility;
        }
        yield_defaults(&mut merged.servers, &servers);
        let measured = own::read(directory, &mut errors);

        if errors.is_empty() {
            errors = merged.faults(|file| {
                let path = directory.join(file);
                if path.exists() { path.display().to_string() } else { format!("built-in {file}") }
            });
            let file = directory.join(OWN_MEASUREMENTS).display().to_string();
            own::check(&merged, &file, &measured, &mut errors);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        for (_, row) in measured {
            // Ids are those of one file; another folder may have the same.
            if !merged.own_measurements.contains(&row) {
                merged.own_measurements.push(row);
            }
        }
        merged.version = format!("{}+local", self.version.trim_end_matches("+local"));
        *self = merged;
        Ok(())
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
        let result = match fs::read_to_string(&path) {
            Ok(text) => parse(&path.display().to_string(), &text),
            Err(source) => Err(CatalogError::Read { path, source }),
        };
        result.map_err(|error| self.errors.push(error)).ok()
    }

    fn merge<T: Record>(&mut self, records: &mut Vec<T>) {
        let own = self.read::<Vec<T>>(T::FILE).unwrap_or_default();
        self.merge_records(records, own);
    }

    fn merge_records<T: Record>(&mut self, records: &mut Vec<T>, own: Vec<T>) {
        let file = self.directory.join(T::FILE).display().to_string();
        self.errors.extend(duplicates(&file, &own));
        for record in own {
            match records.iter_mut().find(|known| known.id() == record.id()) {
                Some(known) => *known = record,
                None => records.push(record),
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: &str = r#"[(
        id: "moon", name: "Moon",
        electricity_usd_per_kwh: (0.5, "ours", assumed), carbon_g_per_kwh: (0.0, "ours", assumed),
        water_l_per_kwh: (0.0, "ours", assumed), pue: (1.02, "ours", assumed),
    )]"#;
    const SOURCES: &str = r#"[(id: "ours", title: "Our own contract", date: "2026-11")]"#;

    fn overlaid(files: &[(&str, &str)]) -> Result<Catalog, Vec<String>> {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        let mut catalog = Catalog::built_in().unwrap();
        let before = catalog.clone();
        match catalog.overlay(directory.path()) {
            Ok(()) => Ok(catalog),
            Err(errors) => {
                assert_eq!(catalog, before, "a failed overlay must change nothing");
                Err(errors.iter().map(ToString::to_string).collect())
            }
        }
    }

    #[test]
    fn a_new_region_is_added_and_the_version_says_so() {
        let catalog = overlaid(&[("regions.ron", REGION), ("sources.ron", SOURCES)]).unwrap();
        assert_eq!(catalog.region("moon").unwrap().pue.value(), 1.02);
        assert!(catalog.region("ireland").is_some());
        assert!(catalog.version.ends_with("+local"));
    }

    #[test]
    fn a_known_id_is_replaced() {
        let price = r#"[(accelerator: "h100-sxm", rental_unit: 8, on_demand: (1.5, "recalled", assumed))]"#;
        let catalog = overlaid(&[("prices.ron", price)]).unwrap();
        let price = catalog.price_for("h100-sxm").unwrap();
        assert_eq!((price.rental_unit, price.quotes.len()), (8, 0));
    }

    #[test]
    fn the_users_default_server_takes_over() {
        let server = r#"[(
            id: "ours", name: "Our 4x H100", accelerator: "h100-sxm", accelerators: (4, "recalled", assumed),
            idle_w: (900, "recalled", assumed), max_w: (5000, "recalled", assumed),
            rack_units: (4, "recalled", assumed), cooling: liquid, default: true,
        )]"#;
        let catalog = overlaid(&[("servers.ron", server)]).unwrap();
        assert_eq!(catalog.server_for("h100-sxm").unwrap().id, "ours");
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let errors = overlaid(&[("regions.ron", "[(id: 3)]"), ("models.ron", "[oops"), ("price.ron", "[]")]);
        let errors = errors.unwrap_err();
        assert_eq!(errors.len(), 3, "{errors:#?}");
        assert!(errors[0].contains("price.ron") && errors[0].contains("use prices.ron"), "{}", errors[0]);
        assert!(errors[1].contains("models.ron, line 1"), "{}", errors[1]);
        assert!(errors[2].contains("regions.ron, line 1"), "{}", errors[2]);
    }

    #[test]
    fn a_source_that_is_nowhere_is_named() {
        let errors = overlaid(&[("regions.ron", REGION)]).unwrap_err();
        assert_eq!(errors.len(), 4);
        assert!(errors[0].contains("`moon`: electricity_usd_per_kwh names `ours`"), "{}", errors[0]);
    }

    #[test]
    fn a_missing_directory_is_an_error() {
        let errors = Catalog::built_in().unwrap().overlay(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(matches!(errors[..], [CatalogError::Read { .. }]));
    }
}
