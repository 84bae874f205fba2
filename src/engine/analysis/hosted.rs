//! The same requests sent to a hosted model, against the fleet.

use crate::catalog::{Catalog, Hosted};
use crate::engine::figures::HOURS_PER_MONTH;
use crate::engine::fleet::replicas::usable;
use crate::engine::plan::result::Sizing;
use crate::scenario::Scenario;

/// What a provider would ask for the scenario's requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer<'a> {
    /// Model and provider.
    pub hosted: &'a Hosted,
    /// Whether it is the scenario's model, or one of its shape.
    pub same: bool,
    /// US dollars a request.
    pub usd_per_request: f64,
    /// At the average load.
    pub usd_per_month: f64,
    /// Input and output together.
    pub usd_per_million_tokens: f64,
}

/// From which volume on the fleet costs less than an offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wins {
    /// Above this many requests per month, which the scenario exceeds.
    Already(f64),
    /// From this many on, which the fleet could serve and the scenario does not reach.
    From(f64),
    /// Not even when the fleet is busy all the time.
    Never,
}

/// Requests per month at the average load.
pub fn requests_per_month(scenario: &Scenario) -> f64 {
    let w = &scenario.workload;
    w.requests_per_s * w.mean_to_peak() * 3600.0 * HOURS_PER_MONTH
}

/// Every hosted model's offer for the scenario: those of the same model first, each kind cheapest first.
pub fn offers<'a>(scenario: &Scenario, catalog: &'a Catalog) -> Vec<Offer<'a>> {
    let w = &scenario.workload;
    let requests = requests_per_month(scenario);
    let mut offers: Vec<Offer<'_>> = catalog
        .hosted
        .iter()
        .map(|hosted| {
            let cached = w.input_tokens * w.prefix_cache_hit_rate;
            let cached_usd = hosted.usd_per_million_cached.unwrap_or(hosted.usd_per_million_input);
            let usd_per_request = ((w.input_tokens - cached) * hosted.usd_per_million_input
                + cached * cached_usd
                + w.output_tokens * hosted.usd_per_million_output)
                / 1e6;
            Offer {
                hosted,
                same: hosted.same_as.as_deref() == Some(w.model.as_str()),
                usd_per_request,
                usd_per_month: usd_per_request * requests,
                usd_per_million_tokens: usd_per_request / (w.input_tokens + w.output_tokens) * 1e6,
            }
        })
        .collect();
    offers.sort_by(|a, b| b.same.cmp(&a.same).then(a.usd_per_month.total_cmp(&b.usd_per_month)));
    offers
}

impl Offer<'_> {
    /// From which volume on the fleet of `sizing` costs less: its cost per month over the price of a request.
    pub fn wins(&self, sizing: &Sizing, scenario: &Scenario) -> Wins {
        let from = sizing.estate.cost.chosen.usd_per_month / self.usd_per_request;
        let usable = usable(sizing.balance.capacity_requests_per_s, scenario.fleet.headroom);
        let most = usable.max(scenario.workload.requests_per_s) * 3600.0 * HOURS_PER_MONTH;
        match from {
            _ if from <= requests_per_month(scenario) => Wins::Already(from),
            _ if from <= most => Wins::From(from),
            _ => Wins::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use crate::scenario::preset;

    /// 1,000 tokens in and 200 out at $0.88 a million are $0.001056; half the input cached at a tenth of its price saves
    /// accordingly.
    #[test]
    fn a_request_costs_what_its_tokens_cost() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        scenario.workload.input_tokens = 1000.0;
        scenario.workload.output_tokens = 200.0;
        scenario.workload.prefix_cache_hit_rate = 0.5;
        let offers = offers(&scenario, &catalog);
        let of = |provider: &str, model: &str| {
            offers.iter().find(|o| o.hosted.provider == provider && o.hosted.model.contains(model)).unwrap()
        };
        assert!((of("Together", "Llama-3.3-70B").usd_per_request - 1200.0 * 0.88e-6).abs() < 1e-12);
        let cached = (500.0 * 3.0 + 500.0 * 0.3 + 200.0 * 15.0) / 1e6;
        assert!((of("Anthropic", "claude-sonnet-5").usd_per_request - cached).abs() < 1e-12);
        assert!(offers[0].same && offers[0].usd_per_month <= offers[1].usd_per_month);
    }

    /// At the volume from which the fleet wins, both cost the same.
    #[test]
    fn the_fleet_wins_where_costs_meet() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let plan = engine::plan(&scenario, &catalog).unwrap();
            let (_, sizing) = plan.best().unwrap();
            for offer in offers(&scenario, &catalog) {
                let cheaper = sizing.estate.cost.chosen.usd_per_month <= offer.usd_per_month;
                match offer.wins(sizing, &scenario) {
                    Wins::Already(from) => {
                        assert!(cheaper);
                        assert!(
                            (from * offer.usd_per_request / sizing.estate.cost.chosen.usd_per_month - 1.0)
                                .abs()
                                < 1e-9
                        );
                    }
                    Wins::From(from) => assert!(!cheaper && from > requests_per_month(&scenario)),
                    Wins::Never => assert!(!cheaper),
                }
            }
        }
    }
}
