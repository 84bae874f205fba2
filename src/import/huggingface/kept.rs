//! What a quantised checkpoint leaves in 16 bits: its lists of modules against the modules of the model.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::Value;

use crate::catalog::{FeedForward, Kept, LayerGroup, Mixer};

/// Names under which files list what is left unquantised.
pub(super) const LEFT: [&str; 6] = [
    "ignore",
    "modules_to_not_convert",
    "ignored_layers",
    "exclude_modules",
    "exclude",
    "llm_int8_skip_modules",
];

/// Which modules of a checkpoint are quantised.
pub(super) struct Selection {
    left: Vec<Pattern>,
    /// Absent: all that are not left.
    targets: Option<Vec<Pattern>>,
    /// Modules that are quantised to 8 bits where the others are to 4.
    eight_bit: Vec<Pattern>,
    /// Layers that the lists name: all others are alike. Absent: the lists have ranges of them.
    named_layers: Option<BTreeSet<u32>>,
}

/// A layer that no list names by its number.
const UNNAMED: u32 = 1 << 20;

impl Selection {
    /// What the quantisation `section` of a file selects, of whose modules those of `eight_bit` have 8 bits and the others 4.
    pub fn of(section: &Value, eight_bit: &[String]) -> Self {
        let names = |list: &Value| -> Vec<String> {
            list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let mut left: Vec<String> = LEFT.iter().flat_map(|list| names(&section[*list])).collect();
        // GPTQModel: a pattern that begins with `-:` is left out. AutoRound: a module with bits of its own.
        let entries = |name: &str| section[name].as_object().into_iter().flatten();
        left.extend(
            entries("dynamic").filter_map(|(name, _)| Some(format!("re:{}", name.strip_prefix("-:")?))),
        );
        let own_bits = |value: &Value| value["bits"].as_u64().is_some_and(|bits| bits >= 16);
        left.extend(
            entries("extra_config").filter(|(_, value)| own_bits(value)).map(|(name, _)| name.clone()),
        );
        let listed: Vec<String> = match section["quantized_layers"].as_object() {
            Some(layers) => layers.keys().cloned().collect(),
            None => entries("config_groups").flat_map(|(_, group)| names(&group["targets"])).collect(),
        };
        // A class, such as `Linear`, is every module of it.
        let classes = listed.iter().any(|name| !name.contains('.') && !name.starts_with("re:"));
        let classes = classes && section["quantized_layers"].is_null();
        let all = || left.iter().chain(&listed);
        let ranges = all().any(|name| name.contains('[') && name.starts_with("re:"));
        let numbers = all().flat_map(|name| name.split(|letter: char| !letter.is_ascii_digit()));
        let named_layers = (!ranges).then(|| numbers.filter_map(|number| number.parse().ok()).collect());
        let patterns = |names: &[String]| names.iter().filter_map(|name| Pattern::of(name)).collect();
        Self {
            named_layers,
            left: patterns(&left),
            targets: (!listed.is_empty() && !classes).then(|| patterns(&listed)),
            eight_bit: patterns(eight_bit),
        }
    }

    /// Whether it leaves the module that goes by any of `names`.
    fn leaves(&self, names: &[String]) -> bool {
        is_in(&self.left, names) || self.targets.as_ref().is_some_and(|targets| !is_in(targets, names))
    }

    /// Whether the module that goes by any of `names` has 8 bits.
    fn has_8_bits(&self, names: &[String]) -> bool {
        is_in(&self.eight_bit, names) && !is_in(&self.left, names)
    }

    /// Of `count` layers from `first` on, those for whose module `holds`.
    fn layers_where(
        &self,
        first: u32,
        count: u32,
        module: &Module,
        holds: impl Fn(&[String]) -> bool,
    ) -> u32 {
        let holds = |layer: u32| holds(&module.at(layer));
        let layers = first..first + count;
        let Some(named) = &self.named_layers else {
            return layers.filter(|layer| holds(*layer)).count() as u32;
        };
        let of_named = named.range(layers.clone()).filter(|layer| holds(**layer)).count() as u32;
        let others = count - named.range(layers.clone()).count() as u32;
        let other = layers.clone().find(|layer| !named.contains(layer));
        of_named + if other.is_some_and(holds) { others } else { 0 }
    }

    /// The same of a module that one kind of layer alone has, wherever those layers are among all `layers`: the lists name
    /// it with the numbers of those layers.
    fn anywhere(&self, layers: u32, count: u32, module: &Module) -> [u32; 2] {
        let named: Vec<u32> = match &self.named_layers {
            Some(named) => named.range(..layers).copied().collect(),
            None => (0..layers).collect(),
        };
        let those = |holds: &dyn Fn(&[String]) -> bool| -> u32 {
            named.iter().filter(|layer| holds(&module.at(**layer))).count().min(count as usize) as u32
        };
        let unnamed = module.at(UNNAMED);
        let left = match &self.targets {
            Some(targets) if !is_in(targets, &unnamed) => {
                count - those(&|names| is_in(targets, names) && !is_in(&self.left, names))
            }
            _ if is_in(&self.left, &unnamed) => count,
            _ => those(&|names| is_in(&self.left, names)),
        };
        let eight = if self.has_8_bits(&unnamed) { count } else { those(&|names| self.has_8_bits(names)) };
        [left, eight.min(count - left)]
    }

    /// Parameters of the matrices of `layers` that it leaves in 16 bits, and of those that it leaves in 8.
    ///
    /// Layers of which several kinds have a module of one name are numbered as published models arrange them: the dense
    /// ones of a mixture first.
    pub fn kept(&self, layers: &[LayerGroup], hidden: u32) -> [Kept; 2] {
        let is_moe = |group: &&LayerGroup| matches!(group.ffn, FeedForward::Moe { .. });
        let has_latents = layers.iter().any(|group| matches!(group.mixer, Mixer::Latent { .. }));
        let all = layers.iter().map(|group| group.count).sum();
        let (moe, dense): (Vec<_>, Vec<_>) = layers.iter().partition(is_moe);
        let groups: Vec<_> =
            dense.into_iter().chain(moe).map(|group| (group, modules(group, hidden, has_latents))).collect();
        let has = |modules: &[Module], names: &[String]| modules.iter().any(|other| other.names == names);
        // Where mixers of several kinds take turns, the order of the groups says nothing of where their layers are.
        let takes_turns = groups.iter().any(|(group, _)| {
            let own = mixer_modules(&group.mixer, u64::from(hidden), has_latents);
            let differs = |other: &[Module]| own.iter().any(|module| !has(other, &module.names));
            groups.iter().any(|(_, other)| differs(other))
        });
        let is_of_one_kind =
            |module: &Module| groups.iter().filter(|(_, modules)| has(modules, &module.names)).count() == 1;
        let (mut kept, mut first) = ([Kept::default(); 2], 0);
        for (group, modules) in &groups {
            for module in modules {
                let counts = if takes_turns && is_of_one_kind(module) {
                    self.anywhere(all, group.count, module)
                } else {
                    let left = self.layers_where(first, group.count, module, |names| self.leaves(names));
                    let eight = self.layers_where(first, group.count, module, |names| self.has_8_bits(names));
                    [left, eight.min(group.count - left)]
                };
                for (kept, layers) in kept.iter_mut().zip(counts) {
                    let parameters = u64::from(layers) * module.parameters;
                    match module.part {
                        ModulePart::Mixer => kept.mixer += parameters,
                        ModulePart::Dense => kept.dense += parameters,
                        ModulePart::Shared => kept.shared += parameters,
                        ModulePart::Experts => kept.experts += parameters,
                    }
                }
            }
            if let FeedForward::Moe { experts, .. } = group.ffn {
                kept[0].shared += u64::from(group.count) * u64::from(hidden) * u64::from(experts);
            }
            first += group.count;
        }
        kept
    }
}

fn is_in(patterns: &[Pattern], names: &[String]) -> bool {
    names.iter().any(|name| patterns.iter().any(|pattern| pattern.matches(name)))
}

/// An entry of a list.
enum Pattern {
    /// A regular expression: compressed-tensors (`re:`), and globs of ModelOpt and Quark.
    Regex(Regex),
    /// A dotted name, which stands for all that is under it.
    Name(String),
}

impl Pattern {
    fn of(entry: &str) -> Option<Self> {
        // Multimodal files name the text model's layers under another root.
        let entry = entry
            .replace("model.language_model.", "model.")
            .replace("language_model.model.", "model.")
            .replace("backbone.layers.", "model.layers.");
        if let Some(regex) = entry.strip_prefix("re:") {
            return Regex::new(&format!("^(?:{regex})")).ok().map(Self::Regex);
        }
        if entry.contains('*') {
            let parts: Vec<String> = entry.split('*').map(regex_lite::escape).collect();
            return Regex::new(&format!("^{}(?:\\..*)?$", parts.join(".*"))).ok().map(Self::Regex);
        }
        Some(Self::Name(entry))
    }

