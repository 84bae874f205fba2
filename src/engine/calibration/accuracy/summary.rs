//! Errors summed up: median, 90th percentile, bias, and how often the band held.

use std::collections::BTreeMap;

/// Errors of many values in five numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many values it is made from.
    pub count: usize,
    /// Median of the absolute error.
    pub median_error: f64,
    /// 90th percentile of the absolute error.
    pub p90_error: f64,
    /// Median of the signed error: positive where the engine predicts too high.
    pub bias: f64,
    /// Share of the measured values inside the engine's band, 0–1.
    pub inside_band: f64,
}

impl Summary {
    /// Of ratios of predicted to measured, each with whether the band held; `None` of none at all.
    pub fn of(values: impl IntoIterator<Item = (f64, bool)>) -> Option<Self> {
        let (mut signed, mut inside) = (Vec::new(), 0_usize);
        for (ratio, held) in values {
            signed.push(ratio - 1.0);
            inside += usize::from(held);
        }
        let mut absolute: Vec<f64> = signed.iter().map(|error| error.abs()).collect();
        signed.sort_by(f64::total_cmp);
        absolute.sort_by(f64::total_cmp);
        Some(Self {
            count: signed.len(),
            median_error: quantile(&absolute, 0.5)?,
            p90_error: quantile(&absolute, 0.9)?,
            bias: quantile(&signed, 0.5)?,
            inside_band: inside as f64 / signed.len() as f64,
        })
    }
}

/// The quantile `q` (0–1) of sorted values, linear between neighbours.
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? as f64 * q;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[below] + place.fract() * (sorted[above] - sorted[below]))
}

/// A summary for each member, by name, of ratios that say which member they belong to.
pub(super) fn grouped<'m>(values: impl Iterator<Item = (&'m str, (f64, bool))>) -> Vec<(&'m str, Summary)> {
    let mut members: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for (member, value) in values {
        members.entry(member).or_default().push(value);
    }
    members.into_iter().filter_map(|(member, values)| Some((member, Summary::of(values)?))).collect()
}
