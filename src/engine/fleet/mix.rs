//! The cheapest mix of ways to rent over a day: what is always needed is reserved, what comes and goes is on demand, what
//! may be interrupted is on spot.

use super::replicas::{FleetRule, billed};
use super::tariff::{Holding, Rate, Tariff};
use crate::catalog::Term;
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
    /// Of the whole fleet, or of each of its pools: the rule, and the spares at the peak, which stay through the day.
    pub rules: Vec<(FleetRule<'a>, f64)>,
    /// What machines have to hold.
    pub holding: Holding,
}

/// US dollars per hour of one accelerator; nothing for what is not rented.
fn usd(rate: Option<&Rate>) -> f64 {
    rate.map_or(0.0, |rate| rate.usd_per_accelerator_hour.value())
}

/// A day on one way of renting what is always needed.
struct Split<'a> {
    /// What is always needed; none: everything is on demand.
    reserved: Option<(Term, &'a Rate)>,
    /// Accelerators reserved.
    level: f64,
    /// Accelerators of each hour that may not be interrupted, and those that may.
    steady: [f64; 24],
    spot: [f64; 24],
    /// US dollars per hour, mean of the day, spot aside.
    usd: f64,
}

impl<'a> RentedDay<'a> {
    /// The price of `term` for a fleet of `accelerators`, where it is offered and not a shorter one held in its place.
    fn offered(&self, term: Term, accelerators: f64) -> Option<&'a Rate> {
        let paid = self.tariff.paid(term, accelerators, self.holding)?;
        (paid.rate.term == term).then_some(paid.rate)
    }

    /// The cheaper of the reserved terms that end within the horizon.
    fn reserved(&self, accelerators: f64) -> Option<(Term, &'a Rate)> {
        [(Term::Reserved1y, 1.0), (Term::Reserved3y, 3.0)]
            .into_iter()
            .filter(|(_, commitment)| *commitment <= self.scenario.money.years)
            .filter_map(|(term, _)| Some((term, self.offered(term, accelerators)?)))
            .min_by(|a, b| usd(Some(a.1)).total_cmp(&usd(Some(b.1))))
    }

    /// Accelerators that may be interrupted, and others, at a load in requests per second, in machines of the two sizes; no
    /// size for spot: none is offered.
    fn needed(&self, load: f64, spot: Option<u32>, unit: u32) -> (f64, f64) {
        let share = spot.map_or(0.0, |_| self.scenario.money.spot_share);
        let (mut interruptible, mut steady) = (0.0, 0.0);
        for (rule, spares) in &self.rules {
            let replicas = rule.replicas(load);
            let part = (replicas * share + 1e-9).floor();
            let each = rule.accelerators_per_replica.value;
            interruptible += part * each;
            steady += (replicas - part + spares) * each;
        }
        (billed(interruptible, f64::from(spot.unwrap_or(1))), billed(steady, f64::from(unit)))
    }

    /// Accelerators of the fleet at a load in requests per second.
    fn accelerators(&self, load: f64) -> f64 {
        let of = |(rule, spares): &(FleetRule<'a>, f64)| {
            (rule.replicas(load) + spares) * rule.accelerators_per_replica.value
        };
        self.rules.iter().map(of).sum()
    }

    /// The day at a peak of `load`, with `reserved` for what is always needed and the rest `on_demand`. `None`: neither.
    ///
    /// The k-th accelerator is worth reserving when it is needed for a longer share of the day than the reserved price is of
    /// the price on demand: the load-duration curve is cut there.
    fn split(
        &self,
        load: f64,
        reserved: Option<(Term, &'a Rate)>,
        (on_demand, spot_rate): (Option<&'a Rate>, Option<&'a Rate>),
    ) -> Option<Split<'a>> {
        let kept = reserved.map(|(_, rate)| rate);
        let unit = [kept, on_demand].into_iter().flatten().map(|rate| rate.machine).max()?;
        let (mut steady, mut spot) = ([0.0; 24], [0.0; 24]);
        for ((steady, spot), hour) in steady.iter_mut().zip(&mut spot).zip(self.hours) {
            (*spot, *steady) = self.needed(load * hour, spot_rate.map(|rate| rate.machine), unit);
        }
        let most = steady.iter().fold(0.0, |a: f64, b| a.max(*b));
        let beyond = |level: f64| steady.iter().map(|n| (n - level).max(0.0)).sum::<f64>() / 24.0;
        let cost = |level: f64| level * usd(kept) + beyond(level) * usd(on_demand);
        let level = match (kept, on_demand) {
            (None, _) => 0.0,
            (_, None) => most,
            _ => steady.iter().copied().chain([0.0]).min_by(|a, b| cost(*a).total_cmp(&cost(*b)))?,
        };
        Some(Split { reserved, level, steady, spot, usd: cost(level) })
    }

    /// The cheapest mix at a peak of `load`, requests per second. `None`: neither reserved nor on demand is offered.
    pub fn mix(&self, load: f64, recorder: &mut impl Recorder) -> Option<Mix> {
        let accelerators = self.accelerators(load);
        let on_demand = self.offered(Term::OnDemand, accelerators);
        let spot_rate = self.offered(Term::Spot, accelerators);
        // Machines that are reserved may be larger than those on demand: without them may be cheaper.
        let splits =
            [self.reserved(accelerators), None].map(|kept| self.split(load, kept, (on_demand, spot_rate)));
        let cheapest = splits.into_iter().flatten().min_by(|a, b| a.usd.total_cmp(&b.usd))?;
        let Split { reserved, level, steady, spot, .. } = cheapest;
        let most = steady.iter().fold(0.0, |a: f64, b| a.max(*b));
        // Counts rest on the capacity of a replica.
        let count = |value: f64| Number::model(value, Trust::Calibrated);
        let level = mix::reserved(recorder, count(level));
        let on_demand_at_peak = mix::on_demand_at_peak(recorder, count(most), level);
        let beyond_reserved = steady.iter().map(|n| (n - level.value).max(0.0)).sum();
        let on_demand_mean = mix::on_demand_mean(recorder, count(beyond_reserved));
        let spot_mean = mix::spot_mean(recorder, count(spot.iter().sum()));
        let price = |rate: Option<&'a Rate>| {
            rate.map_or(Number::exact(0.0), |rate| Number::from(&rate.usd_per_accelerator_hour))
        };
        let usd_per_hour = mix::mix_per_hour(
            recorder,
            level,
            price(reserved.map(|(_, rate)| rate)),
            on_demand_mean,
            price(on_demand),
            spot_mean,
            price(spot_rate),
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
