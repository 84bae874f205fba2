//! The user's inputs: workload, service levels, platform, fleet, facility and money.
//!
//! Each input is declared once in [`inputs`]; preset files, `--set`, validation and sliders loop over that
//! list. Knows the catalog, never the engine or the screen.

mod accessors;
pub mod changes;
mod custom;
mod day;
mod draft;
mod fields;
pub mod inputs;
mod load_words;
pub mod preset;
mod problem;
mod quotes;
pub mod share;
pub mod shortlist;
mod validate;
mod value;

pub use changes::InputChange;
pub(crate) use custom::custom_model_name;
pub use custom::{MODEL_SIZE, custom_model, custom_parameters};
pub use day::{DayShape, Hours};
pub use draft::Draft;
pub use fields::{
    DOLLAR, FacilityChoice, Feeds, Fleet, Hosting, Money, Platform, Pools, Scenario, Slo, Supply, Workload,
};
pub use inputs::{Choices, INPUTS, Input, Kind, Range, Scale, Value, input_at};
pub use problem::{Problem, ScenarioError};
pub use quotes::OwnQuote;
pub use shortlist::Filter;
pub use validate::{NO_MODEL, choices, input_named};
