//! A fleet simulated request by request, at the level of engine iterations: the check on the closed form, with the same step times
//! and the same policy, and what the closed form has no answer for, such as a trace, a queue limit or failing replicas.
//!
//! `engine` is one replica: it steps, and `scheduler` fills its steps, running requests first, then waiting ones. `lane` is what runs in it, `fleet` the router
//! and the loop over arrivals. Nothing here depends on a clock, a thread or the system's random numbers.

#[cfg(test)]
mod closed_form_tests;
mod engine;
mod failures;
mod fleet;
mod hour;
mod lane;
mod load;
mod machine;
mod outcome;
mod pools;
mod request;
mod scaling;
mod scheduler;
mod sized;
pub mod sweep;
mod tally;
#[cfg(test)]
mod tests;
mod verify;

pub use failures::Failures;
pub use fleet::{Router, Run, simulate};
pub use hour::{Course, Late, MOMENTS, Moment};
pub use load::{Load, Span};
pub use machine::Machine;
pub use outcome::{Simulation, Spread, Verdict};
pub use pools::{Readers, simulate_pools};
pub use request::{Arrival, Departure, End};
pub use scaling::Scaling;
pub use sized::{NoFleet, ReadingPool, Rent, SizedFleet, sized};
pub use tally::{Bottleneck, Limits};
pub use verify::{Beside, Proof, Unproved, proof_s, verify};
