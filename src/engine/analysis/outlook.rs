//! The horizon month by month: what each way of paying has cost, as the load grows.

use crate::catalog::{Catalog, FacilityAssumptions, Term};
use crate::engine::figures::{HOURS_PER_MONTH, Number, Silent};
use crate::engine::fleet::replicas::{FleetRule, billed};
use crate::engine::fleet::tariff::{Holding, Tariff};
use crate::engine::fleet::{housing, mix, owning};
use crate::engine::plan::planner::with_sizer;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::scenario::{Hours, Scenario};

/// A way of paying for the whole horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paying {
    /// Renting, on this term.
    Term(Term),
    /// The cheapest mix of reserved, on demand and spot, chosen anew each month.
    Mix,
}

/// One way of paying over the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// How it is paid for.
    pub paying: Paying,
    /// Cash spent by the end of each month, from month 0 (what is paid at once) on, US dollars.
    pub spent_usd: Vec<f64>,
    /// The whole horizon in today's dollars, the worth of what is left taken off.
    pub present_usd: f64,
}

/// One line falls below another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// From the start, a fraction of a month between two.
    pub month: f64,
    /// What either has cost by then, US dollars.
    pub usd: f64,
    /// Cheaper from there on, and until there.
    pub after: Paying,
    /// What was cheaper up to then.
    pub before: Paying,
}

/// Every way of paying on one accelerator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Accelerators needed in each month.
    pub accelerators: Vec<f64>,
    /// What each way of paying costs over time.
    pub ways: Vec<Way>,
    /// Where another way becomes the cheapest.
    pub crossings: Vec<Crossing>,
}

/// Months of the horizon, whole ones.
fn months(scenario: &Scenario) -> usize {
    (scenario.money.years * 12.0).round().max(1.0) as usize
}

/// The outlook of `candidate`, with the load growing by `growth_per_month`. Empty where it is not feasible.
pub fn outlook(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    growth_per_month: f64,
) -> Outlook {
    let Some(sizing) = candidate.sizing() else { return Outlook::default() };
    let Some(accelerator) = catalog.accelerator(&candidate.accelerator) else { return Outlook::default() };
    let answer = with_sizer(scenario, catalog, |sizer| {
        let hardware = sizer.hardware(accelerator)?;
        let load = scenario.workload.requests_per_s;
        // The fleet grows in the machines that it starts in.
        let (rules, holding) = match sizing.pools {
            Some(_) => {
                let pools = sizer.look_for_pools(&hardware, &sizer.layouts(&hardware), None)?;
                (pools.rules(sizer, &hardware).to_vec(), pools.holding())
            }
            None => {
                let each = Number::exact(f64::from(sizing.layout.accelerators_per_replica()));
                let rule = sizer.rule(&hardware, Number::exact(sizing.sharing.capacity), each);
                let rule = rule.sharing(sizing.sharing).staying(load);
                let given = scenario.fleet.spare_replicas.is_some();
                let most = if given { f64::INFINITY } else { rule.machine(load) };
                (vec![rule], Holding { each: each.value, most })
            }
        };
        Some(
            Horizon {
                holding,
                rules,
                scenario,
                sizing,
                tariff: hardware.tariff,
                facility: hardware.facility,
                hours: sizer.hours,
                growth_per_month,
            }
            .outlook(),
        )
    });
    answer.ok().flatten().unwrap_or_default()
}

/// The fleet of a month: as in the plan, at that month's load.
struct Month {
    /// Spares, and all replicas, of each kind of replicas.
    spares: Vec<f64>,
    replicas: Vec<f64>,
    accelerators: f64,
}

struct Horizon<'a> {
    /// Of the whole fleet, or of each of its pools.
    rules: Vec<FleetRule<'a>>,
    holding: Holding,
    scenario: &'a Scenario,
    sizing: &'a Sizing,
    tariff: &'a Tariff,
    facility: &'a FacilityAssumptions,
    hours: &'a Hours,
    growth_per_month: f64,
}

/// What was taken for a time: until which month, and how much.
type Tranche = (usize, f64);

/// Lets what has ended go and takes what is missing, for `length` months.
fn top_up(held: &mut Vec<Tranche>, month: usize, needed: f64, length: usize) -> f64 {
    held.retain(|(end, _)| *end > month);
    let missing = needed - held.iter().map(|(_, count)| count).sum::<f64>();
    if missing > 0.0 {
        held.push((month + length, missing));
    }
    missing.max(0.0)
}

