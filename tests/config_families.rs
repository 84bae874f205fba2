//! Configurations of published models, family by family, against what is published of those models.

use std::collections::BTreeSet;

use headroom::catalog::{Model, NumberFormat};
use headroom::engine::Profile;
use headroom::import::{UnknownFamily, model_from_config};
use serde_json::Value;

use self::Tables::{Both, Neither, Output};
use NumberFormat::{Bf16, Fp8, Fp16, Int4, Int8, Mxfp4, Nvfp4};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs");

/// Which tables of the vocabulary a published number of active parameters counts.
#[derive(Clone, Copy)]
enum Tables {
    /// Input embedding and output projection.
    Both,
    /// The output projection alone.
    Output,
    /// Layers alone.
    Neither,
}

/// What is known of a model: its text part, without layers for multi-token prediction.
struct Known {
    name: &'static str,
    parameters: u64,
    within: f64,
    active: Option<(u64, Tables)>,
    /// In 16 bit, windows counted as if they kept everything: 2 bytes × 2 × layers × KV heads × width of a head.
    kv_bytes_per_token: u64,
    checkpoint: NumberFormat,
}

/// The count of the published tensors, to the last parameter.
const fn exact(name: &'static str, parameters: u64, kv_bytes_per_token: u64) -> Known {
    Known { name, parameters, within: 0.0, active: None, kv_bytes_per_token, checkpoint: Bf16 }
}

/// A rounded count, or one that includes a few parameters that the configuration does not show.
const fn about(name: &'static str, parameters: u64, kv_bytes_per_token: u64) -> Known {
    Known { within: 0.01, ..exact(name, parameters, kv_bytes_per_token) }
}

/// A count rounded to two digits.
const fn rounded(name: &'static str, parameters: u64, kv_bytes_per_token: u64) -> Known {
    Known { within: 0.02, ..exact(name, parameters, kv_bytes_per_token) }
}

impl Known {
    const fn active(self, parameters: u64, tables: Tables) -> Self {
        Self { active: Some((parameters, tables)), ..self }
    }

    const fn stored(self, checkpoint: NumberFormat) -> Self {
        Self { checkpoint, ..self }
    }
}

