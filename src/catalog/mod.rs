//! What exists: accelerators, servers, models, serving stacks, prices, regions.
//!
//! Plain data read from RON in `assets/`, each figure with its source and date.
//! Knows nothing of scenarios, engine or screen.

mod accelerator;
mod correction;
mod day;
mod efficiency;
mod error;
mod evidence;
mod fabric;
mod facility;
mod figure;
mod folder;
mod format;
mod hosted;
mod layers;
mod limits;
mod load;
mod measured;
mod measured_throughput;
mod mixer;
mod model;
mod nearest;
mod own;
mod price;
mod price_date;
mod region;
mod release;
mod reliance;
mod server;
mod stack;
mod stack_version;
mod validate;

pub use accelerator::{Accelerator, Peaks, ScaleUp, Vendor};
pub use correction::{Correction, Learnt, OwnFactors};
pub use day::Day;
pub use efficiency::Efficiency;
pub use error::CatalogError;
pub use evidence::{BandWidth, Calibration, Evidence, MeasuredKind, Phase, Trial};
pub use fabric::{Fabric, FabricKind, Switch, Transceiver};
pub use facility::FacilityAssumptions;
pub use figure::{Basis, Source, Sourced};
pub use format::{NumberFormat, UnknownFormat};
pub use hosted::Hosted;
pub use layers::Layers;
pub use limits::Limits;
pub use load::{Catalog, VERSION};
pub use measured::{MeasuredLatency, measured_latency};
pub use measured_throughput::{LeftOut, MeasuredThroughput, measured_throughput, throughput_left_out};
pub use mixer::{KeyValues, Mixer};
pub use model::{FeedForward, LayerGroup, Model};
pub use nearest::nearest;
pub(crate) use own::OWN_MEASUREMENTS;
pub use own::add as add_measurements;
pub use price::{OWN_QUOTE, Price, Quote, Support, Term};
pub use price_date::PriceDate;
pub use region::Region;
pub use release::{Release, stack_id};
pub use reliance::Reliance;
pub use server::{Cooling, Server};
pub use stack::{MemoryPolicy, PrefillPolicy, Stack};
