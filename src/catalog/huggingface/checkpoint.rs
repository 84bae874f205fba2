//! In which number format the published checkpoint is.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{Fields, impossible};
use crate::catalog::format::NumberFormat;

/// The format of the matrices: what `quantization_config` says, else the data type, else BF16.
pub(super) fn format(fields: &Fields) -> Result<NumberFormat, HuggingFaceError> {
    if let Some(quantization) = fields.value("quantization_config") {
        return quantized(quantization);
    }
    match fields.text("torch_dtype").or_else(|| fields.text("dtype")) {
        Some("float16" | "half") => Ok(NumberFormat::Fp16),
        Some(name) if name.starts_with("float8") => Ok(NumberFormat::Fp8),
        _ => Ok(NumberFormat::Bf16),
    }
}

fn quantized(quantization: &Value) -> Result<NumberFormat, HuggingFaceError> {
    let method = quantization["quant_method"].as_str().unwrap_or_default();
    let found = match method {
        "fp8" | "fbgemm_fp8" => Some(NumberFormat::Fp8),
        "mxfp4" => Some(NumberFormat::Mxfp4),
        "awq" | "gptq" | "auto-round" => integer(quantization["bits"].as_u64()),
        "bitsandbytes" if quantization["load_in_4bit"] == Value::Bool(true) => Some(NumberFormat::Int4),
        "bitsandbytes" => Some(NumberFormat::Int8),
        "modelopt" | "modelopt_fp4" => modelopt(quantization["quant_algo"].as_str().unwrap_or_default()),
        "compressed-tensors" => compressed(quantization),
        "" => modelopt(quantization["quant_algo"].as_str().unwrap_or_default()),
        _ => None,
    };
    found.ok_or_else(|| {
        let remedy = "use a checkpoint in fp8, int8, int4, nvfp4 or mxfp4, or remove the field";
        let value = if method.is_empty() { "without a quant_method" } else { method };
        impossible("quantization_config", value, remedy)
    })
}

fn integer(bits: Option<u64>) -> Option<NumberFormat> {
    match bits {
        Some(8) => Some(NumberFormat::Int8),
        Some(4) => Some(NumberFormat::Int4),
        _ => None,
    }
}

fn modelopt(algorithm: &str) -> Option<NumberFormat> {
    match algorithm.to_ascii_uppercase().as_str() {
        "FP8" => Some(NumberFormat::Fp8),
        "NVFP4" => Some(NumberFormat::Nvfp4),
        _ => None,
    }
}

/// The weights of the first group of a compressed-tensors checkpoint.
fn compressed(quantization: &Value) -> Option<NumberFormat> {
    let groups = quantization["config_groups"].as_object()?;
    let weights = &groups.values().next()?["weights"];
    match (weights["type"].as_str()?, weights["num_bits"].as_u64()?) {
        ("float", 8) => Some(NumberFormat::Fp8),
        ("float", 4) if weights["group_size"].as_u64() == Some(32) => Some(NumberFormat::Mxfp4),
        ("float", 4) => Some(NumberFormat::Nvfp4),
        ("int", bits) => integer(Some(bits)),
        _ => None,
    }
}
