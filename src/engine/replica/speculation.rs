//! Speculative decoding: tokens are drafted cheaply and checked in one step.

/// What is drafted ahead of each step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speculation {
    /// Tokens drafted for each sequence; 0: none.
    pub draft_tokens: f64,
    /// Probability that a drafted token is accepted, 0–1, independently of the others.
    pub acceptance: f64,
}

impl Speculation {
    /// Plain decoding.
    pub const NONE: Self = Self { draft_tokens: 0.0, acceptance: 0.0 };

    /// Tokens that a step yields on average: `(1 − α^(k+1)) ÷ (1 − α)`, those accepted and the one that the step
    /// makes itself (Leviathan, Kalman and Matias 2023, "Fast inference from transformers via speculative
    /// decoding", equation 1).
    pub fn tokens_per_step(&self) -> f64 {
        if self.draft_tokens <= 0.0 {
            1.0
        } else if self.acceptance >= 1.0 {
            self.draft_tokens + 1.0
        } else {
            (1.0 - self.acceptance.powf(self.draft_tokens + 1.0)) / (1.0 - self.acceptance)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Speculation;

    /// Leviathan et al. 2023, figure 2: α = 0.8 and γ = 4 give 3.36 tokens; a chance of nothing gives one.
    #[test]
    fn tokens_of_a_step() {
        let tokens = |draft_tokens, acceptance| Speculation { draft_tokens, acceptance }.tokens_per_step();
        assert!((tokens(4.0, 0.8) - 3.3616).abs() < 1e-9);
        assert_eq!((tokens(3.0, 0.0), tokens(0.0, 0.9), tokens(2.0, 1.0)), (1.0, 1.0, 3.0));
    }
}
