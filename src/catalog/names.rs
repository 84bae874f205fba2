//! Names as people have them at hand, as ids of the catalog: `owner/name` of a model hub, what a driver calls an
//! accelerator, other cases and separators. What cannot be told apart is nobody's name.

use super::format::NumberFormat;
use super::load::Catalog;
use super::release::AT;

/// What a model's name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeantModel {
    /// Id of the catalog.
    pub id: String,
    /// Number format of the weights, where the name says one: `Qwen3-32B-FP8`.
    pub weights: Option<NumberFormat>,
}

/// Words of a model's name that say nothing of its shape.
const TUNING: [&str; 10] =
    ["instruct", "chat", "it", "hf", "base", "thinking", "preview", "latest", "dynamic", "kv"];

/// Owners that some put before a model's name once more.
const OWNERS: [&str; 5] = ["meta", "nvidia", "c4ai", "microsoft", "google"];

/// Words of an accelerator's name that say nothing of which one it is.
const MAKERS: [&str; 23] = [
    "nvidia",
    "amd",
    "google",
    "cloud",
    "aws",
    "intel",
    "habana",
    "instinct",
    "tesla",
    "geforce",
    "hgx",
    "dgx",
    "gpu",
    "tensor",
    "core",
    "nvl72",
    "blackwell",
    "server",
    "edition",
    "hbm2",
    "hbm2e",
    "hbm3",
    "hbm3e",
];

/// Words that tell parts of one accelerator apart, those meant where none is given first.
const PARTS: [&str; 5] = ["sxm", "80gb", "pcie", "nvl", "40gb"];

/// Short names of stacks.
const STACKS: [(&str, &str); 4] =
    [("trtllm", "tensorrtllm"), ("trt", "tensorrtllm"), ("tensorrt", "tensorrtllm"), ("sgl", "sglang")];

/// Distance of a memory size in a name from that of the part: names round, and some count in GiB.
const MEMORY_TOLERANCE: f64 = 0.1;

impl Catalog {
    /// The model that `name` means: an id, a name of a hub without its owner and suffixes, or the folder of a
    /// `config.json` that was opened. A path that is not known means none.
    pub fn model_meant(&self, name: &str) -> Option<MeantModel> {
        let exactly = |id: &str| MeantModel { id: id.to_owned(), weights: None };
        let name = name.trim();
        if self.model(name).is_some() {
            return Some(exactly(name));
        }
        let file = config_of(name);
        if self.model(&file).is_some() {
            return Some(exactly(&file));
        }
        if name.starts_with(['.', '/', '~', '\\']) || name.ends_with(".json") {
            return None;
        }
        let wanted = ModelWords::of(name);
        let shape = wanted.words.concat();
        let known = self.models.iter().filter(|model| !model.id.ends_with(".json"));
        let mut meant = known.filter(|model| {
            [&model.id, &model.name].into_iter().any(|known| ModelWords::of(known).words.concat() == shape)
        });
        let first = meant.next().filter(|_| !shape.is_empty())?;
        meant.next().is_none().then(|| MeantModel { id: first.id.clone(), weights: wanted.weights })
    }

    /// The id of the accelerator that `name` means: an id, or what drivers, clouds and benchmarks call it. A bare `h100`
    /// is the SXM part.
    pub fn accelerator_meant(&self, name: &str) -> Option<&str> {
        if let Some(known) = self.accelerator(name.trim()) {
            return Some(&known.id);
        }
        let wanted: Vec<String> =
            words(name).into_iter().filter(|word| !MAKERS.contains(&word.as_str())).map(part).collect();
        let mut meant: Vec<&str> = self
            .accelerators
            .iter()
            .filter(|known| {
                let own = words(&known.id);
                let memory_gb = known.memory_bytes.value() / 1e9;
                let has_part = |part: &str| own.iter().any(|word| word == part);
                let fits = |word: &String| {
                    own.contains(word)
                        || word.strip_suffix("gb").and_then(|gb| gb.parse::<f64>().ok()).is_some_and(|gb| {
                            !has_part("40gb")
                                && !has_part("80gb")
                                && (gb / memory_gb - 1.0).abs() < MEMORY_TOLERANCE
                        })
                        || (word == "sxm" && !PARTS.iter().any(|part| has_part(part)))
                };
                let named =
                    |word: &String| wanted.contains(word) || word == "tpu" || PARTS.contains(&word.as_str());
                (!wanted.is_empty() && wanted.iter().all(fits) && own.iter().all(named))
                    || wanted.concat() == own.concat()
            })
            .map(|known| known.id.as_str())
            .collect();
        let rank = |id: &str| -> Vec<usize> {
            let place = |word: &String| PARTS.iter().position(|part| part == word);
            let mut places: Vec<usize> = words(id).iter().filter_map(place).collect();
            places.sort_unstable();
            places
        };
        meant.sort_by_key(|id| rank(id));
        meant.first().copied()
    }

