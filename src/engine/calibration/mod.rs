//! The engine beside measurements: how far off it is, and what a user's own measurements change.

pub mod accuracy;
pub mod own_measurements;
