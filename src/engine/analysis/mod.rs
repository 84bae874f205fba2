//! Many plans at once: curves, cliffs, what an input does, how far one may go, and how far off measurements are.

pub mod against_load;
pub mod breaking;
pub mod causes;
pub mod cliffs;
pub mod compare;
pub mod curves;
pub mod hosted;
pub mod hosted_changes;
pub mod kv_option;
pub mod nearest;
pub mod outlook;
pub mod pools_option;
pub mod solve;
pub mod starving;
pub mod tornado;
pub mod two_kinds;
pub mod uses;