#[rustfmt::skip]
fn known() -> Vec<Known> {
    vec![
        exact("llama-2-7b", 6_738_415_616, 4 * 32 * 32 * 128).stored(Fp16),
        exact("llama-3.1-8b", 8_030_261_248, 4 * 32 * 8 * 128),
        exact("llama-3.1-8b-fp8", 8_030_261_248, 4 * 32 * 8 * 128).stored(Fp8),
        exact("llama-3.1-8b-bnb-4bit", 8_030_261_248, 4 * 32 * 8 * 128).stored(Int4),
        exact("llama-3.1-70b-w4a16", 70_553_706_496, 4 * 80 * 8 * 128).stored(Int4),
        exact("llama-3.1-70b-modelopt-fp8", 70_553_706_496, 4 * 80 * 8 * 128).stored(Fp8),
        exact("llama-3.1-405b", 405_853_388_800, 4 * 126 * 8 * 128),
        exact("llama-3.2-3b", 3_212_749_824, 4 * 28 * 8 * 128),
        about("llama-4-scout", 107_800_000_000, 4 * 48 * 8 * 128).active(17_000_000_000, Both),
        about("llama-4-maverick", 400_000_000_000, 4 * 48 * 8 * 128).active(17_000_000_000, Both),
        exact("llama-3.3-nemotron-super-49b", 49_867_145_216, 4 * 49 * 8 * 128),
        exact("yi-34b", 34_388_917_248, 4 * 60 * 8 * 128),
        exact("smollm3-3b", 3_075_098_624, 4 * 36 * 4 * 128),
        exact("mistral-7b-v0.3", 7_248_023_552, 4 * 32 * 8 * 128),
        exact("mistral-nemo-12b", 12_247_782_400, 4 * 40 * 8 * 128),
        exact("ministral-8b", 8_019_808_256, 4 * 36 * 8 * 128),
        exact("mistral-small-3-24b", 23_572_403_200, 4 * 40 * 8 * 128),
        exact("mistral-small-3.1-24b", 23_572_403_200, 4 * 40 * 8 * 128),
        exact("mixtral-8x7b", 46_702_792_704, 4 * 32 * 8 * 128).active(12_900_000_000, Both),
        about("mixtral-8x22b", 140_630_071_296, 4 * 56 * 8 * 128).active(39_000_000_000, Both),
        exact("qwen2.5-7b", 7_615_616_512, 4 * 28 * 4 * 128),
        exact("qwen2.5-72b-awq", 72_706_203_648, 4 * 80 * 8 * 128).stored(Int4),
        exact("qwen2.5-32b-gptq-int8", 32_763_876_352, 4 * 64 * 8 * 128).stored(Int8),
        exact("qwen2.5-vl-7b", 7_615_616_512, 4 * 28 * 4 * 128),
        exact("qwen1.5-moe-a2.7b", 14_315_784_192, 4 * 24 * 16 * 128).active(2_700_000_000, Both),
        exact("qwen2-57b-a14b", 57_408_658_944, 4 * 28 * 4 * 128).active(14_000_000_000, Both),
        exact("qwen3-0.6b", 596_049_920, 4 * 28 * 8 * 128),
        exact("qwen3-8b", 8_190_735_360, 4 * 36 * 8 * 128),
        exact("qwen3-32b-fp8", 32_762_123_264, 4 * 64 * 8 * 128).stored(Fp8),
        exact("qwen3-32b-fp8-static", 32_762_123_264, 4 * 64 * 8 * 128).stored(Fp8),
        exact("qwen3-30b-a3b", 30_532_122_624, 4 * 48 * 4 * 128).active(3_300_000_000, Both),
        exact("qwen3-235b-a22b-fp8", 235_093_634_560, 4 * 94 * 4 * 128).stored(Fp8).active(22_000_000_000, Both),
        exact("qwen3-235b-a22b-nvfp4", 235_093_634_560, 4 * 94 * 4 * 128).stored(Nvfp4).active(22_000_000_000, Both),
        exact("qwen3-coder-480b-a35b", 480_154_875_392, 4 * 62 * 8 * 128).active(35_000_000_000, Both),
        exact("qwen3-vl-8b", 8_190_735_360, 4 * 36 * 8 * 128),
        exact("qwen3-vl-30b-a3b", 30_532_122_624, 4 * 48 * 4 * 128).active(3_300_000_000, Both),
        exact("qwen3-next-80b-a3b", 79_674_391_296, 4 * 12 * 2 * 256),
        about("qwen3.5-27b", 27_000_000_000, 4 * 16 * 4 * 256),
        about("qwen3.5-35b-a3b", 35_000_000_000, 4 * 10 * 2 * 256).active(3_000_000_000, Output),
        about("qwen3.5-397b-a17b-nvfp4", 397_000_000_000, 4 * 15 * 2 * 256).stored(Nvfp4).active(17_000_000_000, Both),
        about("qwen3.6-27b-nvfp4", 27_000_000_000, 4 * 16 * 4 * 256).stored(Nvfp4),
        about("mimo-7b", 7_600_000_000, 4 * 36 * 8 * 128),
        exact("gemma-2b", 2_506_172_416, 4 * 18 * 256),
        exact("gemma-7b", 8_537_680_896, 4 * 28 * 16 * 256),
        exact("gemma-2-9b", 9_241_705_984, 4 * 42 * 8 * 256),
        exact("gemma-3-1b", 999_885_952, 4 * 26 * 256),
        about("gemma-3-4b", 3_880_000_000, 4 * 34 * 4 * 256),
        exact("gemma-3-27b", 27_009_346_304, 4 * 62 * 16 * 128),
        exact("phi-3-mini-4k", 3_821_079_552, 4 * 32 * 32 * 96),
        exact("phi-4", 14_659_507_200, 4 * 40 * 10 * 128),
        about("phi-4-mini", 3_840_000_000, 4 * 32 * 8 * 128),
        about("phi-3.5-moe", 41_900_000_000, 4 * 32 * 8 * 128).active(6_600_000_000, Both),
        exact("deepseek-v2-lite", 15_706_484_224, 2 * 27 * 576).active(2_400_000_000, Output),
        about("deepseek-v2", 236_000_000_000, 2 * 60 * 576).active(21_000_000_000, Both),
        exact("deepseek-v3", 671_026_419_200, 2 * 61 * 576).stored(Fp8).active(37_000_000_000, Both),
        exact("deepseek-r1", 671_026_419_200, 2 * 61 * 576).stored(Fp8).active(37_000_000_000, Both),
        about("deepseek-v3.2", 671_900_000_000, 2 * 61 * (576 + 128)).stored(Fp8).active(37_000_000_000, Output),
        about("deepseek-v3.2-nvfp4", 671_900_000_000, 2 * 61 * (576 + 128)).stored(Nvfp4).active(37_000_000_000, Output),
        about("moonlight-16b-a3b", 15_960_111_936, 2 * 27 * 576),
        about("kimi-k2", 1_030_000_000_000, 2 * 61 * 576).stored(Fp8).active(32_000_000_000, Both),
        about("kimi-k2.5", 1_030_000_000_000, 2 * 61 * 576).stored(Int4).active(32_000_000_000, Both),
        exact("glm-4-9b-chat", 9_399_951_360, 4 * 40 * 2 * 128),
        exact("glm-4-9b-0414", 9_400_279_040, 4 * 40 * 2 * 128),
        about("glm-4.5", 355_000_000_000, 4 * 92 * 8 * 128).active(32_000_000_000, Output),
        about("glm-4.5-air", 106_000_000_000, 4 * 46 * 8 * 128).active(12_000_000_000, Neither),
        about("glm-5", 744_000_000_000, 2 * 78 * (576 + 128)).active(40_000_000_000, Output),
        about("gpt-oss-20b", 20_910_000_000, 4 * 24 * 8 * 64).stored(Mxfp4).active(3_610_000_000, Output),
        about("gpt-oss-120b", 116_830_000_000, 4 * 36 * 8 * 64).stored(Mxfp4).active(5_130_000_000, Output),
        about("minimax-text-01", 456_000_000_000, 4 * 10 * 8 * 128).active(45_900_000_000, Neither),
        about("minimax-m2.5", 228_703_644_928, 4 * 62 * 8 * 128).stored(Fp8).active(10_000_000_000, Neither),
        about("nemotron-h-56b", 56_000_000_000, 4 * 10 * 8 * 128),
        about("nemotron-3-nano-30b-a3b", 31_577_937_344, 4 * 6 * 2 * 128).active(3_200_000_000, Output),
        about("nemotron-3-nano-30b-a3b-nvfp4", 31_577_937_344, 4 * 6 * 2 * 128).stored(Nvfp4).active(3_200_000_000, Output),
        about("nemotron-3-super-120b-a12b", 120_600_000_000, 4 * 8 * 2 * 128).stored(Fp8).active(12_700_000_000, Both),
        exact("codestral-mamba-7b", 7_285_403_648, 0),
        exact("mamba-370m", 371_516_416, 0),
        exact("jamba-1.5-mini", 51_570_323_328, 4 * 4 * 8 * 128).active(12_000_000_000, Both),
        exact("granite-3.3-8b", 8_170_864_640, 4 * 40 * 8 * 128),
        about("granite-4.0-h-small", 32_000_000_000, 4 * 4 * 8 * 128).active(9_000_000_000, Both),
        exact("granite-4.0-h-tiny", 6_939_037_248, 4 * 4 * 4 * 128),
        exact("olmo-2-7b", 7_298_617_344, 4 * 32 * 32 * 128),
        exact("olmo-2-13b", 13_716_198_400, 4 * 40 * 40 * 128),
        exact("olmo-3-7b", 7_298_011_136, 4 * 32 * 32 * 128),
        exact("olmoe-1b-7b", 6_919_161_856, 4 * 16 * 16 * 128).active(1_300_000_000, Both),
        exact("command-r-35b", 34_980_831_232, 4 * 40 * 64 * 128),
        about("command-r-plus-104b", 104_000_000_000, 4 * 64 * 8 * 128),
        exact("command-r7b", 8_028_033_024, 4 * 32 * 8 * 128),
        exact("falcon-7b", 6_921_720_704, 4 * 32 * 64),
        about("falcon-40b", 41_300_000_000, 4 * 60 * 8 * 64),
        exact("starcoder2-3b", 3_030_371_328, 4 * 30 * 2 * 128),
        exact("starcoder2-7b", 7_173_923_840, 4 * 32 * 4 * 128),
        exact("internlm2.5-7b", 7_737_708_544, 4 * 32 * 8 * 128),
        about("internlm3-8b", 8_800_000_000, 4 * 48 * 2 * 128),
        about("baichuan2-7b", 7_500_000_000, 4 * 32 * 32 * 128),
        about("baichuan2-13b", 13_900_000_000, 4 * 40 * 40 * 128),
        exact("exaone-3.5-7.8b", 7_818_448_896, 4 * 32 * 8 * 128),
        exact("exaone-4.0-32b", 32_003_216_384, 4 * 64 * 8 * 128),
        exact("ernie-4.5-21b-a3b", 21_825_437_888, 4 * 28 * 4 * 128),
        about("hunyuan-large", 389_000_000_000, 4 * 32 * 8 * 80).active(52_000_000_000, Both),
        about("hunyuan-a13b", 80_000_000_000, 4 * 32 * 8 * 128).active(13_000_000_000, Both),
        about("seed-oss-36b", 36_000_000_000, 4 * 64 * 8 * 128),
        exact("ling-lite-1.5", 16_801_974_272, 4 * 28 * 4 * 128).active(2_750_000_000, Both),
        exact("ling-mini-2.0", 16_255_643_392, 4 * 20 * 4 * 128).active(1_400_000_000, Both),
        exact("dots.llm1", 142_774_381_696, 4 * 62 * 32 * 128).active(14_000_000_000, Both),
        about("deepseek-v4-flash", 284_000_000_000, 2 * (43 * 512 + 21 * 160 + 20 * 4)).stored(Mxfp4).active(13_000_000_000, Output),
        rounded("deepseek-v4-pro", 1_600_000_000_000, 2 * (61 * 512 + 30 * 160 + 31 * 4)).stored(Mxfp4).active(49_000_000_000, Output),
        about("mimo-v2-flash", 309_000_000_000, 2 * (9 * 4 + 39 * 8) * 320).stored(Fp8).active(15_000_000_000, Both),
        about("minimax-m3", 427_000_000_000, 2 * (60 * 1024 + 57 * 128)).active(23_000_000_000, Neither),
        exact("kimi-linear-48b-a3b", 49_122_681_728, 2 * 7 * 576).active(3_106_750_464, Output),
        about("kimi-k3", 2779484478208, 2 * 24 * 576).stored(Mxfp4),
        exact("falcon-h1-0.5b", 521_411_104, 4 * 36 * 2 * 64),
        exact("falcon-h1-7b", 7_585_648_736, 4 * 44 * 2 * 128),
        about("longcat-flash", 560_000_000_000, 2 * 2 * 28 * 576).active(27_000_000_000, Output),
        about("nemotron-3-ultra-550b-a55b", 550_000_000_000, 4 * 12 * 2 * 128).active(55_000_000_000, Both),
        about("glm-5.2", 744_000_000_000, 2 * (78 * 576 + 21 * 128)).active(40_000_000_000, Output),
        about("gemma-3n-e2b", 4_460_000_000, 4 * 20 * 2 * 256),
        about("gemma-3n-e4b", 6_870_000_000, 4 * 20 * 2 * 256),
        about("gemma-4-e2b", 4_650_000_000, 4 * (12 * 256 + 3 * 512)),
        about("gemma-4-e4b", 7_520_000_000, 4 * 2 * (20 * 256 + 4 * 512)),
        about("gemma-4-26b-a4b", 25_200_000_000, 4 * (25 * 8 * 256 + 5 * 2 * 512)).active(3_800_000_000, Both),
        about("gemma-4-31b", 30_700_000_000, 4 * (50 * 16 * 256 + 10 * 4 * 512)),
        about("hunyuan-3-preview", 295_000_000_000, 4 * 80 * 8 * 128).active(21_000_000_000, Both),
        about("solar-open-100b", 102_600_000_000, 4 * 48 * 8 * 128).active(12_000_000_000, Both),
        rounded("laguna-xs.2", 33_000_000_000, 4 * 40 * 8 * 128).active(3_000_000_000, Both),
        about("glm-5.3-flash", 313_400_000_000, 2 * 11 * (512 + 128)),
        exact("lfm2-350m", 354_483_968, 4 * 6 * 8 * 64),
        about("lfm2-8b-a1b", 8_300_000_000, 4 * 6 * 8 * 64),
        about("ling-2.6-flash", 104_000_000_000, 2 * 4 * 576).active(7_400_000_000, Both),
        exact("bamba-9b", 9_780_235_392, 4 * 3 * 8 * 128),
        exact("olmo-hybrid-7b", 7_430_870_688, 4 * 8 * 30 * 128),
        exact("flexolmo-7x7b", 33_270_665_216, 4 * 32 * 32 * 128),
        exact("north-mini-code", 30_484_303_872, 4 * 49 * 4 * 128),
        about("deepseek-v4.1-flash", 748_600_000_000, 2 * (640 * 3 / 2 + 640 + 40 * 512)).stored(Mxfp4).active(16_000_000_000, Output),
        exact("qwen3.8-flash-next", 176_943_899_520, 2 * 12 * (4 * 256 + 128 / 4)),
        exact("hy4-preview", 769_907_408_797, 2 * (78 * 576 + 21 * 128)).active(49_000_000_000, Both),
        about("mistral-large-4", 1_050_000_000_000, 2 * (54 * 576 + 18 * 512 + 72 * 128)).active(52_000_000_000, Output),
        about("mistral-large-3", 673_000_000_000, 2 * 61 * 576).stored(Fp8).active(39_000_000_000, Output),
        exact("inkling", 947_025_564_226, 4 * 128 * (11 * 8 + 55 * 16)),
        exact("inkling-small", 263_655_199_274, 4 * 42 * 8 * 128),
        about("inkling-2-small", 593_718_497_280, 4 * 48 * 8 * 128),
        exact("dots3-note", 279_551_729_536, 2 * (13 * (576 + 128) + 33 * 1088)).active(16_000_000_000, Both),
        // Tech report (arXiv 2411.15242): 7.4B and 2.7B.
        about("zamba2-7b", 7_400_000_000, 4 * 13 * 32 * 224),
        rounded("zamba2-2.7b", 2_700_000_000, 4 * 9 * 32 * 160),
        exact("phi-4-mini-flash", 3_852_562_944, 4 * 9 * 20 * 64),
        exact("plamo-2-1b", 1_291_441_920, 4 * 8 * 128),
        about("step3", 316_000_000_000, 4 * 61 * 256).active(38_000_000_000, Output),
        // Rounded, and perhaps without the embedding.
        Known { within: 0.025, ..about("ernie-4.5-vl-28b-a3b", 28_000_000_000, 4 * 28 * 4 * 128) },
        about("glm-4.5v", 106_000_000_000, 4 * 46 * 8 * 128).active(12_000_000_000, Neither),
        about("glm-4.1v-9b", 9_400_279_040, 4 * 40 * 2 * 128),
        about("step-3.7-flash", 196_800_000_000, 4 * 45 * 8 * 128).active(11_000_000_000, Neither),
    ]
}

