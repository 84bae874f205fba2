//! What every card reads, and where it is drawn.

use std::rc::Rc;
use std::sync::Arc;

use headroom::catalog::{Catalog, Day};
use headroom::engine::Sizing;
use headroom::engine::analysis::causes::Causes;
use headroom::engine::simulator::Proof;
use headroom::scenario::Scenario;

use crate::app::accuracy::Accuracy;
use crate::app::freeze::Broken;
use crate::app::jobs::Runner;
use crate::app::palette::Palette;
use crate::app::pins::{Ghosts, Pin};

/// What every plot reads.
pub struct Scene<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Arc<Catalog>,
    /// For the age of prices.
    pub today: Day,
    pub palette: &'a Palette,
    /// What the screen compares with.
    pub pinned: Option<&'a Pin>,
    /// Accelerator picked in the table.
    pub selected: Option<&'a str>,
    /// The engine against measurements, worked out when it is first looked at.
    pub accuracy: &'a Accuracy,
    /// What each input contributed to the change since the pin, once it is known.
    pub causes: Option<&'a Causes>,
    /// What an hour of simulated requests found of the fleet, once it was asked for.
    pub proof: Option<&'a Proof>,
    /// What the frozen fleet does, and the load that it was sized for; `None`: none is frozen.
    pub broken: Option<(Rc<Broken>, f64)>,
    /// For what takes longer than a frame.
    pub jobs: &'a Runner,
}

impl<'a> Scene<'a> {
    /// The curves that were pinned, where they are others.
    pub(super) fn ghosts(&self) -> Option<&'a Ghosts> {
        self.pinned.filter(|pin| pin.scenario != *self.scenario).map(|pin| &pin.ghosts)
    }

    /// What was pinned of the accelerator `id`, where it is another.
    pub(super) fn was(&self, id: &str) -> Option<(&'a Sizing, &'a Scenario)> {
        let pin = self.pinned.filter(|pin| pin.scenario != *self.scenario)?;
        Some((pin.answer.plan.candidate(id)?.sizing()?, &pin.scenario))
    }
}

/// Where a card is drawn, which decides how high its plot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardPlace {
    /// Among the four of the overview, or beside the explanation.
    Overview,
    /// On a page of its kind.
    Page,
    /// Alone, for the back of the room.
    Wall {
        /// Height that there is for the card, points.
        room: u16,
    },
}
