//! Levenberg (1944) and Marquardt (1963) with a Cauchy loss by reweighting (Holland and Welsch 1977).

use nalgebra::{DMatrix, DVector};

/// Errors beyond this many scales lose influence.
const TUNING: f64 = 2.0;
const MOST_STEPS: usize = 200;
const DIFFERENCE: f64 = 1e-4;
/// Steps in a row that hardly improve, after which the search ends.
const MOST_STALLS: u32 = 4;

/// Moves `start` to where the loss of the residuals is least. `residuals` fills its last argument and says how
/// many of them come from measurements; the rest are held as squares. Where only one parameter has moved it is told which, and
/// the residuals before that.
pub fn minimise(
    start: Vec<f64>,
    mut residuals: impl FnMut(&[f64], Option<(usize, &[f64])>, &mut Vec<f64>) -> usize,
) -> Vec<f64> {
    let mut x = start;
    let mut here = Vec::new();
    let mut there = Vec::new();
    let mut measured = residuals(&x, None, &mut here);
    let mut damping = 1e-2;
    let mut least = loss(&here, measured);
    let mut stalls = 0;
    for _ in 0..MOST_STEPS {
        let (n, m) = (x.len(), here.len());
        let mut jacobian = DMatrix::zeros(m, n);
        for j in 0..n {
            let mut moved = x.clone();
            moved[j] += DIFFERENCE;
            residuals(&moved, Some((j, &here)), &mut there);
            for i in 0..m {
                jacobian[(i, j)] = (there[i] - here[i]) / DIFFERENCE;
            }
        }
        let weights: Vec<f64> = here.iter().enumerate().map(|(i, r)| weight(*r, i < measured)).collect();
        let mut weighted = jacobian.clone();
        for (i, weight) in weights.iter().enumerate() {
            weighted.row_mut(i).scale_mut(*weight);
        }
        let normal = jacobian.transpose() * &weighted;
        let gradient = weighted.transpose() * DVector::from_column_slice(&here);
        let mut improved = false;
        for _ in 0..12 {
            let mut damped = normal.clone();
            for j in 0..n {
                damped[(j, j)] += damping * (normal[(j, j)] + 1e-6);
            }
            let Some(step) = damped.cholesky().map(|c| c.solve(&gradient)) else {
                damping *= 4.0;
                continue;
            };
            let next: Vec<f64> = x.iter().zip(step.iter()).map(|(x, s)| x - s.clamp(-0.5, 0.5)).collect();
            measured = residuals(&next, None, &mut there);
            let now = loss(&there, measured);
            if now < least {
                improved = least - now > 1e-5 * least;
                (x, least) = (next, now);
                std::mem::swap(&mut here, &mut there);
                damping = (damping * 0.3).max(1e-9);
                break;
            }
            damping *= 4.0;
        }
        stalls = if improved { 0 } else { stalls + 1 };
        if stalls >= MOST_STALLS {
            break;
        }
    }
    x
}

fn weight(residual: f64, measured: bool) -> f64 {
    if measured { 1.0 / (1.0 + (residual / TUNING).powi(2)) } else { 1.0 }
}

fn loss(residuals: &[f64], measured: usize) -> f64 {
    residuals
        .iter()
        .enumerate()
        .map(|(i, r)| if i < measured { TUNING * TUNING * (r / TUNING).powi(2).ln_1p() } else { r * r })
        .sum()
}
