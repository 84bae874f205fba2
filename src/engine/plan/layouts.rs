//! The layouts of one accelerator: each is worked out once, and looked at in every role.

use super::search::{Candidacy, Hardware, Sizer, Wanted};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::formats;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::pools::Role;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::Unable;

/// A replica laid out in one way, in one format.
pub(in crate::engine) struct LaidOut {
    degrees: Degrees,
    room: Room,
    settings: MemorySettings,
    /// `None`: the weights and one sequence do not fit.
    replica: Option<Replica>,
}

impl Sizer<'_> {
    /// Every layout in every format that starts.
    ///
    /// Servers start with the defaults of the stack. A layout that fills a server and does not start so is told of memory,
    /// rather than taking a second server.
    pub(in crate::engine) fn layouts(&self, hardware: &Hardware<'_>) -> Vec<LaidOut> {
        let asked = &self.scenario.platform;
        let weights = formats::weights(asked.weights, self.model, hardware.accelerator, hardware.efficiency);
        let mut layouts = Vec::new();
        self.degrees_asked().visit(&self.profile, hardware.accelerator, |degrees| {
            for weights in weights.into_iter().flatten() {
                if !degrees.starts(&self.profile, weights, self.stack) {
                    continue;
                }
                let own =
                    || formats::default_kv_cache(&self.profile, weights, self.stack, hardware.accelerator);
                let kv_cache = asked.kv_cache.unwrap_or_else(own);
                let deployment = self.deployment(hardware, degrees, (weights, kv_cache), self.settings());
                let fills = f64::from(degrees.accelerators()) == hardware.server.accelerators.value();
                let (deployment, room) = self.told(deployment, fills);
                let replica = room.fits(self.demand.full_tokens).then(|| Replica::new(&deployment));
                layouts.push(LaidOut { degrees, room, settings: deployment.settings, replica });
            }
        });
        layouts
    }

    /// Calls `visit` with every layout in `role`, and what it can hold or why it cannot. `wanted` answers with what a layout is of
    /// interest; nothing where it is of none.
    pub(super) fn visit_options(
        &self,
        hardware: &Hardware<'_>,
        layouts: &[LaidOut],
        role: Role,
        mut wanted: impl FnMut(Degrees) -> Option<Wanted>,
        mut visit: impl FnMut(Degrees, &Room, Result<Candidacy, Unable>),
    ) {
        for LaidOut { degrees, room, settings, replica } in layouts {
            let Some(wanted) = wanted(*degrees) else { continue };
            let option = replica.as_ref().map_or(Err(Unable::Memory), |replica| {
                self.option(hardware, role, replica, room, *settings, wanted)
            });
            visit(*degrees, room, option);
        }
    }
}
