//! Time of one step: every operation takes the longer of its arithmetic and its memory traffic
//! (Williams et al. 2009), then come collectives and fixed costs.
//!
//! A [`Replica`] holds the coefficients of one model on one layout, so that a step is a few dozen
//! multiplications, without allocation.

use super::batching::Batching;
use crate::catalog::{NumberFormat, Reliance, Sourced};
use crate::engine::figures::{Number, Origin, Silent, Trust, power};
use crate::engine::replica::collectives::{Collective, TokenExchange, all_reduce, busiest, hand_over};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::formats::arithmetic;
use crate::engine::replica::step::{Activity, Batch, Product, StepTime};
use crate::engine::replica::stored::Stored;
use crate::engine::replica::windows::Windows;

/// Bytes of an activation: all supported stacks keep them in 16 bits between operations.
const ACTIVATION_BYTES: f64 = 2.0;

/// Times that the hidden state of a token is read or written in a layer outside matrix products:
/// two norms and two residual sums, each one read and one write, and the operands of four products.
const HIDDEN_PASSES: f64 = 12.0;

/// Tokens that choose experts as if independently, of those that choose: tokens of one batch choose alike, so that
/// fewer experts are read than chance would have it. Where the fit of the experts' bandwidth is below that of the
/// memory (`examples/calibrate.rs`).
const ROUTING: f64 = 0.3;

/// Share of their rate that products keep where weights share scales in blocks and tensor cores know no scales: sums of 128 terms are
/// scaled and added up outside of them (DeepSeek-V3 technical report, arXiv 2412.19437, section 3.3.2). On H800 DeepGEMM reaches 1025
/// TFLOP/s for 4096 × 7168 × 2048 (its first README, 2025), products as deep with one scale for a matrix 1174 to 1343 (tilelang,
/// benchmark/matmul_fp8): 0.76 to 0.87 of it.
const BLOCK_SCALES: f64 = 0.8;

/// Standard deviations that a band of nine in ten reaches to each side.
pub(in crate::engine) const BAND_DEVIATIONS: f64 = 1.645;

/// One replica: a model on a layout of one accelerator under one stack, as coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// Degrees of parallelism.
    pub degrees: Degrees,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// How the stack fills a step.
    pub batching: Batching,
    /// Time of a request outside the engine's steps, seconds.
    pub request_overhead_s: f64,
    /// How far its times can be relied on.
    pub reliance: Reliance,
    /// On every time of the replica, by the user's own measurements; 1 without.
    step_factor: f64,
    /// Beside that on the time to first token.
    pub ttft_factor: f64,
    mixer: Product,
    feed_forward: Product,
    head: Product,
    experts: Experts,
    /// Attention of one query token to one context token, seconds of arithmetic: prefill, decode.
    attention_s: f64,
    attention_decode_s: f64,
    /// Reading the KV cache of one context token, seconds, layers that keep everything.
    kv_s: f64,
    windows: Windows,
    /// One FLOP of attention, and reading one number of the KV cache, seconds.
    attention_flop_s: f64,
    kv_number_s: f64,
    /// Shares of peak at which those two run.
    kv_share: f64,
    attention_share: f64,
    /// What the accelerator draws.
    power: PowerShares,
    /// Reading and writing one sequence's recurrent state, seconds.
    state_s: f64,
    /// Hidden-state traffic of one token, seconds.
    hidden_s: f64,
    /// All-reduces of a step and the bytes of one token in each.
    all_reduces: f64,
    all_reduce: Collective,
    /// Layers whose tokens go to experts on other accelerators.
    exchanges: f64,
    exchange: TokenExchange,
    /// Share of the shorter of exchange and computation that is hidden where halves of a batch take turns; 0: they do not.
    overlap: f64,
    /// Share of the units that the exchange of prompts takes from what is computed beside it.
    occupied: f64,
    hand_overs: f64,
    hand_over: Collective,
    hidden_bytes: f64,
    layers_overhead_s: f64,
    step_overhead_s: f64,
    sequence_overhead_s: f64,
    /// Tokens drafted for each sequence ahead of a step, and the layers over which one drafting pass is a share.
    draft_tokens: f64,
    layers: f64,
    /// Tokens that a decode step yields for each sequence.
    pub tokens_per_step: f64,
    /// Preparing and launching a step with prompts, which no graph replays: it takes no less, seconds.
    eager_s: f64,
    /// What a step with prompts takes beside that, seconds.
    prompt_step_s: f64,
}

