//! The layers that a catalog is merged from.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use super::error::CatalogError;
use super::folder::Folder;
use super::load::Catalog;
use super::model::Model;

/// A catalog and what it is merged from, lowest first: the built-in data, the user's folders with their files and
/// measurements, and models that were opened from files.
///
/// A layer is replaced as a whole, and the catalog is merged anew: the other layers stay as they are, and nothing has to
/// be applied afterwards.
#[derive(Clone, Debug)]
pub struct Layers {
    built_in: Arc<Catalog>,
    folders: Vec<Arc<Folder>>,
    opened: Vec<Model>,
    merged: Arc<Catalog>,
}

impl Layers {
    /// The built-in data alone.
    ///
    /// # Errors
    /// As [`Catalog::built_in`].
    pub fn built_in() -> Result<Self, CatalogError> {
        Catalog::built_in().map(Self::from)
    }

    /// With the catalog files of a folder over what is there: any of the built-in file names, in the same form, and
    /// `measured_latency.csv`. A folder that lies there already is read again in its place.
    ///
    /// # Errors
    /// Everything that is wrong with the files, in the order of the files.
    pub fn with_folder(&self, directory: &Path) -> Result<Self, Vec<CatalogError>> {
        let folder = Arc::new(Folder::read(directory)?);
        let mut folders = self.folders.clone();
        match folders.iter_mut().find(|known| known.path == folder.path) {
            Some(known) => *known = Arc::clone(&folder),
            None => folders.push(Arc::clone(&folder)),
        }
        let mut merged = Catalog::clone(&self.built_in);
        folders.iter().for_each(|folder| folder.lay_over(&mut merged));
        merged.version = format!("{}+local", self.built_in.version);
        // Files have to make sense without the models of one session.
        let faults = folder.faults(&merged);
        if !faults.is_empty() {
            return Err(faults);
        }
        let opened = self.opened.clone();
        let unknown: Vec<Model> =
            opened.iter().filter(|model| merged.model(&model.id).is_none()).cloned().collect();
        merged.models.extend(unknown);
        Ok(Self { built_in: Arc::clone(&self.built_in), folders, opened, merged: Arc::new(merged) })
    }

    /// Adds a model that is in no catalog file; one of a known id is left out.
    pub fn add_model(&mut self, model: Model) {
        if self.merged.model(&model.id).is_none() {
            Arc::make_mut(&mut self.merged).models.push(model.clone());
            self.opened.push(model);
        }
    }

    /// The merged catalog, to be held on to while other layers come.
    pub fn merged(&self) -> &Arc<Catalog> {
        &self.merged
    }

    /// The merged catalog alone.
    pub fn into_catalog(self) -> Catalog {
        Arc::unwrap_or_clone(self.merged)
    }
}

impl From<Catalog> for Layers {
    /// `catalog` as the lowest layer.
    fn from(catalog: Catalog) -> Self {
        let built_in = Arc::new(catalog);
        Self { merged: Arc::clone(&built_in), built_in, folders: Vec::new(), opened: Vec::new() }
    }
}

impl Deref for Layers {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.merged
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let layers = Layers::built_in().unwrap().with_folder(directory.path());
        layers.map(Layers::into_catalog).map_err(|errors| errors.iter().map(ToString::to_string).collect())
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
        let errors = Layers::built_in().unwrap().with_folder(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(matches!(errors[..], [CatalogError::Read { .. }]));
    }

    #[test]
    fn a_folder_that_is_read_again_replaces_its_layer_and_keeps_opened_models() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("regions.ron"), REGION).unwrap();
        fs::write(directory.path().join("sources.ron"), SOURCES).unwrap();
        let mut layers = Layers::built_in().unwrap();
        let model = Model { id: "x/config.json".to_owned(), ..layers.models[0].clone() };
        layers.add_model(model.clone());
        let with_moon = layers.with_folder(directory.path()).unwrap();
        assert!(with_moon.region("moon").is_some() && with_moon.model(&model.id) == Some(&model));
        assert!(layers.region("moon").is_none(), "the layers below stay as they were");
        fs::remove_file(directory.path().join("regions.ron")).unwrap();
        let without = with_moon.with_folder(directory.path()).unwrap();
        assert!(without.region("moon").is_none() && without.model(&model.id) == Some(&model));
        assert_eq!(without.version, with_moon.version);
    }
}
