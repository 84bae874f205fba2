//! Time of one step: every operation takes the longer of its arithmetic and its memory traffic
//! (Williams et al. 2009), then come collectives and fixed costs.
//!
//! A [`Replica`] holds the coefficients of one model on one layout, so that a step is a few dozen
//! multiplications, without allocation.

use super::Deployment;
use super::formats::{Arithmetic, arithmetic, matrix_bytes};
use super::layout::Degrees;
use super::network::{Collective, all_reduce, all_to_all, hand_over};
use crate::catalog::{Efficiency, NumberFormat, Prefill as Policy, Reliance};

/// Bytes of an activation: all supported stacks keep them in 16 bits between operations.
const ACTIVATION_BYTES: f64 = 2.0;

/// Times that the hidden state of a token is read or written in a layer outside matrix products:
/// two norms and two residual sums, each one read and one write, and the operands of four products.
const HIDDEN_PASSES: f64 = 12.0;

/// Tokens that choose experts as if independently, of those that choose: tokens of one batch choose alike, so that
/// fewer experts are read than chance would have it. Where the fit of the experts' bandwidth is below that of the
/// memory (`examples/calibrate.rs`).
const ROUTING: f64 = 0.5;

/// A matrix product with weights that stay: `rows` tokens against fixed matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Product {
    /// Arithmetic of one row at full efficiency, seconds.
    s_per_row: f64,
    /// Rows at which half of the efficiency is reached.
    half_rows: f64,
    /// Reading the weights once, seconds.
    weights_s: f64,
}

impl Product {
    fn new(parameters: f64, bytes: f64, math: Arithmetic, efficiency: &Efficiency, read: f64) -> Self {
        Self {
            s_per_row: 2.0 * parameters / math.ops_per_s(),
            half_rows: efficiency.half_rows.value(),
            weights_s: parameters * bytes / read,
        }
    }
}

/// What a step processes, for one data-parallel copy of attention and one micro-batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Batch {
    /// Sequences that decode one token each.
    pub decoding: f64,
    /// Their mean context, tokens.
    pub context_tokens: f64,
    /// Prompt tokens in the step.
    pub prompt_tokens: f64,
    /// Mean context that those look back on, tokens.
    pub prompt_context_tokens: f64,
}

/// A step's time by what it was spent on, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepTime {
    pub compute_s: f64,
    pub memory_s: f64,
    pub communication_s: f64,
    pub overhead_s: f64,
}

impl StepTime {
    /// The whole step.
    #[inline]
    pub fn total_s(&self) -> f64 {
        self.compute_s + self.memory_s + self.communication_s + self.overhead_s
    }

    /// What most of it was spent on.
    pub fn bound(&self) -> Bound {
        let parts = [
            (self.compute_s, Bound::Compute),
            (self.memory_s, Bound::Memory),
            (self.communication_s, Bound::Communication),
            (self.overhead_s, Bound::Overhead),
        ];
        parts.iter().fold(parts[0], |most, part| if part.0 > most.0 { *part } else { most }).1
    }

    /// All of it `factor` times as long.
    #[inline]
    fn stretched(self, factor: f64) -> Self {
        Self {
            compute_s: self.compute_s * factor,
            memory_s: self.memory_s * factor,
            communication_s: self.communication_s * factor,
            overhead_s: self.overhead_s * factor,
        }
    }

    #[inline]
    fn add(&mut self, compute_s: f64, memory_s: f64) {
        if compute_s > memory_s {
            self.compute_s += compute_s;
        } else {
            self.memory_s += memory_s;
        }
    }

    #[inline]
    fn product(&mut self, product: &Product, rows: f64) {
        self.add(product.s_per_row * (rows + product.half_rows), product.weights_s);
    }
}

/// What bounds a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Compute,
    Memory,
    Communication,
    Overhead,
}

impl Bound {
    /// The word of the contract.
    pub fn id(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Memory => "memory",
            Self::Communication => "communication",
            Self::Overhead => "overhead",
        }
    }
}

