//! A sum of effects, fitted to rows by penalised and robust least squares.

use std::collections::BTreeMap;

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Standard deviation of the logarithm of one reading about the sum.
const NOISE: f64 = 0.12;
/// Degrees of freedom of the errors: few, so that rows far from all others weigh little.
const FREEDOM: f64 = 4.0;
/// Times that the weights are worked out anew.
const ROUNDS: usize = 12;

/// An effect: its name, and how far effects of its kind spread (standard deviation of the logarithm).
pub type Effect = (String, f64);

/// A row: the logarithm of what was read, and its effects with their factors.
pub struct Row {
    pub ln: f64,
    pub effects: Vec<(Effect, f64)>,
}

/// The effects as fitted.
pub struct Fitted {
    columns: BTreeMap<String, usize>,
    values: DVector<f64>,
    precision: Cholesky<f64, Dyn>,
}

impl Fitted {
    /// Fits every effect that `rows` name.
    pub fn new(rows: &[Row]) -> Result<Self, String> {
        let mut columns = BTreeMap::new();
        let mut spreads = Vec::new();
        for ((name, spread), _) in rows.iter().flat_map(|row| &row.effects) {
            columns.entry(name.clone()).or_insert_with(|| {
                spreads.push(*spread);
                spreads.len() - 1
            });
        }
        let places: Vec<Vec<(usize, f64)>> = rows
            .iter()
            .map(|row| row.effects.iter().map(|((name, _), by)| (columns[name], *by)).collect())
            .collect();
        let prior = DVector::from_iterator(spreads.len(), spreads.iter().map(|spread| spread.powi(-2)));
        let mut weights = vec![1.0; rows.len()];
        let mut fitted = None;
        for _ in 0..ROUNDS {
            let mut precision = DMatrix::from_diagonal(&prior);
            let mut pull = DVector::zeros(spreads.len());
            for ((row, at), weight) in rows.iter().zip(&places).zip(&weights) {
                let weight = weight / NOISE.powi(2);
                for &(i, a) in at {
                    pull[i] += weight * a * row.ln;
                    for &(j, b) in at {
                        precision[(i, j)] += weight * a * b;
                    }
                }
            }
            let precision = Cholesky::new(precision).ok_or("the effects cannot be told apart")?;
            let values = precision.solve(&pull);
            for ((row, at), weight) in rows.iter().zip(&places).zip(&mut weights) {
                let sum: f64 = at.iter().map(|&(i, by)| by * values[i]).sum();
                *weight = (FREEDOM + 1.0) / (FREEDOM + ((row.ln - sum) / NOISE).powi(2));
            }
            fitted = Some((values, precision));
        }
        let (values, precision) = fitted.ok_or("no rows")?;
        Ok(Self { columns, values, precision })
    }

    /// The value of an effect; 0 where no row names it.
    pub fn value(&self, name: &str) -> f64 {
        self.columns.get(name).map_or(0.0, |i| self.values[*i])
    }

    /// A sum of effects, and its standard deviation. Of an effect that no row names the spread is all that is known.
    pub fn sum(&self, effects: &[(Effect, f64)]) -> (f64, f64) {
        let mut weights = DVector::zeros(self.values.len());
        let mut unknown = 0.0;
        for ((name, spread), by) in effects {
            match self.columns.get(name) {
                Some(i) => weights[*i] += by,
                None => unknown += (spread * by).powi(2),
            }
        }
        let variance = weights.dot(&self.precision.solve(&weights));
        (weights.dot(&self.values), (variance + unknown).sqrt())
    }
}