    fn matches(&self, module: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.is_match(module),
            Self::Name(name) => format!(".{module}.").contains(&format!(".{name}.")),
        }
    }
}

/// The part that a module's parameters are counted in.
#[derive(Clone, Copy)]
enum ModulePart {
    Mixer,
    Dense,
    Shared,
    Experts,
}

/// Matrices that lists name together.
struct Module {
    /// Under a layer; several where families differ.
    names: Vec<String>,
    part: ModulePart,
    parameters: u64,
}

impl Module {
    /// Its whole names in a layer.
    fn at(&self, layer: u32) -> Vec<String> {
        self.names.iter().map(|name| format!("model.layers.{layer}.{name}")).collect()
    }
}

/// The matrices of one layer of a model, which `has_latents` or not.
fn modules(group: &LayerGroup, hidden: u32, has_latents: bool) -> Vec<Module> {
    let hidden = u64::from(hidden);
    let mut modules = mixer_modules(&group.mixer, hidden, has_latents);
    let mut feed_forward = |part, under: &[&str], matrices: u32, [width, input]: [u64; 2], count: u64| {
        let names: &[&[&str]] = match matrices {
            2 => &[&["up_proj", "fc1"], &["down_proj", "fc2"]],
            _ => &[&["gate_proj", "w1"], &["up_proj", "w3"], &["down_proj", "w2"]],
        };
        for names in names {
            modules.push(Module {
                names: under
                    .iter()
                    .flat_map(|under| names.iter().map(move |name| format!("{under}.{name}")))
                    .collect(),
                part,
                parameters: count * input * width,
            });
        }
    };
    match group.ffn {
        FeedForward::Dense { intermediate, matrices, .. } => {
            let sizes = [u64::from(intermediate), hidden];
            feed_forward(ModulePart::Dense, &["mlp", "feed_forward", "mixer"], matrices, sizes, 1);
        }
        FeedForward::Moe { experts, intermediate, matrices, shared_intermediate, latent, .. } => {
            let routed = [
                "mlp.experts.0",
                "block_sparse_moe.experts.0",
                "feed_forward.experts.0",
                "mixer.experts.0",
                "ffn.experts.0",
                "moe",
            ];
            let sizes = [u64::from(intermediate), latent.map_or(hidden, u64::from)];
            feed_forward(ModulePart::Experts, &routed, matrices, sizes, u64::from(experts));
            let shared = [
                "mlp.shared_experts",
                "mlp.shared_expert",
                "feed_forward.shared_expert",
                "mixer.shared_experts",
                "ffn.shared_experts",
                "share_expert",
            ];
            feed_forward(ModulePart::Shared, &shared, matrices, [u64::from(shared_intermediate), hidden], 1);
        }
        FeedForward::None => {}
    }
    modules
}

