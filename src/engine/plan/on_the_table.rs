//! Which accelerators a plan considers: those of the scenario's shortlist.

use super::search::{Hardware, Sizer};
use crate::catalog::{Accelerator, Evidence, Term};
use crate::scenario::Filter;
use crate::scenario::shortlist::accelerators;

/// Whether `accelerator` is on the shortlist, or there is none.
pub(super) fn on_the_table(sizer: &Sizer<'_>, accelerator: &Accelerator) -> bool {
    let list = &sizer.scenario.fleet.shortlist;
    let mut named = accelerators(list).peekable();
    let listed = named.peek().is_none() || named.any(|id| *id == accelerator.id);
    let mut filters = list.iter().filter_map(|entry| Filter::of(entry)).peekable();
    if !listed || filters.peek().is_none() {
        return listed;
    }
    let hardware = sizer.catalog.accelerator(&accelerator.id).and_then(|known| sizer.hardware(known));
    hardware.is_some_and(|hardware| filters.all(|filter| passes(filter, sizer, &hardware)))
}

fn passes(filter: Filter, sizer: &Sizer<'_>, hardware: &Hardware<'_>) -> bool {
    let money = &sizer.scenario.money;
    match filter {
        Filter::Offered if money.term == Term::Buy => hardware.server.price_usd.is_some(),
        Filter::Offered => hardware.tariff.offers(money.term),
        Filter::Measured => matches!(hardware.reliance.evidence, Evidence::Own | Evidence::Measured),
        Filter::InRegion if money.term == Term::Buy => true,
        Filter::InRegion => sizer.catalog.offers().iter().any(|offer| {
            let asked = money.offers == offer.provider_class.id() || money.offers == offer.provider;
            let now = offer.counts() && !offer.is_history();
            asked && now && offer.is_of(hardware.accelerator) && offer.place() == sizer.region.place
        }),
    }
}
