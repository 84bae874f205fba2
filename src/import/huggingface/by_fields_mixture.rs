//! Of a family that is not known: its experts, by the names that files have for their sizes.

use serde_json::Value;

use super::HuggingFaceError;
use super::assumed::{Assumed, first, is_plain, needed};
use super::fields::{ConfigFields, impossible, missing};
use super::moe::{TOP_K, behind_latent, routed, sparse_layers, with_shared};
use crate::catalog::FeedForward;

/// Names under which families keep the number of their experts.
const EXPERTS: [&str; 7] = [
    "num_experts",
    "num_local_experts",
    "n_routed_experts",
    "moe_num_experts",
    "num_moe_experts",
    "num_routed_experts",
    "n_experts",
];
const WIDTH: [&str; 6] = [
    "moe_intermediate_size",
    "expert_ffn_hidden_size",
    "moe_ffn_hidden_size",
    "expert_intermediate_size",
    "moe_dim",
    "intermediate_size",
];
const SHARED: [&str; 5] = [
    "n_shared_experts",
    "num_shared_experts",
    "num_shared_expert",
    "moe_num_shared_experts",
    "shared_experts",
];
const SHARED_WIDTH: [&str; 5] = [
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
    "shared_intermediate_size",
    "share_expert_dim",
    "shared_expert_ffn_hidden_size",
];

/// The name of the number of experts, where there is more than one.
pub(super) fn experts(fields: &ConfigFields) -> Option<&'static str> {
    EXPERTS.into_iter().find(|name| {
        fields.value(name).is_some_and(|value| match value {
            Value::Array(list) => list.iter().any(|value| value.as_u64().is_some_and(|experts| experts > 1)),
            value => value.as_u64().is_none_or(|experts| experts > 1),
        })
    })
}

/// Where the experts are, and what is alike in all of them.
pub(super) struct Mixture {
    name: &'static str,
    sparse: Vec<bool>,
    shared: u32,
    latent: Option<u32>,
    hidden: u32,
}

impl Mixture {
    /// The mixture of the file, where it has one.
    pub fn read(
        fields: &ConfigFields,
        hidden: u32,
        assumed: &mut Assumed,
    ) -> Result<Option<Self>, HuggingFaceError> {
        let Some(name) = experts(fields) else { return Ok(None) };
        let mut sparse = sparse_layers(fields, Some(0))?;
        let dense = fields.layer_numbers("mlp_only_layers")?;
        let step = fields.either_or(&["decoder_sparse_step", "interleave_moe_layer_step"], 1)?.max(1);
        for (layer, sparse) in (0_u32..).zip(&mut sparse) {
            *sparse &= !dense.contains(&layer) && (layer + 1).is_multiple_of(step);
        }
        let said = [
            "mlp_layer_types",
            "moe_layer_freq",
            "first_k_dense_replace",
            "mlp_only_layers",
            "decoder_sparse_step",
            "interleave_moe_layer_step",
        ];
        if said.iter().all(|name| fields.value(name).is_none()) {
            assumed.note("every layer that has a feed-forward half is a mixture");
        }
        let shared = match (first(fields, &SHARED_WIDTH)?, first(fields, &SHARED)?) {
            (Some(width), Some(count)) => width.saturating_mul(count.max(1)),
            (Some(width), None) => width,
            (None, Some(0) | None) => 0,
            (None, Some(count)) => needed(fields, &WIDTH)?.saturating_mul(count),
        };
        let latent = first(fields, &["moe_latent_size", "routed_expert_hidden_size"])?;
        Ok(Some(Self { name, sparse, shared, latent: latent.filter(|latent| *latent > 0), hidden }))
    }

    /// Whether this layer's feed-forward half is a mixture.
    pub fn is_sparse(&self, layer: u32) -> bool {
        self.sparse.get(layer as usize).copied().unwrap_or(false)
    }

    /// The mixture of one layer.
    pub fn ffn(&self, fields: &ConfigFields, layer: u32) -> Result<FeedForward, HuggingFaceError> {
        let at = |names: &[&str]| -> Result<Option<u32>, HuggingFaceError> {
            for name in names {
                if let Some(number) = fields.at_layer(name, layer)? {
                    return Ok(Some(number));
                }
            }
            Ok(None)
        };
        let needed = |names: &[&str]| match at(names)? {
            Some(0) => Err(impossible(names[0], 0, "give a number of at least 1")),
            Some(number) => Ok(number),
            None => Err(missing(&names.join("` or `"))),
        };
        let visits = [&TOP_K[..], &["moe_top_k", "num_selected_experts", "top_k"]].concat();
        let ffn = routed(needed(&[self.name])?, needed(&visits)?, needed(&WIDTH)?)?;
        let mut ffn = with_shared(ffn, self.shared, 0);
        if let (true, FeedForward::Moe { matrices, .. }) = (is_plain(fields), &mut ffn) {
            *matrices = 2;
        }
        Ok(match self.latent {
            Some(latent) => behind_latent(ffn, latent, u64::from(self.hidden)),
            None => ffn,
        })
    }
}
