//! In which number format the published checkpoint is, and what of it is left as it was.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::kept::{LEFT, Selection};
use crate::catalog::{Kept, LayerGroup, NumberFormat, Quantized};

/// What a checkpoint is stored as.
pub(super) struct Checkpoint {
    /// Format of the matrices.
    pub format: NumberFormat,
    /// How it was quantised and which parts were not; empty where it was not quantised.
    pub note: String,
    /// What its quantisation section says; absent where it was not quantised.
    scales: Option<Scales>,
}

/// What a quantisation section says of scales and of what is left.
struct Scales {
    block: u32,
    group: u32,
    /// Absent: as checkpoints of the format usually leave it.
    selection: Option<Selection>,
    kv_cache: Option<NumberFormat>,
    head: Option<NumberFormat>,
    tables: Option<NumberFormat>,
    /// Of all but the routed experts, where it is another.
    others: Option<NumberFormat>,
}

impl Checkpoint {
    /// How it is quantised, for a model of `layers`; nothing where it is not.
    pub fn quantized(&self, layers: &[LayerGroup], hidden: u32) -> Vec<Quantized> {
        let quantized = |scales: &Scales| {
            let kept = scales.selection.as_ref().map(|selection| selection.kept(layers, hidden));
            Quantized {
                format: self.format,
                others: scales.others,
                block: scales.block,
                group: scales.group,
                dense_width: 0,
                kept: kept.map(|[kept, _]| kept),
                eight_bit: kept.map(|[_, eight_bit]| eight_bit).filter(|kept| *kept != Kept::default()),
                head: scales.head,
                tables: scales.tables,
                kv_cache: scales.kv_cache,
                source: "huggingface-config".to_owned(),
            }
        };
        self.scales.iter().map(quantized).collect()
    }
}

/// The format of the matrices: what the quantisation section says, else the data type, else BF16.
pub(super) fn checkpoint(fields: &ConfigFields) -> Result<Checkpoint, HuggingFaceError> {
    let whole = whole(fields)?;
    // DeepSeek V4 names the experts' format apart, V4.1 in its quantisation section: FP4 with a scale for 32 weights.
    let in_section = fields.value("quantization_config").and_then(|section| section["expert_dtype"].as_str());
    if fields.text("expert_dtype").or(in_section) != Some("fp4") {
        return Ok(whole);
    }
    let others = Some(whole.format);
    let scales = match whole.scales {
        Some(scales) => {
            // The tables of V4.1 are stored as its matrices are.
            let tables = fields.value("engram_num_embeddings").and(others);
            Scales { tables, others, ..scales }
        }
        None => {
            Scales { block: 0, group: 0, selection: None, kv_cache: None, head: None, tables: None, others }
        }
    };
    let note = format!("{} Its routed experts are in FP4.", whole.note).trim().to_owned();
    Ok(Checkpoint { format: NumberFormat::Mxfp4, note, scales: Some(scales) })
}

/// The format, of routed experts too unless the file says otherwise.
fn whole(fields: &ConfigFields) -> Result<Checkpoint, HuggingFaceError> {
    for name in ["quantization_config", "compression_config", "quantization"] {
        if let Some(section) = fields.value(name).filter(|section| section.is_object()) {
            return quantized(name, section);
        }
    }
    let format = match fields.text("torch_dtype").or_else(|| fields.text("dtype")) {
        Some("float16" | "half" | "torch.float16") => NumberFormat::Fp16,
        Some(name) if name.trim_start_matches("torch.").starts_with("float8") => NumberFormat::Fp8,
        _ => NumberFormat::Bf16,
    };
    Ok(Checkpoint { format, note: String::new(), scales: None })
}

/// What an `hf_quant_config.json` says, which ModelOpt writes beside the configuration.
pub(super) fn beside(section: &Value) -> Result<Checkpoint, HuggingFaceError> {
    quantized("quantization", section)
}