    /// The stack that `name` means, with its version where one is named: `TRT-LLM` is `tensorrt-llm`, `vLLM==0.19` is
    /// `vllm@0.19`.
    pub fn stack_meant(&self, name: &str) -> Option<String> {
        let name = name.trim();
        if self.stack_named(name).is_some() {
            return Some(name.to_owned());
        }
        let known = |name: &str| {
            let wanted = words(name).concat();
            let long = STACKS.iter().find(|(short, _)| *short == wanted).map(|(_, long)| *long);
            self.stacks.iter().find(|stack| words(&stack.id).concat() == long.unwrap_or(&wanted))
        };
        if let Some(stack) = known(name) {
            return Some(stack.id.clone());
        }
        let (stack, version) = name.split_once("==").or_else(|| name.split_once([AT, ':', ' ']))?;
        let id = format!("{}{AT}{}", known(stack)?.id, version.trim());
        self.stack_named(&id).is_some().then_some(id)
    }
}

/// The `config.json` of a folder.
pub fn config_of(folder: &str) -> String {
    format!("{}/config.json", folder.trim_end_matches(['/', '\\']))
}

/// A model's name without owner and suffixes: what a suggestion is looked for by.
pub fn model_name(name: &str) -> String {
    ModelWords::of(name).words.join("-")
}

