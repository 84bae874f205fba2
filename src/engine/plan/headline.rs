//! The headline figures: the few of the list that a plan is judged, compared and bounded by.

use std::ops::{Index, Sub};

use super::result::Sizing;
use super::sections::figure_at;
use crate::engine::figures::Figure;
use crate::units::Unit;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Accelerators of the fleet, spares included.
    Accelerators,
    /// Power of the whole facility at peak, watts.
    Power,
    /// US dollars per month, on the chosen term.
    Month,
    /// US dollars for a million tokens, input and output, at the average load, on the chosen term.
    MillionTokens,
}

impl Headline {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Accelerators, Self::Power, Self::Month, Self::MillionTokens];

    /// Its path in the list of figures, of a fleet without pools: [`Sizing::whole_path`] has that of any.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Accelerators => "layout.accelerators",
            Self::Power => "power.facility_w",
            Self::Month => "cost.usd_per_month",
            Self::MillionTokens => "cost.usd_per_million_tokens",
        }
    }

    /// Its key in documents, unit included: the last part of its path.
    pub fn id(self) -> &'static str {
        self.path().rsplit_once('.').map_or(self.path(), |(_, field)| field)
    }

    /// Its entry in the list. `None` would be a path that is not in the list, which a test rules out.
    pub fn figure(self) -> Option<&'static Figure> {
        figure_at(self.path()).map(|(_, figure)| figure)
    }

    /// What it counts.
    pub fn unit(self) -> Unit {
        self.figure().map_or(Unit::One, |figure| figure.unit)
    }

    /// Its value in its unit.
    pub fn of(self, sizing: &Sizing) -> f64 {
        match self {
            Self::Accelerators => f64::from(sizing.whole().accelerators),
            Self::Power => sizing.estate.power.facility_w,
            Self::Month => sizing.estate.cost.chosen.usd_per_month,
            Self::MillionTokens => sizing.estate.cost.chosen.usd_per_million_tokens,
        }
    }

    /// Both ends of its 90% band, in its unit.
    pub fn band(self, sizing: &Sizing) -> [f64; 2] {
        let bands = &sizing.bands;
        match self {
            Self::Accelerators => [bands.accelerators_low, bands.accelerators_high],
            Self::Power => [bands.facility_w_low, bands.facility_w_high],
            Self::Month => [bands.usd_per_month_low, bands.usd_per_month_high],
            Self::MillionTokens => [bands.usd_per_million_tokens_low, bands.usd_per_million_tokens_high],
        }
    }
}

/// A value for each of them; also a difference of such values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Headlines([f64; 4]);

impl Headlines {
    /// Those of a fleet.
    pub fn of(sizing: &Sizing) -> Self {
        Self(Headline::ALL.map(|headline| headline.of(sizing)))
    }

    /// From the values in the order of [`Headline::ALL`].
    pub fn new(each: [f64; 4]) -> Self {
        Self(each)
    }

    /// The values in the order of [`Headline::ALL`].
    pub fn each(self) -> [f64; 4] {
        self.0
    }
}

impl Index<Headline> for Headlines {
    type Output = f64;

    fn index(&self, headline: Headline) -> &f64 {
        &self.0[headline as usize]
    }
}

impl Sub for Headlines {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|k| self.0[k] - other.0[k]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine;
    use crate::engine::figures::More;
    use crate::scenario::preset;

    #[test]
    fn the_list_has_each_with_the_value_and_the_band_it_has_here() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        let plan = engine::plan(&scenario, &catalog).unwrap();
        let sizing = plan.best().unwrap().1;
        for (k, headline) in Headline::ALL.into_iter().enumerate() {
            assert_eq!(headline as usize, k);
            let figure = headline.figure().unwrap();
            assert_eq!(
                (figure.field, figure.more),
                (headline.id(), More::Worse),
                "the window shows more in red"
            );
            let path = sizing.whole_path(headline.path());
            assert_eq!(sizing.number(path), Some(headline.of(sizing)), "{headline:?}");
            let ends = ["low", "high"].map(|end| sizing.number(&format!("bands.{}_{end}", headline.id())));
            assert_eq!(ends, headline.band(sizing).map(Some), "{headline:?}");
        }
    }
}