/// One replica: a model on a layout of one accelerator under one stack, as coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    pub degrees: Degrees,
    pub weights: NumberFormat,
    pub kv_cache: NumberFormat,
    /// Most tokens in one step of one data-parallel copy.
    pub step_tokens: f64,
    /// Most sequences at once in the whole replica.
    pub max_sequences: f64,
    /// Time of a request outside the engine's steps, seconds.
    pub request_overhead_s: f64,
    /// How far its times can be relied on.
    pub reliance: Reliance,
    /// On the time of every step and on the time to first token, by the user's own measurements; 1 without.
    step_factor: f64,
    pub ttft_factor: f64,
    mixer: Product,
    feed_forward: Product,
    head: Product,
    experts: Experts,
    /// Attention of one query token to one context token, seconds of arithmetic: prefill, decode, windowed.
    attention_s: f64,
    attention_decode_s: f64,
    windowed_s: f64,
    window_tokens: f64,
    /// Reading the KV cache of one context token, seconds: full layers, windowed layers.
    kv_s: f64,
    kv_windowed_s: f64,
    /// Reading and writing one sequence's recurrent state, seconds.
    state_s: f64,
    /// Hidden-state traffic of one token, seconds.
    hidden_s: f64,
    /// All-reduces of a step and the bytes of one token in each.
    all_reduces: f64,
    all_reduce: Collective,
    /// Expert all-to-alls of a step.
    exchanges: f64,
    exchange: Collective,
    exchange_bytes: f64,
    hand_overs: f64,
    hand_over: Collective,
    hidden_bytes: f64,
    layers_overhead_s: f64,
    step_overhead_s: f64,
    sequence_overhead_s: f64,
    policy: Policy,
    /// Preparing and launching a step with prompts, which no graph replays, seconds.
    eager_s: f64,
    prompt_overhead_s: f64,
    /// Steps that a new request waits before the engine looks at it.
    pub admission_steps: f64,
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
    /// Reading one expert of every layer, on one accelerator, seconds.
    read_s: f64,
}