fn quantized(name: &str, section: &Value) -> Result<Checkpoint, HuggingFaceError> {
    // `hf_quant_config.json` has the algorithm one level down; some files hold its content.
    let section = Some(&section["quantization"]).filter(|inner| inner.is_object()).unwrap_or(section);
    let method = section["quant_method"].as_str().unwrap_or_default();
    let algorithm = section["quant_algo"].as_str().unwrap_or_default();
    let found = match method {
        "fp8" | "fbgemm_fp8" => Some(NumberFormat::Fp8),
        "mxfp4" => Some(NumberFormat::Mxfp4),
        "awq" | "gptq" | "gptqmodel" | "auto-round" | "autoround" | "auto_round" => {
            integer(section["bits"].as_u64().or_else(|| section["w_bit"].as_u64()))
        }
        "bitsandbytes" => bitsandbytes(section),
        "experts_int8" => Some(NumberFormat::Int8),
        "compressed-tensors" => groups(section),
        "quark" => quark(&section["global_quant_config"]["weight"]),
        // Bare MLX files have their bits and nothing else.
        "" if algorithm.is_empty() && section["bits"].is_u64() => integer(section["bits"].as_u64()),
        "modelopt" | "modelopt_fp4" | "modelopt_mixed" | "" => modelopt(section, algorithm),
        _ => None,
    };
    let format = found.ok_or_else(|| {
        let remedy = "use a checkpoint in fp8, int8, int4, nvfp4 or mxfp4, or remove the field";
        let value = match (method, algorithm) {
            ("", "") => "without a quant_method".to_owned(),
            (method, "") => method.to_owned(),
            (_, algorithm) => algorithm.to_owned(),
        };
        impossible(name, value, remedy)
    })?;
    // Files in MXFP4 list attention and routers and mean the experts alone.
    let formats = formats(section);
    let of_8_bits: Vec<String> = formats
        .iter()
        .filter(|(_, of_module)| format.bytes() < 1.0 && (1.0..2.0).contains(&of_module.bytes()))
        .map(|(name, _)| name.clone())
        .collect();
    let named = |is: fn(&str) -> bool| formats.iter().find(|(name, _)| is(name)).map(|(_, format)| *format);
    let selection = (method != "mxfp4").then(|| Selection::of(section, &of_8_bits));
    let scales = Scales {
        block: block(section),
        group: group_size(section),
        selection,
        kv_cache: kv_cache(section),
        head: named(|name| name == "lm_head" || name.ends_with(".lm_head")),
        tables: named(|name| name.ends_with("ngram_embedding")),
        others: None,
    };
    Ok(Checkpoint { format, note: note(section, format, method), scales: Some(scales) })
}

/// The side of the square blocks that share a scale; 0: there are none.
fn block(section: &Value) -> u32 {
    let listed = |list: &Value| list.as_array()?.first()?.as_u64();
    let blocks = || first_group(section).and_then(|weights| listed(&weights["block_structure"]));
    listed(&section["weight_block_size"])
        .or_else(blocks)
        .and_then(|side| u32::try_from(side).ok())
        .unwrap_or(0)
}

/// The weights along an input that share a scale; 0: the file does not say.
fn group_size(section: &Value) -> u32 {
    let known = ["group_size", "q_group_size"].iter().find_map(|name| section[*name].as_u64());
    let grouped = || first_group(section).and_then(|weights| weights["group_size"].as_u64());
    let quark = || section["global_quant_config"]["weight"]["group_size"].as_u64();
    known.or_else(grouped).or_else(quark).and_then(|size| u32::try_from(size).ok()).unwrap_or(0)
}

