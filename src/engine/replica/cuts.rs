//! The widths of a model that parallelism cuts.

use crate::catalog::{FeedForward, Mixer, Model};

/// Where a width is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Queries of attention, and what its output projection reads.
    Queries,
    /// Keys and values of attention.
    KeysAndValues,
    /// Dense feed-forwards.
    Dense,
    /// Shared experts.
    SharedExperts,
    /// Routed experts.
    Experts,
}

/// A width that is cut over ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Where it is.
    pub part: Part,
    /// Numbers of the whole.
    pub width: f64,
    /// What is never cut but copied: the width of one head of keys and values; 0 for all else.
    pub whole: f64,
    /// Whether a second matrix reads it, whose input is cut with it.
    pub is_read: bool,
    /// Whether attention beside it is compressed (DeepSeek-V4).
    pub beside_compressed: bool,
}

/// Every width of `model` that is cut, each once.
pub fn cuts(model: &Model) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for group in &model.layers {
        add_mixer(&group.mixer, &mut cuts);
        match group.ffn {
            FeedForward::Dense { intermediate, .. } => add(&mut cuts, Part::Dense, intermediate, 0, true),
            FeedForward::Moe { intermediate, shared_intermediate, .. } => {
                add(&mut cuts, Part::Experts, intermediate, 0, true);
                if shared_intermediate > 0 {
                    add(&mut cuts, Part::SharedExperts, shared_intermediate, 0, true);
                }
            }
            FeedForward::None => {}
        }
    }
    let compressed = model.layers.iter().any(|group| matches!(group.mixer, Mixer::Compressed { .. }));
    cuts.iter_mut().for_each(|cut| cut.beside_compressed = compressed);
    cuts
}

/// Heads of a kind of state layer, and the groups of its inputs or the heads of its keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateHeads {
    /// Heads of values.
    pub heads: u32,
    /// Groups, or heads of keys.
    pub groups: u32,
    /// Whether it is Mamba-2.
    pub mamba2: bool,
}

/// The heads of every kind of state layer of `model` that are known, each once.
pub fn state_heads(model: &Model) -> Vec<StateHeads> {
    let mut found = Vec::new();
    model.layers.iter().for_each(|group| add_state(&group.mixer, &mut found));
    found
}

fn add_state(mixer: &Mixer, found: &mut Vec<StateHeads>) {
    match *mixer {
        Mixer::State { heads, groups, mamba2, .. } if heads > 0 => {
            let heads = StateHeads { heads, groups, mamba2 };
            if !found.contains(&heads) {
                found.push(heads);
            }
        }
        Mixer::Several(ref mixers) => mixers.iter().for_each(|mixer| add_state(mixer, found)),
        _ => {}
    }
}

fn add_mixer(mixer: &Mixer, cuts: &mut Vec<Cut>) {
    match *mixer {
        Mixer::Attention { heads, kv_heads, head_dim, .. } => {
            add(cuts, Part::Queries, heads * head_dim, 0, true);
            add(cuts, Part::KeysAndValues, kv_heads * head_dim, head_dim, false);
        }
        Mixer::Latent { heads, qk_nope_head_dim, qk_rope_head_dim, v_head_dim, .. } => {
            // The two expansions of the latents, and what the output projection reads; the latents themselves are whole.
            add(cuts, Part::Queries, heads * (qk_nope_head_dim + qk_rope_head_dim), 0, false);
            add(cuts, Part::KeysAndValues, heads * (qk_nope_head_dim + v_head_dim), 0, false);
            add(cuts, Part::Queries, heads * v_head_dim, 0, true);
        }
        // The entry, which is key and value of all heads, is whole.
        Mixer::Compressed { heads, head_dim, o_groups, o_lora_rank, .. } => {
            add(cuts, Part::Queries, heads * head_dim, 0, true);
            add(cuts, Part::Queries, o_groups * o_lora_rank, 0, true);
        }
        Mixer::Several(ref mixers) => mixers.iter().for_each(|mixer| add_mixer(mixer, cuts)),
        Mixer::State { .. } | Mixer::None => {}
    }
}

fn add(cuts: &mut Vec<Cut>, part: Part, width: u32, whole: u32, is_read: bool) {
    let cut =
        Cut { part, width: f64::from(width), whole: f64::from(whole), is_read, beside_compressed: false };
    if !cuts.contains(&cut) {
        cuts.push(cut);
    }
}