fn json(name: &str) -> Value {
    let path = format!("{FOLDER}/{name}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(name: &str, json: &Value) -> Result<Model, String> {
    model_from_config(&json.to_string(), name, UnknownFamily::Refuse).map_err(|error| error.to_string())
}

#[test]
fn every_configuration_gives_what_is_published_of_its_model() {
    for model in known() {
        let name = model.name;
        let read = read(name, &json(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let off = read.parameters().abs_diff(model.parameters) as f64 / model.parameters as f64;
        assert!(off <= model.within, "{name}: {} for {}", read.parameters(), model.parameters);
        assert_eq!(2 * read.cached_elements_per_token(), model.kv_bytes_per_token, "{name}: cache");
        assert_eq!(read.checkpoint, model.checkpoint, "{name}: checkpoint");
        let profile = Profile::of(&read);
        assert!((profile.parameters / read.parameters() as f64 - 1.0).abs() < 1e-9, "{name}: profile");
        if let Some((published, tables)) = model.active {
            let left_out = match tables {
                Both => 0.0,
                Output => profile.embedding_parameters,
                Neither => profile.embedding_parameters + profile.head_parameters,
            };
            let active = profile.active_parameters - left_out;
            let off = (active / published as f64 - 1.0).abs();
            assert!(off < 0.03, "{name}: {active} active for {published}");
        }
    }
}

#[test]
fn every_file_of_the_folder_is_looked_at() {
    let files = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<String> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let known: BTreeSet<String> = known().iter().map(|model| model.name.to_owned()).collect();
    assert_eq!(files, known);
    assert!(files.len() >= 40, "{}", files.len());
}

/// Fields for which a family's configuration class has a default, so that a file may leave them out.
#[rustfmt::skip]
const WITH_DEFAULT: [&str; 48] = [
    "cla_share_factor", "use_cla",
    "prefix_dense_intermediate_size", "swa_num_key_value_heads",
    "expert_dtype",
    "add_qkv_bias", "attention_bias", "attention_other_setting", "dtype", "head_dim", "interleave_moe_layer_step",
    "layer_types", "lm_head_bias", "max_position_embeddings", "moe_latent_size", "moe_router_enable_expert_bias",
    "multi_query_attention", "new_decoder_architecture", "num_attention_heads", "num_key_value_heads",
    "q_lora_rank", "quantization", "quantization_config", "sliding_window", "tie_word_embeddings", "torch_dtype",
    "use_qk_norm", "vocab_size",
    "attention_k_eq_v", "attn_res_block_size", "compress_ratios", "enable_moe_block", "group_norm_size",
    "full_attn_idxs", "hidden_size_per_layer_input", "latent_moe_use_norm", "layer_group_size", "mamba_rms_norm", "mla_use_output_gate",
    "num_attention_heads_per_layer", "num_global_key_value_heads", "num_kv_shared_layers", "routed_expert_hidden_size",
    "sparse_attention_config", "use_double_wide_mlp", "zero_expert_num", "n_group", "topk_group",
];

/// Fields that only the configuration class of that model's family has a default for.
const WITH_DEFAULT_IN: [(&str, &str); 10] = [
    ("deepseek-v4.1-flash", "vision_config"),
    ("inkling", "dense_mlp_idx"),
    ("inkling-small", "dense_mlp_idx"),
    ("north-mini-code", "first_k_dense_replace"),
    ("kimi-k3", "intermediate_size"),
    ("kimi-k3", "num_shared_experts"),
    ("ling-2.6-flash", "first_k_dense_replace"),
    ("zamba2-2.7b", "num_mem_blocks"),
    ("zamba2-7b", "mamba_ngroups"),
    ("zamba2-7b", "num_mem_blocks"),
];

/// The configuration with one field of the text model changed or, for `None`, removed.
fn changed(json: &Value, field: &str, value: Option<Value>) -> Value {
    let mut json = json.clone();
    let nested = json.get("text_config").is_some_and(|text| text.get(field).is_some());
    let map = if nested { json.get_mut("text_config").unwrap() } else { &mut json };
    let map = map.as_object_mut().unwrap();
    match value {
        Some(value) => map.insert(field.to_owned(), value),
        None => map.remove(field),
    };
    json
}

fn fields(json: &Value) -> Vec<String> {
    let own = json.as_object().unwrap().keys();
    let nested = json.get("text_config").and_then(Value::as_object).into_iter().flat_map(|text| text.keys());
    own.chain(nested).filter(|field| *field != "text_config").cloned().collect()
}

#[test]
fn a_file_without_a_field_is_refused_by_name_or_read_as_before() {
    let mut faults = Vec::new();
    for known in known() {
        let (name, json) = (known.name, json(known.name));
        let whole = read(name, &json).unwrap();
        for field in fields(&json) {
            let json = changed(&json, &field, None);
            match read(name, &json) {
                Ok(model) => {
                    let model = Model { notes: whole.notes.clone(), ..model };
                    let may_differ = WITH_DEFAULT.contains(&field.as_str())
                        || WITH_DEFAULT_IN.contains(&(name, field.as_str()));
                    if !may_differ && model != whole {
                        faults.push(format!("{name} without {field} is another model"));
                    }
                }
                Err(error) => {
                    if !error.contains(&field) {
                        faults.push(format!("{name} without {field}: {error}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nonsense_in_a_field_never_stops_the_program() {
    let nonsense = [
        Value::Null,
        Value::Bool(true),
        (-1).into(),
        0.into(),
        1.into(),
        8191.into(),
        (1_u64 << 17).into(),
        u64::MAX.into(),
        0.5.into(),
        "".into(),
        "auto".into(),
        Value::Array(Vec::new()),
        vec![1; 61].into(),
        serde_json::json!({"a": [1]}),
    ];
    for known in known() {
        let json = json(known.name);
        for field in fields(&json) {
            for value in &nonsense {
                let json = changed(&json, &field, Some(value.clone())).to_string();
                // With this, a nonsensical family is read as well.
                if let Ok(model) = model_from_config(&json, "x", UnknownFamily::Dense) {
                    let profile = Profile::of(&model);
                    assert!(profile.parameters.is_finite() && model.parameters() > 0, "{json}");
                }
            }
        }
    }
}

#[test]
fn layers_for_multi_token_prediction_are_left_out_and_said_to_be() {
    for (name, layers) in [("glm-4.5", 92), ("deepseek-v3", 61), ("step-3.7-flash", 45), ("mimo-7b", 36)] {
        let mut json = json(name);
        let model = read(name, &json).unwrap();
        assert_eq!(model.layer_count(), layers, "{name}");
        assert!(model.notes.contains("multi-token prediction"), "{name}: {}", model.notes);
        // Some files list the kinds of those layers behind the others.
        if let Some(kinds) = json.get_mut("layer_types").and_then(Value::as_array_mut) {
            kinds.extend(["full_attention".into(), "full_attention".into(), "full_attention".into()]);
            assert_eq!(read(name, &json).unwrap(), model, "{name}");
        }
    }
}

#[test]
fn a_window_as_long_as_the_context_is_none() {
    for name in ["ministral-8b", "phi-4-mini", "phi-3.5-moe"] {
        let profile = Profile::of(&read(name, &json(name)).unwrap());
        assert_eq!(profile.windows.kv_elements(), 0.0, "{name}");
    }
    let profile = Profile::of(&read("phi-3-mini-4k", &json("phi-3-mini-4k")).unwrap());
    assert_eq!((profile.kv_elements, profile.windows.mean_tokens_at(f64::INFINITY)), (0.0, 2047.0));
}

#[test]
fn what_a_checkpoint_leaves_unquantised_is_said() {
    let notes = |name: &str| read(name, &json(name)).unwrap().notes;
    assert!(notes("deepseek-v3").contains("FP8 in blocks of 128×128"), "{}", notes("deepseek-v3"));
    assert!(notes("llama-3.1-70b-w4a16").contains("not quantised: lm_head"));
    assert!(notes("kimi-k2.5").contains("self_attn"));
    assert!(notes("qwen3-vl-8b").contains("not the vision"));
}

/// A family that nobody knows, with the sizes of a Llama under older names.
const STRANGE: &str = r#"{"model_type": "perceptron", "n_embd": 4096, "n_layer": 32, "n_head": 32, "n_inner": 11008,
    "vocab_size": 32000, "n_positions": 4096}"#;

#[test]
fn an_unknown_family_is_refused_with_the_remedy_and_taken_as_dense_when_asked() {
    let error = model_from_config(STRANGE, "x", UnknownFamily::Refuse).unwrap_err().to_string();
    assert!(error.contains("`perceptron` is not supported") && error.contains("--dense"), "{error}");
    let dense = model_from_config(STRANGE, "x", UnknownFamily::Dense).unwrap();
    let llama = read("llama-2-7b", &json("llama-2-7b")).unwrap();
    assert_eq!((dense.parameters(), &dense.layers), (llama.parameters(), &llama.layers));
    assert!(dense.notes.contains("treated as a dense model"), "{}", dense.notes);
    // The known families stay what they are.
    let text = json("deepseek-v3").to_string();
    let known = model_from_config(&text, "x", UnknownFamily::Dense);
    assert_eq!(known, model_from_config(&text, "x", UnknownFamily::Refuse));
}

#[test]
fn an_unknown_file_with_more_than_dense_layers_is_read_as_far_as_its_fields_go() {
    // Of an unknown family, but with the fields of a known model: how many layers keep what, and the size within a few
    // percent of what the model's own reader counts.
    for (name, part, within) in [
        ("mixtral-8x7b", "experts", 0.001),
        ("qwen3-30b-a3b", "experts", 0.001),
        ("deepseek-v3", "experts and a latent", 0.001),
        ("glm-5.2", "experts and a latent", 0.02),
        ("qwen3-next-80b-a3b", "experts and linear", 0.02),
        ("kimi-linear-48b-a3b", "experts and a latent", 0.001),
        ("deepseek-v4-flash", "experts and a latent or compressed", 0.001),
        ("nemotron-3-nano-30b-a3b", "experts and linear", 0.001),
        ("ling-2.6-flash", "experts and a latent", 0.02),
        ("mimo-v2-flash", "experts", 0.001),
        ("gemma-4-26b-a4b", "experts", 0.07),
        ("laguna-xs.2", "experts", 0.01),
    ] {
        let known = read(name, &json(name)).unwrap();
        let mut file = json(name);
        let nested = if file.get("text_config").is_some() { &mut file["text_config"] } else { &mut file };
        nested["model_type"] = "perceptron".into();
        if name.starts_with("nemotron") {
            nested["mlp_hidden_act"] = "relu2".into();
        }
        let text = file.to_string();
        let error = model_from_config(&text, "x", UnknownFamily::Refuse).unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("--by-fields") && !error.contains("--dense"),
            "{error}"
        );
        let read = model_from_config(&text, "x", UnknownFamily::Dense)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let off = read.parameters() as f64 / known.parameters() as f64 - 1.0;
        assert!(off.abs() < within, "{name}: {off}, {}", read.notes);
        let (read, known) = (Profile::of(&read), Profile::of(&known));
        assert_eq!((read.layers, read.kv_elements), (known.layers, known.kv_elements), "{name}");
        assert_eq!(
            read.windows.mean_tokens_at(f64::INFINITY),
            known.windows.mean_tokens_at(f64::INFINITY),
            "{name}"
        );
        assert_eq!((read.moe_layers, read.top_k), (known.moe_layers, known.top_k), "{name}");
    }
}

#[test]
fn what_is_assumed_of_an_unknown_file_is_said() {
    let mut file = json("mixtral-8x7b");
    file["model_type"] = "perceptron".into();
    file["sliding_window"] = 4096.into();
    file["layer_types"] = vec!["spiral"; 32].into();
    file["indexers_of_each_layer"] = vec![1; 32].into();
    let notes = model_from_config(&file.to_string(), "x", UnknownFamily::Dense).unwrap().notes;
    for said in [
        "Unknown family with experts: read as far as its fields go",
        "layers of the kind spiral in layer_types attend to everything",
        "which layers look back over the window of 4096 is not said",
        "every layer that has a feed-forward half is a mixture",
        "were not followed: indexers_of_each_layer",
    ] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    // Windows may be listed layer by layer.
    file["sliding_window"] =
        (0..32).map(|layer| if layer < 8 { 0 } else { 512 }).collect::<Vec<u32>>().into();
    let read = model_from_config(&file.to_string(), "x", UnknownFamily::Dense).unwrap();
    let profile = Profile::of(&read);
    assert_eq!((profile.kv_elements, profile.windows.kv_elements()), (8.0 * 2048.0, 24.0 * 2048.0));
}

#[test]
fn entries_for_several_tokens_take_what_the_server_says() {
    // vLLM on DeepSeek-V4 (April 2026): 9.62 GiB in 16 bits for 1M tokens of V4-Pro.
    let profile = Profile::of(&read("deepseek-v4-pro", &json("deepseek-v4-pro")).unwrap());
    let gib = 2.0 * profile.kv_elements * f64::from(1 << 20) / f64::from(1 << 30);
    assert!((gib - 9.62).abs() < 0.01, "{gib}");
    assert_eq!((profile.windows.mean_tokens_at(f64::INFINITY), profile.kv_heads), (128.0, 1.0));
}

#[test]
fn a_layer_with_several_mixers_stays_one_layer() {
    let falcon = read("falcon-h1-7b", &json("falcon-h1-7b")).unwrap();
    let profile = Profile::of(&falcon);
    assert_eq!((falcon.layer_count(), profile.layers), (44, 44.0));
    // Falcon-H1-7B's caches as transformers has them: a state of 24 × 128 × 256 and a convolution of 3584 × 4 a layer.
    assert_eq!(profile.state_elements, 44.0 * f64::from(24 * 128 * 256 + 3584 * 4));
    let longcat = Profile::of(&read("longcat-flash", &json("longcat-flash")).unwrap());
    assert_eq!((longcat.layers, longcat.latent_layers, longcat.top_k), (28.0, 56.0, 8.0));
}

#[test]
fn a_list_that_is_not_followed_is_named() {
    let mut model = json("qwen3-30b-a3b");
    model["window_of_each_layer"] = vec![1024; 48].into();
    let notes = read("x", &model).unwrap().notes;
    assert!(notes.contains("were not followed: window_of_each_layer"), "{notes}");
    for known in known() {
        let notes = read(known.name, &json(known.name)).unwrap().notes;
        assert!(!notes.contains("not followed"), "{}: {notes}", known.name);
    }
}
