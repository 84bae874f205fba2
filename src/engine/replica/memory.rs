//! Memory of the fullest accelerator: weights, KV cache in blocks, activations, runtime; and how many
//! sequences fit.

use super::deployment::Deployment;
use super::stored::Stored;
use super::windows::Windows;
use crate::catalog::{ExpertLayout, MemoryPolicy, NumberFormat, Stack};
use crate::engine::figures::{Memory, Number, Recorder, Silent, launch, memory, same};

/// Bytes of a number in the key of a sparse indexer, whatever the format of the KV cache: FP8 with a 32-bit scale for 128
/// (`index_head_dim + index_head_dim / 128 * 4` in the pools of vLLM, SGLang and TensorRT-LLM).
const INDEX_BYTES: f64 = 1.0 + 4.0 / 128.0;

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
    /// `kv_token_bytes · tokens + kv_window_bytes · (what windows keep on average) + state_bytes`.
    kv_token_bytes: f64,
    kv_window_bytes: f64,
    windows: Windows,
    state_bytes: f64,
    /// The same of the whole model.
    kv_bytes: f64,
    kv_elements: f64,
    index_elements: f64,
    block_tokens: f64,
    /// The model's longest context.
    longest_tokens: f64,
    /// Data-parallel copies of attention: each holds its own sequences.
    copies: f64,
}

impl Room {
    /// Lays the model out.
    pub fn new(deployment: &Deployment<'_>, recorder: &mut impl Recorder) -> Self {
        let Deployment { profile, accelerator, stack, degrees, weights, kv_cache, settings, .. } =
            *deployment;
        let (tp, pp) = (f64::from(degrees.tp), f64::from(degrees.pp));
        // The fullest stage has the larger share of layers that do not divide evenly; the layer that drafts comes on top,
        // on the last stage.
        let stage = (profile.layers / pp).ceil() / profile.layers.max(1.0);
        let drafting =
            if deployment.speculation.draft_tokens > 0.0 { 1.0 / profile.layers.max(1.0) } else { 0.0 };
        let read = profile.mixer_parameters + profile.dense_parameters + profile.shared_parameters;
        // What is whole on each rank counts once for each, since the sum is shared out.
        let copies = if degrees.copies_shared(profile, stack) { tp - 1.0 } else { 0.0 };
        let matrices = read - profile.reused_parameters + copies * profile.shared_expert_parameters;
        let experts = profile.all_expert_parameters();
        let stored = Stored::of(profile, weights);
        let layout = stack.experts_in(weights, accelerator);
        let expert_width = profile.expert_width * f64::from(degrees.ep) / f64::from(degrees.expert_ranks());
        // Embedding and output projection are on different stages.
        let whole = degrees.pp == 1;
        let rows = if whole && profile.embedding_parameters > 0.0 { 2.0 } else { 1.0 };
        let tables = Stored::tables(profile, weights, whole)
            + rows * padded_rows(profile.vocab, degrees.tp, stack) * profile.hidden;
        let weights_bytes = memory::weights_bytes(
            recorder,
            Number::derived(stage + drafting),
            Number::derived(matrices),
            Number::exact(stored.outside_experts(profile)),
            Number::derived(experts),
            Number::exact(stored.experts),
            Number::derived(padded(profile.hidden, expert_width, layout)),
            Number::derived(degrees.fullest_experts(profile.experts)),
            Number::exact(f64::from(degrees.expert_ranks())),
            Number::derived(tables),
            Number::derived(profile.other_parameters),
            Number::exact(tp),
        );
        let logit_copies = match &stack.dense_logit_copies {
            Some(copies) if !profile.is_mixture() => copies,
            _ => &stack.logit_copies,
        };
        let activation_bytes = memory::activation_bytes(
            recorder,
            settings.step_tokens(stack, accelerator),
            Number::derived(profile.hidden),
            Number::derived(profile.widest),
            Number::exact(tp),
            Number::derived(profile.top_k),
            layout.and_then(|layout| layout.visit_copies.as_ref()).unwrap_or(&stack.visit_copies).into(),
            Number::derived(expert_width),
            logit_copies.into(),
            stack.limits_on(accelerator).1.into(),
            Number::derived(profile.vocab),
        );
        let collectives = stack.collectives_bytes.as_ref().filter(|_| degrees.tp > 1);
        let reserve_bytes = match collectives {
            Some(collectives) => {
                memory::reserve_bytes(recorder, (&stack.reserve_bytes).into(), collectives.into())
            }
            None => same(recorder, "memory", "reserve_bytes", (&stack.reserve_bytes).into()),
        };
        let capacity_bytes = same(recorder, "memory", "capacity_bytes", (&accelerator.memory_bytes).into());
        let fraction = settings.memory_fraction(stack);
        let (all, taken) = (capacity_bytes, (weights_bytes, activation_bytes, reserve_bytes));
        let kv_budget_bytes = match stack.memory_policy {
            MemoryPolicy::FractionOfTotal => {
                memory::fraction_of_total(recorder, fraction, all, taken.0, taken.1, taken.2)
            }
            MemoryPolicy::FractionOfFree => {
                memory::fraction_of_free(recorder, fraction, all, taken.0, taken.1, taken.2)
            }
        };
        // Heads are split over ranks and copied where ranks outnumber them; stages hold their own layers.
        let shards = tp.min(profile.kv_heads) * pp;
        let kv_bytes = match &stack.sparse_fp8_bytes {
            Some(bytes) if kv_cache == NumberFormat::Fp8 && profile.has_sparse_latents() => bytes.value(),
            _ => kv_cache.bytes(),
        };
        // A stack that does not know windows keeps everything in all layers.
        let windows =
            if stack.frees_windows { profile.windows } else { profile.windows.widened(profile.context) };
        Self {
            weights_bytes: weights_bytes.value,
            activation_bytes: activation_bytes.value,
            reserve_bytes: reserve_bytes.value,
            capacity_bytes: capacity_bytes.value,
            kv_budget_bytes: kv_budget_bytes.value,
            // The keys of an indexer are whole on every rank.
            kv_token_bytes: (profile.kv_elements - profile.index_elements) * kv_bytes / shards
                + profile.index_elements * INDEX_BYTES / pp,
            kv_window_bytes: windows.kv_elements() * kv_bytes / shards,
            windows,
            // Recurrent state is kept in 16 bits and split like heads.
            state_bytes: profile.state_elements * 2.0 / (tp * pp),
            kv_bytes,
            kv_elements: profile.kv_elements - profile.index_elements,
            index_elements: profile.index_elements,
            block_tokens: stack.kv_block_tokens.value().max(1.0),
            longest_tokens: profile.context,
            copies: f64::from(degrees.attention_dp),
        }
    }

