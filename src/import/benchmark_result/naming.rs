//! The words of a result file in names of the catalog, and whether they say what a user says.

use super::claims::{Claim, Claims};
use super::setting::Setting;
use crate::catalog::{Catalog, NumberFormat, Vendor, stack_id};

impl Claim {
    /// What it says of `column`, in a name that the catalog knows, or as it is where the catalog knows none. `None`: it
    /// names no number format, as files do where one would stand. `model` and `accelerator` are what ran.
    pub fn name(&self, column: &str, model: &str, accelerator: &str, catalog: &Catalog) -> Option<String> {
        match column {
            "model" => {
                let end = path_end(&self.text);
                let known = catalog.model_meant(end).is_some();
                Some(if known { end.to_owned() } else { self.text.clone() })
            }
            "weights" | "kv_cache" => {
                self.format(column, model, accelerator, catalog).map(|format| format.id().to_owned())
            }
            _ => Some(self.text.clone()),
        }
    }

    /// Whether it says of `column` what the user says with `given`, or what cannot be compared: servers give models names
    /// of their own.
    pub fn agrees(
        &self,
        column: &str,
        given: &str,
        model: &str,
        accelerator: &str,
        catalog: &Catalog,
    ) -> bool {
        match column {
            "model" => catalog
                .model_meant(path_end(&self.text))
                .is_none_or(|own| catalog.model_meant(given).is_none_or(|given| given.id == own.id)),
            "accelerator" => catalog
                .accelerator_meant(&self.text)
                .is_none_or(|own| catalog.accelerator_meant(given) == Some(own)),
            "stack" => {
                let id = |name: &str| catalog.stack_meant(name).map(|meant| stack_id(&meant).to_owned());
                id(&self.text).is_none_or(|own| id(given) == Some(own))
            }
            "weights" | "kv_cache" => {
                let given = given.parse::<NumberFormat>().ok();
                let own = self.format(column, model, accelerator, catalog);
                let bare = self.text.eq_ignore_ascii_case("fp4") && given.is_some_and(is_fp4);
                bare || own.is_none() || given.is_none() || own == given
            }
            _ => self.text.parse::<f64>().ok().is_none_or(|own| given.parse() == Ok(own)),
        }
    }

    /// The format that is meant: `fp4` is the one of the checkpoint, else that of the accelerator's maker.
    fn format(
        &self,
        column: &str,
        model: &str,
        accelerator: &str,
        catalog: &Catalog,
    ) -> Option<NumberFormat> {
        if let Ok(format) = self.text.parse() {
            return Some(format);
        }
        if column != "weights" || !self.text.to_lowercase().contains("fp4") {
            return None;
        }
        let model = catalog.model_meant(model).and_then(|meant| catalog.model(&meant.id));
        let own = model.map(|model| model.checkpoint).filter(|own| is_fp4(*own));
        let accelerator = catalog.accelerator_meant(accelerator).and_then(|id| catalog.accelerator(id));
        own.or_else(|| match accelerator?.vendor {
            Vendor::Nvidia => Some(NumberFormat::Nvfp4),
            _ => Some(NumberFormat::Mxfp4),
        })
    }
}

impl Setting {
    /// The same with what a file says of itself, as far as the catalog knows it.
    #[must_use]
    pub fn as_claimed(mut self, claims: &Claims, catalog: &Catalog) -> Self {
        if let Some(claim) = &claims.model
            && let Some(meant) = catalog.model_meant(path_end(&claim.text))
        {
            self.model = meant.id;
            self.weights = meant.weights.unwrap_or(self.weights);
        }
        let accelerator = claims.accelerator.as_ref().and_then(|c| catalog.accelerator_meant(&c.text));
        self.accelerator = accelerator.map_or(self.accelerator, str::to_owned);
        let stack = claims.stack.as_ref().and_then(|claim| catalog.stack_meant(&claim.text));
        self.stack = stack.map_or(self.stack, |meant| stack_id(&meant).to_owned());
        if let Some(version) = &claims.stack_version {
            self.stack_version.clone_from(&version.text);
        }
        let format = |column: &str, claim: &Option<Claim>| {
            claim.as_ref()?.format(column, &self.model, &self.accelerator, catalog)
        };
        let (weights, kv_cache) = (format("weights", &claims.weights), format("kv_cache", &claims.kv_cache));
        self.weights = weights.unwrap_or(self.weights);
        self.kv_cache = kv_cache.or(self.kv_cache);
        for (degree, claim) in [
            (&mut self.tp, &claims.tp),
            (&mut self.pp, &claims.pp),
            (&mut self.ep, &claims.ep),
            (&mut self.attention_dp, &claims.attention_dp),
        ] {
            *degree = claim.as_ref().and_then(|claim| claim.text.parse().ok()).unwrap_or(*degree);
        }
        self
    }
}

