//! What a model costs: parameters by the part that reads them, KV cache and arithmetic per token.
//!
//! A [`Profile`] sums the layer groups of a catalog [`Model`], so that the step time of any architecture is
//! a handful of terms.

use super::cuts::{Cut, StateHeads, cuts, state_heads};
use super::windows::Windows;
use crate::catalog::{FeedForward, Mixer, Model, NumberFormat, Quantized};

/// A model as sums over its layers. Counts of numbers, not bytes; FLOPs are multiply and add apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// All parameters.
    pub parameters: f64,
    /// Parameters that one token uses, embeddings included as tables count them.
    pub active_parameters: f64,
    /// Width of the hidden state.
    pub hidden: f64,
    /// Tokens of the vocabulary.
    pub vocab: f64,
    /// All layers.
    pub layers: f64,
    /// Layers of latent attention.
    pub latent_layers: f64,
    /// Longest context, tokens.
    pub context: f64,
    /// Matrices of attention and other mixers, all layers.
    pub mixer_parameters: f64,
    /// Matrices of dense feed-forwards, all layers.
    pub dense_parameters: f64,
    /// Routers and shared experts: read for every token of a mixture.
    pub shared_parameters: f64,
    /// Of those the shared experts.
    pub shared_expert_parameters: f64,
    /// One routed expert of one layer.
    pub expert_parameters: f64,
    /// Inner width of one routed expert.
    pub expert_width: f64,
    /// Layers with routed experts.
    pub moe_layers: f64,
    /// Routed experts of one such layer.
    pub experts: f64,
    /// Experts that each token visits.
    pub top_k: f64,
    /// Groups that experts are parted into and how many of them a token visits; 0: it is not limited.
    pub routed_groups: (f64, f64),
    /// The output projection.
    pub head_parameters: f64,
    /// The embedding table, 0 when the output projection is the same table, and other tables of single rows.
    pub embedding_parameters: f64,
    /// Of those the tables beside the embedding.
    pub lookup_parameters: f64,
    /// Of the matrices of mixers and feed-forwards those that several layers share, beyond their first use.
    pub reused_parameters: f64,
    /// Norms, biases, positions: always kept in 16 bits.
    pub other_parameters: f64,
    /// Numbers that one token leaves in the KV cache of layers that keep everything.
    pub kv_elements: f64,
    /// Of those the keys of sparse indexers, which are kept in a format of their own.
    pub index_elements: f64,
    /// Heads over which tensor parallelism can split that cache; 1 for a latent.
    pub kv_heads: f64,
    /// Greatest head count.
    pub heads: f64,
    /// Head counts of every kind of attention layer, each once: each must be divisible over the accelerators.
    pub head_counts: Vec<HeadCounts>,
    /// Every width that parallelism cuts, each once.
    pub cuts: Vec<Cut>,
    /// Heads of every kind of state layer that are known, each once.
    pub state_heads: Vec<StateHeads>,
    /// Format of the published checkpoint's matrices.
    pub checkpoint: NumberFormat,
    /// Its quantised checkpoints whose layout is known.
    pub quantized: Vec<Quantized>,
    /// FLOPs of attention for one query token and one context token, layers that keep everything, prefill.
    pub attention_flops: f64,
    /// The same during decode: latent attention works on the latent itself (arXiv 2405.04434, 2.1.2).
    pub attention_flops_decode: f64,
    /// Layers that look back over a window.
    pub windows: Windows,
    /// Numbers of recurrent state a sequence, all layers.
    pub state_elements: f64,
    /// Widest intermediate of a feed-forward that every token passes, for activations.
    pub widest: f64,
}

/// Layers of routed experts.
#[derive(Clone, Copy)]
struct Experts {
    layers: f64,
    /// Of one layer.
    experts: f64,
    /// That a token visits.
    top_k: f64,
    /// Of one expert.
    parameters: f64,
    width: f64,
}

impl Experts {
    fn is_sized_like(self, other: Self) -> bool {
        let sizes = |e: Self| (e.experts, e.top_k, e.parameters, e.width);
        sizes(self) == sizes(other)
    }

    fn mean_with(self, other: Self) -> Self {
        let both = |of: fn(Self) -> f64| self.layers * of(self) + other.layers * of(other);
        let experts = both(|e| e.experts);
        let of_expert = both(|e| e.experts * e.parameters) / experts;
        let layers = self.layers + other.layers;
        Self {
            layers,
            experts: experts / layers,
            top_k: both(|e| e.top_k * e.parameters) / (layers * of_expert),
            parameters: of_expert,
            width: both(|e| e.experts * e.width) / experts,
        }
    }
}

/// Head counts of a kind of attention layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadCounts {
    /// Query heads.
    pub heads: f64,
    /// Heads of keys and values; 1 for a latent.
    pub kv_heads: f64,
}

