//! The cheapest mix of ways to rent over a day: what is always needed is reserved, what comes and goes is on demand, what
//! may be interrupted is on spot.

use super::replicas::{FleetRule, billed};
use super::tariff::Tariff;
use crate::catalog::{Sourced, Term};
use crate::engine::figures::{Mix, Number, Recorder, Trust, mix};
use crate::scenario::{Hours, Scenario};

/// What the mix is made of.
pub struct RentedDay<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Prices of the accelerator.
    pub tariff: &'a Tariff,
    /// Load of each hour over the peak.
    pub hours: &'a Hours,
    pub rule: FleetRule<'a>,
    /// Spares of the fleet at the peak: they stay through the day.
    pub spare_replicas: f64,
}

/// The cheaper of the reserved terms that end within the horizon.
fn reserved(tariff: &Tariff, years: f64, each: f64) -> Option<(Term, &Sourced)> {
    [(Term::Reserved1y, 1.0), (Term::Reserved3y, 3.0)]
        .into_iter()
        .filter(|(_, commitment)| *commitment <= years)
        .filter_map(|(term, _)| Some((term, &tariff.paid(term, each, each)?.rate.usd_per_accelerator_hour)))
        .min_by(|a, b| a.1.value().total_cmp(&b.1.value()))
}

impl<'a> RentedDay<'a> {
    fn price(&self, term: Term) -> Option<&'a Sourced> {
        let each = self.rule.accelerators_per_replica.value;
        Some(&self.tariff.paid(term, each, each)?.rate.usd_per_accelerator_hour)
    }

    /// Accelerators that are rented together: those of the machine that holds a replica.
    fn machine(&self) -> f64 {
        let each = self.rule.accelerators_per_replica.value;
        let rates = [Term::OnDemand, Term::Reserved1y, Term::Reserved3y, Term::Spot].into_iter();
        let mut paid = rates.filter_map(|term| self.tariff.paid(term, each, each));
        paid.next().map_or(1.0, |paid| f64::from(paid.rate.machine))
    }

    /// Accelerators that may be interrupted, and others, at a load in requests per second.
    fn needed(&self, load: f64) -> (f64, f64) {
        let unit = self.machine();
        let replicas = self.rule.replicas(load);
        let spot_price = self.price(Term::Spot);
        let share = if spot_price.is_some() { self.scenario.money.spot_share } else { 0.0 };
        let interruptible = (replicas * share + 1e-9).floor();
        let steady = replicas - interruptible + self.spare_replicas;
        let each = self.rule.accelerators_per_replica.value;
        (billed(interruptible * each, unit), billed(steady * each, unit))
    }

    /// The cheapest mix at a peak of `load`, requests per second. `None`: neither reserved nor on demand is offered.
    ///
    /// The k-th accelerator is worth reserving when it is needed for a longer share of the day than the reserved price is of
    /// the price on demand: the load-duration curve is cut there.
    pub fn mix(&self, load: f64, recorder: &mut impl Recorder) -> Option<Mix> {
        let each = self.rule.accelerators_per_replica.value;
        let reserved = reserved(self.tariff, self.scenario.money.years, each);
        let on_demand = self.price(Term::OnDemand);
        if reserved.is_none() && on_demand.is_none() {
            return None;
        }
        let mut steady = [0.0; 24];
        let mut spot = [0.0; 24];
        for ((steady, spot), hour) in steady.iter_mut().zip(&mut spot).zip(self.hours) {
            (*spot, *steady) = self.needed(load * hour);
        }
        let most = steady.iter().fold(0.0, |a: f64, b| a.max(*b));
        let beyond = |level: f64| steady.iter().map(|n| (n - level).max(0.0)).sum::<f64>() / 24.0;
        let usd = |level: f64| {
            let kept = reserved.map_or(0.0, |(_, price)| level * price.value());
            kept + on_demand.map_or(0.0, |price| beyond(level) * price.value())
        };
        let level = match (reserved, on_demand) {
            (None, _) => 0.0,
            (_, None) => most,
            _ => steady.iter().copied().chain([0.0]).min_by(|a, b| usd(*a).total_cmp(&usd(*b)))?,
        };
        // Counts rest on the capacity of a replica.
        let count = |value: f64| Number::model(value, Trust::Calibrated);
        let level = mix::reserved(recorder, count(level));
        let on_demand_at_peak = mix::on_demand_at_peak(recorder, count(most), level);
        let beyond_reserved = steady.iter().map(|n| (n - level.value).max(0.0)).sum();
        let on_demand_mean = mix::on_demand_mean(recorder, count(beyond_reserved));
        let spot_mean = mix::spot_mean(recorder, count(spot.iter().sum()));
        let price = |figure: Option<&'a Sourced>| figure.map_or(Number::exact(0.0), Number::from);
        let usd_per_hour = mix::mix_per_hour(
            recorder,
            level,
            price(reserved.map(|(_, price)| price)),
            on_demand_mean,
            price(on_demand),
            spot_mean,
            price(self.price(Term::Spot)),
        );
        Some(Mix {
            reserved: level.value,
            on_demand_at_peak: on_demand_at_peak.value,
            on_demand_mean: on_demand_mean.value,
            spot_mean: spot_mean.value,
            usd_per_hour: usd_per_hour.value,
            usd_per_month: mix::mix_per_month(recorder, usd_per_hour).value,
            reserved_term: reserved.filter(|_| level.value > 0.0).map(|(term, _)| term),
            steady,
            spot,
        })
    }
}