/// Watts of an accelerator by what it does.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PowerShares {
    limit_w: f64,
    resident: f64,
    busy: f64,
    weights: f64,
    kv: f64,
    arithmetic: f64,
}

impl PowerShares {
    fn of(deployment: &Deployment<'_>) -> Self {
        let f = deployment.facility;
        Self {
            limit_w: deployment.accelerator.tdp_w.value(),
            resident: f.power_resident.value(),
            busy: f.power_busy.value(),
            weights: f.power_weights.value(),
            kv: f.power_kv.value(),
            arithmetic: f.power_arithmetic.value(),
        }
    }
}

/// Routed experts: how many are read depends on how many tokens choose among them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Experts {
    /// Routed experts of one layer; 0: none.
    experts: f64,
    top_k: f64,
    /// `ln(1 − top_k / experts)`: an expert stays unread by `n` tokens with probability `exp(n · this)`.
    ln_unread: f64,
    /// Copies of attention whose tokens meet in the experts.
    sources: f64,
    /// Arithmetic of one token in one expert, all layers, on one accelerator, seconds.
    s_per_visit: f64,
    half_rows: f64,
    /// Experts of a layer on the fullest accelerator over the mean.
    fullest: f64,
    /// Reading one expert of every layer, on one accelerator, seconds.
    read_s: f64,
    /// Arithmetic of one visit and reading one expert at the peaks, seconds.
    peak: (f64, f64),
}

