//! How much of the time enough replicas are up.
//!
//! Replicas fail independently of each other; one failing accelerator takes its replica down. Maintenance is planned for
//! hours in which the load needs fewer replicas, and is not counted.

use crate::catalog::{FacilityAssumptions, Term};
use crate::engine::figures::{Availability, Number, Recorder, availability};
use crate::scenario::Scenario;

/// Share of time in which a replica is down: repairs of hardware and restarts of software of each of its accelerators, and
/// on spot the times it is taken away.
pub fn down_share<'a>(
    scenario: &Scenario,
    facility: &'a FacilityAssumptions,
    accelerators_per_replica: Number<'a>,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    let each = accelerators_per_replica;
    let repairs = (&facility.repairs_per_accelerator_year).into();
    let restarts = (&facility.restarts_per_accelerator_year).into();
    let (repair, restart) = ((&facility.repair_h).into(), (&facility.restart_h).into());
    let hours = match scenario.money.term {
        Term::Spot => {
            let taken = (&facility.spot_interruptions_per_month).into();
            let back = (&facility.spot_recovery_h).into();
            availability::hours_down_on_spot(recorder, each, repairs, repair, restarts, restart, taken, back)
        }
        _ => availability::hours_down(recorder, each, repairs, repair, restarts, restart),
    };
    availability::replica_down(recorder, hours)
}

/// What the spares bring and cost. `down`: [`down_share`]; `usd_per_hour`: of all the accelerators paid for.
pub fn availability<'a>(
    (replicas, spares): (Number<'a>, Number<'a>),
    accelerators_per_replica: Number<'a>,
    down: Number<'a>,
    (usd_per_hour, billed): (Number<'a>, Number<'a>),
    recorder: &mut impl Recorder,
) -> Availability {
    let each = accelerators_per_replica;
    Availability {
        replica_down: down.value,
        without_spares: availability::without_spares(recorder, replicas, down).value,
        achieved: availability::achieved(recorder, replicas, spares, down).value,
        with_one_more: availability::with_one_more(recorder, replicas, spares, down).value,
        usd_per_month_of_one_more: availability::usd_per_month_of_one_more(
            recorder,
            each,
            usd_per_hour,
            billed,
        )
        .value,
    }
}