impl Horizon<'_> {
    fn load(&self, month: usize) -> f64 {
        self.scenario.workload.requests_per_s * (1.0 + self.growth_per_month).powi(month as i32)
    }

    fn month(&self, month: usize) -> Month {
        let needed = self.rules.iter().map(|rule| rule.replicas(self.load(month)));
        let needed: Vec<f64> = needed.collect();
        let spares: Vec<f64> = self.rules.iter().zip(&needed).map(|(rule, n)| rule.spares(*n)).collect();
        let replicas: Vec<f64> = needed.iter().zip(&spares).map(|(needed, spares)| needed + spares).collect();
        let each = |(rule, n): (&FleetRule<'_>, &f64)| n * rule.accelerators_per_replica.value;
        let accelerators = self.rules.iter().zip(&replicas).map(each).sum();
        Month { spares, replicas, accelerators }
    }

    fn outlook(&self) -> Outlook {
        let fleets: Vec<Month> = (0..months(self.scenario)).map(|m| self.month(m)).collect();
        let mut ways: Vec<Way> = Term::ALL.iter().filter_map(|&term| self.way(term, &fleets)).collect();
        ways.extend(self.mixed(&fleets));
        Outlook {
            accelerators: fleets.iter().map(|f| f.accelerators).collect(),
            crossings: crossings(&ways),
            ways,
        }
    }

    fn way(&self, term: Term, fleets: &[Month]) -> Option<Way> {
        if term == Term::Buy {
            return self.owned(fleets);
        }
        let rate = self.tariff.paid(term, f64::from(self.sizing.whole().accelerators), self.holding)?.rate;
        let price = rate.usd_per_accelerator_hour.value();
        let unit = f64::from(rate.machine);
        let mut held = Vec::new();
        let monthly = fleets.iter().enumerate().map(|(month, fleet)| {
            let needed = billed(fleet.accelerators, unit);
            let count = match term {
                Term::Reserved1y | Term::Reserved3y => {
                    top_up(&mut held, month, needed, if term == Term::Reserved1y { 12 } else { 36 });
                    held.iter().map(|(_, count)| count).sum()
                }
                _ => needed,
            };
            count * price * HOURS_PER_MONTH
        });
        let monthly: Vec<f64> = monthly.collect();
        Some(self.added_up(Paying::Term(term), &monthly, &[], 0.0))
    }

    fn mixed(&self, fleets: &[Month]) -> Option<Way> {
        let monthly: Option<Vec<f64>> = fleets
            .iter()
            .enumerate()
            .map(|(month, fleet)| {
                let wanted = mix::RentedDay {
                    scenario: self.scenario,
                    tariff: self.tariff,
                    hours: self.hours,
                    rules: self.rules.iter().copied().zip(fleet.spares.iter().copied()).collect(),
                    holding: self.holding,
                };
                wanted.mix(self.load(month), &mut Silent).map(|mix| mix.usd_per_month)
            })
            .collect();
        Some(self.added_up(Paying::Mix, &monthly?, &[], 0.0))
    }

    /// Servers are bought at the start of each year for the most that the year needs, and replaced at the end of their
    /// life; what is paid for one follows today's fleet.
    fn owned(&self, fleets: &[Month]) -> Option<Way> {
        let buy = self.sizing.estate.cost.buy.as_ref()?;
        let f = self.facility;
        let (today, n) = (buy.servers, buy.accelerators_per_server);
        let servers = |fleet: &Month| -> f64 {
            let each = |(rule, replicas): (&FleetRule<'_>, &f64)| {
                housing::servers(n, *replicas, rule.accelerators_per_replica.value)
            };
            self.rules.iter().zip(&fleet.replicas).map(each).sum()
        };
        let (equipment_usd, hall_usd) = ((buy.capex_usd - buy.hall_usd) / today, buy.hall_usd / today);
        let by_server = buy.opex_usd_per_year - buy.staff_usd_per_year;
        let staff = |count: f64| match self.scenario.money.staff_usd_per_year {
            Some(_) => buy.staff_usd_per_year * count / today,
            None => owning::staff_usd_per_year(f, Number::exact(count * n), &mut Silent).value,
        };
        let life = (f.server_life_years.value() * 12.0).round() as usize;
        let mut held: Vec<Tranche> = Vec::new();
        let mut most_built: f64 = 0.0;
        let mut purchases = vec![0.0; fleets.len()];
        let mut monthly = Vec::with_capacity(fleets.len());
        let mut count = 0.0;
        let mut left_usd = 0.0;
        for month in 0..fleets.len() {
            if month % 12 == 0 {
                let year = &fleets[month..fleets.len().min(month + 12)];
                let needed = year.iter().map(servers);
                let needed = needed.fold(0.0, f64::max);
                let bought = top_up(&mut held, month, needed, life);
                count = held.iter().map(|(_, count)| count).sum();
                let built = (count - most_built).max(0.0);
                most_built += built;
                purchases[month] = bought * equipment_usd + built * hall_usd;
            }
            monthly.push((count / today * by_server + staff(count)) / 12.0);
        }
        for (end, servers) in &held {
            let age = (life + fleets.len()).saturating_sub(*end) as f64 / 12.0;
            left_usd += servers * buy.servers_usd / today * f.residual_after_4_years.value().powf(age / 4.0);
        }
        left_usd +=
            most_built * hall_usd * (1.0 - self.scenario.money.years / f.hall_life_years.value()).max(0.0);
        Some(self.added_up(Paying::Term(Term::Buy), &monthly, &purchases, left_usd))
    }

    /// Sums months: `purchases` are paid at the start of a month, `monthly` at its end, `left_usd` comes back at the
    /// end of the horizon.
    fn added_up(&self, paying: Paying, monthly: &[f64], purchases: &[f64], left_usd: f64) -> Way {
        let factor = (1.0 + self.scenario.money.discount_rate).powf(-1.0 / 12.0);
        let bought = |month: usize| purchases.get(month).copied().unwrap_or(0.0);
        let mut spent = bought(0);
        let mut spent_usd = vec![spent];
        let mut present_usd = spent;
        for (month, usd) in monthly.iter().enumerate() {
            let next = if month + 1 < monthly.len() { bought(month + 1) } else { 0.0 };
            spent += usd + next;
            present_usd += (usd + next) * factor.powi(month as i32 + 1);
            spent_usd.push(spent);
        }
        present_usd -= left_usd * factor.powi(monthly.len() as i32);
        Way { paying, spent_usd, present_usd }
    }
}

