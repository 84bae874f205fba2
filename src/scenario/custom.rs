//! A dense model that is named by its size alone.

use super::inputs::{Range, Scale};
use crate::units::{self, Separators, Unit};

/// The size of such a model, and of its slider.
pub const MODEL_SIZE: Range = Range {
    min: 1e8,
    max: 1e13,
    slider: (5e8, 2e12),
    scale: Scale::Log,
    whole: false,
    unit: Unit::Parameters,
};

/// The parameter count, when a model is named by its size alone (`34B`, `7e10`).
pub fn custom_parameters(model: &str) -> Option<f64> {
    let count = units::parse_plain(model, Unit::Parameters)?;
    (MODEL_SIZE.min..=MODEL_SIZE.max).contains(&count).then_some(count)
}

/// The name of a dense model of about `parameters`, as files have it.
pub fn custom_model(parameters: f64) -> String {
    Separators::Comma.quantity(parameters, Unit::Parameters)
}

/// The name of that model for people: "Dense 34B".
pub(crate) fn custom_model_name(parameters: f64) -> String {
    format!("Dense {}", custom_model(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_size_is_read_back() {
        for parameters in [1e8, 1.24e9, 70.6e9, 405e9, 1.2e12, 1e13] {
            let name = custom_model(parameters);
            assert_eq!(custom_parameters(&name), Some(parameters), "{name}");
        }
        assert_eq!(custom_parameters("llama-3.1-70b"), None);
    }
}
