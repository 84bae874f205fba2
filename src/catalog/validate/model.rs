//! Whether a model can be: every size within bounds, the layers giving what is published.

use super::check::{Check, Plausible};
use crate::catalog::{FeedForward, Mixer, Model};

/// Sizes of models, so that their products stay within 64 bits.
const WIDTH: f64 = 131_072.0;
const INNER_WIDTH: f64 = 1_048_576.0;
const HEADS: Plausible = (1.0, 8192.0);
const PARAMETERS: Plausible = (0.0, 1e12);

/// Notes what is wrong with one model.
pub(super) fn check_model(model: &Model, check: &mut Check) {
    let before = check.errors.len();
    check.source("source", &model.source);
    check.number("hidden", f64::from(model.hidden), (16.0, WIDTH));
    check.number("vocab", f64::from(model.vocab), (16.0, 1e7));
    check.number("context", f64::from(model.context), (1.0, 1e9));
    check.number("extra_parameters", model.extra_parameters as f64, PARAMETERS);
    check.number("lookup_parameters", model.lookup_parameters as f64, PARAMETERS);
    check.number("reused_parameters", model.reused_parameters as f64, PARAMETERS);
    let layers = model.layers.iter().map(|group| f64::from(group.count)).sum();
    check.number("layers", layers, (1.0, 1e3));
    for (index, group) in model.layers.iter().enumerate() {
        check.number(&format!("layers[{index}].count"), f64::from(group.count), (1.0, 1e3));
        check.number(&format!("layers[{index}].norm_parameters"), group.norm_parameters as f64, PARAMETERS);
        check_mixer(&format!("layers[{index}].mixer"), &group.mixer, check);
        check_ffn(&format!("layers[{index}].ffn"), &group.ffn, check);
    }
    for (index, quantized) in model.quantized.iter().enumerate() {
        let field = |name: &str| format!("quantized[{index}].{name}");
        check.source(&field("source"), &quantized.source);
        check.number(&field("block"), f64::from(quantized.block), (0.0, 4096.0));
        check.number(&field("dense_width"), f64::from(quantized.dense_width), (0.0, INNER_WIDTH));
        check.number(&field("group"), f64::from(quantized.group), (0.0, 65_536.0));
    }
    // Sizes beyond these bounds would not fit the counts.
    if check.errors.len() > before {
        return;
    }
    let counted = model.parameters();
    if let Some(published) = model.published_parameters
        && counted.abs_diff(published) as f64 > 1e-3 * counted as f64
    {
        let remedy = format!("the layers give {counted}; correct them, or leave the field out");
        check.value("published_parameters", published.to_string(), remedy);
    }
}