/// Where lines cross, in the order of time.
fn crossings(ways: &[Way]) -> Vec<Crossing> {
    let mut found = Vec::new();
    for (i, a) in ways.iter().enumerate() {
        for b in &ways[i + 1..] {
            for month in 1..a.spent_usd.len() {
                let (before, now) = (
                    a.spent_usd[month - 1] - b.spent_usd[month - 1],
                    a.spent_usd[month] - b.spent_usd[month],
                );
                if before * now < 0.0 {
                    let share = before / (before - now);
                    let usd = a.spent_usd[month - 1] + share * (a.spent_usd[month] - a.spent_usd[month - 1]);
                    let (after, until) = if now < 0.0 { (a, b) } else { (b, a) };
                    found.push(Crossing {
                        month: month as f64 - 1.0 + share,
                        usd,
                        after: after.paying,
                        before: until.paying,
                    });
                }
            }
        }
    }
    found.sort_by(|a, b| a.month.total_cmp(&b.month));
    found
}

/// What a way of paying costs more than the best one would have, should the load grow slower, as expected or faster.
#[derive(Clone, Debug, PartialEq)]
pub struct Regret {
    /// How it is paid for.
    pub paying: Paying,
    /// Today's dollars above the best way of that case: low, expected, high growth.
    pub usd: [f64; 3],
}

impl Regret {
    /// The largest of the three.
    pub fn worst_usd(&self) -> f64 {
        self.usd.iter().fold(0.0, |a: f64, b| a.max(*b))
    }
}