impl Replica {
    /// Coefficients of the model on its layout.
    pub fn new(deployment: &Deployment<'_>) -> Self {
        let Deployment { profile, accelerator, efficiency, stack, degrees, weights, kv_cache, reliance } =
            *deployment;
        let tp = f64::from(degrees.tp);
        let bandwidth = accelerator.memory_bytes_per_s.value();
        let read = bandwidth * efficiency.memory_weights.value();
        let kv_share =
            if kv_cache.bytes() < 2.0 { &efficiency.memory_kv_8_bit } else { &efficiency.memory_kv };
        let read_kv = bandwidth * kv_share.value() * stack.kv_factor.value();
        let mixture = profile.is_mixture();
        let matrix = matrix_bytes(weights, mixture);
        let math = |format| arithmetic(accelerator, efficiency, format).scaled(stack.compute_factor.value());
        let sixteen = math(NumberFormat::Bf16);
        let expert_math = arithmetic(accelerator, efficiency, weights);
        let matrix_math = if matrix < 2.0 { math(weights) } else { sixteen };
        let product = |parameters: f64| Product::new(parameters / tp, matrix, matrix_math, efficiency, read);

        let expert_ranks = f64::from(degrees.expert_ranks());
        let experts = if mixture {
            let per_rank = profile.moe_layers * profile.expert_parameters / expert_ranks;
            // Tensor parallelism cuts through every expert; expert parallelism hands out whole ones.
            let width = profile.expert_width * f64::from(degrees.ep) / expert_ranks;
            let narrow = width / (width + efficiency.expert_half_width.value());
            let rate = expert_math.peak_ops_per_s
                * efficiency.compute_experts.value()
                * narrow
                * stack.experts_factor.value();
            let read = bandwidth * efficiency.memory_experts.value();
            Experts {
                experts: profile.experts,
                top_k: profile.top_k,
                ln_unread: (-profile.top_k / profile.experts).ln_1p() * ROUTING,
                sources: f64::from(degrees.attention_dp),
                s_per_visit: 2.0 * per_rank / rate,
                half_rows: efficiency.expert_half_rows.value(),
                read_s: per_rank * weights.bytes() / read,
            }
        } else {
            Experts::default()
        };

        let attention_rate = sixteen.peak_ops_per_s * efficiency.compute_attention.value() * tp;
        // Grouped heads are copied where there are more ranks than heads; a latent is on every rank.
        let kv_shards = tp.min(profile.kv_heads);
        let kv_read = kv_cache.bytes() / kv_shards / read_kv;
        let exchanged = degrees.attention_dp > 1 && mixture;
        let collective = |collective: Collective| collective.scaled(stack.collective_factor.value());

        let (step_factor, ttft_factor) = reliance.own.map_or((1.0, 1.0), |own| (own.tpot, own.ttft));

        Self {
            degrees,
            weights,
            kv_cache,
            step_tokens: deployment.step_tokens(),
            max_sequences: deployment.max_sequences() * f64::from(degrees.attention_dp),
            request_overhead_s: stack.request_overhead_s.value(),
            reliance,
            step_factor,
            ttft_factor,
            mixer: product(profile.mixer_parameters),
            feed_forward: product(profile.dense_parameters + profile.shared_parameters),
            head: Product::new(profile.head_parameters / tp, 2.0, sixteen, efficiency, read),
            experts,
            attention_s: profile.attention_flops / attention_rate,
            attention_decode_s: profile.attention_flops_decode / attention_rate,
            windowed_s: profile.windowed.attention_flops / attention_rate,
            window_tokens: profile.windowed.window_tokens,
            kv_s: profile.kv_elements * kv_read,
            kv_windowed_s: profile.windowed.kv_elements * kv_read,
            state_s: 2.0 * profile.state_elements * ACTIVATION_BYTES / tp / read_kv,
            hidden_s: HIDDEN_PASSES * profile.layers * profile.hidden * ACTIVATION_BYTES / bandwidth,
            all_reduces: if degrees.tp > 1 { 2.0 * profile.layers } else { 0.0 },
            all_reduce: collective(all_reduce(accelerator, efficiency, degrees.tp)),
            exchanges: if exchanged { 2.0 * profile.moe_layers } else { 0.0 },
            exchange: collective(all_to_all(accelerator, efficiency, degrees.expert_ranks())),
            // A token goes once to each rank that holds an expert of its.
            exchange_bytes: profile.hidden * ACTIVATION_BYTES * profile.top_k.min(expert_ranks) / tp,
            hand_overs: f64::from(degrees.pp - 1),
            hand_over: hand_over(accelerator, efficiency, degrees.accelerators()),
            hidden_bytes: profile.hidden * ACTIVATION_BYTES,
            layers_overhead_s: stack.layer_factor.value()
                * (profile.layers * efficiency.layer_overhead_s.value()
                    + profile.latent_layers * efficiency.latent_overhead_s.value()
                    + profile.moe_layers * efficiency.moe_overhead_s.value()),
            step_overhead_s: stack.step_overhead_s.value(),
            sequence_overhead_s: stack.sequence_overhead_s.value(),
            policy: stack.prefill,
            eager_s: step_factor
                * (profile.layers * stack.eager_layer_s.value()
                    + profile.latent_layers * stack.eager_latent_s.value()
                    + profile.moe_layers * stack.eager_moe_s.value()),
            prompt_overhead_s: step_factor * stack.prompt_overhead_s.value(),
            admission_steps: stack.admission_steps.value()
                + if degrees.attention_dp > 1 { stack.balance_steps.value() } else { 0.0 },
        }
    }

    /// Time of one pass of `batch` through all layers.
    #[inline]
    pub fn step(&self, batch: &Batch) -> StepTime {
        let decoding = batch.decoding;
        let tokens = decoding + batch.prompt_tokens;
        let mut time = StepTime::default();
        time.product(&self.mixer, tokens);
        time.product(&self.feed_forward, tokens);
        // Logits only for tokens that are sampled from.
        time.product(&self.head, decoding + 1.0);
        if self.experts.experts > 0.0 {
            let e = &self.experts;
            let all = tokens * e.sources;
            let read = e.experts * -(all * e.ln_unread).exp_m1();
            let visits = all * e.top_k;
            // Rows of one expert, summed over those that are read.
            let rows = (visits * (visits + read * e.half_rows)).sqrt();
            time.add(e.s_per_visit * rows, read * e.read_s);
        }

        let window = batch.context_tokens.min(self.window_tokens);
        let prompt_window = batch.prompt_context_tokens.min(self.window_tokens);
        time.add(
            decoding * (batch.context_tokens * self.attention_decode_s + window * self.windowed_s),
            decoding * (batch.context_tokens * self.kv_s + window * self.kv_windowed_s + self.state_s),
        );
        time.compute_s += batch.prompt_tokens
            * (batch.prompt_context_tokens * self.attention_s + prompt_window * self.windowed_s);
        time.memory_s += tokens * self.hidden_s;

        time.communication_s = self.all_reduces * self.all_reduce.time_s(tokens * self.hidden_bytes)
            + self.exchanges * self.exchange.time_s(tokens * self.exchange_bytes)
            + self.hand_overs * self.hand_over.time_s(tokens * self.hidden_bytes);
        time.overhead_s = self.layers_overhead_s + self.step_overhead_s + decoding * self.sequence_overhead_s;
        time.stretched(self.step_factor)
    }