fn is_fp4(format: NumberFormat) -> bool {
    matches!(format, NumberFormat::Nvfp4 | NumberFormat::Mxfp4)
}

/// The last part of a path: models are served from folders that are not here.
fn path_end(name: &str) -> &str {
    name.trim_end_matches('/').rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(text: &str) -> Option<Claim> {
        Some(Claim { field: "x".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn the_words_of_a_file_are_names_of_the_catalog() {
        let catalog = Catalog::built_in().unwrap();
        let setting = Setting {
            model: "llama-3.1-8b".to_owned(),
            accelerator: "b200".to_owned(),
            stack: "sglang".to_owned(),
            weights: NumberFormat::Fp8,
            kv_cache: None,
            tp: 1,
            pp: 2,
            ep: 1,
            attention_dp: 1,
            stack_version: String::new(),
            length_spread: None,
        };
        let nothing =
            setting.clone().as_claimed(&Claims { model: claim("m"), ..Claims::default() }, &catalog);
        assert_eq!(nothing, setting, "the name of a server is no name of the catalog");
        let claims = Claims {
            model: claim("/models/gpt-oss-120b"),
            accelerator: claim("h200"),
            stack: claim("trtllm"),
            stack_version: claim("1.0"),
            weights: claim("fp4"),
            kv_cache: claim("fp8_e4m3"),
            tp: claim("4"),
            ..Claims::default()
        };
        let want = Setting {
            model: "gpt-oss-120b".to_owned(),
            accelerator: "h200-sxm".to_owned(),
            stack: "tensorrt-llm".to_owned(),
            weights: NumberFormat::Mxfp4,
            kv_cache: Some(NumberFormat::Fp8),
            tp: 4,
            stack_version: "1.0".to_owned(),
            ..setting
        };
        assert_eq!(want.clone().as_claimed(&claims, &catalog), want);
        assert_eq!(setting_of(&catalog, &claims), want);
        let fp4 = claim("fp4").unwrap();
        let meant = |model, accelerator| fp4.name("weights", model, accelerator, &catalog);
        assert_eq!(meant("deepseek-r1", "b200").as_deref(), Some("nvfp4"));
        assert_eq!(meant("deepseek-r1", "mi355x").as_deref(), Some("mxfp4"));
        assert!(fp4.agrees("weights", "nvfp4", "gpt-oss-120b", "b200", &catalog));
        assert!(!fp4.agrees("weights", "bf16", "gpt-oss-120b", "b200", &catalog));
        let named = |text: &str| claim(text).unwrap().agrees("model", "qwen3-32b", "", "", &catalog);
        assert_eq!(["Qwen/Qwen3-32B", "my-server", "Qwen/Qwen3-8B"].map(named), [true, true, false]);
    }

    /// What `claims` make of a setting of another deployment.
    fn setting_of(catalog: &Catalog, claims: &Claims) -> Setting {
        let other = Setting {
            model: "qwen3-32b".to_owned(),
            accelerator: "mi300x".to_owned(),
            stack: "vllm".to_owned(),
            weights: NumberFormat::Bf16,
            kv_cache: None,
            tp: 8,
            pp: 2,
            ep: 1,
            attention_dp: 1,
            stack_version: String::new(),
            length_spread: None,
        };
        other.as_claimed(claims, catalog)
    }
}
