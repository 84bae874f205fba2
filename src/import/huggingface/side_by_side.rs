//! Models with several mixers in one layer: Falcon-H1 and LongCat-Flash.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::latent::latent;
use super::layers::{Architecture, Attention, gated_biased, repeated};
use super::mamba::{Mamba2, number_or_auto};
use super::moe::{TOP_K, routed, with_shared};
use crate::catalog::Mixer;

/// Falcon-H1: attention and Mamba-2 side by side in every layer, on one norm.
pub(super) fn falcon_h1(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let heads = fields.positive("mamba_n_heads")?;
    let inner = match fields.optional("mamba_d_ssm")? {
        Some(inner) => u64::from(inner),
        None => hidden * u64::from(fields.number_or("mamba_expand", 2)?),
    };
    let auto = u32::try_from(inner / u64::from(heads)).unwrap_or(u32::MAX);
    let head_dim = number_or_auto(fields, "mamba_d_head", auto)?;
    if u64::from(heads) * head_dim != inner {
        let remedy =
            format!("times mamba_d_head it must give mamba_d_ssm or mamba_expand times hidden_size, {inner}");
        return Err(impossible("mamba_n_heads", heads, &remedy));
    }
    let state = Mamba2 {
        hidden,
        heads: u64::from(heads),
        head_dim,
        groups: u64::from(fields.number_or("mamba_n_groups", 1)?),
        state: u64::from(fields.positive("mamba_d_state")?),
        kernel: u64::from(fields.number_or("mamba_d_conv", 4)?),
        conv_bias: fields.flag("mamba_conv_bias", true)?,
        proj_bias: fields.flag("mamba_proj_bias", false)?,
        out_bias: fields.flag("projectors_bias", false)?,
        gated_norm: fields.flag("mamba_rms_norm", false)?,
    };
    let mixer = Mixer::Several(vec![attention.mixer(None, biases), state.mixer()]);
    let ffn = gated_biased(fields.positive("intermediate_size")?, hidden, fields.flag("mlp_bias", false)?);
    let layers = repeated(fields, (mixer, ffn, 2 * hidden))?;
    Ok(Architecture { default_context: Some(8192), ..Architecture::new(fields, layers)? })
}

/// LongCat-Flash (arXiv 2509.01322): each layer has two latent attentions, each with a dense feed-forward behind it, and
/// one mixture beside them. Some of the experts that the router picks do nothing; the others of its picks are counted, as
/// many as a balanced router picks.
pub(super) fn longcat_flash(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let attention = latent(fields)?;
    let experts = fields.either(&["n_routed_experts", "num_experts"])?;
    let idle = fields.either_or(&["zero_expert_num", "n_zero_experts"], 0)?;
    let picked = fields.either(&TOP_K)?;
    if picked == 0 || picked > experts {
        let remedy = format!("give 1 to {experts}, the number of experts");
        return Err(impossible("moe_topk", picked, &remedy));
    }
    let share = f64::from(experts) / (f64::from(experts) + f64::from(idle));
    let visited = (f64::from(picked) * share).round().max(1.0) as u32;
    let width = fields.either(&["expert_ffn_hidden_size", "moe_intermediate_size"])?;
    let dense = fields.either(&["ffn_hidden_size", "intermediate_size"])?;
    let router_bias = if fields.flag("router_bias", false)? { experts + idle } else { 0 };
    // Beside the columns of the experts: those of the idle ones, and a correction of each score.
    let router = hidden * u64::from(idle) + u64::from(experts + idle) + u64::from(router_bias);
    let moe = with_shared(routed(experts, visited, width)?, dense.saturating_mul(2), router);
    // Two norms for each attention with its feed-forward.
    let mixer = Mixer::Several(vec![attention.clone(), attention]);
    let layers = repeated(fields, (mixer, moe, 4 * hidden))?;
    let note = format!(
        "Each layer has two attentions and two dense halves, which are counted as one shared expert. Of the {picked} experts \
         a token is routed to, {visited} are counted: the others compute nothing."
    );
    Ok(Architecture { default_context: Some(1 << 17), note, ..Architecture::new(fields, layers)? })
}