fn mixer_modules(mixer: &Mixer, hidden: u64, has_latents: bool) -> Vec<Module> {
    let module = |names: &[&str], parameters: u64| Module {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        part: ModulePart::Mixer,
        parameters,
    };
    match *mixer {
        Mixer::Attention { heads, kv_heads, head_dim, q_lora_rank, .. } => {
            let queries = hidden * u64::from(heads) * u64::from(head_dim);
            let keys = hidden * u64::from(kv_heads) * u64::from(head_dim);
            let query = match q_lora_rank.map(u64::from) {
                Some(rank) => vec![
                    module(&["self_attn.q_proj", "self_attn.qkv_proj"], hidden * rank),
                    module(&["self_attn.wq"], rank * u64::from(heads) * u64::from(head_dim)),
                ],
                None => vec![module(&["self_attn.q_proj", "self_attn.qkv_proj", "mixer.q_proj"], queries)],
            };
            let mut modules = vec![
                module(&["self_attn.k_proj", "self_attn.qkv_proj", "mixer.k_proj"], keys),
                module(&["self_attn.v_proj", "self_attn.qkv_proj", "mixer.v_proj"], keys),
                module(&["self_attn.o_proj", "mixer.o_proj"], queries),
            ];
            modules.extend(query);
            modules
        }
        Mixer::Latent {
            heads,
            q_lora_rank,
            kv_lora_rank,
            qk_nope_head_dim,
            qk_rope_head_dim,
            v_head_dim,
            ..
        } => {
            let [heads, latent, nope, rope, value] =
                [heads, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim].map(u64::from);
            let mut modules = match q_lora_rank.map(u64::from) {
                Some(rank) => vec![
                    module(&["self_attn.q_a_proj", "self_attn.fused_qkv_a_proj"], hidden * rank),
                    module(&["self_attn.q_b_proj"], rank * heads * (nope + rope)),
                ],
                None => vec![module(&["self_attn.q_proj"], hidden * heads * (nope + rope))],
            };
            modules.extend([
                module(
                    &["self_attn.kv_a_proj_with_mqa", "self_attn.fused_qkv_a_proj"],
                    hidden * (latent + rope),
                ),
                module(&["self_attn.kv_b_proj"], latent * heads * (nope + value)),
                module(&["self_attn.o_proj"], heads * value * hidden),
            ]);
            modules
        }
        Mixer::Compressed { .. } => {
            vec![module(&["self_attn.q_b_proj", "attn.wq_b"], mixer.parameters(hidden as u32))]
        }
        Mixer::Several(ref mixers) => {
            mixers.iter().flat_map(|mixer| mixer_modules(mixer, hidden, has_latents)).collect()
        }
        Mixer::State { parameters, .. } => {
            let mut names = vec![
                "linear_attn.in_proj_qkvz",
                "linear_attn.in_proj_qkv",
                "linear_attn.out_proj",
                "mixer.in_proj",
                "mamba.in_proj",
            ];
            // Kimi names both kinds of attention alike.
            if has_latents {
                names.push("self_attn.q_proj");
            }
            vec![module(&names, parameters)]
        }
        Mixer::None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::catalog::KeyValues;

    use super::*;

    fn layers() -> Vec<LayerGroup> {
        let mixer = || Mixer::Attention {
            heads: 8,
            kv_heads: 2,
            head_dim: 16,
            q_lora_rank: None,
            v_head_dim: None,
            window: None,
            key_values: KeyValues::Projected,
            index_head_dim: 0,
            extra_parameters: 0,
        };
        let moe = FeedForward::Moe {
            experts: 4,
            top_k: 2,
            intermediate: 32,
            matrices: 3,
            shared_intermediate: 64,
            latent: None,
            extra_parameters: 0,
            extra_parameters_per_expert: 0,
            routed_groups: None,
        };
        let dense = FeedForward::Dense { intermediate: 256, matrices: 3, extra_parameters: 0 };
        vec![
            LayerGroup { count: 1, mixer: mixer(), ffn: dense, norm_parameters: 0 },
            LayerGroup { count: 3, mixer: mixer(), ffn: moe, norm_parameters: 0 },
        ]
    }

    /// Ways in which published files name what they leave: llm-compressor, ModelOpt, transformers, GPTQModel.
    #[test]
    fn lists_are_read_as_their_tools_write_them() {
        const HIDDEN: u64 = 128;
        const ATTENTION: u64 = 4 * HIDDEN * (2 * 8 * 16 + 2 * 2 * 16);
        const ROUTERS: u64 = 3 * HIDDEN * 4;
        const SHARED: u64 = 3 * 3 * HIDDEN * 64;
        const DENSE: u64 = 3 * HIDDEN * 256;
        const EXPERTS: u64 = 3 * 4 * 3 * HIDDEN * 32;
        let kept = |mixer, dense, shared, experts| Kept { mixer, dense, shared: shared + ROUTERS, experts };
        for (section, expected) in [
            (json!({}), kept(0, 0, 0, 0)),
            (json!({"ignore": ["lm_head"]}), kept(0, 0, 0, 0)),
            (json!({"ignore": ["re:.*self_attn.*", "re:.*shared_experts.*"]}), kept(ATTENTION, 0, SHARED, 0)),
            (json!({"ignore": ["re:.*mlp\\.(gate|up|gate_up|down)_proj.*"]}), kept(0, DENSE, 0, 0)),
            (json!({"exclude_modules": ["model.layers.*.self_attn*"]}), kept(ATTENTION, 0, 0, 0)),
            (
                json!({"modules_to_not_convert": ["model.layers.*.self_attn", "mlp.shared_expert"]}),
                kept(ATTENTION, 0, SHARED, 0),
            ),
            (
                json!({"ignore": ["model.language_model.layers.1.self_attn.o_proj"]}),
                kept(HIDDEN * 8 * 16, 0, 0, 0),
            ),
            (
                json!({"modules_to_not_convert": ["model.layers.1"]}),
                kept(ATTENTION / 4, 0, SHARED / 3, EXPERTS / 3),
            ),
            (json!({"ignore": ["re:model.layers.[0-1].self_attn.*"]}), kept(ATTENTION / 2, 0, 0, 0)),
            (json!({"dynamic": {"-:.*self_attn.*": {}}}), kept(ATTENTION, 0, 0, 0)),
            (json!({"config_groups": {"group_0": {"targets": ["Linear"]}}}), kept(0, 0, 0, 0)),
            (
                json!({"config_groups": {"group_0": {"targets": ["re:.*mlp.experts.*"]}}}),
                kept(ATTENTION, DENSE, SHARED, 0),
            ),
            (
                json!({"quantized_layers": {"model.layers.0.mlp.gate_proj": {"quant_algo": "FP8"}}}),
                kept(ATTENTION, DENSE / 3 * 2, SHARED, EXPERTS),
            ),
        ] {
            assert_eq!(Selection::of(&section, &[]).kept(&layers(), 128)[0], expected, "{section}");
        }
    }
}
