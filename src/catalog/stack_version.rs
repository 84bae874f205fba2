//! A serving stack at one of its versions.

use super::figure::Sourced;
use super::release::{AT, Release, numbers};
use super::stack::Stack;

impl Stack {
    /// The release that `version` is of; `None` where that is not a version, or is older than the first that is known.
    pub fn release_of(&self, version: &str) -> Option<&Release> {
        let wanted = numbers(version)?;
        self.releases.iter().rfind(|r| numbers(&r.from).is_some_and(|n| n <= wanted))
    }

    /// The stack with the defaults of `version`; `None` where that is not a version, or is older than the first that is known.
    pub(super) fn at(&self, version: &str) -> Option<Self> {
        let release = self.release_of(version)?;
        let mut stack = self.clone();
        stack.name = format!("{} {}", self.name, release.label);
        version.trim().clone_into(&mut stack.version);
        if let Some(fraction) = &release.memory_fraction {
            stack.memory_fraction = fraction.clone();
        }
        if let Some(reserve) = &release.reserve_bytes {
            stack.reserve_bytes = reserve.clone();
        }
        if let Some(copies) = &release.logit_copies {
            stack.logit_copies = copies.clone();
            stack.dense_logit_copies = None;
        }
        if let Some(bytes) = &release.collectives_bytes {
            stack.collectives_bytes = Some(bytes.clone());
        }
        if let Some(rules) = &release.starts {
            stack.starts = rules.clone();
        }
        stack.experts.splice(0..0, release.experts.iter().cloned());
        stack.drift.clone_from(&release.drift);
        stack.frees_windows = release.frees_windows.unwrap_or(stack.frees_windows);
        stack.limits.splice(0..0, release.limits.iter().cloned());
        let wanted = numbers(version)?;
        if let Some(earlier) =
            self.earlier.as_ref().filter(|e| numbers(&e.before).is_some_and(|n| wanted < n))
        {
            let slower =
                |figure: &mut Sourced, factor: f64| *figure = figure.with_value(figure.value() * factor);
            let host = earlier.earlier_host_factor.value();
            slower(&mut stack.step_overhead_s, host);
            slower(&mut stack.sequence_overhead_s, host);
            slower(&mut stack.request_overhead_s, host);
            slower(&mut stack.prompt_step_s, host);
            slower(&mut stack.eager_layer_s, host);
            slower(&mut stack.eager_latent_s, host);
            slower(&mut stack.eager_moe_s, host);
            slower(&mut stack.kv_factor, earlier.earlier_kv_factor.value());
        }
        Some(stack)
    }

    /// The stack as it was in a run of `version`, with or without its name before it ("vLLM 0.10.0"). One that is older than the
    /// first that is known is taken for that one; `None` where there is no number in it, or no version is known.
    pub(super) fn of_run(&self, version: &str) -> Option<Self> {
        let plain = version.trim_start_matches(|c: char| !c.is_ascii_digit());
        self.at(plain).or_else(|| numbers(plain).and_then(|_| self.at(&self.releases.first()?.from)))
    }

    /// The version that ran on `day` (ISO 8601, or its beginning) at the latest, where no version is named: the last one that was
    /// out, or the first that is known. `None`: no day, or the newest may have run.
    pub(super) fn version_on(&self, day: &str) -> Option<&str> {
        let first = self.releases.first().filter(|first| first.released.is_some() && !day.is_empty())?;
        let by_then = |released: &str| released <= day || released.starts_with(day);
        let out = |release: &&Release| release.released.as_deref().is_some_and(by_then);
        let latest = self.releases.iter().rfind(out).unwrap_or(first);
        // Of the last one it is not known whether it ran: newer ones have no date.
        let is_last =
            self.releases.iter().rfind(|r| r.released.is_some()).is_some_and(|r| r.from == latest.from);
        (!is_last).then_some(latest.from.as_str())
    }

    /// Names of its versions that differ in their defaults, each with its label.
    pub fn versions(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.releases.iter().map(|release| {
            (format!("{}{AT}{}", self.id, release.from), format!("{} {}", self.name, release.label))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn versions_have_the_defaults_of_their_time() {
        let catalog = Catalog::built_in().unwrap();
        let fraction = |name: &str| catalog.stack_named(name).map(|stack| stack.memory_fraction.value());
        let before = fraction("vllm@0.20.1");
        assert_eq!(before, fraction("vllm@0.8"));
        assert_eq!(before, Some(0.9));
        assert_eq!(fraction("vllm@v0.21.0"), fraction("vllm"));
        let b200 = catalog.accelerator("b200").unwrap();
        let step = |name: &str| catalog.stack_named(name).unwrap().limits_on(b200).0.value();
        assert_eq!((step("vllm@0.27"), step("vllm@0.28.0rc1")), (8192.0, 16384.0));
        for unknown in ["vllm@0.7", "vllm@new", "vllm@", "sglang@0.3", "tensorrt-llm@1.0", "tgi@1.0"] {
            assert_eq!(catalog.stack_named(unknown), None, "{unknown}");
        }
        // Runs name a version in their own way, or a day, or part of one.
        let then = |version: &str, day: &str| catalog.stack_then("vllm", version, day).unwrap().name.clone();
        let first = then("0.8.0", "");
        for (version, day) in
            [("", "2024"), ("", "2024-10"), ("vLLM 0.4.3+rocm614", ""), ("vLLM 0.8.2", "2026-09")]
        {
            assert_eq!(then(version, day), first, "{version} {day}");
        }
        assert_eq!(then("", "2025"), then("0.11", ""));
        assert_eq!(then("", ""), catalog.stack("vllm").unwrap().name);
        for stack in &catalog.stacks {
            for (name, text) in stack.versions() {
                assert_eq!(catalog.stack_named(&name).unwrap().name, text);
            }
        }
    }
}