/// How the weights of the group of modules are stored that has the most routed experts, else the most feed-forward halves.
fn first_group(section: &Value) -> Option<&Value> {
    let targets = |group: &Value| {
        let targets = group["targets"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let count = |is: fn(&str) -> bool| targets.clone().filter(|name| is(name)).count();
        (count(is_routed), count(is_feed_forward))
    };
    let groups = section["config_groups"].as_object()?;
    groups.values().rev().max_by_key(|group| targets(group)).map(|group| &group["weights"])
}

/// The format of the KV cache that the checkpoint has scales for.
fn kv_cache(section: &Value) -> Option<NumberFormat> {
    let scheme = &section["kv_cache_scheme"];
    let named = section["kv_cache_quant_algo"].as_str().or_else(|| scheme.as_str()).unwrap_or_default();
    match (named.to_ascii_uppercase().as_str(), scheme["num_bits"].as_u64()) {
        ("FP8", _) | ("", Some(8)) => Some(NumberFormat::Fp8),
        ("NVFP4", _) | ("", Some(4)) => Some(NumberFormat::Nvfp4),
        _ => None,
    }
}

fn integer(bits: Option<u64>) -> Option<NumberFormat> {
    match bits {
        Some(8) => Some(NumberFormat::Int8),
        Some(4) => Some(NumberFormat::Int4),
        _ => None,
    }
}

fn bitsandbytes(section: &Value) -> Option<NumberFormat> {
    let set = |name: &str| section[name] == Value::Bool(true);
    let four = set("load_in_4bit") || set("_load_in_4bit");
    Some(if four { NumberFormat::Int4 } else { NumberFormat::Int8 })
}

/// ModelOpt names an algorithm; where it mixes several, that of the feed-forward halves counts.
fn modelopt(section: &Value, algorithm: &str) -> Option<NumberFormat> {
    match algorithm.to_ascii_uppercase().as_str() {
        "FP8" | "MXFP8" | "FP8_PB_WO" | "FP8_PB_REAL" | "FP8_PER_CHANNEL_PER_TOKEN" => {
            Some(NumberFormat::Fp8)
        }
        "NVFP4" | "NVFP4_AWQ" | "W4A16_NVFP4" => Some(NumberFormat::Nvfp4),
        "MXFP4" | "W4A8_MXFP4_FP8" => Some(NumberFormat::Mxfp4),
        "INT8_SQ" | "W8A8_SQ_PER_CHANNEL" | "W8A16" => Some(NumberFormat::Int8),
        "W4A16" | "W4A16_AWQ" | "W4A8_AWQ" | "INT4_AWQ" => Some(NumberFormat::Int4),
        "MIXED_PRECISION" => mixed(section).or_else(|| groups(section)),
        "" => groups(section),
        _ => None,
    }
}

/// Whether a name is of a feed-forward half, in which most parameters are.
fn is_feed_forward(name: &str) -> bool {
    ["mlp", "expert", "feed_forward", "ffn"].iter().any(|part| name.contains(part))
}

/// Whether a name is of routed experts, in which nearly all parameters of a mixture are.
fn is_routed(name: &str) -> bool {
    (name.contains("expert") && !name.contains("share")) || name.contains(".moe.")
}

/// Of a checkpoint whose layers are listed one by one: the format of the first routed experts, else of the first
/// feed-forward half, else of the first.
fn mixed(section: &Value) -> Option<NumberFormat> {
    let layers = section["quantized_layers"].as_object()?;
    let named = |layer: &Value| modelopt(&Value::Null, layer["quant_algo"].as_str().unwrap_or_default());
    let first = |is: fn(&str) -> bool| layers.iter().find(|(name, _)| is(name));
    let first = first(is_routed).or_else(|| first(is_feed_forward)).or_else(|| layers.iter().next());
    first.and_then(|(_, layer)| named(layer))
}

/// The modules that a file names with their formats: ModelOpt layer by layer, compressed-tensors group by group. Classes,
/// such as `Linear`, are no modules.
fn formats(section: &Value) -> Vec<(String, NumberFormat)> {
    if let Some(layers) = section["quantized_layers"].as_object() {
        let format = |layer: &Value| modelopt(&Value::Null, layer["quant_algo"].as_str().unwrap_or_default());
        return layers.iter().filter_map(|(name, layer)| Some((name.clone(), format(layer)?))).collect();
    }
    let groups = section["config_groups"].as_object().into_iter().flatten();
    let named = groups.filter_map(|(_, group)| Some((group, format_of(&group["weights"])?)));
    named
        .flat_map(|(group, format)| {
            let targets = group["targets"].as_array().into_iter().flatten().filter_map(Value::as_str);
            targets.map(move |name| (name.to_owned(), format))
        })
        .filter(|(name, _)| name.contains('.') || name.starts_with("re:") || name == "lm_head")
        .collect()
}

/// The format of the weights of that group.
fn groups(section: &Value) -> Option<NumberFormat> {
    format_of(first_group(section)?)
}

/// The format that a group says of its weights.
fn format_of(weights: &Value) -> Option<NumberFormat> {
    match (weights["type"].as_str()?, weights["num_bits"].as_u64()?) {
        ("float", 8) => Some(NumberFormat::Fp8),
        ("float", 4) if weights["group_size"].as_u64() == Some(32) => Some(NumberFormat::Mxfp4),
        ("float", 4) => Some(NumberFormat::Nvfp4),
        ("int", bits) => integer(Some(bits)),
        _ => None,
    }
}

fn quark(weight: &Value) -> Option<NumberFormat> {
    match weight["dtype"].as_str()? {
        name if name.starts_with("fp8") => Some(NumberFormat::Fp8),
        "fp4" => Some(NumberFormat::Mxfp4),
        "int8" => Some(NumberFormat::Int8),
        "int4" | "uint4" => Some(NumberFormat::Int4),
        _ => None,
    }
}

/// How the checkpoint was quantised and what was left.
fn note(section: &Value, format: NumberFormat, method: &str) -> String {
    let block: Vec<String> = section["weight_block_size"]
        .as_array()
        .map(|sizes| sizes.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    let blocks = if block.is_empty() { String::new() } else { format!(" in blocks of {}", block.join("×")) };
    let by = match method {
        "" => "ModelOpt",
        method => method,
    };
    let left: Vec<&str> = LEFT
        .iter()
        .filter_map(|name| section[*name].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let left = match left.as_slice() {
        [] if method == "mxfp4" => "; only the routed experts are quantised".to_owned(),
        [] => String::new(),
        [one, two, _, .., last] if left.len() > 3 => {
            format!("; not quantised, {} entries: {one}, {two} … {last}", left.len())
        }
        few => format!("; not quantised: {}", few.join(", ")),
    };
    format!("Quantised to {}{blocks} ({by}){left}.", format.label())
}