/// The regrets of every way of paying when growth is `spread` per month lower or higher than expected, the least first
/// (Savage 1951, minimax regret).
pub fn regrets(scenario: &Scenario, catalog: &Catalog, candidate: &Candidate) -> Vec<Regret> {
    let w = &scenario.workload;
    let cases = [-1.0, 0.0, 1.0].map(|side| {
        let growth = (w.growth_per_month + side * w.growth_spread).max(-0.5);
        outlook(scenario, catalog, candidate, growth)
    });
    let best = cases
        .each_ref()
        .map(|case| case.ways.iter().map(|way| way.present_usd).fold(f64::INFINITY, f64::min));
    let mut regrets: Vec<Regret> = cases[1]
        .ways
        .iter()
        .enumerate()
        .map(|(i, way)| Regret {
            paying: way.paying,
            usd: std::array::from_fn(|k| cases[k].ways.get(i).map_or(0.0, |w| w.present_usd - best[k])),
        })
        .collect();
    regrets.sort_by(|a, b| a.worst_usd().total_cmp(&b.worst_usd()));
    regrets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use crate::scenario::preset;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
    }

    /// Without growth each line is the plan's own cost per month, month after month, and buying meets the plan's
    /// break-even and net present cost.
    #[test]
    fn without_growth_the_outlook_is_the_plan() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let plan = engine::plan(&scenario, &catalog).unwrap();
            for candidate in plan.candidates.iter().filter(|c| c.feasible()) {
                let sizing = candidate.sizing().unwrap();
                let outlook = outlook(&scenario, &catalog, candidate, 0.0);
                let months = outlook.accelerators.len() as f64;
                for way in &outlook.ways {
                    let end = *way.spent_usd.last().unwrap();
                    let wanted = match way.paying {
                        Paying::Mix => sizing.estate.cost.mix.as_ref().unwrap().usd_per_month * months,
                        Paying::Term(Term::Buy) => {
                            let buy = sizing.estate.cost.buy.as_ref().unwrap();
                            assert!(near(way.present_usd, buy.present_cost_usd), "{stem}: {way:?}");
                            buy.capex_usd + buy.opex_usd_per_year * months / 12.0
                        }
                        Paying::Term(term) => sizing.estate.cost.term(term).unwrap().usd_per_month * months,
                    };
                    assert!(near(end, wanted), "{stem} {} {:?}: {end} {wanted}", candidate.name, way.paying);
                }
                let chosen = Paying::Term(scenario.money.term);
                let meets = outlook
                    .crossings
                    .iter()
                    .find(|c| c.after == Paying::Term(Term::Buy) && c.before == chosen);
                let breakeven = sizing.estate.cost.buy.as_ref().and_then(|b| b.breakeven_months);
                if scenario.money.term != Term::Buy {
                    assert_eq!(meets.is_some(), breakeven.is_some(), "{stem} {}", candidate.name);
                    if let (Some(crossing), Some(months)) = (meets, breakeven) {
                        assert!(near(crossing.month, months), "{crossing:?} {months}");
                    }
                }
            }
        }
    }

    /// More growth never costs less; what is best has no regret in its case; the mix never costs more than its parts alone
    /// while the load does not shrink.
    #[test]
    fn growth_costs_and_the_best_has_no_regret() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let mut scenario = preset::open(stem, &catalog).unwrap();
            scenario.workload.growth_spread = 0.04;
            let plan = engine::plan(&scenario, &catalog).unwrap();
            let (candidate, _) = plan.best().unwrap();
            let mut last = 0.0;
            for growth in [-0.05, 0.0, 0.03, 0.08] {
                let outlook = outlook(&scenario, &catalog, candidate, growth);
                let of = |paying| outlook.ways.iter().find(|w| w.paying == paying).map(|w| w.present_usd);
                let chosen = of(Paying::Term(scenario.money.term)).unwrap();
                assert!(chosen >= last);
                last = chosen;
                if let Some(on_demand) = of(Paying::Term(Term::OnDemand)) {
                    assert!(of(Paying::Mix).unwrap() <= on_demand * (1.0 + 1e-9), "{stem}");
                }
                assert!(outlook.ways.iter().all(|w| w.spent_usd.windows(2).all(|p| p[1] >= p[0])));
            }
            let regrets = regrets(&scenario, &catalog, candidate);
            for case in 0..3 {
                assert!(regrets.iter().any(|r| r.usd[case].abs() < 1e-6), "{regrets:?}");
                assert!(regrets.iter().all(|r| r.usd[case] >= 0.0 && r.usd[case].is_finite()));
            }
        }
    }
}
