//! Versions of a serving stack, where its defaults changed: `vllm@0.19` is vLLM as of 0.19.

use serde::{Deserialize, Serialize};

use super::figure::Figure;
use super::stack::{Limits, Stack};

/// What is between a stack's id and a version of it.
pub(super) const AT: char = '@';

/// Defaults of a stack from one version on, until the next release that is listed. What is left out is as the stack has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// First version with these defaults, such as `0.21`.
    pub from: String,
    /// The span of versions, in words.
    pub label: String,
    /// Share of memory that the stack takes.
    #[serde(default)]
    pub memory_fraction: Option<Figure>,
    /// Memory of the runtime, bytes.
    #[serde(default)]
    pub reserve_bytes: Option<Figure>,
    /// Go before the stack's own.
    #[serde(default)]
    pub limits: Vec<Limits>,
}

/// The id of the stack that `name` means, without its version.
pub fn stack_id(name: &str) -> &str {
    name.split_once(AT).map_or(name, |(id, _)| id)
}

/// The leading numbers of a version: `1.2.0rc6.post3` is 1, 2, 0.
pub(super) fn numbers(version: &str) -> Option<Vec<u32>> {
    let plain = version.trim().trim_start_matches('v');
    let end = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
    let numbers: Option<Vec<u32>> =
        plain[..end].trim_end_matches('.').split('.').map(|n| n.parse().ok()).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

impl Stack {
    /// The stack with the defaults of `version`; `None` where that is no version, or one before the first that is known.
    pub(super) fn at(&self, version: &str) -> Option<Self> {
        let wanted = numbers(version)?;
        let release = self.releases.iter().rfind(|r| numbers(&r.from).is_some_and(|n| n <= wanted))?;
        let mut stack = self.clone();
        stack.name = format!("{} {}", self.name, release.label);
        version.trim().clone_into(&mut stack.version);
        if let Some(fraction) = &release.memory_fraction {
            stack.memory_fraction = fraction.clone();
        }
        if let Some(reserve) = &release.reserve_bytes {
            stack.reserve_bytes = reserve.clone();
        }
        stack.limits.splice(0..0, release.limits.iter().cloned());
        Some(stack)
    }

    /// Names of its versions that are told apart, each with its words.
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
        for unknown in ["vllm@0.7", "vllm@new", "vllm@", "sglang@0.5", "tgi@1.0"] {
            assert_eq!(catalog.stack_named(unknown), None, "{unknown}");
        }
        for stack in &catalog.stacks {
            for (name, words) in stack.versions() {
                assert_eq!(catalog.stack_named(&name).unwrap().name, words);
            }
        }
    }
}