impl Profile {
    /// Sums `model`.
    pub fn of(model: &Model) -> Self {
        let hidden = f64::from(model.hidden);
        let vocab = f64::from(model.vocab);
        let head = vocab * hidden;
        let mut p = Self {
            parameters: 0.0,
            active_parameters: 0.0,
            hidden,
            vocab,
            layers: 0.0,
            latent_layers: 0.0,
            context: f64::from(model.context),
            mixer_parameters: 0.0,
            dense_parameters: 0.0,
            shared_parameters: 0.0,
            shared_expert_parameters: 0.0,
            expert_parameters: 0.0,
            expert_width: 0.0,
            moe_layers: 0.0,
            experts: 0.0,
            top_k: 0.0,
            routed_groups: (0.0, 0.0),
            head_parameters: head,
            embedding_parameters: if model.tied { 0.0 } else { head } + model.lookup_parameters as f64,
            lookup_parameters: model.lookup_parameters as f64,
            reused_parameters: model.reused_parameters as f64,
            other_parameters: model.extra_parameters as f64,
            kv_elements: 0.0,
            index_elements: 0.0,
            kv_heads: 0.0,
            heads: 0.0,
            head_counts: Vec::new(),
            cuts: cuts(model),
            state_heads: state_heads(model),
            checkpoint: model.checkpoint,
            quantized: model.quantized.clone(),
            attention_flops: 0.0,
            attention_flops_decode: 0.0,
            windows: Windows::default(),
            state_elements: 0.0,
            widest: hidden,
        };
        for group in &model.layers {
            let count = f64::from(group.count);
            p.layers += count;
            p.other_parameters += count * group.norm_parameters as f64;
            p.add_mixer(&group.mixer, count);
            p.add_feed_forward(&group.ffn, count);
        }
        if p.kv_heads == 0.0 {
            p.kv_heads = 1.0;
        }
        if p.heads == 0.0 {
            p.heads = 1.0;
        }
        let always = p.mixer_parameters
            + p.dense_parameters
            + p.shared_parameters
            + p.head_parameters
            + p.embedding_parameters
            + p.other_parameters
            - p.reused_parameters;
        p.parameters = always + p.moe_layers * p.experts * p.expert_parameters;
        p.active_parameters = always + p.moe_layers * p.top_k * p.expert_parameters;
        p
    }

    fn add_heads(&mut self, counts: HeadCounts) {
        self.heads = self.heads.max(counts.heads);
        if !self.head_counts.contains(&counts) {
            self.head_counts.push(counts);
        }
    }

    fn add_mixer(&mut self, mixer: &Mixer, count: f64) {
        if let Mixer::Several(mixers) = mixer {
            mixers.iter().for_each(|mixer| self.add_mixer(mixer, count));
            return;
        }
        let other = mixer.extra_parameters();
        self.mixer_parameters += count * (mixer.parameters(self.hidden as u32) - other) as f64;
        self.other_parameters += count * other as f64;
        // Kwon et al. 2023 (PagedAttention): keys and values of every KV head, or the one latent.
        let (kept, windowed) = mixer.cached_elements_per_token();
        self.kv_elements += count * kept;
        self.index_elements += count * mixer.index_elements_per_token();
        match *mixer {
            Mixer::Attention { heads, kv_heads, head_dim, v_head_dim, window, .. } => {
                let (heads, kv) = (f64::from(heads), f64::from(kv_heads));
                self.add_heads(HeadCounts { heads, kv_heads: kv });
                self.kv_heads = if self.kv_heads == 0.0 { kv } else { self.kv_heads.min(kv) };
                // Scores over the keys' width and weighted sum over the values': 2 FLOPs each for every number.
                let widths = f64::from(head_dim) + f64::from(v_head_dim.unwrap_or(head_dim));
                let flops = count * 2.0 * heads * widths;
                match window {
                    Some(window) => self.windows.add(window, count * windowed, flops),
                    None => {
                        self.attention_flops += flops;
                        self.attention_flops_decode += flops;
                    }
                }
            }
            Mixer::Latent {
                heads,
                kv_lora_rank,
                qk_nope_head_dim,
                qk_rope_head_dim,
                v_head_dim,
                window,
                ..
            } => {
                let heads = f64::from(heads);
                let latent = f64::from(kv_lora_rank);
                let (nope, rope) = (f64::from(qk_nope_head_dim), f64::from(qk_rope_head_dim));
                let value = f64::from(v_head_dim);
                // The latent is whole on every accelerator.
                self.add_heads(HeadCounts { heads, kv_heads: 1.0 });
                self.kv_heads = 1.0;
                self.latent_layers += count;
                let on_latent = count * 2.0 * heads * (2.0 * latent + rope);
                match window {
                    Some(window) => self.windows.add(window, count * windowed, on_latent),
                    None => {
                        self.attention_flops += count * 2.0 * heads * (nope + rope + value);
                        self.attention_flops_decode += on_latent;
                    }
                }
            }
            Mixer::Compressed { heads, head_dim, window, ratio, index_head_dim, index_heads, .. } => {
                let heads = f64::from(heads);
                // Entries are shared by all heads, and whole on every accelerator.
                self.add_heads(HeadCounts { heads, kv_heads: 1.0 });
                self.kv_heads = 1.0;
                self.latent_layers += count;
                // An entry is key and value at once: scores and weighted sum.
                let of_entry = 4.0 * heads * f64::from(head_dim);
                self.windows.add(window, count * windowed, count * of_entry);
                if ratio > 0 {
                    let of_index = 2.0 * f64::from(index_heads) * f64::from(index_head_dim);
                    let flops = count * (of_entry + of_index) / f64::from(ratio);
                    self.attention_flops += flops;
                    self.attention_flops_decode += flops;
                }
            }
            Mixer::State { state_elements, .. } => {
                self.state_elements += count * state_elements as f64;
            }
            Mixer::Several(_) | Mixer::None => {}
        }
    }

