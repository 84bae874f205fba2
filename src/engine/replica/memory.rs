//! Memory of the fullest accelerator: weights, KV cache in blocks, activations, runtime; and how many
//! sequences fit.

use crate::catalog::MemoryPolicy;
use crate::engine::Deployment;
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::engine::replica::formats::matrix_bytes;
use crate::units::Unit;

/// Live copies of the hidden state while a step runs, and of the widest intermediate: the two halves of a gated
/// feed-forward. Allocators free what a layer is done with; `tests/memory_logs.rs` holds the sum against logs.
const HIDDEN_COPIES: f64 = 2.0;
const WIDE_COPIES: f64 = 2.0;

/// Logits are kept in 32 bits.
const LOGIT_BYTES: f64 = 4.0;

/// What one replica's accelerators can hold, independent of the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// On the fullest accelerator.
    pub weights_bytes: f64,
    /// Activations of the largest step.
    pub activation_bytes: f64,
    /// Runtime: context, graphs, collectives.
    pub reserve_bytes: f64,
    /// All memory of the accelerator.
    pub capacity_bytes: f64,
    /// Left for the KV cache on that accelerator; negative: the weights do not fit.
    pub kv_budget_bytes: f64,
    /// KV cache and state of one sequence of `tokens`, on one accelerator, is
    /// `kv_token_bytes · tokens + kv_window_bytes · min(tokens, window) + state_bytes`.
    kv_token_bytes: f64,
    kv_window_bytes: f64,
    window_tokens: f64,
    state_bytes: f64,
    /// The same of the whole model.
    kv_bytes: f64,
    kv_elements: (f64, f64),
    block_tokens: f64,
    /// Data-parallel copies of attention: each holds its own sequences.
    copies: f64,
    reserves_answers: bool,
}