impl Replica {
    /// Coefficients of the model on its layout.
    pub fn new(deployment: &Deployment<'_>) -> Self {
        let Deployment { profile, accelerator, efficiency, stack, degrees, weights, kv_cache, .. } =
            *deployment;
        let Deployment { speculation, reliance, .. } = *deployment;
        let tp = f64::from(degrees.tp);
        let bandwidth = accelerator.memory_bytes_per_s.value();
        let kv_share =
            if kv_cache.bytes() < 2.0 { &efficiency.memory_kv_8_bit } else { &efficiency.memory_kv };
        let read_kv = bandwidth * kv_share.value() * stack.kv_factor.value();
        let mixture = profile.is_mixture();
        let stored = Stored::of(profile, weights);
        let others = profile.quantized(weights).and_then(|quantized| quantized.others);
        let blocks = profile.quantized(weights).is_some_and(|quantized| quantized.block > 0);
        // Tensor cores that know 4 bits know scales of blocks too.
        let by_hand = blocks && accelerator.peak_ops_per_s(NumberFormat::Nvfp4).is_none();
        let math = |format: NumberFormat| {
            let scales = if by_hand && format == weights { BLOCK_SCALES } else { 1.0 };
            arithmetic(accelerator, efficiency, format).scaled(stack.compute_factor.value() * scales)
        };
        let sixteen = math(NumberFormat::Bf16);
        let expert_math = arithmetic(accelerator, efficiency, weights);
        let product = |parameters: f64, bytes: f64| {
            let math = if bytes >= 2.0 { sixteen } else { math(others.unwrap_or(weights)) };
            Product::new(parameters / tp, bytes, math, efficiency, bandwidth)
        };
        // Shared experts that are whole on each rank have a part of the tokens there: as much arithmetic, all of the reading.
        let copies = if degrees.copies_shared(profile, stack) { tp - 1.0 } else { 0.0 };
        let every_token = profile.dense_parameters + profile.shared_parameters;
        let every_token_bytes = if every_token > 0.0 {
            (profile.dense_parameters * stored.dense + profile.shared_parameters * stored.shared)
                / every_token
        } else {
            stored.dense
        };

        let expert_ranks = f64::from(degrees.expert_ranks());
        let exchanged = degrees.attention_dp > 1 && mixture;
        let experts = if mixture {
            let per_rank = profile.moe_layers * profile.expert_parameters / expert_ranks;
            // Tensor parallelism cuts through every expert; expert parallelism hands out whole ones.
            let width = profile.expert_width * f64::from(degrees.ep) / expert_ranks;
            let narrow = width / (width + efficiency.expert_half_width.value());
            // Arithmetic in 4 bits falls as far behind its peak here as in other products, beside that in 8.
            let four_bits = !expert_math.weight_only && weights.bytes() < 1.0;
            let four_bits = if four_bits {
                efficiency.compute_4_bit.value() / efficiency.compute_8_bit.value()
            } else {
                1.0
            };
            let rate = expert_math.peak_ops_per_s
                * four_bits
                * efficiency.compute_experts.value()
                * narrow
                * stack.experts_factor.value();
            let read_s = per_rank * stored.experts / bandwidth;
            Experts {
                experts: profile.experts,
                top_k: profile.top_k,
                ln_unread: (-profile.top_k / profile.experts).ln_1p(),
                sources: f64::from(degrees.attention_dp),
                // The busiest accelerator is waited for.
                s_per_visit: 2.0 * per_rank / rate * busiest(deployment),
                fullest: degrees.fullest_experts(profile.experts),
                half_rows: efficiency.expert_half_rows.value(),
                read_s: read_s / efficiency.memory_experts.value(),
                peak: (2.0 * per_rank / expert_math.peak_ops_per_s, read_s),
            }
        } else {
            Experts::default()
        };

        let attention_rate = sixteen.peak_ops_per_s * efficiency.compute_attention.value() * tp;
        // Grouped heads are copied where there are more ranks than heads; a latent is on every rank.
        let kv_shards = tp.min(profile.kv_heads);
        let kv_read = kv_cache.bytes() / kv_shards / read_kv;
        let collective = |collective: Collective| collective.scaled(stack.collective_factor.value());

        let (step_factor, ttft_factor) = reliance.own.map_or((1.0, 1.0), |own| (own.tpot, own.ttft));

        Self {
            degrees,
            weights,
            kv_cache,
            batching: Batching::new(deployment),
            request_overhead_s: step_factor * stack.request_overhead_s.value(),
            reliance,
            step_factor,
            ttft_factor,
            mixer: product(profile.mixer_parameters, stored.mixer),
            feed_forward: product(every_token, every_token_bytes).read_more(
                copies * profile.shared_expert_parameters * stored.shared / (tp * bandwidth),
                efficiency,
            ),
            head: Product::new(profile.head_parameters / tp, 2.0, sixteen, efficiency, bandwidth),
            experts,
            attention_s: profile.attention_flops / attention_rate,
            attention_decode_s: profile.attention_flops_decode / attention_rate,
            kv_s: profile.kv_elements * kv_read,
            windows: profile.windows,
            attention_flop_s: 1.0 / attention_rate,
            kv_number_s: kv_read,
            kv_share: read_kv / bandwidth,
            attention_share: efficiency.compute_attention.value(),
            power: PowerShares::of(deployment),
            state_s: 2.0 * profile.state_elements * ACTIVATION_BYTES / tp / read_kv,
            hidden_s: HIDDEN_PASSES * profile.layers * profile.hidden * ACTIVATION_BYTES / bandwidth,
            all_reduces: if degrees.tp > 1 { 2.0 * profile.layers } else { 0.0 },
            all_reduce: collective(all_reduce(accelerator, efficiency, degrees.tp)),
            exchanges: if exchanged { profile.moe_layers } else { 0.0 },
            exchange: if exchanged { TokenExchange::new(deployment) } else { TokenExchange::default() },
            overlap: stack.exchange.overlap.as_ref().map_or(0.0, Sourced::value),
            occupied: stack.exchange.occupied.value(),
            hand_overs: f64::from(degrees.pp - 1),
            hand_over: hand_over(accelerator, efficiency, degrees.accelerators()),
            hidden_bytes: profile.hidden * ACTIVATION_BYTES,
            layers_overhead_s: stack.layer_factor.value()
                * (profile.layers * efficiency.layer_overhead_s.value()
                    + profile.latent_layers * efficiency.latent_overhead_s.value()
                    + profile.moe_layers * efficiency.moe_overhead_s.value()),
            step_overhead_s: stack.step_overhead_s.value(),
            sequence_overhead_s: stack.sequence_overhead_s.value(),
            draft_tokens: speculation.draft_tokens,
            layers: profile.layers.max(1.0),
            tokens_per_step: speculation.tokens_per_step(),
            eager_s: profile.layers * stack.eager_layer_s.value()
                + profile.latent_layers * stack.eager_latent_s.value()
                + profile.moe_layers * stack.eager_moe_s.value(),
            prompt_step_s: stack.prompt_step_s.value(),
        }
    }

