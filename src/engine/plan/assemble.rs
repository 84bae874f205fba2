//! Everything about the chosen fleet of one accelerator.

use super::bands::bands;
use super::crew::Crew;
use super::joint::{self, Joint};
use super::pools::PooledChoice;
use super::search::{Candidacy, Hardware, Sizer};
use crate::catalog::Term;
use crate::engine::figures::{Layout, Number, Recorder, Trust, serving, together};
use crate::engine::fleet::cost::{Cost, Work};
use crate::engine::fleet::housing::Home;
use crate::engine::fleet::order::{Order, Stand};
use crate::engine::fleet::replicas::usable;
use crate::engine::plan::result::Rejection;
use crate::engine::plan::result::Sizing;

impl<'a> Sizer<'a> {
    /// The sizing of `choice`.
    ///
    /// # Errors
    /// The chosen way of paying is not offered, or the fleet takes more power than there is.
    pub(super) fn assemble(
        &self,
        hardware: &Hardware<'a>,
        choice: &Candidacy,
        recorder: &mut impl Recorder,
    ) -> Result<Sizing, Rejection> {
        let crew = self.crew(hardware, choice, None, recorder)?;
        let whole = Joint::of(&crew);
        self.furnished(hardware, &[crew], &whole, None, recorder)
    }

    /// The sizing of `pools`, where `mixed_usd` is paid an hour for the cheapest fleet of replicas that do both (`None`: there is
    /// none). `None`: they cannot be after all, or do not hold the time to first token by the way between them.
    pub(super) fn assemble_pools(
        &self,
        hardware: &Hardware<'a>,
        pools: &PooledChoice<'a>,
        mixed_usd: Option<f64>,
        recorder: &mut impl Recorder,
    ) -> Option<Sizing> {
        let home = Some(pools.home);
        let prefill = self.crew(hardware, &pools.prefill, home, recorder).ok()?;
        let decode = self.crew(hardware, &pools.decode, home, recorder).ok()?;
        let joint = self.joint(hardware, [&prefill, &decode], recorder);
        if joint.operating.point.ttft_s.at_slo > self.scenario.slo.ttft_s {
            return None;
        }
        let mut sizing = self.furnished(hardware, &[prefill, decode], &joint, home, recorder).ok()?;
        if let (Some(pools), Some(mixed)) = (&mut sizing.pools, mixed_usd) {
            let usd = Number::made("cost", "usd_per_hour", sizing.estate.cost.chosen.usd_per_hour);
            let mixed = Number::model(mixed, Trust::Calibrated);
            pools.together.saving = Some(together::saving(recorder, usd, mixed).value);
        }
        Some(sizing)
    }

