//! What is fitted: the figure's owner and field, its first reading, and how far from it the fit may stray.

use headroom::catalog::{Catalog, Efficiency, Sourced};

use super::rows::Setting;

/// Whose figure it is.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    Generation(&'static str),
    Stack(&'static str),
}

impl Owner {
    pub fn id(self) -> &'static str {
        match self {
            Self::Generation(id) | Self::Stack(id) => id,
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Generation(_) => "assets/efficiency.ron",
            Self::Stack(_) => "assets/stacks.ron",
        }
    }

    fn key(self) -> String {
        match self {
            Self::Generation(id) => format!("generation: \"{id}\""),
            Self::Stack(id) => format!("id: \"{id}\""),
        }
    }
}

pub struct Parameter {
    pub owner: Owner,
    pub field: &'static str,
    /// First reading, before any serving was measured.
    pub first: f64,
    /// Standard deviation of its logarithm.
    pub spread: f64,
}

/// Nothing gives all of its peak.
const MOST_SHARE: f64 = 0.97;

impl Parameter {
    fn figure<'a>(&self, catalog: &'a mut Catalog) -> &'a mut Sourced {
        let figure = match self.owner {
            Owner::Generation(id) => catalog
                .efficiencies
                .iter_mut()
                .find(|e| e.generation == id)
                .and_then(|e| e.figure_mut(self.field)),
            Owner::Stack(id) => {
                catalog.stacks.iter_mut().find(|s| s.id == id).and_then(|s| s.figure_mut(self.field))
            }
        };
        figure.expect("the table names figures that exist")
    }

    /// Whether what ran in `setting` depends on it.
    pub fn touches(&self, setting: &Setting) -> bool {
        match self.owner {
            Owner::Generation(id) => setting.generation == id,
            Owner::Stack(id) => setting.stack == id,
        }
    }

    pub fn value(&self, catalog: &mut Catalog) -> f64 {
        self.figure(catalog).value()
    }

    pub fn set(&self, catalog: &mut Catalog, value: f64) {
        let share =
            self.field.starts_with("compute_") || self.field.starts_with("memory_") || self.field == "link";
        let most =
            if share && matches!(self.owner, Owner::Generation(_)) { MOST_SHARE } else { f64::INFINITY };
        let figure = self.figure(catalog);
        *figure = figure.with_value(value.min(most));
    }
}

const fn generation(id: &'static str, field: &'static str, first: f64, spread: f64) -> Parameter {
    Parameter { owner: Owner::Generation(id), field, first, spread }
}

const fn stack(id: &'static str, field: &'static str, first: f64, spread: f64) -> Parameter {
    Parameter { owner: Owner::Stack(id), field, first, spread }
}

