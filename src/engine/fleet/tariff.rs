//! What one accelerator is rented for, by term and by the machine that holds it.

use super::replicas::billed;
use crate::catalog::{OfferClass, PriceDate, Sourced, Support, Term};

/// Whose price it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seller {
    /// The typical one of a class.
    Class(OfferClass),
    /// One seller, as it asks.
    Named(String),
    /// The user's quote, or the user's own list.
    Own,
}

/// A price.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Whose it is.
    pub seller: Seller,
    /// US dollars per hour for one accelerator.
    pub usd_per_accelerator_hour: Sourced,
    /// Standard deviation of its logarithm, on the day that prices are of.
    pub spread: f64,
    /// Accelerators of the machine, which is rented whole.
    pub machine: u32,
    /// Sellers whose offers it rests on.
    pub sellers: u32,
    /// Day of the newest offer that it rests on, ISO 8601; empty: the user's own.
    pub as_of: String,
    /// What supports it.
    pub support: Support,
    /// The term that it is a price of.
    pub term: Term,
}

/// What is paid for a fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paid<'a> {
    /// The term that is paid: the one that was asked for, or a shorter one that is held for as long because it costs less.
    pub term: Term,
    /// The price.
    pub rate: &'a Rate,
    /// Accelerators that are paid for: those of whole machines.
    pub accelerators: f64,
}

impl Paid<'_> {
    /// US dollars per hour.
    pub fn usd(&self) -> f64 {
        self.accelerators * self.rate.usd_per_accelerator_hour.value()
    }
}

impl Rate {
    /// When the newest offer was read; `None` for the user's quote.
    pub fn date(&self) -> Option<PriceDate<'_>> {
        PriceDate::read(&self.as_of)
    }
}

/// The terms that one rents on, shorter commitments first.
const TERMS: [Term; 4] = [Term::Spot, Term::OnDemand, Term::Reserved1y, Term::Reserved3y];

/// Every price of one accelerator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tariff {
    /// By [`TERMS`], each by the size of the machine.
    rates: [Vec<Rate>; 4],
    /// Accelerators that machines have at most among which a replica has to find its own: those of a server.
    within: Within,
    /// Share of time in which the sellers promise one machine to be up.
    promised: Option<Sourced>,
}

/// What a machine has to hold, and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// Accelerators of one replica.
    pub each: f64,
    /// Accelerators of a machine at most, where smaller ones hold a replica too: spares are counted for what falls with one.
    pub most: f64,
}

impl Holding {
    /// Machines of any size that hold a replica of `each` accelerators.
    pub fn of(each: f64) -> Self {
        Self { each, most: f64::INFINITY }
    }
}

/// Whether a replica may lie across machines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Within {
    /// Machines are slices of a fabric that is wider than they are (NVL72, TPU): as many as it takes are one.
    #[default]
    Fabric,
    /// Machines are servers of so many accelerators at most: a smaller replica has to fit into one.
    Server(f64),
}

fn place(term: Term) -> Option<usize> {
    TERMS.iter().position(|known| *known == term)
}

impl Tariff {
    /// Without prices.
    pub fn new(within: Within) -> Self {
        Self { within, ..Self::default() }
    }

    /// With what the sellers promise of one machine.
    pub fn promising(self, promised: Option<Sourced>) -> Self {
        Self { promised, ..self }
    }

    /// Share of time in which the sellers promise one machine to be up. `None`: nothing is promised.
    pub fn promised(&self) -> Option<&Sourced> {
        self.promised.as_ref()
    }

