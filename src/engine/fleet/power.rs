//! Power of the fleet, and what a year of it takes: energy, carbon, water.

use crate::catalog::{Accelerator, FacilityAssumptions, Region, Server};
use crate::engine::figures::{Number, Power, Recorder, Trust, power, same};
use crate::scenario::Scenario;

/// What electricity costs in money, carbon and water where the fleet is: the user's figures, or the region's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site<'a> {
    /// Price of electricity, US dollars per kWh.
    pub usd_per_kwh: Number<'a>,
    /// Carbon of electricity, grams of CO₂ equivalent a kWh.
    pub carbon_g_per_kwh: Number<'a>,
    /// Water of the site, litres for a kWh of IT.
    pub water_l_per_kwh: Number<'a>,
}

impl<'a> Site<'a> {
    /// The site of `scenario`.
    pub fn of(scenario: &Scenario, region: &'a Region) -> Self {
        let f = &scenario.facility;
        Self {
            usd_per_kwh: Number::asked_or(
                "facility.electricity_usd_per_kwh",
                f.electricity_usd_per_kwh,
                &region.electricity_usd_per_kwh,
            ),
            carbon_g_per_kwh: Number::asked_or(
                "facility.carbon_g_per_kwh",
                f.carbon_g_per_kwh,
                &region.carbon_g_per_kwh,
            ),
            water_l_per_kwh: Number::asked_or(
                "facility.water_l_per_kwh",
                f.water_l_per_kwh,
                &region.water_l_per_kwh,
            ),
        }
    }
}

/// What one accelerator does at one load.
#[derive(Clone, Copy, Debug)]
pub struct Duty<'a> {
    /// Load of its replica, requests per second.
    pub load_each: Number<'a>,
    pub prompt_adds_s: Number<'a>,
    /// Sequences in flight in its replica, mean.
    pub concurrency: Number<'a>,
    /// What it does while sequences decode.
    pub decode: Busy<'a>,
    /// What it does while a prompt is read.
    pub prefill: Busy<'a>,
}

/// What one accelerator does in a step, over its peaks.
#[derive(Clone, Copy, Debug)]
pub struct Busy<'a> {
    /// Weights and activations read, over the memory's bandwidth.
    pub weights: Number<'a>,
    /// KV cache read, over the same.
    pub kv: Number<'a>,
    /// Arithmetic over its dense peak.
    pub arithmetic: Number<'a>,
}

/// One accelerator of a replica with this duty, watts.
pub fn loaded_w<'a>(
    accelerator: &'a Accelerator,
    facility: &'a FacilityAssumptions,
    duty: &Duty<'a>,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    let f = facility;
    let prefill = power::prefill_share(recorder, duty.load_each, duty.prompt_adds_s);
    let decode = power::decode_share(recorder, prefill, duty.concurrency);
    let (limit, resident) = ((&accelerator.tdp_w).into(), (&f.power_resident).into());
    let decode_power = power::decode_power(
        recorder,
        resident,
        (&f.power_busy).into(),
        (&f.power_weights).into(),
        duty.decode.weights,
        (&f.power_kv).into(),
        duty.decode.kv,
        (&f.power_arithmetic).into(),
        duty.decode.arithmetic,
    );
    let prefill_power = power::prefill_power(
        recorder,
        resident,
        (&f.power_busy).into(),
        (&f.power_weights).into(),
        duty.prefill.weights,
        (&f.power_kv).into(),
        duty.prefill.kv,
        (&f.power_arithmetic).into(),
        duty.prefill.arithmetic,
    );
    power::loaded_accelerator_w(recorder, limit, prefill, prefill_power, decode, decode_power, resident)
}

/// One accelerator of a replica that stands by, watts.
pub fn spare_w<'a>(
    accelerator: &'a Accelerator,
    facility: &'a FacilityAssumptions,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    power::spare_accelerator_w(recorder, (&accelerator.tdp_w).into(), (&facility.power_resident).into())
}

/// A fleet's counts and duties, for its power.
#[derive(Clone, Debug)]
pub struct Running<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// What is assumed of data centers.
    pub facility: &'a FacilityAssumptions,
    /// Electricity, carbon and water of the place.
    pub site: &'a Site<'a>,
    /// Facility power over IT power.
    pub pue: Number<'a>,
    /// What runs: the whole fleet, or each of its pools.
    pub shifts: Vec<Shift<'a>>,
    /// Network, at any load, watts.
    pub network_w: Number<'a>,
    /// Output tokens a second of the fleet, on average.
    pub output_tokens_per_s: Number<'a>,
}

/// Accelerators of replicas that are alike, and their duties.
#[derive(Clone, Copy, Debug)]
pub struct Shift<'a> {
    /// The part of the fleet whose steps are noted.
    pub part: &'static str,
    /// Accelerators that carry the load.
    pub loaded: Number<'a>,
    /// Accelerators of spare replicas, with weights loaded.
    pub spare: Number<'a>,
    /// Accelerators in servers without a replica.
    pub unused: Number<'a>,
    /// A replica at the peak.
    pub at_peak: Duty<'a>,
    /// A replica at the average load.
    pub at_average: Duty<'a>,
}

/// Power of a fleet with the origins that what follows needs.
pub struct Drawn<'a> {
    pub power: Power,
    pub pue: Number<'a>,
    pub network_w: Number<'a>,
    pub storage_w: Number<'a>,
    pub it_w: Number<'a>,
    pub server_w: Number<'a>,
    pub facility_w: Number<'a>,
    pub energy_kwh_per_year: Number<'a>,
}