/// First readings of the generations are of kernels alone (source `op-ratios`; on Hopper those of `h100-kernels`, which are near
/// what a server reaches: products 0.77 of peak for a moment and 0.70 at the power limit, weights read at 0.86 and a KV cache at
/// 0.92 of the bandwidth), of the stacks from their source.
pub const PARAMETERS: &[Parameter] = &[
    generation("hopper", "compute_16_bit", 0.70, 0.06),
    generation("hopper", "compute_8_bit", 0.65, 0.15),
    generation("hopper", "half_rows", 60.0, 0.15),
    generation("hopper", "compute_experts", 0.6, 0.2),
    generation("hopper", "expert_half_rows", 600.0, 0.4),
    generation("hopper", "expert_half_width", 700.0, 0.4),
    generation("hopper", "compute_attention", 0.5, 0.25),
    generation("hopper", "memory_weights", 0.86, 0.03),
    generation("hopper", "memory_experts", 0.7, 0.2),
    generation("hopper", "memory_kv", 0.92, 0.03),
    generation("hopper", "memory_kv_8_bit", 0.65, 0.25),
    generation("hopper", "link", 0.7, 0.15),
    generation("hopper", "link_latency_s", 9.0e-6, 0.6),
    generation("hopper", "layer_overhead_s", 25.0e-6, 0.3),
    generation("hopper", "moe_overhead_s", 20.0e-6, 0.5),
    generation("hopper", "latent_overhead_s", 20.0e-6, 0.5),
    generation("hopper-pcie", "compute_8_bit", 0.44, 0.15),
    generation("blackwell", "compute_16_bit", 0.75, 0.15),
    generation("blackwell", "compute_8_bit", 0.65, 0.15),
    generation("blackwell", "compute_4_bit", 0.45, 0.2),
    generation("blackwell", "half_rows", 120.0, 0.15),
    generation("blackwell", "compute_experts", 0.5, 0.2),
    generation("blackwell", "expert_half_rows", 600.0, 0.4),
    generation("blackwell", "expert_half_width", 700.0, 0.4),
    generation("blackwell", "compute_attention", 0.45, 0.25),
    generation("blackwell", "memory_weights", 0.75, 0.1),
    generation("blackwell", "memory_experts", 0.6, 0.2),
    generation("blackwell", "memory_kv", 0.75, 0.15),
    generation("blackwell", "memory_kv_8_bit", 0.6, 0.25),
    generation("blackwell", "link", 0.6, 0.3),
    generation("blackwell", "link_latency_s", 9.0e-6, 0.6),
    generation("blackwell", "layer_overhead_s", 33.0e-6, 0.3),
    generation("blackwell", "moe_overhead_s", 20.0e-6, 0.5),
    generation("blackwell", "latent_overhead_s", 20.0e-6, 0.5),
    generation("ampere", "compute_16_bit", 0.83, 0.12),
    generation("ampere", "half_rows", 32.0, 0.7),
    generation("ampere", "compute_experts", 0.6, 0.3),
    generation("ampere", "expert_half_rows", 600.0, 0.4),
    generation("ampere", "expert_half_width", 700.0, 0.4),
    generation("ampere", "compute_attention", 0.44, 0.2),
    generation("ampere", "memory_weights", 0.76, 0.1),
    generation("ampere", "memory_experts", 0.76, 0.15),
    generation("ampere", "memory_kv", 0.92, 0.12),
    generation("ampere", "memory_kv_8_bit", 0.8, 0.2),
    generation("ampere", "link", 0.7, 0.4),
    generation("ampere", "link_latency_s", 6.500e-06, 0.4),
    generation("ampere", "layer_overhead_s", 4.500e-05, 0.25),
    generation("ada", "compute_8_bit", 0.43, 0.12),
    generation("ada", "half_rows", 16.0, 0.7),
    generation("ada", "compute_experts", 0.45, 0.3),
    generation("ada", "expert_half_rows", 600.0, 0.4),
    generation("ada", "expert_half_width", 700.0, 0.4),
    generation("ada", "compute_attention", 0.35, 0.2),
    generation("ada", "memory_weights", 0.92, 0.1),
    generation("ada", "memory_experts", 0.8, 0.15),
    generation("ada", "memory_kv", 0.85, 0.12),
    generation("ada", "memory_kv_8_bit", 0.8, 0.2),
    generation("ada", "link", 0.16, 0.4),
    generation("ada", "link_latency_s", 1.400e-05, 0.4),
    generation("ada", "layer_overhead_s", 3.000e-05, 0.25),
    generation("cdna3", "compute_8_bit", 0.45, 0.12),
    generation("cdna3", "half_rows", 128.0, 0.7),
    generation("cdna3", "compute_experts", 0.4, 0.3),
    generation("cdna3", "expert_half_rows", 600.0, 0.4),
    generation("cdna3", "expert_half_width", 700.0, 0.4),
    generation("cdna3", "compute_attention", 0.3, 0.2),
    generation("cdna3", "memory_weights", 0.72, 0.1),
    generation("cdna3", "memory_experts", 0.72, 0.15),
    generation("cdna3", "memory_kv", 0.65, 0.12),
    generation("cdna3", "memory_kv_8_bit", 0.65, 0.2),
    generation("cdna3", "link", 0.7, 0.4),
    generation("cdna3", "link_latency_s", 9.000e-06, 0.4),
    generation("cdna3", "layer_overhead_s", 4.500e-05, 0.25),
    generation("blackwell-pcie", "compute_4_bit", 0.4, 0.12),
    generation("blackwell-pcie", "half_rows", 64.0, 0.7),
    generation("blackwell-pcie", "compute_experts", 0.45, 0.3),
    generation("blackwell-pcie", "expert_half_rows", 600.0, 0.4),
    generation("blackwell-pcie", "expert_half_width", 700.0, 0.4),
    generation("blackwell-pcie", "compute_attention", 0.38, 0.2),
    generation("blackwell-pcie", "memory_weights", 0.85, 0.1),
    generation("blackwell-pcie", "memory_experts", 0.85, 0.15),
    generation("blackwell-pcie", "memory_kv", 0.8, 0.12),
    generation("blackwell-pcie", "memory_kv_8_bit", 0.8, 0.2),
    generation("blackwell-pcie", "link", 0.2, 0.4),
    generation("blackwell-pcie", "link_latency_s", 1.400e-05, 0.4),
    generation("blackwell-pcie", "layer_overhead_s", 3.000e-05, 0.25),
    generation("trainium", "compute_16_bit", 0.6, 0.2),
    generation("trainium", "memory_kv", 0.5, 0.25),
    generation("trainium", "half_rows", 128.0, 0.7),
    generation("trainium", "compute_attention", 0.3, 0.25),
    generation("trainium", "memory_weights", 0.6, 0.2),
    generation("trainium", "link", 0.6, 0.4),
    generation("trainium", "link_latency_s", 1.500e-05, 0.5),
    generation("trainium", "layer_overhead_s", 6.000e-05, 0.5),
    generation("gaudi", "compute_8_bit", 0.72, 0.2),
    generation("gaudi", "memory_kv_8_bit", 0.65, 0.25),
    generation("gaudi", "half_rows", 128.0, 0.7),
    generation("gaudi", "compute_attention", 0.4, 0.25),
    generation("gaudi", "memory_weights", 0.75, 0.2),
    generation("gaudi", "link", 0.65, 0.4),
    generation("gaudi", "link_latency_s", 1.200e-05, 0.5),
    generation("gaudi", "layer_overhead_s", 4.500e-05, 0.5),
    generation("tpu", "compute_16_bit", 0.75, 0.2),
    generation("tpu", "memory_kv", 0.75, 0.25),
    generation("tpu", "half_rows", 64.0, 0.7),
    generation("tpu", "compute_attention", 0.4, 0.25),
    generation("tpu", "memory_weights", 0.85, 0.2),
    generation("tpu", "link", 0.8, 0.4),
    generation("tpu", "link_latency_s", 4.000e-06, 0.5),
    generation("tpu", "layer_overhead_s", 2.000e-05, 0.5),
    stack("vllm", "step_overhead_s", 1.0e-3, 0.5),
    stack("vllm", "sequence_overhead_s", 6.0e-6, 0.7),
    stack("vllm", "request_overhead_s", 8.0e-3, 0.3),
    stack("vllm", "prompt_step_s", 1.0e-3, 1.0),
    stack("vllm", "admission_steps", 1.5, 0.3),
    stack("vllm", "eager_layer_s", 2.5e-4, 0.3),
    stack("vllm", "eager_latent_s", 3.0e-4, 0.7),
    stack("vllm", "eager_moe_s", 3.0e-4, 0.7),
    stack("vllm", "compute_factor", 1.0, 0.12),
    stack("vllm", "experts_factor", 1.0, 0.2),
    stack("vllm", "kv_factor", 1.0, 0.08),
    stack("vllm", "collective_factor", 1.0, 0.2),
    stack("vllm", "layer_factor", 1.0, 0.2),
    stack("vllm", "earlier_host_factor", 1.15, 0.07),
    stack("vllm", "earlier_kv_factor", 1.0, 0.07),
    stack("tensorrt-llm", "step_overhead_s", 7.0e-4, 0.5),
    stack("tensorrt-llm", "sequence_overhead_s", 6.0e-6, 0.7),
    stack("tensorrt-llm", "request_overhead_s", 2.0e-2, 0.3),
    stack("tensorrt-llm", "prompt_step_s", 8.0e-3, 0.7),
    stack("tensorrt-llm", "admission_steps", 1.0, 0.7),
    stack("tensorrt-llm", "eager_layer_s", 2.5e-4, 0.5),
    stack("tensorrt-llm", "eager_latent_s", 3.0e-4, 0.7),
    stack("tensorrt-llm", "eager_moe_s", 3.0e-4, 0.7),
    stack("tensorrt-llm", "compute_factor", 1.0, 0.12),
    stack("tensorrt-llm", "experts_factor", 1.0, 0.2),
    stack("tensorrt-llm", "kv_factor", 1.0, 0.1),
    stack("tensorrt-llm", "collective_factor", 1.0, 0.2),
    stack("tensorrt-llm", "layer_factor", 1.0, 0.2),
    stack("sglang", "step_overhead_s", 1.2e-3, 0.5),
    stack("sglang", "sequence_overhead_s", 6.0e-6, 0.7),
    stack("sglang", "request_overhead_s", 2.0e-2, 0.3),
    stack("sglang", "prompt_step_s", 8.0e-3, 0.7),
    stack("sglang", "admission_steps", 1.0, 0.7),
    stack("sglang", "eager_layer_s", 2.5e-4, 0.5),
    stack("sglang", "eager_latent_s", 3.0e-4, 0.7),
    stack("sglang", "eager_moe_s", 3.0e-4, 0.7),
    stack("sglang", "compute_factor", 1.0, 0.12),
    stack("sglang", "experts_factor", 1.0, 0.2),
    stack("sglang", "kv_factor", 1.0, 0.25),
    stack("sglang", "collective_factor", 1.0, 0.2),
    stack("sglang", "layer_factor", 1.0, 0.2),
];

