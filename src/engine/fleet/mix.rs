//! The cheapest mix of ways to rent over a day: what is always needed is reserved, what comes and goes is on demand, what
//! may be interrupted is on spot.

use crate::catalog::{Price, Term};
use crate::engine::Mix;
use crate::engine::explain::{Recorder, Step, Term as Input, Trust};
use crate::engine::fleet::cost::HOURS_PER_MONTH;
use crate::engine::fleet::replicas::{self as fleet, Fleet};
use crate::scenario::{Hours, Scenario};
use crate::units::Unit;

/// What the mix is made of.
pub struct Wanted<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Prices of the accelerator.
    pub price: &'a Price,
    /// Load of each hour over the peak.
    pub hours: &'a Hours,
    /// Of the peak.
    pub fleet: &'a Fleet,
    /// Accelerators of one replica.
    pub accelerators_per_replica: f64,
}

/// The cheaper of the reserved terms that end within the horizon.
fn reserved(price: &Price, years: f64) -> Option<(Term, f64)> {
    [(Term::Reserved1y, 1.0), (Term::Reserved3y, 3.0)]
        .into_iter()
        .filter(|(_, commitment)| *commitment <= years)
        .filter_map(|(term, _)| Some((term, price.rent(term)?.value())))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

impl Wanted<'_> {
    /// Accelerators that may be interrupted, and others, at a load in requests per second.
    pub fn needed(&self, load: f64) -> (f64, f64) {
        let unit = f64::from(self.price.rental_unit);
        let usable = self.fleet.capacity_requests_per_s * (1.0 - self.scenario.fleet.headroom);
        let replicas = fleet::replicas(load, usable);
        let spot_price = self.price.rent(Term::Spot);
        let share = if spot_price.is_some() { self.scenario.money.spot_share } else { 0.0 };
        let interruptible = (replicas * share + 1e-9).floor();
        let steady = replicas - interruptible + self.fleet.spare_replicas;
        let each = self.accelerators_per_replica;
        (fleet::billed(interruptible * each, unit), fleet::billed(steady * each, unit))
    }

    /// The cheapest mix at a peak of `load`, requests per second. `None`: neither reserved nor on demand is offered.
    ///
    /// The k-th accelerator is worth reserving when it is needed for a longer share of the day than the reserved price is of
    /// the price on demand: the load-duration curve is cut there.
    pub fn mix(&self, load: f64) -> Option<Mix> {
        let reserved = reserved(self.price, self.scenario.money.years);
        let on_demand = self.price.rent(Term::OnDemand).map(crate::catalog::Figure::value);
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
        let spot_mean = spot.iter().sum::<f64>() / 24.0;
        let spot_usd = self.price.rent(Term::Spot).map_or(0.0, |p| p.value() * spot_mean);
        let usd = |level: f64| {
            let kept = reserved.map_or(0.0, |(_, price)| level * price);
            kept + on_demand.map_or(0.0, |price| beyond(level) * price) + spot_usd
        };
        let level = match (reserved, on_demand) {
            (None, _) => 0.0,
            (_, None) => most,
            _ => steady.iter().copied().chain([0.0]).min_by(|a, b| usd(*a).total_cmp(&usd(*b)))?,
        };
        let usd_per_hour = usd(level);
        Some(Mix {
            reserved_term: reserved.filter(|_| level > 0.0).map(|(term, _)| term),
            reserved: level,
            on_demand_at_peak: most - level,
            on_demand_mean: beyond(level),
            spot_mean,
            usd_per_hour,
            usd_per_month: usd_per_hour * HOURS_PER_MONTH,
            steady,
            spot,
        })
    }

    /// Notes how the mix came about.
    pub fn explain(&self, mix: &Mix, recorder: &mut impl Recorder) {
        let price = |term: Term| self.price.rent(term).map_or(0.0, crate::catalog::Figure::value);
        let kept = mix.reserved_term.map_or(0.0, price);
        let sources = || {
            [Some(Term::OnDemand), mix.reserved_term, Some(Term::Spot)]
                .into_iter()
                .flatten()
                .filter_map(|term| self.price.rent(term))
                .map(|figure| figure.source().to_owned())
        };
        let counts = [
            (
                "cost.mix.reserved",
                "Accelerators to reserve",
                mix.reserved,
                "the level of the load-duration curve at which an accelerator is needed for a longer share of the day than reserved ÷ on demand",
            ),
            (
                "cost.mix.on_demand_at_peak",
                "Accelerators on demand at the busiest hour",
                mix.on_demand_at_peak,
                "needed at the busiest hour − reserved",
            ),
            (
                "cost.mix.on_demand_mean",
                "Accelerators on demand, mean of the day",
                mix.on_demand_mean,
                "mean over the hours of what is needed beyond those reserved",
            ),
            (
                "cost.mix.spot_mean",
                "Accelerators on spot, mean of the day",
                mix.spot_mean,
                "replicas of the share that tolerates interruption, mean over the hours",
            ),
        ];
        for (key, label, value, formula) in counts {
            recorder.note(|| {
                Step::derived(
                    key,
                    label,
                    (value, Unit::One),
                    formula,
                    vec![
                        Input::made(
                            "accelerators at peak",
                            self.fleet.accelerators,
                            Unit::One,
                            "layout.accelerators",
                        ),
                        Input::plain("reserved, an hour", kept, Unit::Usd),
                        Input::plain("on demand, an hour", price(Term::OnDemand), Unit::Usd),
                        Input::plain(
                            "share that tolerates interruption",
                            self.scenario.money.spot_share,
                            Unit::Fraction,
                        ),
                    ],
                )
            });
        }
        recorder.note(|| {
            Step::derived(
                "cost.mix.usd_per_hour",
                "Cheapest mix, an hour",
                (mix.usd_per_hour, Unit::Usd),
                "reserved × its price + on demand, mean × its price + spot, mean × its price",
                vec![
                    Input::made("reserved", mix.reserved, Unit::One, "cost.mix.reserved"),
                    Input::plain("reserved, an hour", kept, Unit::Usd),
                    Input::made("on demand, mean", mix.on_demand_mean, Unit::One, "cost.mix.on_demand_mean"),
                    Input::plain("on demand, an hour", price(Term::OnDemand), Unit::Usd),
                    Input::made("spot, mean", mix.spot_mean, Unit::One, "cost.mix.spot_mean"),
                    Input::plain("spot, an hour", price(Term::Spot), Unit::Usd),
                ],
            )
            .resting_on(Trust::Derived, sources())
        });
        recorder.note(|| {
            Step::derived(
                "cost.mix.usd_per_month",
                "Cheapest mix, a month",
                (mix.usd_per_month, Unit::Usd),
                "cost of an hour × 730 h",
                vec![Input::made("cost of an hour", mix.usd_per_hour, Unit::Usd, "cost.mix.usd_per_hour")],
            )
        });
    }
}
