//! Fleets that weigh as much: whole servers are bought, and whole machines rented, whatever their number of accelerators in use.

use super::crew::duty;
use super::search::{Candidacy, Hardware, Sizer};
use crate::catalog::Term;
use crate::engine::figures::{Silent, Trust};
use crate::engine::fleet::power::{loaded_w, spare_w};
use crate::engine::replica::serving::Service;

impl Sizer<'_> {
    /// By what the better of two fleets that weigh as much is told, less is better: those that are bought by the power that they draw
    /// beyond idle accelerators at the average load, watts, since energy is paid for, and those that are rented by the
    /// accelerators that they need; then by what they carry, requests per second with the sign turned.
    pub(super) fn tie(&self, hardware: &Hardware<'_>, option: &Candidacy, spares: f64) -> (f64, f64) {
        let Candidacy { demand, replica, room, capacity, replicas, .. } = option;
        let each = f64::from(replica.degrees.accelerators());
        let carried = -capacity.state.requests_per_s * replicas;
        if self.scenario.money.term != Term::Buy {
            return ((replicas + spares) * each, carried);
        }
        let service = Service { replica, room, demand: &demand.in_turn(*replicas) };
        let load = self.scenario.workload.requests_per_s * self.scenario.workload.mean_to_peak() / replicas;
        let state = service.at_load(load, capacity);
        let duty = duty(&state, demand.role, Trust::of_evidence(hardware.reliance.evidence));
        let (accelerator, facility) = (hardware.accelerator, hardware.facility);
        let idle_w = accelerator.idle_w.value();
        let loaded = loaded_w(accelerator, facility, &duty, &mut Silent).value - idle_w;
        let spare = spare_w(accelerator, facility, &mut Silent).value - idle_w;
        (each * (replicas * loaded + spares * spare), carried)
    }
}
