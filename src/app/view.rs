//! What the view remembers beside the scenarios: it is neither saved nor undone.

use headroom::scenario::{INPUTS, Input, Scenario};

use super::freeze::Freeze;
use super::input_list::PROMINENT;
use super::page::Tab;
use super::pins::Pins;

/// What is on the screen, and how.
pub struct View {
    pub tab: Tab,
    /// Whether the table shows every row.
    pub expanded: bool,
    /// Whether those without an offer are listed.
    pub without_offer: bool,
    /// Key of the step that is explained.
    pub why: &'static str,
    /// Whether the folded explanation is open.
    pub why_open: bool,
    /// Whether the folded inputs are open.
    pub inputs_open: bool,
    /// What the screen compares with.
    pub pins: Pins,
    pub stage: OnWall,
    /// The fleet that is frozen, to be broken; `None`: the screen follows the plan.
    pub freeze: Option<Freeze>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            tab: Tab::Overview,
            expanded: false,
            without_offer: false,
            why: "cost.usd_per_month",
            why_open: false,
            inputs_open: false,
            pins: Pins::default(),
            stage: OnWall::default(),
            freeze: None,
        }
    }
}

/// Sliders on the wall at most.
const SLIDERS: usize = 3;

/// What is on the wall.
#[derive(Default)]
pub struct OnWall {
    /// Zoom of the desk, to go back to; `None`: not presenting.
    desk: Option<f32>,
    /// Paths of the sliders that the presenter chose.
    sliders: Vec<&'static str>,
}

impl OnWall {
    /// Whether the wall is shown.
    pub fn on(&self) -> bool {
        self.desk.is_some()
    }

    /// Begins presenting, or ends it: then the zoom to go back to. The sliders are those of `scenario` that were changed
    /// `since`, until others are chosen.
    pub fn turn(&mut self, zoom: f32, since: &Scenario, scenario: &Scenario) -> Option<f32> {
        if let Some(desk) = self.desk.take() {
            return Some(desk);
        }
        self.desk = Some(zoom);
        if self.sliders.is_empty() {
            self.sliders = talked_about(since, scenario);
        }
        None
    }

    /// Paths of the sliders.
    pub fn sliders(&self) -> &[&'static str] {
        &self.sliders
    }

    /// Shows the slider of `path`, in place of the first where there are too many, or takes it off.
    pub fn choose(&mut self, path: &'static str, on: bool) {
        self.sliders.retain(|known| *known != path);
        if on {
            self.sliders.push(path);
        }
        if self.sliders.len() > SLIDERS {
            self.sliders.remove(0);
        }
    }
}

/// Inputs that were changed, then those that are asked about most.
fn talked_about(since: &Scenario, scenario: &Scenario) -> Vec<&'static str> {
    let shown = |input: &&Input| PROMINENT.contains(&input.path) && input.range().is_some();
    let changed = |input: &&Input| (input.get)(since) != (input.get)(scenario);
    let mut paths: Vec<&'static str> =
        INPUTS.iter().filter(shown).filter(changed).map(|input| input.path).collect();
    for path in ["workload.input_tokens", "workload.requests_per_s", "slo.tpot_s"] {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths.truncate(SLIDERS);
    paths
}
