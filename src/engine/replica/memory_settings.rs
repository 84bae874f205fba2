//! What a server is told when it starts: nothing where its defaults do, a larger share of memory or smaller steps where they leave
//! no room for the KV cache; and what a run that was measured had told it.

use crate::catalog::{Accelerator, Stack};
use crate::engine::figures::Number;

/// What a server is told when it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MemorySettings {
    /// Share of memory that the user asks for, 0–1; none: the stack's own.
    pub asked_fraction: Option<f64>,
    /// Takes the largest share that is advised instead of the default.
    pub fuller: bool,
    /// Takes the smallest steps that are advised instead of the default.
    pub smaller_steps: bool,
    /// Most tokens of one step of one data-parallel copy that the user asks for; none: the stack's own.
    pub asked_step_tokens: Option<f64>,
    /// Most steps for which the server is asked to hold prompts back: [`Batching::held`](super::batching::Batching::held).
    pub hold_steps: f64,
}

impl MemorySettings {
    /// With the user's share of memory, if there is one, and the stack's defaults.
    pub fn asked(fraction: Option<f64>) -> Self {
        Self { asked_fraction: fraction, ..Self::default() }
    }

    /// What to try where `self` does not start, in this order: smaller steps cost prompts a little, a fuller memory leaves less
    /// to go wrong.
    pub fn next(self, stack: &Stack) -> impl Iterator<Item = Self> {
        let free = self.asked_fraction.is_none();
        let steps = Self { smaller_steps: true, ..self };
        let fuller = Self { fuller: true, ..self };
        let both = Self { fuller: true, ..steps };
        let known = stack.tight.is_some();
        [(steps, true), (fuller, free), (both, free)]
            .into_iter()
            .filter_map(move |(settings, may)| (known && may).then_some(settings))
    }

    /// Share of memory that the server takes, 0–1.
    pub fn memory_fraction(self, stack: &Stack) -> Number<'_> {
        let figure = match &stack.tight {
            Some(tight) if self.fuller => &tight.memory_fraction,
            _ => &stack.memory_fraction,
        };
        Number::asked_or("platform.memory_utilization", self.asked_fraction, figure)
    }

    /// Most tokens of one step of one data-parallel copy.
    pub fn step_tokens<'a>(self, stack: &'a Stack, accelerator: &Accelerator) -> Number<'a> {
        if let Some(asked) = self.asked_step_tokens {
            return Number::exact(asked);
        }
        let default = stack.limits_on(accelerator).0;
        match &stack.tight {
            Some(tight) if self.smaller_steps && tight.step_tokens.value() < default.value() => {
                (&tight.step_tokens).into()
            }
            _ => default.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::engine::plan::planner::plan_on;
    use crate::engine::plan::result::Sizing;
    use crate::scenario::{Scenario, preset};

    /// DeepSeek-V3 in FP8 leaves eight RTX PRO 6000 no room with vLLM's defaults; told of memory, it does.
    #[test]
    fn what_does_not_start_with_its_defaults_is_told_what_to_start_with() {
        let catalog = Catalog::built_in().unwrap();
        let mut asked = preset::open("support-chat", &catalog).unwrap();
        for (path, value) in [
            ("workload.model", "deepseek-v3"),
            ("workload.input_tokens", "1000"),
            ("workload.output_tokens", "200"),
            ("workload.requests_per_s", "0.2"),
            ("slo.ttft_s", "20"),
            ("slo.tpot_s", "0.5"),
            ("money.term", "on_demand"),
        ] {
            asked.set(path, value, &catalog).unwrap();
        }
        let sized = |scenario: &Scenario| -> Sizing {
            let plan = plan_on(scenario, &catalog, |id| id == "rtx-pro-6000").unwrap();
            plan.best().expect("eight hold the model").1.clone()
        };
        let told = sized(&asked);
        assert!(told.launch.smaller_steps, "{:?}", told.launch);
        assert_eq!((told.launch.memory_fraction, told.launch.step_tokens), (0.92, 2048.0));
        assert!(told.memory.fits && told.layout.accelerators_per_replica() == 8);
        // A share that the user gives is left alone.
        asked.set("platform.memory_utilization", "0.9", &catalog).unwrap();
        let own = sized(&asked);
        assert_eq!((own.launch.fuller, own.launch.memory_fraction), (false, 0.9));
    }
}
