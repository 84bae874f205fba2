//! A model of a family that is not known, read as far as its fields go because the user asked for it.

use super::HuggingFaceError;
use super::assumed::{Assumed, first, is_plain, needed};
use super::by_fields_layers::{Kind, kinds, layer_windows};
use super::by_fields_mixture::{Mixture, experts};
use super::compressed::{mixer as compressed_mixer, ratios};
use super::fields::{ConfigFields, impossible, missing};
use super::hybrid::delta_net;
use super::kimi::section_delta;
use super::latent::indexer_layers;
use super::layers::{Architecture, Attention, gated, grouped, layer_count, plain};
use super::mamba::Mamba2;
use crate::catalog::{FeedForward, KeyValues, Mixer};

/// Names of the sizes of a plain model.
const HIDDEN: [&str; 4] = ["hidden_size", "n_embd", "d_model", "dim"];
const HEADS: [&str; 3] = ["num_attention_heads", "n_head", "n_heads"];
const KV_HEADS: [&str; 5] =
    ["num_key_value_heads", "num_kv_heads", "n_head_kv", "n_kv_heads", "multi_query_group_num"];
const HEAD_DIM: [&str; 3] = ["head_dim", "kv_channels", "attention_head_dim"];
const INNER: [&str; 7] = [
    "intermediate_size",
    "ffn_hidden_size",
    "n_inner",
    "ffn_dim",
    "d_ff",
    "hidden_dim",
    "shared_intermediate_size",
];

/// What of a file keeps it from being a dense model of the usual layout, in words: experts, a latent, layers without
/// attention.
pub(super) fn beyond_dense(fields: &ConfigFields) -> Vec<&'static str> {
    let mut parts = Vec::new();
    if experts(fields).is_some() {
        parts.push("experts");
    }
    if fields.value("kv_lora_rank").is_some() || fields.value("compress_ratios").is_some() {
        parts.push("a latent or compressed cache");
    }
    let linear = |name: &str| {
        [
            "linear_attn",
            "linear_num_",
            "linear_key",
            "mamba",
            "ssm_",
            "lightning",
            "kda_",
            "state_size",
            "rwkv",
        ]
        .iter()
        .any(|part| name.contains(part))
    };
    let listed = kinds(fields, &mut Assumed::default())
        .is_ok_and(|kinds| kinds.iter().flatten().any(|kind| *kind == Kind::Linear));
    if listed || fields.names().any(linear) {
        parts.push("linear or state-space layers");
    }
    parts
}

/// The usual layout, from the sizes under any of their usual names: grouped-query attention or a latent, windows and
/// linear layers where the file lists them, a feed-forward half or a mixture, two norms a layer.
pub(super) fn by_fields(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let parts = beyond_dense(fields);
    let mut assumed = Assumed::default();
    let hidden = needed(fields, &HIDDEN)?;
    let layers = layer_count(fields)?;
    let listed = kinds(fields, &mut assumed)?;
    let kinds = listed.unwrap_or_else(|| vec![Kind::Full; layers as usize]);
    if kinds.len() != layers as usize {
        let remedy = format!("the lists of kinds need one entry for each of the {layers} layers");
        return Err(impossible("layer_types", format_args!("a list of {}", kinds.len()), &remedy));
    }
    if parts.contains(&"linear or state-space layers") && !kinds.contains(&Kind::Linear) {
        assumed.note("which layers are linear is not said, so all are counted as attention");
    }
    let windows = layer_windows(fields, &kinds, &mut assumed)?;
    let blocks = kinds.contains(&Kind::None);
    let mixture = Mixture::read(fields, hidden, &mut assumed)?;
    let indexed = match fields.optional("index_head_dim")? {
        Some(width) if width > 0 => indexer_layers(fields)?,
        _ => vec![false; layers as usize],
    };
    let compressed = ["compress_ratios", "o_lora_rank", "q_lora_rank"];
    let ratios =
        if compressed.iter().all(|name| fields.value(name).is_some()) { Some(ratios(fields)?) } else { None };
    let reader = Reader { fields, hidden, indexed, ratios };
    let first_shared = layers.saturating_sub(fields.number_or("num_kv_shared_layers", 0)?);
    let mut read = Vec::new();
    for (layer, (kind, window)) in (0..).zip(kinds.into_iter().zip(windows)) {
        let mixer = match kind {
            Kind::None => Mixer::None,
            Kind::Linear => reader.linear(&mut assumed)?,
            Kind::Full | Kind::Window => {
                reader.attention(layer, kind, window, layer >= first_shared, &mut assumed)?
            }
        };
        let sparse = mixture.as_ref().filter(|mixture| mixture.is_sparse(layer));
        let ffn = match sparse {
            Some(mixture) if !blocks || kind == Kind::None => mixture.ffn(fields, layer)?,
            _ if blocks && kind != Kind::None => FeedForward::None,
            _ => reader.dense(layer)?,
        };
        read.push((mixer, ffn, if blocks { 1 } else { 2 } * u64::from(hidden)));
    }
    Ok(Architecture {
        hidden,
        layers: grouped(read),
        extra_parameters: u64::from(hidden),
        lookup_parameters: 0,
        reused_parameters: 0,
        tied: false,
        default_vocab: first(fields, &["padded_vocab_size", "n_vocab"])?,
        default_context: first(
            fields,
            &["n_positions", "seq_length", "max_seq_len", "max_sequence_length", "model_max_length", "n_ctx"],
        )?,
        note: note(&parts, &assumed),
    })
}

