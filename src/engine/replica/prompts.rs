//! Prompts of an open load: of many lengths, as many in a step as chance has it.
//!
//! A step that any prompt is read in takes longer for the first than for the next where it saves what reading the weights
//! takes, or shorter where launching is waited for. What each adds is therefore the mean over a Poisson number of them.

use super::prefill::{Decoding, Prefill};
use super::roofline::Replica;
use super::serving::Demand;

/// Lengths that stand for all: a short one, the median and a long one, so weighted that mean and variance are those of the
/// lognormal (the points of Gauss and Hermite).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lengths {
    /// Over the mean, and their weights; 0: all are alike.
    pub(super) points: [(f64, f64); 3],
}

impl Lengths {
    /// Lengths with this coefficient of variation.
    pub fn new(cv: f64) -> Self {
        if cv <= 0.0 {
            return Self::default();
        }
        let variance = (cv * cv).ln_1p();
        let reach = (3.0 * variance).sqrt();
        let [short, median, long] = [-reach, 0.0, reach].map(|deviation| (deviation - 0.5 * variance).exp());
        // Of the greatest variance that the three points can have, where lengths have more.
        let square = (1.0 + cv * cv).min(short + long - short * long);
        let weight = |of: f64, a: f64, b: f64| (of, (square - (a + b) + a * b) / ((of - a) * (of - b)));
        Self {
            points: [weight(short, median, long), weight(median, short, long), weight(long, short, median)],
        }
    }
}

/// What prompts add to the steps of a replica under an open load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prompts {
    /// By how much a prompt that has its steps to itself lengthens them, mean over lengths, over that of mean length.
    pub lengths: f64,
    /// By how much it lengthens the steps of the replica, the second in a step, and each further one, seconds.
    pub first_s: f64,
    pub second_s: f64,
    pub further_s: f64,
    /// Prompts that come to one copy of attention between two looks, mean; and as many as a Poisson number shares steps like
    /// them.
    pub arrivals: f64,
    sharing: f64,
    /// Squared coefficient of variation of what they add.
    pub scv: f64,
    /// From the first chunk to the last, seconds: mean over lengths, and variance.
    pub latency_s: f64,
    pub latency_variance: f64,
    /// Copies of attention that read in a step in which any does, mean.
    pub copies_reading: f64,
    /// Copies of attention and pipeline stages, each with prompts of its own, and the stages alone.
    pub lanes: f64,
    pub stages: f64,
    /// Prompts for which a step of one copy has room.
    pub most_prompts: f64,
}

impl Prompts {
    /// None at all, in a replica of so many copies of attention and pipeline stages.
    pub(super) fn none(copies: f64, stages: f64) -> Self {
        Self {
            lengths: 1.0,
            first_s: 0.0,
            second_s: 0.0,
            further_s: 0.0,
            arrivals: 0.0,
            sharing: 0.0,
            scv: 0.0,
            latency_s: 0.0,
            latency_variance: 0.0,
            copies_reading: 1.0,
            lanes: copies * stages,
            stages,
            most_prompts: f64::INFINITY,
        }
    }

    /// Of the prompts that come, the shares that are the first and the second of their step.
    #[inline]
    pub fn shares(&self) -> [f64; 2] {
        let x = self.sharing;
        if x < RARE {
            return [1.0 - 0.5 * x, 0.5 * x];
        }
        let none = (-x).exp();
        [(1.0 - none) / x, (1.0 - none * (1.0 + x)) / x]
    }

    /// Of one prompt more, the probabilities that it is the first and the second of its step.
    #[inline]
    pub fn chances(&self) -> [f64; 2] {
        let none = (-self.sharing).exp();
        [none, self.sharing * none]
    }

    /// The same where the squared coefficient of variation of arrivals is `burstiness`: regular ones seldom share a step, bursts
    /// often do. Where that takes less than by themselves they are taken as by chance, so that no burst is for the better.
    #[inline]
    pub fn sharing_of(self, burstiness: f64) -> Self {
        let x = self.arrivals;
        let dearer = self.second_s + self.further_s > 2.0 * self.first_s;
        if dearer { Self { sharing: x * (1.0 + (burstiness - 1.0) / (1.0 + x)), ..self } } else { self }
    }
}

/// Prompts in a step, mean, below which no third one comes.
const RARE: f64 = 1e-4;

impl Replica {
    /// Reading the prompts of `demand` where `arrivals` come between two looks, beside what decodes; what one adds is left to
    /// [`Prompts`].
    #[inline]
    pub(super) fn prompts(&self, demand: &Demand, beside: Decoding, arrivals: f64) -> (Prefill, Prompts) {
        let prompt = self.prompt(demand.input_tokens, demand.cached_tokens, beside);
        let (all, alone) = (prompt.all, prompt.alone(arrivals));
        let fresh = (demand.input_tokens - demand.cached_tokens).max(1.0);
        let base_s = if self.batching.decodes_meanwhile() { beside.step_s } else { 0.0 };

        // Over lengths, by what they are to the mean where all copies read.
        let added_s = all.steps_with_s - all.steps_without_s;
        let (mut mean_s, mut square, mut latency_s, mut latency_square) = (0.0, 0.0, 0.0, 0.0);
        let mut add = |weight: f64, added: f64, with_s: f64| {
            mean_s += weight * added;
            square += weight * added * added;
            latency_s += weight * with_s;
            latency_square += weight * with_s * with_s;
        };
        if demand.length_cv > 0.0 {
            for (factor, weight) in demand.lengths.points {
                let tokens = (fresh * factor).max(1.0);
                let read = self.chunked(tokens, demand.cached_tokens * factor, beside, prompt.copies);
                add(weight, read.with_s - read.steps * base_s, read.with_s);
            }
        } else {
            add(1.0, added_s, all.latency_s);
        }
        let lengths = mean_s / added_s;
        let slower = alone.latency_s / all.latency_s;

        let (mut second, mut further) = (added_s, added_s);
        if all.full_prompts >= 2.0 {
            let context_tokens = demand.cached_tokens + 0.5 * fresh;
            let two_s = self.reading_step(2.0 * fresh, context_tokens, beside, prompt.copies).total_s();
            second = two_s - all.steps_with_s;
            further =
                if all.full_prompts > 2.5 { (all.full_s - two_s) / (all.full_prompts - 2.0) } else { second };
        }
        let prompts = Prompts {
            lengths,
            first_s: alone.added_s * lengths,
            // Two of all lengths even out, by half.
            second_s: (second - 0.5 * (mean_s - added_s).max(0.0)).max(0.0) / alone.side_by_side,
            further_s: further / alone.side_by_side,
            arrivals: prompt.of_a_copy(arrivals),
            sharing: prompt.of_a_copy(arrivals),
            scv: (square / (mean_s * mean_s) - 1.0).max(0.0),
            latency_s: latency_s * slower,
            latency_variance: (latency_square - latency_s * latency_s).max(0.0) * slower * slower,
            copies_reading: alone.side_by_side / prompt.stages,
            lanes: prompt.copies * prompt.stages,
            stages: prompt.stages,
            most_prompts: prompt.most_prompts,
        };
        (alone, prompts)
    }
}
