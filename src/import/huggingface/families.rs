//! Which reader understands which `model_type`.

use super::fields::ConfigFields;
use super::layers::Architecture;
use super::{
    HuggingFaceError, compressed, dense, gemma, hybrid, latent, layer_norm, mamba, moe, moe_families, pruned,
};

/// Turns the fields of a family into layers.
pub(super) type Reader = fn(&ConfigFields) -> Result<Architecture, HuggingFaceError>;

/// Every `model_type` that is understood. Wrappers with a text model in them are read by the text model's type, and
/// by their own where the text model has none.
const FAMILIES: [(&str, Reader); 96] = [
    ("llama", dense::llama),
    ("granite", dense::llama),
    ("exaone", dense::llama),
    ("smollm3", dense::llama),
    ("Yi", dense::llama),
    ("yi", dense::llama),
    ("seed_oss", dense::seed_oss),
    ("internlm", dense::internlm),
    ("internlm2", dense::internlm),
    ("internlm3", dense::internlm),
    ("ernie4_5", dense::ernie),
    ("baichuan", dense::baichuan),
    ("hunyuan_v1_dense", dense::hunyuan),
    ("mistral", dense::mistral),
    ("mistral3", dense::mistral),
    ("ministral", dense::mistral),
    ("ministral3", dense::mistral),
    ("phi3", dense::mistral),
    ("phi3_v", dense::mistral),
    ("phi4", dense::mistral),
    ("qwen2", dense::qwen2),
    ("qwen2_vl", dense::qwen2),
    ("qwen2_vl_text", dense::qwen2),
    ("qwen2_5_vl", dense::qwen2),
    ("qwen2_5_vl_text", dense::qwen2),
    ("mimo", dense::qwen2),
    ("qwen3", dense::qwen3),
    ("qwen3_vl", dense::qwen3),
    ("qwen3_vl_text", dense::qwen3),
    ("olmo2", dense::olmo),
    ("olmo3", dense::olmo),
    ("exaone4", dense::exaone4),
    ("glm", dense::glm),
    ("glm4", dense::glm),
    ("glm4v_text", dense::glm),
    ("chatglm", dense::chatglm),
    ("gemma", gemma::gemma),
    ("gemma2", gemma::gemma2),
    ("gemma3", gemma::gemma3),
    ("gemma3_text", gemma::gemma3),
    ("cohere", layer_norm::cohere),
    ("cohere2", layer_norm::cohere),
    ("cohere2_vision", layer_norm::cohere),
    ("falcon", layer_norm::falcon),
    ("RefinedWeb", layer_norm::falcon),
    ("RefinedWebModel", layer_norm::falcon),
    ("starcoder2", layer_norm::starcoder2),
    ("nemotron", layer_norm::nemotron),
    ("opt", layer_norm::opt),
    ("nemotron-nas", pruned::nemotron_nas),
    ("mixtral", moe::mixtral),
    ("qwen2_moe", moe_families::qwen2_moe),
    ("qwen3_moe", moe::qwen3_moe),
    ("qwen3_vl_moe", moe::qwen3_moe),
    ("qwen3_vl_moe_text", moe::qwen3_moe),
    ("llama4", moe::llama4),
    ("llama4_text", moe::llama4),
    ("gpt_oss", moe::gpt_oss),
    ("glm4_moe", moe::glm4_moe),
    ("glm4v_moe", moe::glm4_moe),
    ("glm4v_moe_text", moe::glm4_moe),
    ("minimax_m2", moe::minimax_m2),
    ("olmoe", moe_families::olmoe),
    ("phimoe", moe_families::phimoe),
    ("granitemoe", moe_families::granite_moe),
    ("granitemoeshared", moe_families::granite_moe),
    ("hunyuan", moe_families::hunyuan_moe),
    ("hunyuan_v1_moe", moe_families::hunyuan_moe),
    ("ernie4_5_moe", moe_families::ernie_moe),
    ("bailing_moe", moe_families::bailing_moe),
    ("bailing_moe_v2", moe_families::bailing_moe),
    ("dots1", moe_families::dots1),
    ("step3p5", moe_families::step),
    ("step3p7", moe_families::step),
    ("deepseek_v2", latent::deepseek),
    ("deepseek_v3", latent::deepseek),
    ("deepseek_v32", latent::deepseek),
    ("kimi_k2", latent::deepseek),
    ("kimi_k25", latent::deepseek),
    ("glm4_moe_lite", latent::deepseek),
    ("glm_moe_dsa", latent::deepseek),
    ("deepseek_v4", compressed::deepseek_v4),
    ("qwen3_next", hybrid::qwen3_next),
    ("qwen3_5", hybrid::qwen3_next),
    ("qwen3_5_text", hybrid::qwen3_next),
    ("qwen3_5_moe", hybrid::qwen3_next),
    ("qwen3_5_moe_text", hybrid::qwen3_next),
    ("minimax", hybrid::minimax),
    ("minimax_m1", hybrid::minimax),
    ("minimax_text_01", hybrid::minimax),
    ("nemotron_h", hybrid::nemotron_h),
    ("mamba", mamba::mamba),
    ("falcon_mamba", mamba::mamba),
    ("mamba2", mamba::mamba2),
    ("jamba", mamba::jamba),
    ("granitemoehybrid", mamba::granite_hybrid),
];

/// The reader of a `model_type`.
pub(super) fn reader(model_type: &str) -> Option<Reader> {
    FAMILIES.iter().find(|(known, _)| *known == model_type).map(|(_, reader)| *reader)
}

/// Every `model_type` that is understood, as a list for messages.
pub(super) fn supported() -> String {
    FAMILIES.map(|(known, _)| known).join(", ")
}