    /// A time of this replica, or what is made of its times: as good as what was measured.
    #[inline]
    pub(super) fn time(&self, value: f64) -> Number<'_> {
        let origin = match &self.reliance.own {
            Some(own) => Origin::OwnMeasurements(own),
            None => Origin::Model(Trust::of_evidence(self.reliance.evidence)),
        };
        Number { value, origin }
    }

    /// The factor on the time to first token beside that on all times: by the user's own measurements, and by how much longer
    /// than typical it is taken to be.
    #[inline]
    pub(super) fn ttft_number(&self) -> Number<'_> {
        let value = self.ttft_factor;
        match &self.reliance.own {
            Some(own) => Number { value, origin: Origin::OwnMeasurements(own) },
            None if value == 1.0 => Number::exact(1.0),
            None => Number { value, origin: Origin::Band(self.reliance.evidence) },
        }
    }

    /// The same replica where its times are longer than typical by `deviations` of the standard deviations of their logarithms:
    /// the bands of nine in ten reach 1.645 of them to each side. Both latencies are off alike.
    pub fn slowed(&self, deviations: f64) -> Self {
        let times = self.reliance.tpot_factor.powf(deviations / BAND_DEVIATIONS);
        let first = self.reliance.ttft_factor.powf(deviations / BAND_DEVIATIONS);
        Self {
            step_factor: self.step_factor * times,
            request_overhead_s: self.request_overhead_s * times,
            ttft_factor: self.ttft_factor * first / times,
            ..self.clone()
        }
    }

    /// Time of one pass of `batch` through all layers, while every other copy of attention has as many tokens.
    #[inline]
    pub fn step(&self, batch: &Batch) -> StepTime {
        let tokens = self.tokens(batch);
        self.step_among(batch, tokens * self.experts.sources)
    }

    /// Tokens that a pass of `batch` processes: a drafted token is checked like one of a prompt.
    #[inline]
    pub(in crate::engine) fn tokens(&self, batch: &Batch) -> f64 {
        batch.decoding * (1.0 + self.draft_tokens) + batch.prompt_tokens
    }

    /// Time of one pass of `batch` through all layers; `all` are the tokens that meet in the experts, those of all copies of
    /// attention together.
    #[inline]
    pub(in crate::engine) fn step_among(&self, batch: &Batch, all: f64) -> StepTime {
        let mut time = self.layers(batch, all);
        if self.exchanges > 0.0 {
            time.communication_s += self.exchange_s(batch);
        }
        time = self.launched(batch, time, 1.0);
        if self.exchanges > 0.0 && self.overlap > 0.0 {
            let turns = self.launched(batch, self.taking_turns(batch, all), 2.0);
            if turns.total_s() < time.total_s() {
                time = turns;
            }
        }
        if self.draft_tokens > 0.0 && batch.decoding > 0.0 {
            // Each drafted token takes one layer and the output projection (multi-token prediction: DeepSeek-V3
            // technical report, section 2.2; EAGLE drafts so too).
            let mut head = StepTime::default();
            head.product(&self.head, batch.decoding * (1.0 + self.draft_tokens) + 1.0);
            let head_s = head.total_s();
            let layer = (time.total_s() - head_s) / self.layers + head_s;
            time = time.stretched(1.0 + self.draft_tokens * layer / time.total_s());
        }
        // However long it takes, it is the same that is done.
        StepTime { done: time.done, ..time.stretched(self.step_factor) }
    }

    /// `time` of `batch` with what the host takes to launch it in so many parts.
    #[inline]
    fn launched(&self, batch: &Batch, mut time: StepTime, parts: f64) -> StepTime {
        time.overhead_s += self.step_overhead_s + batch.decoding * self.sequence_overhead_s;
        if batch.prompt_tokens > 0.0 {
            // Launching runs ahead of what it launches, and is waited for only where that is shorter.
            time.overhead_s += self.prompt_step_s + (parts * self.eager_s - time.total_s()).max(0.0);
        }
        time
    }

    /// Sending the tokens of `batch` to their experts and back, all layers, seconds.
    #[inline]
    fn exchange_s(&self, batch: &Batch) -> f64 {
        let decoding = batch.decoding * (1.0 + self.draft_tokens);
        self.exchanges * self.exchange.time_s(batch.prompt_tokens, decoding)
    }

    /// A pass in which both halves of `batch` take turns: the tokens of one are exchanged while the other is computed, so that
    /// the longer of the two counts, and what is not hidden of the shorter (DeepSeek-V3 technical report, 3.4; two-batch overlap
    /// of SGLang, dual-batch overlap of vLLM).
    #[inline]
    fn taking_turns(&self, batch: &Batch, all: f64) -> StepTime {
        let half = batch.half();
        let mut time = self.layers(&half, 0.5 * all);
        let exchange_s = self.exchange_s(&half);
        if half.prompt_tokens > 0.0 {
            time.compute_s += self.occupied * exchange_s.min(time.compute_s);
        }
        time.communication_s += exchange_s - self.overlap * exchange_s.min(time.total_s());
        time.then(time)
    }

    /// Time of `batch` in all layers, without the exchange of tokens among copies of attention.
    #[inline]
    fn layers(&self, batch: &Batch, all: f64) -> StepTime {
        let decoding = batch.decoding;
        // A drafted token is checked like one of a prompt, against the cache of its sequence.
        let checked = decoding * (1.0 + self.draft_tokens);
        let tokens = self.tokens(batch);
        let mut time = StepTime::default();
        time.product(&self.mixer, tokens);
        time.product(&self.feed_forward, tokens);
        // Logits only for tokens that are sampled from.
        time.product(&self.head, checked + 1.0);
        if self.experts.experts > 0.0 {
            let e = &self.experts;
            let choices = 1.0 + ROUTING * (all - 1.0).max(0.0);
            let read = e.experts * -(choices * e.ln_unread).exp_m1();
            let visits = all * e.top_k;
            // Rows of one expert, summed over those that are read.
            let rows = (visits * (visits + read * e.half_rows)).sqrt();
            time.add(e.s_per_visit * rows, read * e.fullest * e.read_s);
            time.done.arithmetic += e.peak.0 * visits;
            time.done.weights += e.peak.1 * read * e.fullest;
        }

        let windowed_s = self.attention_flop_s * self.windows.attention_flops_at(batch.context_tokens);
        let kv_windowed_s = self.kv_number_s * self.windows.kv_elements_at(batch.context_tokens);
        let attention_s = checked * (batch.context_tokens * self.attention_decode_s + windowed_s);
        let kv_s = decoding * (batch.context_tokens * self.kv_s + kv_windowed_s + self.state_s);
        time.add(attention_s, kv_s);
        time.done.kv += kv_s * self.kv_share;
        let windowed_s = self.attention_flop_s * self.windows.attention_flops_at(batch.prompt_context_tokens);
        let prompt_attention_s =
            batch.prompt_tokens * (batch.prompt_context_tokens * self.attention_s + windowed_s);
        time.compute_s += prompt_attention_s;
        time.done.arithmetic += (attention_s + prompt_attention_s) * self.attention_share;
        time.memory_s += tokens * self.hidden_s;
        time.done.weights += tokens * self.hidden_s;

        time.communication_s = self.all_reduces * self.all_reduce.time_s(tokens * self.hidden_bytes)
            + self.hand_overs * self.hand_over.time_s(tokens * self.hidden_bytes);
        time.overhead_s = self.layers_overhead_s;
        time
    }

    /// What one accelerator draws while it does so much, watts.
    pub(super) fn draw_w(&self, busy: Activity) -> f64 {
        let p = &self.power;
        let share = power::decode_power(
            &mut Silent,
            Number::exact(p.resident),
            Number::exact(p.busy),
            Number::exact(p.weights),
            Number::exact(busy.weights),
            Number::exact(p.kv),
            Number::exact(busy.kv),
            Number::exact(p.arithmetic),
            Number::exact(busy.arithmetic),
        );
        p.limit_w * share.value
    }

    /// One decode step of `sequences` of the whole replica at mean context `context_tokens`: with pipeline
    /// stages the sequences pass in as many groups, one behind the other.
    #[inline]
    pub fn decode(&self, sequences: f64, context_tokens: f64) -> StepTime {
        self.step(&Batch {
            decoding: self.batching.share(sequences),
            context_tokens,
            prompt_tokens: 0.0,
            prompt_context_tokens: 0.0,
        })
    }
}