fn check_mixer(field: &str, mixer: &Mixer, check: &mut Check) {
    let mut number =
        |name: &str, value: u32| check.number(&format!("{field}.{name}"), f64::from(value), HEADS);
    match *mixer {
        Mixer::Attention { heads, kv_heads, head_dim, q_lora_rank, v_head_dim, index_head_dim, .. } => {
            number("q_lora_rank", q_lora_rank.unwrap_or(1));
            number("heads", heads);
            number("head_dim", head_dim);
            number("v_head_dim", v_head_dim.unwrap_or(1));
            number("index_head_dim", index_head_dim.max(1));
            if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
                let remedy = format!("give a number of key-value heads that divides the {heads} heads");
                check.value(&format!("{field}.kv_heads"), kv_heads.to_string(), remedy);
            }
        }
        Mixer::Latent {
            heads,
            q_lora_rank,
            kv_lora_rank,
            qk_nope_head_dim,
            qk_rope_head_dim,
            v_head_dim,
            index_head_dim,
            ..
        } => {
            number("heads", heads);
            number("q_lora_rank", q_lora_rank.unwrap_or(1));
            number("kv_lora_rank", kv_lora_rank);
            number("qk_nope_head_dim", qk_nope_head_dim);
            number("qk_rope_head_dim", qk_rope_head_dim.max(1));
            number("v_head_dim", v_head_dim);
            number("index_head_dim", index_head_dim.max(1));
        }
        Mixer::Compressed {
            heads,
            q_lora_rank,
            head_dim,
            o_groups,
            o_lora_rank,
            window,
            index_head_dim,
            index_heads,
            ..
        } => {
            number("heads", heads);
            number("q_lora_rank", q_lora_rank);
            number("head_dim", head_dim);
            number("o_lora_rank", o_lora_rank);
            number("window", window.min(1));
            number("index_head_dim", index_head_dim.max(1));
            number("index_heads", index_heads.max(1));
            if o_groups == 0 || !heads.is_multiple_of(o_groups) {
                let remedy = format!("give a number of groups that divides the {heads} heads");
                check.value(&format!("{field}.o_groups"), o_groups.to_string(), remedy);
            }
        }
        Mixer::State { parameters, state_elements, heads, groups, .. } => {
            number("heads", heads.max(1));
            number("groups", groups.max(1));
            check.number(&format!("{field}.parameters"), parameters as f64, PARAMETERS);
            check.number(&format!("{field}.state_elements"), state_elements as f64, PARAMETERS);
        }
        Mixer::Several(ref mixers) => {
            for (index, mixer) in mixers.iter().enumerate() {
                check_mixer(&format!("{field}[{index}]"), mixer, check);
            }
            return;
        }
        Mixer::None => return,
    }
    check.number(&format!("{field}.extra_parameters"), mixer.extra_parameters() as f64, PARAMETERS);
}

fn check_ffn(field: &str, ffn: &FeedForward, check: &mut Check) {
    let mut number = |name: &str, value: f64, range| check.number(&format!("{field}.{name}"), value, range);
    match *ffn {
        FeedForward::Dense { intermediate, matrices, extra_parameters } => {
            number("intermediate", intermediate.into(), (1.0, INNER_WIDTH));
            number("matrices", matrices.into(), (1.0, 4.0));
            number("extra_parameters", extra_parameters as f64, PARAMETERS);
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
            number("experts", experts.into(), HEADS);
            number("top_k", top_k.into(), (1.0, experts.into()));
            number("intermediate", intermediate.into(), (1.0, INNER_WIDTH));
            number("latent", latent.unwrap_or(1).into(), (1.0, WIDTH));
            number("matrices", matrices.into(), (1.0, 4.0));
            number("shared_intermediate", shared_intermediate.into(), (0.0, INNER_WIDTH));
            number("extra_parameters", extra_parameters as f64, PARAMETERS);
            number("extra_parameters_per_expert", extra_parameters_per_expert as f64, (0.0, 1e9));
            let (groups, visited) = routed_groups.unwrap_or((1, 1));
            number("routed_groups.0", groups.into(), (1.0, experts.into()));
            number("routed_groups.1", visited.into(), (1.0, groups.into()));
        }
        FeedForward::None => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, FeedForward, Model};

    fn faults(change: impl Fn(&mut Model)) -> Vec<String> {
        let mut catalog = Catalog::built_in().unwrap();
        let model = catalog.models.iter_mut().find(|model| model.id == "mixtral-8x7b").unwrap();
        change(model);
        catalog.validate().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_published_size_that_the_layers_do_not_give_is_a_fault() {
        let faults = faults(|model| model.layers[0].count = 31);
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].contains("published_parameters is 46702792704; the layers give 45"),
            "{}",
            faults[0]
        );
    }

    #[test]
    fn more_experts_a_token_than_there_are_is_a_fault() {
        let faults = faults(|model| {
            if let FeedForward::Moe { top_k, .. } = &mut model.layers[0].ffn {
                *top_k = 9;
            }
        });
        assert!(faults[0].contains("layers[0].ffn.top_k is 9; give a value from 1"), "{faults:?}");
    }

    #[test]
    fn absurd_sizes_are_faults_and_nothing_overflows() {
        let faults = faults(|model| {
            model.hidden = u32::MAX;
            model.layers[0].count = u32::MAX;
            model.layers[0].norm_parameters = u64::MAX;
        });
        assert_eq!(faults.len(), 4, "{faults:#?}");
    }
}
