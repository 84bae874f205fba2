//! The list of figures as in a plan: which section is where in its document.

use super::result::Sizing;
use crate::engine::figures::{
    Availability, Balance, Bands, Buy, EndToEnd, Entry, Facility, Figure, Launch, Layout, Memory, Mix,
    Network, OperatingPoint, Percentiles, Pool, Power, Rent, TermCost, Together,
};

/// Receives an entry of a section: its name and its value.
type Visit<'v> = dyn FnMut(&'static str, Entry) + 'v;

/// A section of the plan's document.
pub struct Section {
    /// Its path, such as `cost.buy`.
    pub path: &'static str,
    /// What its figures are of, where their own labels do not name it; empty where they do.
    pub title: &'static str,
    pub figures: &'static [Figure],
    /// Hands over every entry of it, if the plan has it.
    entries: fn(&Sizing, &mut Visit<'_>),
}

macro_rules! section {
    ($path:literal, $title:literal, $type:ty, $of:expr) => {
        Section {
            path: $path,
            title: $title,
            figures: <$type>::FIGURES,
            entries: |sizing, visit| {
                let of: fn(&Sizing) -> Option<&$type> = $of;
                if let Some(section) = of(sizing) {
                    section.entries(visit);
                }
            },
        }
    };
}

/// Every section, in the order of the document.
pub static SECTIONS: &[Section] = &[
    section!("layout", "", Layout, |s| Some(&s.layout)),
    section!("pools", "", Together, |s| s.pools.as_ref().map(|pools| &pools.together)),
    section!("pools.prefill", "Prefill pool", Pool, |s| s.pools.as_ref().map(|pools| &pools.prefill)),
    section!("pools.decode", "Decode pool", Pool, |s| s.pools.as_ref().map(|pools| &pools.decode)),
    section!("launch", "", Launch, |s| Some(&s.launch)),
    section!("operating_point", "", OperatingPoint, |s| Some(&s.operating_point)),
    section!("operating_point.ttft_s", "Time to first token", Percentiles, |s| Some(
        &s.operating_point.ttft_s
    )),
    section!("operating_point.tpot_s", "Time per output token", Percentiles, |s| Some(
        &s.operating_point.tpot_s
    )),
    section!("operating_point.e2e_s", "Request to last token", EndToEnd, |s| Some(&s.operating_point.e2e_s)),
    section!("memory", "", Memory, |s| Some(&s.memory)),
    section!("balance", "", Balance, |s| Some(&s.balance)),
    section!("availability", "", Availability, |s| Some(&s.availability)),
    section!("power", "", Power, |s| Some(&s.estate.power)),
    section!("network", "", Network, |s| Some(&s.estate.network)),
    section!("facility", "", Facility, |s| Some(&s.estate.facility)),
    section!("cost", "", TermCost, |s| Some(&s.estate.cost.chosen)),
    section!("cost.terms.on_demand", "On demand", TermCost, |s| s.estate.cost.terms[0].as_ref()),
    section!("cost.terms.reserved_1y", "Reserved 1 year", TermCost, |s| s.estate.cost.terms[1].as_ref()),
    section!("cost.terms.reserved_3y", "Reserved 3 years", TermCost, |s| s.estate.cost.terms[2].as_ref()),
    section!("cost.terms.spot", "Spot", TermCost, |s| s.estate.cost.terms[3].as_ref()),
    section!("cost.terms.buy", "Buy", TermCost, |s| s.estate.cost.terms[4].as_ref()),
    section!("cost.rent", "", Rent, |s| Some(&s.estate.cost.rent)),
    section!("cost.buy", "", Buy, |s| s.estate.cost.buy.as_ref()),
    section!("cost.mix", "", Mix, |s| s.estate.cost.mix.as_ref()),
    section!("bands", "", Bands, |s| Some(&s.bands)),
];

impl Section {
    /// Hands over every entry of it, in the order of the list; none where the plan has no such section.
    pub fn entries(&self, sizing: &Sizing, mut visit: impl FnMut(&'static str, Entry)) {
        (self.entries)(sizing, &mut visit);
    }
}

/// The figure at `path`, and the section that it is in.
pub(crate) fn figure_at(path: &str) -> Option<(&'static Section, &'static Figure)> {
    let (section, field) = path.rsplit_once('.')?;
    let section = SECTIONS.iter().find(|known| known.path == section)?;
    Some((section, section.figures.iter().find(|figure| figure.field == field)?))
}

impl Sizing {
    /// The entry at `path`; `None` where the plan has no such entry.
    pub fn entry(&self, path: &str) -> Option<Entry> {
        let (section, field) = path.rsplit_once('.')?;
        let section = SECTIONS.iter().find(|known| known.path == section)?;
        let mut found = None;
        section.entries(self, |name, entry| {
            if name == field {
                found = Some(entry);
            }
        });
        found
    }

    /// The figure at `path`; `None` where there is no such number.
    pub fn number(&self, path: &str) -> Option<f64> {
        match self.entry(path)? {
            Entry::Number(value) => Some(value),
            Entry::Flag(_) | Entry::Word(_) | Entry::Nothing => None,
        }
    }
}
