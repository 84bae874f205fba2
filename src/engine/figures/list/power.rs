//! Figures of power at peak, and of a year at the average load.

use crate::engine::figures::figure::figures;

figures! {
    /// Power at peak and what a year of the average load takes.
    #[derive(Default)]
    pub struct Power in power {
        /// One accelerator at the peak load, watts, spares averaged in.
        accelerator_w_each: f64, "One accelerator at peak", Watts, Worse {
            accelerator_w_each(accelerators: Watts, loaded: One, spare: One, unused: One)
                = accelerators / (loaded + spare + unused);
        }
        /// All accelerators at the peak load, watts.
        accelerator_w: f64, "Accelerators at peak" short "accelerators", Watts, Worse {
            accelerator_w(
                loaded: One, loaded_accelerator: Watts, spare: One, spare_accelerator: Watts, unused: One,
                idle_accelerator: Watts,
            ) = loaded * loaded_accelerator + spare * spare_accelerator + unused * idle_accelerator;
            pooled_accelerator_w(prefill: Watts, decode: Watts) = prefill + decode, note "each pool at its own duty";
        }
        /// All servers with their accelerators, watts.
        server_w: f64, "Servers at peak, accelerators included", Watts, Worse {
            server_w(
                accelerators: Watts, loaded: One, beside_a_loaded_one: Watts, spare: One, beside_a_spare_one: Watts,
                unused: One, beside_an_idle_one: Watts,
            ) = accelerators + loaded * beside_a_loaded_one + spare * beside_a_spare_one + unused * beside_an_idle_one;
            pooled_server_w(prefill: Watts, decode: Watts) = prefill + decode, note "each pool at its own duty";
        }
        /// Servers without their accelerators, watts.
        server_rest_w: f64, "Servers at peak, without their accelerators" short "rest of server", Watts, Worse {
            server_rest_w(servers: Watts, accelerators: Watts) = servers - accelerators;
        }
        /// Scale-out network, watts.
        network_w: f64, "Network", Watts, Worse
        /// Shared storage, watts.
        storage_w: f64, "Storage", Watts, Worse {
            storage_w(
                share_of_storage: Fraction, rated_power_of_a_server: Watts, accelerators_under_power: One,
                accelerators_of_one_server: One,
            ) = share_of_storage
                * (rated_power_of_a_server * accelerators_under_power / accelerators_of_one_server),
                note "at any load";
        }
        /// Scale-out network and shared storage, watts.
        network_and_storage_w: f64, "Network and storage" short "network, storage", Watts, Worse {
            network_and_storage_w(network: Watts, storage: Watts) = network + storage;
        }
        /// Servers, network and storage, watts.
        it_w: f64, "IT power at peak", Watts, Worse {
            it_w(servers: Watts, network: Watts, storage: Watts) = servers + network + storage;
        }
        /// `it_w` times PUE, watts.
        facility_w: f64, "Facility power at peak" short "total", Watts, Worse {
            facility_w(it_power: Watts, pue: One) = it_power * pue;
        }
        /// Cooling, conversion and distribution, watts.
        facility_overhead_w: f64, "Cooling and losses of the facility at peak" short "facility", Watts, Worse {
            facility_overhead_w(facility_power: Watts, it_power: Watts) = facility_power - it_power;
        }
        /// What the facility's cooling must remove: all IT power, watts.
        heat_w: f64, "Heat to remove at peak", Watts, Worse {
            heat_w(it_power: Watts) = it_power, note "all IT power becomes heat";
        }
        /// A year at the average load, cooling and losses included, kWh.
        energy_kwh_per_year: f64, "Energy per year", KilowattHours, Worse {
            energy_kwh_per_year(it_power_at_the_average_load: Watts, pue: One)
                = it_power_at_the_average_load * HOURS_PER_YEAR / 1000.0 * pue;
        }
        /// Of that energy, by the grid's mix where the facility is.
        co2_kg_per_year: f64, "Carbon per year, CO₂", Kilograms, Worse {
            co2_kg_per_year(energy: KilowattHours, carbon_of_the_grid: GramsPerKwh)
                = energy * carbon_of_the_grid / 1000.0;
        }
        /// Of making the hardware, over its life.
        embodied_co2_kg_per_year: f64, "Carbon of making the hardware, per year, CO₂", Kilograms, Worse {
            // Memory grows with its size from the 80 GB of an H100; the rest is taken to be that of an H100.
            embodied_co2_kg_per_year(
                accelerators: One, carbon_of_an_accelerator: Kilograms, share_of_its_memory: Fraction, memory: Bytes,
                carbon_of_the_rest_of_the_server: Kilograms, life: Years,
            ) = accelerators
                * (carbon_of_an_accelerator * (1.0 - share_of_its_memory + share_of_its_memory * (memory / 80e9))
                    + carbon_of_the_rest_of_the_server)
                / life;
        }
        /// On site and at the power plants, litres.
        water_l_per_year: f64, "Water per year", Litres, Worse {
            water_l_per_year(
                it_power_at_the_average_load: Watts, water_on_site: LitresPerKwh, energy: KilowattHours,
                water_of_power_plants: LitresPerKwh,
            ) = it_power_at_the_average_load * HOURS_PER_YEAR / 1000.0 * water_on_site
                + energy * water_of_power_plants;
        }
        /// Facility energy of one output token at peak, joules.
        joules_per_output_token: f64, "Energy of one output token at peak", Joules, Worse {
            joules_per_output_token(facility_power: Watts, output: TokensPerSecond) = facility_power / output;
        }
    }
    steps {
        // Time is shared among prefill, decode and idling with the weights resident.
        prefill_share, "Share of time in prefill", Fraction {
            prefill_share(load_of_one_replica: RequestsPerSecond, time_a_prompt_adds: Seconds)
                = min(load_of_one_replica * time_a_prompt_adds, 1.0);
        }
        decode_share, "Share of time in decode", Fraction {
            // A replica decodes while at least one sequence is in flight: the busy share of an infinite-server queue.
            decode_share(share_in_prefill: Fraction, sequences_in_flight: One)
                = (1.0 - share_in_prefill) * busy_share(sequences_in_flight);
        }
        // Traffic and arithmetic cost energy by the byte and the operation; a cache is read at more than weights, whose products
        // draw their own.
        decode_power, "Power in decode over the power limit", Fraction {
            decode_power(
                idle_with_weights: Fraction, busy: Fraction, reading_weights: Fraction, weights_read: Fraction,
                reading_a_cache: Fraction, cache_read: Fraction, calculating: Fraction, calculated: Fraction,
            ) = min(
                idle_with_weights + busy + reading_weights * weights_read + reading_a_cache * cache_read
                    + calculating * calculated,
                1.0
            ), note "what is read and calculated is over the peaks of memory and arithmetic; the power limit cuts the rest",
                cite "vLLM 0.26 on an H100, 2026: watts by phase";
        }
        prefill_power, "Power in prefill over the power limit", Fraction {
            prefill_power(
                idle_with_weights: Fraction, busy: Fraction, reading_weights: Fraction, weights_read: Fraction,
                reading_a_cache: Fraction, cache_read: Fraction, calculating: Fraction, calculated: Fraction,
            ) = min(
                idle_with_weights + busy + reading_weights * weights_read + reading_a_cache * cache_read
                    + calculating * calculated,
                1.0
            ), note "what is read and calculated is over the peaks of memory and arithmetic; the power limit cuts the rest",
                cite "vLLM 0.26 on an H100, 2026: watts by phase";
        }
        loaded_accelerator_w, "One accelerator that carries load", Watts {
            loaded_accelerator_w(
                power_limit: Watts, share_in_prefill: Fraction, prefill: Fraction, share_in_decode: Fraction,
                decode: Fraction, idle_with_weights: Fraction,
            ) = power_limit
                * (share_in_prefill * prefill
                    + share_in_decode * decode
                    + max(1.0 - share_in_prefill - share_in_decode, 0.0) * idle_with_weights);
        }
        spare_accelerator_w, "One spare accelerator", Watts {
            spare_accelerator_w(power_limit: Watts, idle_with_weights: Fraction) = power_limit * idle_with_weights;
        }
        // Everything in a server beside its accelerators (processors, memory, fans, power supplies), for one of them,
        // moves between idle and the server's top as they do between theirs.
        idle_rest_w, "Rest of an idle server, for one accelerator", Watts {
            idle_rest_w(idle_server: Watts, accelerators_of_one_server: One, idle_accelerator: Watts)
                = max(idle_server / accelerators_of_one_server - idle_accelerator, 0.0);
        }
        // The top is the highest draw that was measured of such a server, or its rating where none was.
        rated_rest_w, "Rest of a server at its highest draw, for one accelerator", Watts {
            rated_rest_w(server_at_its_highest: Watts, accelerators_of_one_server: One, power_limit: Watts, when_idle: Watts)
                = max(server_at_its_highest / accelerators_of_one_server - power_limit, when_idle),
                note "as measured under AI work where that is known, at the rating where not";
        }
        rest_w, "Rest of the server beside one accelerator", Watts {
            rest_w(
                when_idle: Watts, when_rated: Watts, accelerator: Watts, idle_accelerator: Watts, power_limit: Watts,
            ) = when_idle
                + min(max((accelerator - idle_accelerator) / (power_limit - idle_accelerator), 0.0), 1.0)
                    * (when_rated - when_idle);
        }
    }
}
