//! Accelerators: what one chip (as the contract counts them) can do.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;
use super::format::NumberFormat;

/// Who makes it; decides which stacks run and which accelerators of the same family lend figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    /// NVIDIA.
    Nvidia,
    /// AMD.
    Amd,
    /// Google.
    Google,
    /// Amazon Web Services.
    Aws,
    /// Intel.
    Intel,
}

impl Vendor {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Nvidia, Self::Amd, Self::Google, Self::Aws, Self::Intel];

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nvidia => "NVIDIA",
            Self::Amd => "AMD",
            Self::Google => "Google",
            Self::Aws => "AWS",
            Self::Intel => "Intel",
        }
    }

    /// The id used in files and documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Nvidia => "nvidia",
            Self::Amd => "amd",
            Self::Google => "google",
            Self::Aws => "aws",
            Self::Intel => "intel",
        }
    }
}

/// Dense peak arithmetic rates, operations per second. Absent: no such arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peaks {
    /// With 16-bit floating-point operands.
    pub bf16: Sourced,
    /// With 8-bit floating-point operands.
    #[serde(default)]
    pub fp8: Option<Sourced>,
    /// With 8-bit whole operands.
    #[serde(default)]
    pub int8: Option<Sourced>,
    /// With 4-bit floating-point operands.
    #[serde(default)]
    pub fp4: Option<Sourced>,
}

/// Links between accelerators of one scale-up domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleUp {
    /// Name of the link as its maker writes it.
    pub link: String,
    /// Bytes per second, one direction, all links of one accelerator together.
    pub bytes_per_s: Sourced,
    /// Accelerators that reach each other over it.
    pub domain: Sourced,
}

/// One accelerator of the catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accelerator {
    /// Unique within its list.
    pub id: String,
    /// Full name with maker.
    pub name: String,
    /// Name in tables and plots.
    pub short_name: String,
    /// Who makes it.
    pub vendor: Vendor,
    /// Key into `assets/efficiency.ron`: accelerators of one family share their efficiencies.
    pub generation: String,
    /// Year in which it came to market.
    pub year: u32,
    /// Memory that software sees, bytes.
    pub memory_bytes: Sourced,
    /// Memory as the maker prints it: a label such as 80 or 141, in GB. It is near the GiB that software sees, seldom their
    /// decimal GB, and names the product rather than measuring it.
    #[serde(default)]
    pub memory_sold_gb: Option<Sourced>,
    /// Memory bandwidth, bytes per second.
    pub memory_bytes_per_s: Sourced,
    /// Dense peaks, operations per second.
    pub peak_ops_per_s: Peaks,
    /// Power limit as sold, watts.
    pub tdp_w: Sourced,
    /// Power with nothing resident, watts.
    pub idle_w: Sourced,
    /// The links inside a server or rack.
    pub scale_up: ScaleUp,
    /// Network bandwidth that one accelerator usually has for itself, bytes per second, one direction.
    pub nic_bytes_per_s: Sourced,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}

impl Accelerator {
    /// The size of its memory as a product, in GB: what the maker prints, else the GiB that software sees, rounded.
    pub fn sold_gb(&self) -> f64 {
        const GIB: f64 = 1_073_741_824.0;
        self.memory_sold_gb.as_ref().map_or_else(|| (self.memory_bytes.value() / GIB).round(), Sourced::value)
    }

    /// Dense peak for arithmetic in `format`, operations per second; `None` where the silicon has none.
    ///
    /// INT4 has no arithmetic anywhere in the catalog. NVFP4 and MXFP4 both use the FP4 units.
    pub fn peak_ops_per_s(&self, format: NumberFormat) -> Option<&Sourced> {
        let peaks = &self.peak_ops_per_s;
        match format {
            NumberFormat::Bf16 | NumberFormat::Fp16 => Some(&peaks.bf16),
            NumberFormat::Fp8 => peaks.fp8.as_ref(),
            NumberFormat::Int8 => peaks.int8.as_ref(),
            NumberFormat::Int4 => None,
            NumberFormat::Nvfp4 | NumberFormat::Mxfp4 => peaks.fp4.as_ref(),
        }
    }
}