impl<'a> Running<'a> {
    /// All accelerators, and all servers with them, at the peak or at the average load, watts.
    fn drawn(
        &self,
        duty: impl Fn(&Shift<'a>) -> Duty<'a>,
        rest_section: &'static str,
        recorder: &mut impl Recorder,
    ) -> (Number<'a>, Number<'a>) {
        let mut all: Option<(Number<'a>, Number<'a>)> = None;
        for shift in &self.shifts {
            let drawn = self.draw(shift, &duty(shift), rest_section, &mut recorder.of_part(shift.part));
            all = Some(all.map_or(drawn, |before| {
                (
                    power::pooled_accelerator_w(recorder, before.0, drawn.0),
                    power::pooled_server_w(recorder, before.1, drawn.1),
                )
            }));
        }
        all.unwrap_or((Number::exact(0.0), Number::exact(0.0)))
    }

    /// The same of one shift with this duty. The rest of the servers is noted in `rest_section`.
    fn draw(
        &self,
        shift: &Shift<'a>,
        duty: &Duty<'a>,
        rest_section: &'static str,
        recorder: &mut impl Recorder,
    ) -> (Number<'a>, Number<'a>) {
        let (accelerator, server) = (self.accelerator, self.server);
        let limit: Number<'a> = (&accelerator.tdp_w).into();
        let idle_w: Number<'a> = (&accelerator.idle_w).into();
        let loaded_w = loaded_w(accelerator, self.facility, duty, recorder);
        let spare_w = spare_w(accelerator, self.facility, recorder);
        let (loaded, spare, unused) = (shift.loaded, shift.spare, shift.unused);
        let accelerator_w = power::accelerator_w(recorder, loaded, loaded_w, spare, spare_w, unused, idle_w);
        let n = (&server.accelerators).into();
        let when_idle = power::idle_rest_w(recorder, (&server.idle_w).into(), n, idle_w);
        let when_rated = power::rated_rest_w(recorder, server.top_w().into(), n, limit, when_idle);
        let mut rest = |beside: &'static str, w: Number<'a>| {
            let recorder = &mut recorder.at(rest_section, beside);
            power::rest_w(recorder, when_idle, when_rated, w, idle_w, limit)
        };
        let (beside_loaded, beside_spare) = (rest("loaded", loaded_w), rest("spare", spare_w));
        let beside_idle = rest("idle", idle_w);
        let server_w = power::server_w(
            recorder,
            accelerator_w,
            loaded,
            beside_loaded,
            spare,
            beside_spare,
            unused,
            beside_idle,
        );
        (accelerator_w, server_w)
    }

    /// Power at the peak, and energy, carbon and water of a year at the average load.
    pub fn power(&self, recorder: &mut impl Recorder) -> Drawn<'a> {
        let (f, site) = (self.facility, self.site);
        let (_, average_server_w) =
            self.drawn(|s| s.at_average, "power.at_average.rest_w", &mut recorder.within("power.at_average"));
        let (accelerator_w, server_w) = self.drawn(|s| s.at_peak, "power.rest_w", recorder);
        let sum = |of: fn(&Shift<'a>) -> Number<'a>| match &self.shifts[..] {
            [whole] => of(whole),
            pools => Number::model(pools.iter().map(|pool| of(pool).value).sum(), Trust::Calibrated),
        };
        let (loaded, spare, unused) = (sum(|s| s.loaded), sum(|s| s.spare), sum(|s| s.unused));
        let count = Number::exact(loaded.value + spare.value + unused.value);
        let each = power::accelerator_w_each(recorder, accelerator_w, loaded, spare, unused);
        let network_w = same(recorder, "power", "network_w", self.network_w);
        let rated = (&self.server.max_w).into();
        let n = (&self.server.accelerators).into();
        let storage_w = power::storage_w(recorder, (&f.storage_power).into(), rated, count, n);
        let it_w = power::it_w(recorder, server_w, network_w, storage_w);
        let facility_w = power::facility_w(recorder, it_w, self.pue);
        let average_w =
            power::it_w(&mut recorder.within("power.at_average"), average_server_w, network_w, storage_w);
        let energy = power::energy_kwh_per_year(recorder, average_w, self.pue);
        let co2 = power::co2_kg_per_year(recorder, energy, site.carbon_g_per_kwh);
        let grid_water = (&f.grid_water_l_per_kwh).into();
        let water = power::water_l_per_year(recorder, average_w, site.water_l_per_kwh, energy, grid_water);
        let embodied = power::embodied_co2_kg_per_year(
            recorder,
            count,
            (&f.embodied_accelerator_kg).into(),
            (&f.embodied_memory_share).into(),
            (&self.accelerator.memory_bytes).into(),
            (&f.embodied_server_kg).into(),
            (&f.server_life_years).into(),
        );
        let joules = power::joules_per_output_token(recorder, facility_w, self.output_tokens_per_s);
        let heat_w = power::heat_w(recorder, it_w);
        let power = Power {
            accelerator_w_each: each.value,
            accelerator_w: accelerator_w.value,
            server_w: server_w.value,
            server_rest_w: power::server_rest_w(recorder, server_w, accelerator_w).value,
            network_w: network_w.value,
            storage_w: storage_w.value,
            network_and_storage_w: power::network_and_storage_w(recorder, network_w, storage_w).value,
            it_w: it_w.value,
            facility_w: facility_w.value,
            facility_overhead_w: power::facility_overhead_w(recorder, facility_w, it_w).value,
            heat_w: heat_w.value,
            energy_kwh_per_year: energy.value,
            co2_kg_per_year: co2.value,
            embodied_co2_kg_per_year: embodied.value,
            water_l_per_year: water.value,
            joules_per_output_token: joules.value,
        };
        Drawn {
            power,
            pue: self.pue,
            network_w,
            storage_w,
            it_w,
            server_w,
            facility_w,
            energy_kwh_per_year: energy,
        }
    }
}