    /// What stands around `crews`, which are `whole` together.
    fn furnished(
        &self,
        hardware: &Hardware<'a>,
        crews: &[Crew<'_, 'a>],
        whole: &Joint<'a>,
        home: Option<Home<'a>>,
        recorder: &mut impl Recorder,
    ) -> Result<Sizing, Rejection> {
        let (scenario, demand) = (self.scenario, &self.demand);
        let operating = &whole.operating;
        // Answers are written in the last of them.
        let [.., writer] = crews else { return Err(self.no_price(hardware, 0)) };
        let average = Number::input("workload.average_to_peak", scenario.workload.mean_to_peak());
        let order = Order {
            scenario,
            catalog: self.catalog,
            region: self.region,
            site: self.site,
            accelerator: hardware.accelerator,
            housing: self.housing(hardware),
            tariff: hardware.tariff,
            assumptions: hardware.facility,
            hours: self.hours,
            lots: crews.iter().map(|crew| crew.lot).collect(),
            accelerators: whole.accelerators,
            output_tokens_per_s: operating.output_tokens_per_s,
            work: Work {
                average_load: serving::average_load(recorder, operating.load, average),
                input_tokens: Number::input("workload.input_tokens", demand.input_tokens),
                output_tokens: Number::input("workload.output_tokens", demand.output_tokens),
            },
            prompt_kv_bytes: Number::derived(self.prompt_kv_bytes(&writer.room)),
            weights_bytes: Number::derived(writer.memory.weights_bytes * writer.each.value),
            gradient_bytes: Number::derived(2.0 * self.profile.parameters),
        };
        let furnished = order
            .furnish(recorder)
            .ok_or_else(|| self.no_price(hardware, writer.replica.degrees.accelerators()))?;
        let facility_w = furnished.facility_w.value;
        if let Some(cap_w) = scenario.facility.power_cap_w.filter(|cap| facility_w > *cap) {
            return Err(self.over_the_cap(writer, facility_w, cap_w));
        }
        let balance = self.balance(operating, crews, &furnished, recorder);
        let paid = (furnished.usd_per_hour, furnished.billed);
        let availability = joint::availability_of(scenario, crews, paid, recorder);
        let bands = bands(self, crews, whole.accelerators, &furnished, recorder);
        let typical = crews.iter().map(|crew| self.typical_accelerators(hardware, crew, home, recorder));
        let typical: Vec<Number<'a>> = typical.collect();
        let layouts = crews.iter().zip(&furnished.stands).zip(&typical);
        let layouts = layouts.map(|((crew, stand), typical)| layout(crew, stand, typical.value));
        let layouts: Vec<Layout> = layouts.collect();
        let pools = joint::pools(crews, &layouts, &typical, whole, &furnished, recorder);
        let [.., layout] = layouts[..] else { return Err(self.no_price(hardware, 0)) };
        let price_spread = price_spread(&furnished.estate.cost, scenario.money.term);
        let spread = crews.iter().map(|crew| crew.capacities.spread()).fold(0.0, f64::max);
        Ok(Sizing {
            layout,
            launch: writer.launch,
            operating_point: operating.point,
            memory: writer.memory,
            balance,
            sharing: whole.sharing,
            spread: spread.hypot(price_spread),
            price_spread,
            availability,
            estate: furnished.estate,
            bands,
            limit: whole.limit,
            pools,
        })
    }

    /// What `cap_w` carries of a fleet that takes `needed_w`: whole replicas, spares first, each of which draws alike.
    fn over_the_cap(&self, crew: &Crew<'_, '_>, needed_w: f64, cap_w: f64) -> Rejection {
        let fleet = crew.fleet();
        let (replicas, spares) = (fleet.replicas.value, fleet.spare_replicas.value);
        let powered = ((replicas + spares) * cap_w / needed_w).floor();
        let asked = self.scenario.workload.requests_per_s;
        let usable = usable(crew.capacities.confident.value, self.scenario.fleet.headroom);
        let carried = ((powered - spares).max(0.0) * usable).min(asked);
        Rejection::PowerCap { needed_w, cap_w, carried, asked }
    }
}

/// How replicas that are alike are laid out, where they stand, and what they would take at typical times.
fn layout(crew: &Crew<'_, '_>, stand: &Stand<'_>, typical_accelerators: f64) -> Layout {
    let (degrees, fleet) = (crew.replica.degrees, crew.fleet());
    Layout {
        tp: degrees.tp,
        pp: degrees.pp,
        ep: degrees.ep,
        attention_dp: degrees.attention_dp,
        replicas: fleet.replicas.value as u32,
        spare_replicas: fleet.spare_replicas.value as u32,
        accelerators: fleet.accelerators.value as u32,
        typical_accelerators: typical_accelerators as u32,
        billed_accelerators: stand.billed.value as u32,
        servers: stand.servers.value as u32,
        racks: stand.racks.value as u32,
        weights: crew.replica.weights,
        kv_cache: crew.replica.kv_cache,
        rack_scale: stand.rack_scale,
    }
}

/// Standard deviation of the logarithm of the price on `term`: that of the offers; of servers the middle
/// of what their low and high prices in `assets/servers.ron` give, taken as the ends of bands of nine in ten.
fn price_spread(cost: &Cost, term: Term) -> f64 {
    const SERVERS: f64 = 0.1;
    cost.rate(term).map_or(SERVERS, |rate| rate.spread)
}

/// The tighter of two pools.
pub(super) fn tighter<'p, 'c, 'a>(prefill: &'p Crew<'c, 'a>, decode: &'p Crew<'c, 'a>) -> &'p Crew<'c, 'a> {
    let fuller = prefill.operating.point.utilization > decode.operating.point.utilization;
    if fuller { prefill } else { decode }
}
