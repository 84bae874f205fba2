//! Packs the catalog's lists from RON into a compact binary form that the program can read at every start: reading the
//! RON itself takes longer than a plan. The RON in `assets` stays the one source; users' own files are RON too.

use std::error::Error;
use std::path::Path;

use ron::extensions::Extensions;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The catalog's own types, which import nothing but each other.
#[path = "src/catalog"]
#[allow(dead_code, unreachable_pub)] // Here they are only read and written.
mod catalog {
    pub mod accelerator;
    pub mod class_price;
    pub mod currency;
    pub mod efficiency;
    pub mod exchange;
    pub mod fabric;
    pub mod facility;
    pub mod figure;
    pub mod format;
    pub mod hosted;
    pub mod limits;
    pub mod mixer;
    pub mod model;
    pub mod offer;
    pub mod price;
    pub mod quantized;
    pub mod region;
    pub mod release;
    pub mod reliability;
    pub mod server;
    pub mod stack;
    pub mod start_rules;
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    pack::<Vec<catalog::figure::Source>>("sources")?;
    pack::<Vec<catalog::accelerator::Accelerator>>("accelerators")?;
    pack::<Vec<catalog::efficiency::Efficiency>>("efficiency")?;
    pack::<Vec<catalog::server::Server>>("servers")?;
    pack::<Vec<catalog::model::Model>>("models")?;
    pack::<Vec<catalog::stack::Stack>>("stacks")?;
    pack::<Vec<catalog::class_price::ClassMarket>>("class_prices")?;
    pack_rows::<catalog::offer::Offer>("offers")?;
    pack::<Vec<catalog::region::Region>>("regions")?;
    pack::<Vec<catalog::currency::Currency>>("currencies")?;
    pack::<Vec<catalog::fabric::Fabric>>("fabrics")?;
    pack::<Vec<catalog::hosted::Hosted>>("hosted")?;
    pack::<catalog::facility::FacilityAssumptions>("facility")?;
    pack::<catalog::reliability::Reliability>("reliability")
}

/// Writes the rows of `assets/NAME.csv` as [`pack`] does a list.
fn pack_rows<T: Serialize + DeserializeOwned>(name: &str) -> Result<(), Box<dyn Error>> {
    let source = format!("assets/{name}.csv");
    println!("cargo::rerun-if-changed={source}");
    let rows: Result<Vec<T>, csv::Error> =
        csv::Reader::from_path(&source).and_then(|mut reader| reader.deserialize().collect());
    let rows = rows.map_err(|error| format!("{source}: {error}"))?;
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join(format!("{name}.bin")), postcard::to_allocvec(&rows)?)?;
    Ok(())
}

/// Writes `assets/NAME.ron` as `NAME.bin` into the folder of what the build makes.
fn pack<T: Serialize + DeserializeOwned>(name: &str) -> Result<(), Box<dyn Error>> {
    let source = format!("assets/{name}.ron");
    println!("cargo::rerun-if-changed={source}");
    let text = std::fs::read_to_string(&source).map_err(|error| format!("{source}: {error}"))?;
    let list: T = ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .from_str(&text)
        .map_err(|error| format!("{source}:{error}"))?;
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join(format!("{name}.bin")), postcard::to_allocvec(&list)?)?;
    Ok(())
}
