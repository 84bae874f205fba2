//! What a result file says of the deployment: taken where the user says nothing, compared where they do.

use super::fields::ResultFields;

/// One thing that a file says of the deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where the file says it, such as `hw`.
    pub field: String,
    /// In the file's words, which are not yet names of the catalog.
    pub text: String,
}

/// What a file says of what ran; mostly nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The model as the server has it.
    pub model: Option<Claim>,
    /// The accelerator.
    pub accelerator: Option<Claim>,
    /// The serving stack.
    pub stack: Option<Claim>,
    /// Its version.
    pub stack_version: Option<Claim>,
    /// Number format of the weights; `fp4` is whichever of them the model has there.
    pub weights: Option<Claim>,
    /// Number format of the KV cache.
    pub kv_cache: Option<Claim>,
    /// Tensor-parallel degree.
    pub tp: Option<Claim>,
    /// Pipeline stages.
    pub pp: Option<Claim>,
    /// Expert-parallel degree.
    pub ep: Option<Claim>,
    /// Copies of attention that share the experts.
    pub attention_dp: Option<Claim>,
}

impl Claims {
    /// Each with the name of its column, in the order of the columns of a question.
    pub fn columns(&self) -> [(&'static str, Option<&Claim>); 9] {
        [
            ("model", self.model.as_ref()),
            ("accelerator", self.accelerator.as_ref()),
            ("stack", self.stack.as_ref()),
            ("weights", self.weights.as_ref()),
            ("kv_cache", self.kv_cache.as_ref()),
            ("tp", self.tp.as_ref()),
            ("pp", self.pp.as_ref()),
            ("ep", self.ep.as_ref()),
            ("attention_dp", self.attention_dp.as_ref()),
        ]
    }
}

/// The first of several places that says something: words, or a number. What frameworks write for their own choice is
/// nothing.
pub fn claim(fields: &ResultFields<'_>, paths: &[&str]) -> Option<Claim> {
    paths.iter().find_map(|path| {
        let value = fields.get(path)?;
        let text = match value.as_str() {
            Some(text) => text.trim().to_owned(),
            None => value.as_f64()?.to_string(),
        };
        let is_none = matches!(text.to_lowercase().as_str(), "" | "auto" | "none" | "default");
        (!is_none).then(|| Claim { field: fields.path(path), text })
    })
}

/// Whether the first of several places says yes: as a truth value, a number or a word.
pub fn says_yes(fields: &ResultFields<'_>, paths: &[&str]) -> bool {
    fields.first(paths).is_some_and(|(_, value)| match value {
        serde_json::Value::Bool(yes) => *yes,
        serde_json::Value::Number(number) => number.as_f64().is_some_and(|n| n > 0.0),
        serde_json::Value::String(text) => {
            !matches!(text.trim().to_lowercase().as_str(), "" | "false" | "no" | "none" | "off" | "0")
        }
        _ => false,
    })
}