    fn add_feed_forward(&mut self, ffn: &FeedForward, count: f64) {
        let h = self.hidden;
        match *ffn {
            FeedForward::Dense { intermediate, matrices, extra_parameters } => {
                self.dense_parameters += count * h * f64::from(intermediate) * f64::from(matrices);
                self.other_parameters += count * extra_parameters as f64;
                self.widest = self.widest.max(f64::from(intermediate));
            }
            FeedForward::Moe {
                experts,
                top_k,
                intermediate,
                latent,
                matrices,
                shared_intermediate,
                extra_parameters,
                extra_parameters_per_expert,
                routed_groups,
            } => {
                let (experts, matrices) = (f64::from(experts), f64::from(matrices));
                let shared = f64::from(shared_intermediate);
                self.shared_parameters += count * (h * experts + h * shared * matrices);
                self.shared_expert_parameters += count * h * shared * matrices;
                self.other_parameters += count * extra_parameters as f64;
                let width = latent.map_or(h, f64::from);
                self.add_experts(Experts {
                    layers: count,
                    experts,
                    top_k: f64::from(top_k),
                    parameters: width * f64::from(intermediate) * matrices
                        + extra_parameters_per_expert as f64,
                    width: f64::from(intermediate),
                });
                self.routed_groups =
                    routed_groups.map_or((0.0, 0.0), |(groups, visited)| (groups.into(), visited.into()));
                self.widest = self.widest.max(shared);
            }
            FeedForward::None => {}
        }
    }

    /// Adds layers of routed experts. Those of other sizes than before become as many of mean sizes, which have the same
    /// parameters and of which a token passes the same.
    fn add_experts(&mut self, new: Experts) {
        let known = Experts {
            layers: self.moe_layers,
            experts: self.experts,
            top_k: self.top_k,
            parameters: self.expert_parameters,
            width: self.expert_width,
        };
        let mean = if known.layers == 0.0 || known.is_sized_like(new) { new } else { known.mean_with(new) };
        self.moe_layers = known.layers + new.layers;
        self.experts = mean.experts;
        self.top_k = mean.top_k;
        self.expert_parameters = mean.parameters;
        self.expert_width = mean.width;
    }

    /// Whether it has routed experts.
    pub fn is_mixture(&self) -> bool {
        self.moe_layers > 0.0
    }

    /// Whether every layer is latent attention, as in DeepSeek-V2 and V3 and those that are built like them.
    pub fn is_latent(&self) -> bool {
        self.latent_layers == self.layers && !self.cuts.iter().any(|cut| cut.beside_compressed)
    }

    /// Whether an indexer chooses among latents.
    pub fn has_sparse_latents(&self) -> bool {
        self.latent_layers > 0.0 && self.index_elements > 0.0
    }

    /// Parameters of all routed experts.
    pub fn all_expert_parameters(&self) -> f64 {
        self.moe_layers * self.experts * self.expert_parameters
    }

    /// Its checkpoint in `format`, where the layout of one is known.
    pub fn quantized(&self, format: NumberFormat) -> Option<&Quantized> {
        self.quantized.iter().find(|quantized| quantized.format == format)
    }

    /// Numbers that a sequence of `tokens` keeps, recurrent state aside.
    pub fn kv_elements_of(&self, tokens: f64) -> f64 {
        self.kv_elements * tokens + self.windows.kv_elements_at(tokens)
    }

    /// Forward FLOPs for one token at context `tokens` (Kaplan et al. 2020, table 1: `2N + 2·layers·ctx·d`,
    /// here with grouped heads and experts as they are).
    pub fn flops_per_token(&self, tokens: f64) -> f64 {
        let passed = self.active_parameters + self.reused_parameters;
        2.0 * (passed - self.embedding_parameters - self.other_parameters)
            + self.attention_flops * tokens
            + self.windows.attention_flops_at(tokens)
    }
}
