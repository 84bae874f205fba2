//! Which accelerator has which colour, for as long as it is among the leading six.

use eframe::egui::Color32;
use headroom::engine::Plan;

use super::tokens::Tokens;

/// Colours in use. An accelerator keeps its colour while it stays among the leading ones, wherever it moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    slots: [Option<String>; Self::COLOURS],
}

impl Palette {
    /// How many accelerators have a colour of their own.
    pub const COLOURS: usize = 6;

    /// Frees the colours of those that fell behind and gives them to those that moved up; `picked` has one wherever it is.
    pub fn follow(&mut self, plan: &Plan, picked: Option<&str>) {
        let mut leading: Vec<&str> = plan
            .candidates
            .iter()
            .filter(|c| c.feasible())
            .take(Self::COLOURS)
            .map(|c| c.accelerator.as_str())
            .collect();
        if let Some(picked) = picked.filter(|id| !leading.contains(id)) {
            leading.pop();
            leading.push(picked);
        }
        for slot in &mut self.slots {
            if slot.as_deref().is_some_and(|id| !leading.contains(&id)) {
                *slot = None;
            }
        }
        for id in leading {
            if self.slots.iter().any(|slot| slot.as_deref() == Some(id)) {
                continue;
            }
            if let Some(free) = self.slots.iter_mut().find(|slot| slot.is_none()) {
                *free = Some(id.to_owned());
            }
        }
    }

    /// The colour of `accelerator`; grey for those behind the leading six.
    pub fn color(&self, accelerator: &str, t: &Tokens) -> Color32 {
        self.own_color(accelerator, t).unwrap_or(t.low)
    }

    /// The colour of `accelerator`, if it has one of its own.
    pub fn own_color(&self, accelerator: &str, t: &Tokens) -> Option<Color32> {
        let slot = self.slots.iter().position(|slot| slot.as_deref() == Some(accelerator));
        slot.map(|i| t.series[i])
    }
}

#[cfg(test)]
mod tests {
    use headroom::catalog::{Catalog, Term, Vendor};
    use headroom::engine::{Candidate, Outcome, Rejection};

    use super::*;
    use crate::app::tokens::DARK;

    #[test]
    fn rejected_accelerators_are_grey() {
        let rejected = Candidate {
            accelerator: "l4".to_owned(),
            name: "L4".to_owned(),
            vendor: Vendor::Nvidia,
            rank: 1,
            tie: false,
            outcome: Outcome::Rejected(Rejection::Price {
                term: Term::Spot,
                asked: String::new(),
                replica: 0,
                terms: Vec::new(),
                elsewhere: Vec::new(),
            }),
        };
        let mut palette = Palette::default();
        palette.follow(
            &Plan {
                candidates: vec![rejected],
                term: Term::Spot,
                stack: String::new(),
                memory_options: Catalog::built_in().unwrap().stacks.remove(0).options,
            },
            None,
        );
        assert_eq!(palette.color("l4", &DARK), DARK.low);
    }
}