impl Room {
    /// Lays the model out. `utilization` takes the place of the stack's own fraction of memory.
    pub fn new(deployment: &Deployment<'_>, utilization: Option<f64>, recorder: &mut impl Recorder) -> Self {
        let Deployment { profile, accelerator, stack, degrees, weights, kv_cache, .. } = *deployment;
        let (tp, pp) = (f64::from(degrees.tp), f64::from(degrees.pp));
        // The fullest stage has the larger share of layers that do not divide evenly.
        let stage = (profile.layers / pp).ceil() / profile.layers.max(1.0);
        let matrices = profile.mixer_parameters + profile.dense_parameters + profile.shared_parameters;
        let experts = profile.moe_layers * profile.experts * profile.expert_parameters;
        // Embedding and output projection stand on different stages and are never packed.
        let tables = if degrees.pp > 1 {
            profile.head_parameters
        } else {
            profile.head_parameters + profile.embedding_parameters
        };
        // The layer that drafts comes on top, on the last stage.
        let drafting =
            if deployment.speculation.draft_tokens > 0.0 { 1.0 / profile.layers.max(1.0) } else { 0.0 };
        let stage = stage + drafting;
        let weights_bytes = stage * matrices * matrix_bytes(weights, profile.is_mixture()) / tp
            + stage * experts * weights.bytes() / f64::from(degrees.expert_ranks())
            + (tables * 2.0 + stage * profile.other_parameters * 2.0) / tp;

        let activation_bytes = 2.0
            * deployment.step_tokens()
            // Every token leaves one output of each expert that it visits.
            * ((HIDDEN_COPIES + profile.top_k) * profile.hidden + WIDE_COPIES * profile.widest / tp)
            + LOGIT_BYTES * stack.logit_copies.value() * deployment.max_sequences() * profile.vocab;
        let reserve_bytes = stack.reserve_bytes.value();
        let capacity_bytes = accelerator.memory_bytes.value();
        let fraction = utilization.unwrap_or(stack.memory_fraction.value());
        let fixed = weights_bytes + activation_bytes + reserve_bytes;
        let kv_budget_bytes = match stack.memory_policy {
            MemoryPolicy::FractionOfTotal => fraction * capacity_bytes - fixed,
            MemoryPolicy::FractionOfFree => fraction * (capacity_bytes - fixed),
        };
        recorder.note(|| {
            Step::derived(
                "memory.weights_bytes",
                "Weights on the fullest accelerator",
                (weights_bytes, Unit::Bytes),
                "matrices × bytes ÷ tp + experts × bytes ÷ (tp × attention dp) + tables, norms and biases × 2 bytes ÷ tp, of the fullest pipeline stage",
                vec![
                    Term::plain("parameters", profile.parameters, Unit::One),
                    Term::plain("of them in routed experts", experts, Unit::One),
                    Term::plain("bytes of a parameter", weights.bytes(), Unit::One),
                    Term::plain("tp", tp, Unit::One),
                    Term::plain("accelerators that share the experts", f64::from(degrees.expert_ranks()), Unit::One),
                    Term::plain("share of the layers on the fullest stage", stage, Unit::Fraction),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "memory.activation_bytes",
                "Activations of the largest step",
                (activation_bytes, Unit::Bytes),
                "2 bytes × tokens of a step × ((2 + experts a token) × hidden + 2 × widest ÷ tp) + 4 bytes × copies of logits × sequences × vocabulary",
                vec![
                    Term::plain("tokens of a step at most", deployment.step_tokens(), Unit::Tokens),
                    Term::plain("hidden", profile.hidden, Unit::One),
                    Term::plain("widest intermediate", profile.widest, Unit::One),
                    Term::plain("copies of logits", stack.logit_copies.value(), Unit::One),
                    Term::plain("sequences at most", deployment.max_sequences(), Unit::One),
                    Term::plain("vocabulary", profile.vocab, Unit::One),
                    Term::plain("tp", tp, Unit::One),
                ],
            )
            .resting_on(Trust::Assumed, [stack.limits_on(accelerator).0.source()])
        });
        recorder.note(|| {
            Step::derived(
                "memory.reserve_bytes",
                "Runtime: context, graphs, collectives",
                (reserve_bytes, Unit::Bytes),
                "the stack's own",
                Vec::new(),
            )
            .resting_on(Trust::of(stack.reserve_bytes.basis()), [stack.reserve_bytes.source()])
        });
        recorder.note(|| {
            Step::derived(
                "memory.capacity_bytes",
                "Memory of one accelerator",
                (capacity_bytes, Unit::Bytes),
                "the accelerator's own",
                Vec::new(),
            )
            .resting_on(Trust::of(accelerator.memory_bytes.basis()), [accelerator.memory_bytes.source()])
        });
        recorder.note(|| {
            Step::derived(
                "memory.kv_budget_bytes",
                "Room for KV cache on one accelerator",
                (kv_budget_bytes, Unit::Bytes),
                match stack.memory_policy {
                    MemoryPolicy::FractionOfTotal => "fraction × memory − weights − activations − runtime",
                    MemoryPolicy::FractionOfFree => "fraction × (memory − weights − activations − runtime)",
                },
                vec![
                    Term::plain("fraction", fraction, Unit::Fraction),
                    Term::made("memory", capacity_bytes, Unit::Bytes, "memory.capacity_bytes"),
                    Term::made("weights", weights_bytes, Unit::Bytes, "memory.weights_bytes"),
                    Term::made("activations", activation_bytes, Unit::Bytes, "memory.activation_bytes"),
                    Term::made("runtime", reserve_bytes, Unit::Bytes, "memory.reserve_bytes"),
                ],
            )
            .resting_on(Trust::of(stack.memory_fraction.basis()), [stack.memory_fraction.source()])
        });
        // Heads are split over ranks and copied where ranks outnumber them; stages hold their own layers.
        let shards = tp.min(profile.kv_heads) * pp;
        let kv_bytes = kv_cache.bytes();
        Self {
            weights_bytes,
            activation_bytes,
            reserve_bytes,
            capacity_bytes,
            kv_budget_bytes,
            kv_token_bytes: profile.kv_elements * kv_bytes / shards,
            kv_window_bytes: profile.windowed.kv_elements * kv_bytes / shards,
            window_tokens: profile.windowed.window_tokens,
            // Recurrent state is kept in 16 bits and split like heads.
            state_bytes: profile.state_elements * 2.0 / (tp * pp),
            kv_bytes,
            kv_elements: (profile.kv_elements, profile.windowed.kv_elements),
            block_tokens: stack.kv_block_tokens.value().max(1.0),
            copies: f64::from(degrees.attention_dp),
            reserves_answers: stack.reserves_answers,
        }
    }

    /// Bytes of one sequence of `tokens` on one accelerator, whole blocks.
    #[inline]
    pub fn sequence_bytes(&self, tokens: f64) -> f64 {
        let blocks = (tokens / self.block_tokens).ceil() * self.block_tokens;
        self.kv_token_bytes * blocks
            + self.kv_window_bytes * blocks.min(self.window_tokens)
            + self.state_bytes
    }

    /// Sequences of `tokens` that fit in the whole replica, as a fraction: an average of what comes and goes.
    #[inline]
    pub fn sequences(&self, tokens: f64) -> f64 {
        let one = self.sequence_bytes(tokens);
        if self.kv_budget_bytes <= 0.0 {
            0.0
        } else if one <= 0.0 {
            f64::MAX
        } else {
            self.copies * self.kv_budget_bytes / one
        }
    }

    /// Sequences that the stack lets run at once: each takes its mean context, or all it may come to where the
    /// stack reserves room for answers.
    #[inline]
    pub fn places(&self, context_tokens: f64, full_tokens: f64) -> f64 {
        self.sequences(if self.reserves_answers { full_tokens } else { context_tokens })
    }

    /// Whether the weights and one sequence of `tokens` fit.
    #[inline]
    pub fn fits(&self, tokens: f64) -> bool {
        self.kv_budget_bytes > 0.0 && self.sequence_bytes(tokens) <= self.kv_budget_bytes
    }

    /// What weights, activations, runtime and one sequence of `tokens` take on the fullest accelerator.
    pub fn least_bytes(&self, tokens: f64) -> f64 {
        self.weights_bytes + self.activation_bytes + self.reserve_bytes + self.sequence_bytes(tokens)
    }

    /// Bytes of KV cache that one token takes in the whole model, at a context of `tokens`.
    pub fn kv_bytes_per_token(&self, tokens: f64) -> f64 {
        let tokens = tokens.max(1.0);
        let kept = tokens.min(self.window_tokens) / tokens;
        self.kv_bytes * (self.kv_elements.0 + self.kv_elements.1 * kept)
    }

    /// The memory of the fullest accelerator with `sequences` in flight at mean context `context_tokens`,
    /// up to `full_tokens` each.
    pub fn memory(
        &self,
        sequences: f64,
        context_tokens: f64,
        full_tokens: f64,
        recorder: &mut impl Recorder,
    ) -> crate::engine::Memory {
        let in_use = (sequences / self.copies).max(0.0) * self.sequence_bytes(context_tokens);
        let kv_cache_bytes = in_use.min(self.kv_budget_bytes.max(0.0));
        let memory_bytes = self.weights_bytes + kv_cache_bytes + self.activation_bytes + self.reserve_bytes;
        let kv_bytes_per_token = self.kv_bytes_per_token(full_tokens);
        let most = self.sequences(full_tokens).min(1e9);
        let kv_capacity_tokens = if kv_bytes_per_token > 0.0 { most * full_tokens } else { 0.0 };
        let max_concurrency = most.floor();
        let kv_source = "Kwon et al. 2023 (PagedAttention), arXiv 2309.06180";
        recorder.note(|| {
            Step::derived(
                "memory.kv_bytes_per_token",
                "KV cache of one token, whole model",
                (kv_bytes_per_token, Unit::Bytes),
                "bytes × (numbers kept by full layers + numbers kept by windowed layers × share of the context inside the window)",
                vec![
                    Term::plain("bytes of a number", self.kv_bytes, Unit::One),
                    Term::plain("numbers of full layers", self.kv_elements.0, Unit::One),
                    Term::plain("numbers of windowed layers", self.kv_elements.1, Unit::One),
                    Term::plain("context", full_tokens, Unit::Tokens),
                ],
            )
            .resting_on(Trust::Derived, [kv_source])
        });
        recorder.note(|| {
            Step::derived(
                "memory.kv_cache_bytes",
                "KV cache in use on one accelerator",
                (kv_cache_bytes, Unit::Bytes),
                "sequences in flight on one copy of attention × KV cache of one at its mean context, in blocks",
                vec![
                    Term::plain("sequences in flight", sequences, Unit::One),
                    Term::plain("copies of attention", self.copies, Unit::One),
                    Term::plain("mean context", context_tokens, Unit::Tokens),
                    Term::plain("KV cache of one", self.sequence_bytes(context_tokens), Unit::Bytes),
                ],
            )
            .resting_on(Trust::Derived, [kv_source])
        });
        recorder.note(|| {
            Step::derived(
                "memory.memory_bytes",
                "Memory in use on one accelerator",
                (memory_bytes, Unit::Bytes),
                "weights + KV cache + activations + runtime",
                vec![
                    Term::made("weights", self.weights_bytes, Unit::Bytes, "memory.weights_bytes"),
                    Term::made("KV cache in use", kv_cache_bytes, Unit::Bytes, "memory.kv_cache_bytes"),
                    Term::made("activations", self.activation_bytes, Unit::Bytes, "memory.activation_bytes"),
                    Term::made("runtime", self.reserve_bytes, Unit::Bytes, "memory.reserve_bytes"),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "memory.max_concurrency",
                "Sequences that fit in one replica",
                (max_concurrency, Unit::One),
                "⌊copies of attention × room for KV cache ÷ KV cache of one full sequence, in blocks⌋",
                vec![
                    Term::made(
                        "room for KV cache on one accelerator",
                        self.kv_budget_bytes,
                        Unit::Bytes,
                        "memory.kv_budget_bytes",
                    ),
                    Term::plain("copies of attention", self.copies, Unit::One),
                    Term::plain(
                        "KV cache of one full sequence",
                        self.sequence_bytes(full_tokens),
                        Unit::Bytes,
                    ),
                    Term::plain("input and output", full_tokens, Unit::Tokens),
                ],
            )
            .resting_on(Trust::Derived, [kv_source])
        });
        recorder.note(|| {
            Step::derived(
                "memory.kv_capacity_tokens",
                "Tokens of KV cache that fit in one replica",
                (kv_capacity_tokens, Unit::Tokens),
                "full sequences that fit, broken ones counted, × tokens of one",
                vec![
                    Term::plain("full sequences", most, Unit::One),
                    Term::plain("input and output", full_tokens, Unit::Tokens),
                ],
            )
        });
        crate::engine::Memory {
            fits: self.fits(full_tokens),
            weights_bytes: self.weights_bytes,
            kv_cache_bytes,
            activation_bytes: self.activation_bytes,
            reserve_bytes: self.reserve_bytes,
            memory_bytes,
            capacity_bytes: self.capacity_bytes,
            kv_bytes_per_token,
            kv_capacity_tokens,
            max_concurrency,
        }
    }
}
