//! `headroom catalog`: the lists of the catalog.

use clap::Args;
use headroom::catalog::Catalog;
use headroom::report::{self, Format};

use super::{Failure, answer};

/// Arguments of `headroom catalog`.
#[derive(Args)]
pub struct CatalogArgs {
    #[arg(value_enum)]
    list: report::catalog::List,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl CatalogArgs {
    /// Prints the list.
    pub fn run(self, catalog: &Catalog) -> Result<(), Failure> {
        answer(&report::catalog::document(catalog, self.list, self.format))
    }
}
