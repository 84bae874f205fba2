//! The one list of figures, and how each is made.
//!
//! A section of the plan is declared once, by `figures!`: its struct, the label, unit and direction of each
//! figure, and the formulas that make it. The engine calls the formulas as functions; with a [`Ledger`] the same run
//! keeps every step, and a test evaluates every step's formula on its terms.

pub(crate) mod arithmetic;
mod figure;
mod list;
mod number;
mod path;
mod recorder;
mod trust;

pub(crate) use arithmetic::HOURS_PER_MONTH;
pub(crate) use figure::SAME;
pub use figure::{Entry, Figure, Formula, More};
pub(crate) use list::availability::availability;
pub use list::availability::{Availability, Falls};
pub use list::balance::Balance;
pub(crate) use list::balance::balance;
pub use list::cost::{Bands, Mix, TermCost};
pub(crate) use list::cost::{bands, cost, mix};
pub(crate) use list::facility::facility;
pub use list::facility::{Facility, RackBound};
pub use list::launch::Launch;
pub(crate) use list::launch::launch;
pub use list::layout::Layout;
pub(crate) use list::layout::layout;
pub use list::memory::Memory;
pub(crate) use list::memory::memory;
pub use list::network::Network;
pub(crate) use list::network::network;
pub use list::operating_point::{EndToEnd, OperatingPoint, Percentiles};
pub(crate) use list::operating_point::{end_to_end, operating_point, percentiles};
pub use list::owning::Buy;
pub(crate) use list::owning::buy;
pub use list::pools::{Pool, Together};
pub(crate) use list::pools::{pool, together};
pub use list::power::Power;
pub(crate) use list::power::power;
pub use list::renting::Rent;
pub(crate) use list::renting::rent;
pub(crate) use list::{reading, serving};
pub use number::{Number, Origin};
pub use path::Path;
pub use recorder::{Citation, FormulaTerm, Ledger, Part, Recorder, Silent, Step, Within};
pub use trust::Trust;

/// Notes that the figure at `section.field` is `number` as it is, and gives it as that figure.
pub(crate) fn same(
    recorder: &mut impl Recorder,
    section: &'static str,
    field: &'static str,
    number: Number<'_>,
) -> Number<'static> {
    let path = recorder.place(Path::new(section, field));
    recorder.note(path, &SAME, number.value, &[number]);
    Number { value: number.value, origin: Origin::Step(path) }
}