/// The last part of a path or of `owner/name`, in small letters, cut where words end. An underscore between digits stands
/// for a point.
fn words(name: &str) -> Vec<String> {
    let name = name.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
    let letters: Vec<char> = name.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let mut plain = String::with_capacity(name.len());
    for (i, letter) in letters.iter().enumerate() {
        match letter {
            '_' if digit(i.checked_sub(1)) && digit(Some(i + 1)) => plain.push('.'),
            '_' | ' ' | ':' | '(' | ')' => plain.push('-'),
            '+' => plain.push_str("-plus"),
            other => plain.push(*other),
        }
    }
    plain.split('-').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The generation of a socket, and the memory that a name adds to it, are not parts of their own.
fn part(word: String) -> String {
    match word.strip_prefix("sxm") {
        Some(generation) if generation.bytes().all(|b| b.is_ascii_digit()) => "sxm".to_owned(),
        _ => word,
    }
}

/// A model's name taken apart.
struct ModelWords {
    /// Those that say which model it is.
    words: Vec<String>,
    /// What it says of the weights.
    weights: Option<NumberFormat>,
}

impl ModelWords {
    fn of(name: &str) -> Self {
        let (mut own, mut weights) = (Vec::new(), None);
        let words = words(name);
        for (i, word) in words.iter().enumerate() {
            let word = word.strip_prefix("quantized.").unwrap_or(word);
            let digits =
                |word: &str, count: usize| word.len() == count && word.bytes().all(|b| b.is_ascii_digit());
            // `0528`, `2507`, or `08-2024`: when it was tuned.
            let date =
                digits(word, 4) || digits(word, 2) && words.get(i + 1).is_some_and(|next| digits(next, 4));
            // `17B-16E`: the active parameters and the experts beside a name that is complete without.
            let experts = |word: &str| word.strip_suffix('e').is_some_and(|n| n.parse::<u32>().is_ok());
            let counted =
                experts(word) || word.ends_with('b') && words.get(i + 1).is_some_and(|next| experts(next));
            // `v0.1`, `v1`: a version of the tuning; `v3` and the like are models of their own.
            let version = word.starts_with("v0.") || word == "v1";
            let owner = i == 0 && words.len() > 1 && OWNERS.contains(&word);
            if let Some(format) = weights_named(word) {
                weights = weights.or(Some(format));
            } else if !(date || counted || version || owner || i > 0 && TUNING.contains(&word)) {
                own.push(word.to_owned());
            }
        }
        Self { words: own, weights }
    }
}

/// The format that a word of a model's name stands for.
fn weights_named(word: &str) -> Option<NumberFormat> {
    match word {
        "awq" | "gptq" | "w4a16" | "4bit" => Some(NumberFormat::Int4),
        "w8a8" | "8bit" => Some(NumberFormat::Int8),
        // So NVIDIA calls its own.
        "fp4" => Some(NumberFormat::Nvfp4),
        _ => word.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_known_by_the_names_that_hubs_give_them() {
        let catalog = Catalog::built_in().unwrap();
        let meant = |name: &str| catalog.model_meant(name).map(|meant| (meant.id, meant.weights));
        for (name, id, weights) in [
            ("llama-3.1-8b", "llama-3.1-8b", None),
            ("LLAMA-3.1-8B", "llama-3.1-8b", None),
            ("llama3.1:8b", "llama-3.1-8b", None),
            ("meta-llama/Llama-3.1-70B-Instruct", "llama-3.1-70b", None),
            ("meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b", None),
            ("meta-llama/Llama-2-70b-chat-hf", "llama-2-70b", None),
            ("meta-llama/Llama-4-Scout-17B-16E-Instruct", "llama-4-scout", None),
            ("nvidia/Llama-3.1-405B-Instruct-FP8", "llama-3.1-405b", Some(NumberFormat::Fp8)),
            ("nvidia/Llama-3_3-Nemotron-Super-49B-v1", "llama-3.3-nemotron-super-49b", None),
            (
                "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
                "nemotron-3-nano-30b-a3b",
                Some(NumberFormat::Bf16),
            ),
            ("Qwen/Qwen3-32B", "qwen3-32b", None),
            ("Qwen/Qwen3-32B-AWQ", "qwen3-32b", Some(NumberFormat::Int4)),
            ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "qwen3-235b-a22b", Some(NumberFormat::Fp8)),
            ("RedHatAI/Qwen2.5-72B-Instruct-quantized.w8a8", "qwen2.5-72b", Some(NumberFormat::Int8)),
            ("deepseek-ai/DeepSeek-R1-0528", "deepseek-r1", None),
            ("nvidia/DeepSeek-R1-0528-FP4", "deepseek-r1", Some(NumberFormat::Nvfp4)),
            ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b", None),
            ("mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b", None),
            ("mistralai/Mistral-Large-2", "mistral-large-2", None),
            ("CohereForAI/c4ai-command-r-plus-08-2024", "command-r-plus", None),
            ("google/gemma-3-27b-it", "gemma-3-27b", None),
            ("openai/gpt-oss-120b", "gpt-oss-120b", None),
            ("MiniMaxAI/MiniMax-M2.5", "minimax-m2.5", None),
            ("zai-org/GLM-4.5-FP8", "glm-4.5", Some(NumberFormat::Fp8)),
        ] {
            assert_eq!(meant(name), Some((id.to_owned(), weights)), "{name}");
        }
        // Others, however alike: another generation, another size, a distillation.
        for other in [
            "meta-llama/Llama-3.3-70B-Instruct",
            "deepseek-ai/DeepSeek-V3.1",
            "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
            "nvidia/Llama-3.1-Nemotron-70B-Instruct",
            "facebook/opt-1.3b",
            "Qwen/Qwen2.5-VL-72B-Instruct",
            "./llama-3.1-8b",
            "/models/llama-3.1-8b",
            "instruct",
            "FP8",
            "",
        ] {
            assert_eq!(meant(other), None, "{other}");
        }
    }

    #[test]
    fn accelerators_are_known_by_what_drivers_and_clouds_call_them() {
        let catalog = Catalog::built_in().unwrap();
        for (name, id) in [
            ("h100", "h100-sxm"),
            ("H100", "h100-sxm"),
            ("h100sxm", "h100-sxm"),
            ("H100_SXM5", "h100-sxm"),
            ("NVIDIA H100 80GB HBM3", "h100-sxm"),
            ("NVIDIA H100 PCIe", "h100-pcie"),
            ("NVIDIA H100 NVL", "h100-nvl"),
            ("h200", "h200-sxm"),
            ("NVIDIA H200", "h200-sxm"),
            ("a100", "a100-80gb-sxm"),
            ("NVIDIA A100-SXM4-80GB", "a100-80gb-sxm"),
            ("NVIDIA A100-SXM4-40GB", "a100-40gb-sxm"),
            ("a100-pcie", "a100-80gb-pcie"),
            ("a100 40gb", "a100-40gb-sxm"),
            ("b200_sxm", "b200"),
            ("NVIDIA B200", "b200"),
            ("L40S", "l40s"),
            ("AMD Instinct MI300X", "mi300x"),
            ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000"),
            ("v5e", "tpu-v5e"),
            ("TPU v6e", "tpu-v6e"),
        ] {
            assert_eq!(catalog.accelerator_meant(name), Some(id), "{name}");
        }
        for other in ["h100-64gb", "h1000", "sxm", "tpu", "rtx-6000", "a100-120gb", "b200-pcie", "nvidia", ""]
        {
            assert_eq!(catalog.accelerator_meant(other), None, "{other}");
        }
    }

    #[test]
    fn stacks_are_known_by_their_short_names() {
        let catalog = Catalog::built_in().unwrap();
        for (name, id) in [
            ("vllm", "vllm"),
            ("vLLM", "vllm"),
            ("vllm==0.19.1", "vllm@0.19.1"),
            ("vLLM@v0.19", "vllm@v0.19"),
            ("trtllm", "tensorrt-llm"),
            ("trt-llm", "tensorrt-llm"),
            ("tensorrt_llm", "tensorrt-llm"),
            ("TensorRT LLM", "tensorrt-llm"),
            ("SGLang", "sglang"),
        ] {
            assert_eq!(catalog.stack_meant(name).as_deref(), Some(id), "{name}");
        }
        for other in ["", "tgi", "vllm@new", "vllm-gaudi", "trt-lm"] {
            assert_eq!(catalog.stack_meant(other), None, "{other}");
        }
    }
}
