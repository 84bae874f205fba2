//! Number formats of weights and of the KV cache.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A storage format of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberFormat {
    /// 16 bits, the exponent of 32-bit numbers.
    Bf16,
    /// 16 bits, IEEE 754.
    Fp16,
    /// 8-bit floating point.
    Fp8,
    /// 8-bit whole numbers with a scale.
    Int8,
    /// 4-bit whole numbers with a scale for each group.
    Int4,
    /// 4-bit floating point, a scale for each 16 (NVIDIA).
    Nvfp4,
    /// 4-bit floating point, a scale for each 32 (OCP microscaling).
    Mxfp4,
}

impl NumberFormat {
    /// Every format, in the order in which lists show them.
    pub const ALL: [Self; 7] =
        [Self::Bf16, Self::Fp16, Self::Fp8, Self::Int8, Self::Int4, Self::Nvfp4, Self::Mxfp4];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bf16 => "bf16",
            Self::Fp16 => "fp16",
            Self::Fp8 => "fp8",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
            Self::Nvfp4 => "nvfp4",
            Self::Mxfp4 => "mxfp4",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Bf16 => "BF16",
            Self::Fp16 => "FP16",
            Self::Fp8 => "FP8",
            Self::Int8 => "INT8",
            Self::Int4 => "INT4",
            Self::Nvfp4 => "NVFP4",
            Self::Mxfp4 => "MXFP4",
        }
    }

    /// Bytes one stored number takes, its share of the block scales included.
    ///
    /// INT4: one FP16 scale for each group of 128 (AWQ and GPTQ's usual group size).
    /// NVFP4: one FP8 scale for 16 values. MXFP4: one E8M0 scale for 32 values
    /// (OCP Microscaling Formats 1.0, 2023).
    pub fn bytes(self) -> f64 {
        match self {
            Self::Bf16 | Self::Fp16 => 2.0,
            Self::Fp8 | Self::Int8 => 1.0,
            Self::Int4 => 0.5 + 2.0 / 128.0,
            Self::Nvfp4 => 0.5 + 1.0 / 16.0,
            Self::Mxfp4 => 0.5 + 1.0 / 32.0,
        }
    }
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Not the id of a number format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number format; use one of bf16, fp16, fp8, int8, int4, nvfp4, mxfp4")]
pub struct UnknownFormat(pub String);

impl FromStr for NumberFormat {
    type Err = UnknownFormat;

    /// Reads an id, in any case, or what frameworks call the same: `fp8_e4m3`, `bfloat16`. `fp4` is two formats and so none.
    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let plain = text.trim().to_lowercase().replace(['-', ' '], "_");
        let format = match plain.as_str() {
            "bfloat16" => Some(Self::Bf16),
            "float16" | "half" | "f16" => Some(Self::Fp16),
            "fp8_e4m3" | "fp8_e4m3fn" | "fp8_e5m2" | "e4m3" | "e5m2" | "float8" | "float8_e4m3fn" | "f8" => {
                Some(Self::Fp8)
            }
            plain => Self::ALL.into_iter().find(|format| format.id() == plain),
        };
        format.ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_what_frameworks_call_them() {
        for format in NumberFormat::ALL {
            assert_eq!(format.id().parse(), Ok(format));
            assert_eq!(format.label().parse(), Ok(format));
        }
        for (text, format) in [
            ("fp8_e4m3", NumberFormat::Fp8),
            ("FP8-E4M3", NumberFormat::Fp8),
            ("e4m3", NumberFormat::Fp8),
            ("bfloat16", NumberFormat::Bf16),
            ("Half", NumberFormat::Fp16),
        ] {
            assert_eq!(text.parse(), Ok(format), "{text}");
        }
        for text in ["", "fp9", "fp4", "auto"] {
            assert_eq!(text.parse::<NumberFormat>(), Err(UnknownFormat(text.to_owned())));
        }
    }
}