    /// What is paid for `accelerators` on `term`: the machines that cost least of those that hold one replica and are no larger
    /// than they may be, or whole servers where it takes several. A longer commitment is never dearer than a shorter one, which can be held
    /// as long, and what may be taken away is not offered above what may not; the user's own price stands as it is. `None`: not
    /// offered.
    pub fn paid(&self, term: Term, accelerators: f64, holding: Holding) -> Option<Paid<'_>> {
        let of = |term| self.cheapest(term, accelerators, holding);
        let shorter = match term {
            Term::Reserved1y => [of(Term::OnDemand), None],
            Term::Reserved3y => [of(Term::Reserved1y), of(Term::OnDemand)],
            _ => [None, None],
        };
        let own = of(term)?;
        if own.rate.seller == Seller::Own {
            return Some(own);
        }
        if term == Term::Spot && of(Term::OnDemand).is_some_and(|on_demand| on_demand.usd() < own.usd()) {
            return None;
        }
        let cheaper = shorter.into_iter().flatten().filter(|paid| paid.usd() < own.usd());
        Some(cheaper.min_by(|a, b| a.usd().total_cmp(&b.usd())).unwrap_or(own))
    }

    /// Sizes of the machines that hold a replica of `each` accelerators, on `term` or one that is held in its place.
    pub fn machines(&self, term: Term, each: f64) -> Vec<u32> {
        let terms: &[Term] = match term {
            Term::Reserved1y => &[Term::OnDemand, Term::Reserved1y],
            Term::Reserved3y => &[Term::OnDemand, Term::Reserved1y, Term::Reserved3y],
            Term::Spot => &[Term::Spot],
            _ => &[Term::OnDemand],
        };
        let rates = terms.iter().flat_map(|term| self.holding(*term, each));
        let mut machines: Vec<u32> = rates.map(|rate| rate.machine).collect();
        machines.sort_unstable();
        machines.dedup();
        machines
    }

    /// The prices on `term` of machines that hold a replica of `each` accelerators, by the size of the machine.
    fn holding(&self, term: Term, each: f64) -> &[Rate] {
        let Some(at) = place(term) else { return &[] };
        let rates = &self.rates[at];
        let needed = match self.within {
            Within::Server(most) => each.min(most),
            Within::Fabric => each,
        };
        let first = rates.iter().position(|rate| f64::from(rate.machine) >= needed);
        match (first, self.within) {
            (Some(first), _) => &rates[first..],
            (None, Within::Fabric) => &rates[rates.len().saturating_sub(1)..],
            (None, Within::Server(_)) => &[],
        }
    }

    fn cheapest(&self, term: Term, accelerators: f64, Holding { each, most }: Holding) -> Option<Paid<'_>> {
        let holding = self.holding(term, each);
        // The smallest one is taken where all are larger than they may be.
        let small = holding.iter().filter(|rate| f64::from(rate.machine) <= most).count().max(1);
        let paid = holding.iter().take(small).map(|rate| Paid {
            term,
            rate,
            accelerators: billed(accelerators, f64::from(rate.machine)),
        });
        paid.min_by(|a, b| a.usd().total_cmp(&b.usd()))
    }

    /// The least that an accelerator costs an hour on `term`, or on a shorter one, in any machine; US dollars.
    pub fn least_usd(&self, term: Term) -> f64 {
        let usd = |rate: &Rate| rate.usd_per_accelerator_hour.value();
        self.rates
            .iter()
            .flatten()
            .filter(|rate| rate.term == term || term != Term::Spot)
            .map(usd)
            .fold(f64::INFINITY, f64::min)
    }

    /// The price on `term` that rests on the newest offer.
    pub fn newest(&self, term: Term) -> Option<&Rate> {
        self.rates[place(term)?].iter().max_by(|a, b| a.as_of.cmp(&b.as_of))
    }

    /// Whether there is a price on `term`.
    pub fn offers(&self, term: Term) -> bool {
        place(term).is_some_and(|at| !self.rates[at].is_empty())
    }

    /// Whether there is any price.
    pub fn is_empty(&self) -> bool {
        self.rates.iter().all(Vec::is_empty)
    }

    /// Adds a price, or puts it in the place of one for the same machine that is dearer.
    pub fn add(&mut self, rate: Rate) {
        let Some(at) = place(rate.term) else { return };
        let rates = &mut self.rates[at];
        let usd = |rate: &Rate| rate.usd_per_accelerator_hour.value();
        match rates.binary_search_by_key(&rate.machine, |known| known.machine) {
            Ok(known) if usd(&rate) < usd(&rates[known]) => rates[known] = rate,
            Ok(_) => {}
            Err(new) => rates.insert(new, rate),
        }
    }

    /// Puts `rate` in the place of the prices of its term, for the same machines, or for those of any term where there were none.
    pub fn set(&mut self, rate: &Rate) {
        let Some(at) = place(rate.term) else { return };
        let known = if self.rates[at].is_empty() { &self.rates[..] } else { &self.rates[at..=at] };
        let mut machines: Vec<u32> = known.iter().flatten().map(|rate| rate.machine).collect();
        machines.sort_unstable();
        machines.dedup();
        if machines.is_empty() {
            machines.push(rate.machine);
        }
        self.rates[at] = machines.into_iter().map(|machine| Rate { machine, ..rate.clone() }).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Basis;

    fn rate(term: Term, machine: u32, usd: f64) -> Rate {
        Rate {
            seller: Seller::Named("one".to_owned()),
            usd_per_accelerator_hour: Sourced(usd, "recalled".to_owned(), Basis::Assumed),
            spread: 0.0,
            machine,
            sellers: 1,
            as_of: String::new(),
            support: Support::Own,
            term,
        }
    }

    /// Accelerators paid for and US dollars per hour.
    fn paid(tariff: &Tariff, term: Term, accelerators: f64, each: f64) -> Option<(f64, f64)> {
        tariff.paid(term, accelerators, Holding::of(each)).map(|paid| (paid.accelerators, paid.usd()))
    }

    /// A replica of eight is priced on machines of eight, one of two on those of four, one of sixteen on two of eight; three
    /// replicas of one on three machines of one, six on a machine of eight where that costs less.
    #[test]
    fn a_replica_is_priced_on_the_machine_that_holds_it() {
        let mut tariff = Tariff::new(Within::Server(8.0));
        for (machine, price) in [(8, 1.9), (1, 2.0), (4, 2.0), (8, 1.5)] {
            tariff.add(rate(Term::OnDemand, machine, price));
        }
        let on_demand = |accelerators, each| paid(&tariff, Term::OnDemand, accelerators, each);
        assert_eq!(on_demand(3.0, 1.0), Some((3.0, 6.0)));
        assert_eq!(on_demand(7.0, 1.0), Some((8.0, 12.0)));
        assert_eq!(on_demand(2.0, 2.0), Some((4.0, 8.0)));
        assert_eq!(on_demand(8.0, 8.0), Some((8.0, 12.0)));
        assert_eq!(on_demand(16.0, 16.0), Some((16.0, 24.0)));
        assert_eq!(paid(&tariff, Term::Spot, 1.0, 1.0), None);
        // Machines of eight hold no replica of sixteen, unless a fabric joins them.
        tariff.within = Within::Server(16.0);
        assert_eq!(paid(&tariff, Term::OnDemand, 16.0, 16.0), None);
        tariff.within = Within::Fabric;
        assert_eq!(paid(&tariff, Term::OnDemand, 16.0, 16.0), Some((16.0, 24.0)));
    }

    #[test]
    fn longer_is_never_dearer_and_spot_never_above_on_demand() {
        let mut tariff = Tariff::default();
        for (term, machine, price) in [
            (Term::OnDemand, 1, 2.0),
            (Term::Reserved1y, 8, 1.5),
            (Term::Reserved3y, 8, 2.2),
            (Term::Spot, 8, 1.0),
        ] {
            tariff.add(rate(term, machine, price));
        }
        let terms = |accelerators| {
            [Term::Reserved1y, Term::Reserved3y]
                .map(|term| tariff.paid(term, accelerators, Holding::of(1.0)).unwrap().term)
        };
        assert_eq!(terms(3.0), [Term::OnDemand, Term::OnDemand]);
        assert_eq!(terms(8.0), [Term::Reserved1y, Term::Reserved1y]);
        assert_eq!(paid(&tariff, Term::Spot, 3.0, 1.0), None);
        assert_eq!(paid(&tariff, Term::Spot, 8.0, 1.0), Some((8.0, 8.0)));
    }

    #[test]
    fn a_quote_is_for_every_machine() {
        let mut tariff = Tariff::default();
        tariff.add(rate(Term::OnDemand, 1, 2.0));
        tariff.add(rate(Term::OnDemand, 8, 3.0));
        tariff.set(&rate(Term::Reserved1y, 1, 1.0));
        for each in [1.0, 8.0] {
            assert_eq!(paid(&tariff, Term::Reserved1y, each, each), Some((each, each)));
        }
    }
}