/// Generations with few measurements or none, the generation of the same family that lends figures, and the figures they own.
const KIN: &[(&str, &str, &[&str])] = &[
    ("blackwell-ultra", "blackwell", &["compute_4_bit", "network_latency_s"]),
    ("cdna4", "cdna3", &["compute_4_bit", "network_latency_s"]),
    ("hopper-pcie", "hopper", &["compute_16_bit", "compute_8_bit", "compute_experts", "compute_attention"]),
    ("ampere-pcie", "ampere", &["link", "link_latency_s", "network_latency_s"]),
];

/// Puts the fitted numbers in place of the old ones; comments and order of the files stay.
///
/// # Errors
/// A file or a figure in it is not found.
pub fn write(catalog: &Catalog) -> Result<(), String> {
    let mut catalog = catalog.clone();
    for parameter in PARAMETERS {
        let value = parameter.value(&mut catalog);
        replace(parameter.owner, parameter.field, value, "\"measured-latency\", fitted")?;
    }
    for &(generation, kin, own) in KIN {
        let lender = catalog.efficiency(kin).ok_or_else(|| format!("no generation {kin}"))?.clone();
        for (field, figure, _) in Efficiency::FIGURES.iter().filter(|(field, ..)| !own.contains(field)) {
            let origin = "\"generation-kin\", assumed";
            replace(Owner::Generation(generation), field, figure(&lender).value(), origin)?;
        }
    }
    Ok(())
}

fn replace(owner: Owner, field: &str, value: f64, origin: &str) -> Result<(), String> {
    let path = owner.file();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let missing = || format!("{path}: no {field} in {}", owner.id());
    let record = text.find(&owner.key()).ok_or_else(missing)?;
    let mark = format!(" {field}: (");
    let start = record + text[record..].find(&mark).ok_or_else(missing)? + mark.len();
    let end = start + text[start..].find(')').ok_or_else(missing)?;
    let number = if value < 0.01 { format!("{value:.3e}") } else { format!("{value:.4}") };
    let written = format!("{}{number}, {origin}{}", &text[..start], &text[end..]);
    std::fs::write(path, written).map_err(|error| format!("{path}: {error}"))
}