/// What kind of reading it was, what was assumed, and that nothing else was counted.
fn note(parts: &[&str], assumed: &Assumed) -> String {
    let mut note = if parts.is_empty() {
        "Unknown family: treated as a dense model of the usual layout (--dense).".to_owned()
    } else {
        format!("Unknown family with {}: read as far as its fields go (--by-fields).", parts.join(" and "))
    };
    note.push_str(&assumed.text());
    note.push_str(" Biases, norms of heads, gates, the projections of indexers and what else the fields do not size are not counted.");
    note
}

/// Reads the halves of a layer.
struct Reader<'a> {
    fields: &'a ConfigFields<'a>,
    hidden: u32,
    /// Which layers have an indexer.
    indexed: Vec<bool>,
    /// Tokens that a compressed entry of each layer stands for, where the file has such entries.
    ratios: Option<Vec<u32>>,
}

impl Reader<'_> {
    /// The first of several names that has a number for this layer.
    fn at(&self, names: &[&str], layer: u32) -> Result<Option<u32>, HuggingFaceError> {
        for name in names {
            if let Some(number) = self.fields.at_layer(name, layer)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Grouped-query attention or a latent, with sizes of their own for layers with a window (`swa_…`) or without
    /// (`global_…`).
    fn attention(
        &self,
        layer: u32,
        kind: Kind,
        window: Option<u32>,
        shared: bool,
        assumed: &mut Assumed,
    ) -> Result<Mixer, HuggingFaceError> {
        let fields = self.fields;
        if let Some(ratio) = self.ratios.as_ref().and_then(|ratios| ratios.get(layer as usize)) {
            return compressed_mixer(fields, u64::from(self.hidden), *ratio);
        }
        let index_width = match self.indexed.get(layer as usize) {
            Some(true) => fields.number_or("index_head_dim", 0)?,
            _ => 0,
        };
        let heads = self.at(&HEADS, layer)?.ok_or_else(|| missing(&HEADS.join("` or `")))?;
        if heads == 0 {
            return Err(impossible(HEADS[0], 0, "give a number of at least 1"));
        }
        if let Some(kv_lora_rank) = fields.optional("kv_lora_rank")?.filter(|rank| *rank > 0) {
            return self.latent(heads, kv_lora_rank, index_width, assumed);
        }
        let own = |name: &str, usual: u32| {
            let prefix = if kind == Kind::Window { "swa" } else { "global" };
            let names = match (kind, name) {
                (Kind::Window, name) => [format!("{prefix}_{name}"), format!("local_{name}")],
                (_, "num_key_value_heads") => {
                    ["num_global_key_value_heads".to_owned(), format!("global_{name}")]
                }
                (_, name) => [format!("{prefix}_{name}"), format!("full_{name}")],
            };
            fields.either_or(&[&names[0], &names[1]], usual)
        };
        let heads = own("num_attention_heads", heads)?;
        let kv_heads = own("num_key_value_heads", self.at(&KV_HEADS, layer)?.unwrap_or(heads))?;
        let head_dim = own("head_dim", self.at(&HEAD_DIM, layer)?.unwrap_or(self.hidden / heads.max(1)))?;
        let values = own("v_head_dim", fields.number_or("v_head_dim", head_dim)?)?;
        let attention = Attention { hidden: u64::from(self.hidden), heads, kv_heads, head_dim }.checked()?;
        let mut mixer = attention.mixer(window, 0);
        if let Mixer::Attention { v_head_dim, key_values, index_head_dim, .. } = &mut mixer {
            if values != head_dim && values > 0 {
                *v_head_dim = Some(values);
            }
            if shared {
                *key_values = KeyValues::Shared;
                assumed.note("the last num_kv_shared_layers layers keep nothing of their own");
            }
            *index_head_dim = index_width;
        }
        Ok(mixer)
    }

    /// A latent, with DeepSeek's sizes where the file has none.
    fn latent(
        &self,
        heads: u32,
        kv_lora_rank: u32,
        index_head_dim: u32,
        assumed: &mut Assumed,
    ) -> Result<Mixer, HuggingFaceError> {
        let fields = self.fields;
        let mut size = |names: &[&str], usual: u32| match first(fields, names)? {
            Some(size) if size > 0 => Ok(size),
            _ => {
                assumed.note(format!("{} is {usual}", names[0]));
                Ok(usual)
            }
        };
        let qk_nope_head_dim = size(&["qk_nope_head_dim", "head_dim"], 128)?;
        Ok(Mixer::Latent {
            heads,
            q_lora_rank: fields.optional("q_lora_rank")?.filter(|rank| *rank > 0),
            kv_lora_rank,
            qk_nope_head_dim,
            qk_rope_head_dim: size(&["qk_rope_head_dim", "rope_head_dim"], 64)?,
            v_head_dim: size(&["v_head_dim"], qk_nope_head_dim)?,
            window: None,
            key_values: KeyValues::Projected,
            index_head_dim,
            extra_parameters: 0,
        })
    }

    /// A linear layer: gated DeltaNet, delta attention or Mamba-2 where the file has their sizes; else heads like those of
    /// attention, each with a square state.
    fn linear(&self, assumed: &mut Assumed) -> Result<Mixer, HuggingFaceError> {
        let fields = self.fields;
        let hidden = u64::from(self.hidden);
        if fields.value("linear_num_value_heads").is_some() {
            return delta_net(fields, hidden);
        }
        if let Some(section) = fields.section("linear_attn_config") {
            return section_delta(&section, hidden);
        }
        let state = first(fields, &["mamba_d_state", "ssm_state_size", "state_size", "mamba_state_dim"])?;
        let heads = first(fields, &["mamba_n_heads", "mamba_num_heads", "ssm_num_heads", "n_mamba_heads"])?;
        if let (Some(state), Some(heads)) = (state.filter(|size| *size > 0), heads.filter(|heads| *heads > 0))
        {
            let inner = match first(fields, &["mamba_d_ssm", "mamba_intermediate_size", "d_inner"])? {
                Some(inner) => u64::from(inner),
                None => hidden * u64::from(fields.either_or(&["mamba_expand", "expand"], 2)?),
            };
            let head_dim = match first(fields, &["mamba_head_dim", "ssm_head_dim"])? {
                Some(head_dim) => u64::from(head_dim),
                None => inner / u64::from(heads),
            };
            return Ok(Mamba2 {
                hidden,
                heads: u64::from(heads),
                head_dim,
                groups: u64::from(fields.either_or(&["mamba_n_groups", "mamba_num_groups", "n_groups"], 1)?),
                state: u64::from(state),
                kernel: u64::from(fields.either_or(&["mamba_d_conv", "conv_kernel"], 4)?),
                conv_bias: true,
                proj_bias: false,
                out_bias: false,
                gated_norm: true,
            }
            .mixer());
        }
        let heads = needed(fields, &HEADS)?;
        let head_dim = first(fields, &HEAD_DIM)?.unwrap_or(self.hidden / heads);
        let width = u64::from(heads) * u64::from(head_dim);
        assumed.note("linear layers have heads like those of attention, each with a square state");
        Ok(Mixer::State {
            parameters: 4 * hidden * width,
            state_elements: width * u64::from(head_dim),
            heads,
            groups: heads,
            mamba2: false,
        })
    }

    /// A feed-forward half as wide as this layer's number says.
    fn dense(&self, layer: u32) -> Result<FeedForward, HuggingFaceError> {
        let widths = [&["dense_intermediate_size", "intermediate_size_mlp"][..], &INNER].concat();
        match self.at(&widths, layer)? {
            Some(0) => Err(impossible(INNER[0], 0, "give a number of at least 1")),
            Some(width) if is_plain(self.fields) => Ok(plain(width, u64::from(self.hidden), false)),
            Some(width) => Ok(gated(width)),
            None => Err(missing(&INNER.join("` or `"))),
        }
    }
}