    /// KV cache and state of one sequence of `tokens` on one accelerator, whole blocks.
    #[inline]
    fn sequence(&self, tokens: f64, recorder: &mut impl Recorder) -> Number<'static> {
        memory::sequence_bytes(
            recorder,
            Number::exact(tokens),
            Number::exact(self.block_tokens),
            Number::derived(self.kv_token_bytes),
            Number::derived(self.kv_window_bytes),
            Number::derived(
                self.windows.mean_tokens_at((tokens / self.block_tokens).ceil() * self.block_tokens),
            ),
            Number::derived(self.state_bytes),
        )
    }

    /// Bytes of one sequence of `tokens` on one accelerator, whole blocks.
    #[inline]
    pub fn sequence_bytes(&self, tokens: f64) -> f64 {
        self.sequence(tokens, &mut Silent).value
    }

    /// Room for the KV cache on one accelerator; negative: the weights do not fit.
    fn budget(&self) -> Number<'static> {
        Number::made("memory", "kv_budget_bytes", self.kv_budget_bytes)
    }

    /// The same by what grows with a sequence: bytes of one block of KV cache, the tokens in it, and bytes that a sequence of
    /// `tokens` takes beside its blocks, for windows and state. On one accelerator.
    pub(in crate::engine) fn blocks(&self, tokens: f64) -> (f64, f64, f64) {
        let beside = self.kv_window_bytes * self.windows.mean_tokens_at(tokens) + self.state_bytes;
        (self.kv_token_bytes * self.block_tokens, self.block_tokens, beside)
    }

    /// Sequences of `tokens` that fit in the whole replica, as a fraction: an average of what comes and goes.
    #[inline]
    pub fn sequences(&self, tokens: f64) -> f64 {
        let one = self.sequence(tokens, &mut Silent);
        memory::full_sequences(&mut Silent, Number::exact(self.copies), self.budget(), one).value
    }

    /// Whether the weights and one sequence of `tokens` fit.
    #[inline]
    pub fn fits(&self, tokens: f64) -> bool {
        self.kv_budget_bytes > 0.0 && self.sequence_bytes(tokens) <= self.kv_budget_bytes
    }

    /// Tokens of the longest sequence that one accelerator has room for, whole blocks; the model's whole context where
    /// that fits.
    pub fn longest(&self, recorder: &mut impl Recorder) -> Number<'static> {
        launch::longest_tokens(
            recorder,
            Number::derived(self.longest_tokens),
            self.budget(),
            Number::derived(self.state_bytes),
            Number::derived(self.kv_token_bytes),
            Number::derived(self.kv_window_bytes),
            Number::derived(self.windows.mean_tokens_at(f64::INFINITY)),
            Number::exact(self.block_tokens),
        )
    }

    /// What weights, activations, runtime and one sequence of `tokens` take on the fullest accelerator.
    pub fn least_bytes(&self, tokens: f64) -> f64 {
        self.weights_bytes + self.activation_bytes + self.reserve_bytes + self.sequence_bytes(tokens)
    }

    /// Bytes of KV cache that one token takes in the whole model, at a context of `tokens`.
    pub fn kv_bytes_per_token(&self, tokens: f64, recorder: &mut impl Recorder) -> Number<'static> {
        memory::kv_bytes_per_token(
            recorder,
            Number::exact(self.kv_bytes),
            Number::derived(self.kv_elements),
            Number::exact(INDEX_BYTES),
            Number::derived(self.index_elements),
            Number::derived(self.windows.kv_elements()),
            Number::derived(self.windows.mean_tokens_at(tokens.max(1.0))),
            Number::exact(tokens.max(1.0)),
        )
    }

    /// The memory of the fullest accelerator with `sequences` in flight at mean context `context_tokens`,
    /// up to `full_tokens` each.
    pub fn memory(
        &self,
        sequences: f64,
        context_tokens: f64,
        full_tokens: f64,
        recorder: &mut impl Recorder,
    ) -> Memory {
        let made = |field: &'static str, bytes: f64| Number::made("memory", field, bytes);
        let copies = Number::exact(self.copies);
        let one = self.sequence(context_tokens, &mut recorder.at("memory.sequence_bytes", "mean"));
        let in_flight = Number::made("operating_point", "concurrency", sequences);
        let kv_cache = memory::kv_cache_bytes(recorder, in_flight, copies, one, self.budget());
        let memory_bytes = memory::memory_bytes(
            recorder,
            made("weights_bytes", self.weights_bytes),
            kv_cache,
            made("activation_bytes", self.activation_bytes),
            made("reserve_bytes", self.reserve_bytes),
        );
        let per_token = self.kv_bytes_per_token(full_tokens, recorder);
        let full = self.sequence(full_tokens, &mut recorder.at("memory.sequence_bytes", "full"));
        let most = memory::full_sequences(recorder, copies, self.budget(), full);
        let tokens = Number::exact(full_tokens);
        Memory {
            weights_bytes: self.weights_bytes,
            kv_cache_bytes: kv_cache.value,
            activation_bytes: self.activation_bytes,
            reserve_bytes: self.reserve_bytes,
            memory_bytes: memory_bytes.value,
            capacity_bytes: self.capacity_bytes,
            kv_bytes_per_token: per_token.value,
            kv_capacity_tokens: memory::kv_capacity_tokens(recorder, most, tokens, per_token).value,
            max_concurrency: memory::max_concurrency(recorder, most).value,
            fits: self.fits(full_tokens),
            fits_longest: self.fits(self.longest_tokens),
        }
    }
}

/// Rows that `stack` adds to a table of the vocabulary that `tp` ranks hold.
fn padded_rows(vocab: f64, tp: u32, stack: &Stack) -> f64 {
    let padded = stack.starts.vocabulary.as_ref().and_then(|rule| rule.padded(vocab as u32, tp));
    padded.map_or(0.0, |padded| f64::from(padded) - vocab)
}

/// How much larger the matrices of experts are on a rank that holds `width` of each, for what the stack pads.
fn padded(hidden: f64, width: f64, layout: Option<&ExpertLayout>) -> f64 {
    let up = |length: f64, step: u32| {
        if length > 0.0 { (length / f64::from(step)).ceil() * f64::from(step) / length } else { 1.0 }
    };
    layout.map_or(1.0, |layout| up(hidden, layout.hidden) * up(width, layout.width))
}