    /// One decode step of `sequences` of the whole replica at mean context `context_tokens`: with pipeline
    /// stages the sequences pass in as many groups, one behind the other.
    #[inline]
    pub fn decode(&self, sequences: f64, context_tokens: f64) -> StepTime {
        self.step(&Batch {
            decoding: self.share(sequences),
            context_tokens,
            prompt_tokens: 0.0,
            prompt_context_tokens: 0.0,
        })
    }

    /// Sequences of one micro-batch of one data-parallel copy.
    #[inline]
    fn share(&self, sequences: f64) -> f64 {
        sequences / f64::from(self.degrees.attention_dp * self.degrees.pp)
    }

    /// Reading a prompt of `tokens`, the first `cached` of which are in the cache already, alone or while
    /// `beside` decode.
    pub fn prefill(&self, tokens: f64, cached: f64, beside: Decoding) -> Prefill {
        let fresh = (tokens - cached).max(1.0);
        // What the sequences lose to a step with prompts: all of it where they stand still meanwhile.
        let (decoding, base_s) = match self.policy {
            Policy::Alone => (0.0, 0.0),
            Policy::MixedChunks | Policy::MixedWhole => (self.share(beside.sequences), beside.step_s),
        };
        let context_tokens = beside.context_tokens;
        let room = (self.step_tokens - decoding).max(self.step_tokens * 0.1);
        let room = if self.policy == Policy::MixedWhole { room.max(fresh) } else { room };
        // A new token looks back on what was cached and, on average, on half of what is new.
        let step = |prompt_tokens: f64| {
            self.step(&Batch {
                decoding,
                context_tokens,
                prompt_tokens,
                prompt_context_tokens: cached + 0.5 * fresh,
            })
        };
        let full = (fresh / room).floor();
        let rest = fresh - full * room;
        let (mut last, mut alone_s, mut added_s) = (StepTime::default(), 0.0, 0.0);
        if rest > 0.0 {
            last = step(rest);
            alone_s = last.total_s();
            added_s = alone_s - base_s;
        }
        // Prompts that wait share steps: at saturation every step is full.
        let mut saturated_s = f64::INFINITY;
        if full > 0.0 {
            last = step(room);
            alone_s += full * last.total_s();
            added_s += full * (last.total_s() - base_s);
        } else {
            let prompts =
                if self.policy == Policy::MixedWhole { (room / fresh).floor() } else { room / fresh };
            saturated_s = step(prompts * fresh).total_s() / prompts;
        }
        let ranks = f64::from(self.degrees.attention_dp * self.degrees.pp);
        Prefill {
            latency_s: alone_s + self.prompt_overhead_s + self.eager_s,
            added_s: (added_s + self.prompt_overhead_s) / ranks,
            saturated_s: (saturated_s.min(alone_s) + self.prompt_overhead_s) / ranks,
            bound: last.bound(),
        }
    }

    /// Prompts of `tokens` that one step of the replica has room for.
    pub fn prompts_per_step(&self, tokens: f64) -> f64 {
        f64::from(self.degrees.attention_dp) * self.step_tokens / tokens
    }

    /// Whether sequences go on decoding while prompts are read.
    pub fn decodes_meanwhile(&self) -> bool {
        self.policy != Policy::Alone
    }
}

/// Sequences that decode while a prompt is read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decoding {
    /// Of the whole replica.
    pub sequences: f64,
    /// Mean, tokens.
    pub context_tokens: f64,
    /// Their step without the prompt, seconds.
    pub step_s: f64,
}

/// Reading one prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prefill {
    /// From the first chunk's start to the last chunk's end, seconds.
    pub latency_s: f64,
    /// By how much it lengthens the steps of the replica that it shares, seconds.
    pub added_s: f64,
    /// Time of the replica that one prompt takes when prompts queue, seconds.
    pub saturated_s: f64,
    pub bound: Bound,
}
