//! Figures of money: what one way of paying costs, owning part by part, the cheapest mix, and the bands.

use crate::catalog::Term;
use crate::engine::figures::figure::{Entry, figures};
use crate::scenario::Hours;

figures! {
    /// Cost of one way of paying.
    #[derive(Default)]
    pub struct TermCost in cost {
        usd_per_hour: f64, "Cost per hour", Usd, Worse {
            rent_per_hour(price_of_one_per_hour: Usd, accelerators_paid_for: One)
                = price_of_one_per_hour * accelerators_paid_for;
            // The constant rate with the same present value.
            owning_per_hour(net_present_cost: Usd, annuity: Years) = net_present_cost / annuity / HOURS_PER_YEAR,
                cite "Brealey, Myers and Allen, Principles of Corporate Finance, ch. 6";
        }
        /// 730 hours.
        usd_per_month: f64, "Cost per month", Usd, Worse {
            usd_per_month(cost_of_an_hour: Usd) = cost_of_an_hour * HOURS_PER_MONTH;
        }
        /// Input and output together, at the average load.
        usd_per_million_tokens: f64, "Cost per million tokens, input and output", Usd, Worse {
            usd_per_million_tokens(
                cost_of_an_hour: Usd, average_load: RequestsPerSecond, input: Tokens, output: Tokens,
            ) = cost_of_an_hour / (average_load * 3600.0 * (input + output)) * 1e6;
        }
        usd_per_million_output_tokens: f64, "Cost per million output tokens, input included", Usd, Worse {
            usd_per_million_output_tokens(cost_of_an_hour: Usd, average_load: RequestsPerSecond, output: Tokens)
                = cost_of_an_hour / (average_load * 3600.0 * output) * 1e6;
        }
    }
}

figures! {
    /// Building instead of renting.
    #[derive(Default)]
    pub struct Buy in buy at "cost.buy" {
        /// What is paid at once: the sum of its parts.
        capex_usd: f64, "Purchase", Usd, Worse {
            capex_usd(servers: Usd, network: Usd, storage: Usd, deployment: Usd, building: Usd)
                = servers + network + storage + deployment + building;
        }
        servers_usd: f64, "Servers", Usd, Worse {
            servers_usd(price_of_a_server: Usd, servers: One) = price_of_a_server * servers;
        }
        network_usd: f64, "Network", Usd, Worse
        storage_usd: f64, "Storage", Usd, Worse {
            storage_usd(servers: Usd, share: Fraction) = servers * share;
        }
        /// Racking, cabling and burn-in.
        deployment_usd: f64, "Deployment", Usd, Worse {
            deployment_usd(servers: Usd, share: Fraction) = servers * share, note "racking, cabling, burn-in";
        }
        /// Building, power and cooling of an own data center.
        hall_usd: f64, "Building", Usd, Worse {
            hall_usd(it_power: Watts, price_of_a_watt: Usd) = it_power * price_of_a_watt;
            no_building() = 0.0, note "space is rented";
        }
        /// What is paid every year: the sum of its parts.
        opex_usd_per_year: f64, "Owning, per year", Usd, Worse {
            opex_usd_per_year(energy: Usd, space: Usd, maintenance: Usd, staff: Usd, software: Usd)
                = energy + space + maintenance + staff + software;
        }
        energy_usd_per_year: f64, "Energy, per year", Usd, Worse {
            energy_usd_per_year(energy: KilowattHours, electricity: UsdPerKwh) = energy * electricity;
        }
        /// Colocation, or the upkeep of an own data center.
        space_usd_per_year: f64, "Space, per year", Usd, Worse {
            colocation_usd_per_year(it_power: Watts, kilowatt_and_month: Usd)
                = it_power / 1000.0 * kilowatt_and_month * 12.0;
            upkeep_usd_per_year(building: Usd, upkeep: Fraction) = building * upkeep;
        }
        maintenance_usd_per_year: f64, "Maintenance, per year", Usd, Worse {
            maintenance_usd_per_year(servers: Usd, share: Fraction) = servers * share,
                note "support contracts and spare parts";
        }
        staff_usd_per_year: f64, "Staff, per year", Usd, Worse {
            staff_usd_per_year(accelerators: One, accelerators_of_one_engineer: One, pay: Usd)
                = accelerators / accelerators_of_one_engineer * pay;
        }
        software_usd_per_year: f64, "Software, per year", Usd, Worse {
            software_usd_per_year(licence: Usd, accelerators: One) = licence * accelerators;
        }
        /// Worth at the end of the horizon, servers and data center.
        residual_usd: f64, "Worth at the end of the horizon", Usd, Better {
            residual_usd(
                servers: Usd, left_after_four_years: Fraction, age_of_the_servers: Years, building: Usd,
                horizon: Years, life_of_the_building: Years,
            ) = servers * pow(left_after_four_years, age_of_the_servers / 4.0)
                + building * max(1.0 - horizon / life_of_the_building, 0.0);
        }
        /// Everything over the horizon, replacements included and the residual value taken off, in today's dollars.
        present_cost_usd: f64, "Net present cost of owning", Usd, Worse {
            present_cost_usd(
                purchase: Usd, replacements_today: Usd, owning_per_year: Usd, annuity: Years, worth_at_the_end: Usd,
                discount_rate: Fraction, horizon: Years,
            ) = purchase + replacements_today + owning_per_year * annuity
                - worth_at_the_end * pow(1.0 + discount_rate, -horizon),
                note "each in today's dollars, without taxes",
                cite "Brealey, Myers and Allen, Principles of Corporate Finance, ch. 2 and 6";
        }
        /// Months after which buying has cost less than renting on the chosen term (on demand when the chosen term is to
        /// buy); `None`: never within the horizon.
        breakeven_months: Option<f64>, "Months until buying has cost less than renting", Months, Worse {
            breakeven_months(purchase: Usd, rent_per_month: Usd, owning_per_year: Usd, horizon: Years)
                = within(purchase / (rent_per_month - owning_per_year / 12.0), 12.0 * horizon),
                note "never where renting costs less than running what is owned, or where the horizon ends before";
        }
    }
    steps {
        rent_per_month, "Rent per month that buying is compared with", Usd {
            rent_per_month(price_of_one_per_hour: Usd, accelerators_paid_for: One)
                = price_of_one_per_hour * accelerators_paid_for * HOURS_PER_MONTH;
        }
        annuity_years, "Present value of one dollar per year", Years {
            annuity_years(discount_rate: Fraction, horizon: Years) = annuity(discount_rate, horizon),
                note "paid in twelfths at the end of each month", cite "Kellison, The Theory of Interest, ch. 4";
        }
        age_of_the_servers, "Age of the servers at the end of the horizon", Years {
            age_of_the_servers(horizon: Years, last_bought_after: Years) = horizon - last_bought_after;
        }
        replacements_today, "Replacements in today's dollars", Usd {
            replacements_today(equipment: Usd, discount_rate: Fraction, life: Years, horizon: Years)
                = equipment * replacements_discounted(discount_rate, life, horizon),
                note "servers are bought anew at the end of their life; the old ones bring nothing";
        }
        equipment_usd, "Equipment", Usd {
            equipment_usd(servers: Usd, network: Usd, storage: Usd, deployment: Usd)
                = servers + network + storage + deployment;
        }
    }
}

figures! {
    /// The cheapest mix of ways to rent over a day. Accelerators are whole rental units; means are over the 24 hours.
    pub struct Mix in mix at "cost.mix" {
        reserved: f64, "Accelerators to reserve", One, Neither {
            reserved(level: One) = level, note "the level of the load-duration curve at which an accelerator is needed for a longer share of the day than reserved over on demand";
        }
        on_demand_at_peak: f64, "Accelerators on demand at the busiest hour", One, Neither {
            on_demand_at_peak(needed_at_the_busiest_hour: One, reserved: One) = needed_at_the_busiest_hour - reserved;
        }
        on_demand_mean: f64, "Accelerators on demand, mean of the day", One, Neither {
            on_demand_mean(sum_over_the_hours: One) = sum_over_the_hours / 24.0,
                note "of what is needed beyond those reserved";
        }
        spot_mean: f64, "Accelerators on spot, mean of the day", One, Neither {
            spot_mean(sum_over_the_hours: One) = sum_over_the_hours / 24.0,
                note "of replicas for the share that may be interrupted";
        }
        usd_per_hour: f64, "Cheapest mix, per hour", Usd, Worse {
            mix_per_hour(
                reserved: One, price_reserved: Usd, on_demand: One, price_on_demand: Usd, spot: One, price_on_spot: Usd,
            ) = reserved * price_reserved + on_demand * price_on_demand + price_on_spot * spot;
        }
        usd_per_month: f64, "Cheapest mix, per month", Usd, Worse {
            mix_per_month(cost_of_an_hour: Usd) = cost_of_an_hour * HOURS_PER_MONTH;
        }
    }
    states {
        /// `None`: nothing is worth reserving.
        reserved_term: Option<Term> = |mix| mix.reserved_term.map_or(Entry::Nothing, |term| Entry::Word(term.id()));
    }
    beside {
        /// Accelerators needed in each hour that may not be interrupted.
        steady: Hours;
        /// Accelerators needed in each hour that may be interrupted.
        spot: Hours;
    }
}

figures! {
    /// How far the headline figures may turn out different: the fleet at both ends of the capacity's 90% band, with the
    /// same spares, paid for in the same units. The ends are the figure itself where the band does not move it.
    pub struct Bands in bands {
        accelerators_low: f64, "Accelerators, lower end of the 90% band", One, Worse {
            accelerators_low(
                replicas_at_that_end: One, spares: One, accelerators_of_one_replica: One, accelerators: One,
            ) = min((replicas_at_that_end + spares) * accelerators_of_one_replica, accelerators);
        }
        accelerators_high: f64, "Accelerators, upper end of the 90% band", One, Worse {
            accelerators_high(
                replicas_at_that_end: One, spares: One, accelerators_of_one_replica: One, accelerators: One,
            ) = max((replicas_at_that_end + spares) * accelerators_of_one_replica, accelerators);
        }
        facility_w_low: f64, "Facility power, lower end of the 90% band", Watts, Worse {
            facility_w_low(facility_power: Watts, at_that_end: One, accelerators: One)
                = facility_power * at_that_end / accelerators, note "with the accelerators added or left out at the same power";
        }
        facility_w_high: f64, "Facility power, upper end of the 90% band", Watts, Worse {
            facility_w_high(facility_power: Watts, at_that_end: One, accelerators: One)
                = facility_power * at_that_end / accelerators, note "with the accelerators added or left out at the same power";
        }
        usd_per_month_low: f64, "Cost per month, lower end of the 90% band", Usd, Worse {
            usd_per_month_low(cost: Usd, at_that_end: One, sold_together: One, accelerators_paid_for: One)
                = cost * min(ceil(at_that_end / sold_together) * sold_together / accelerators_paid_for, 1.0);
        }
        usd_per_month_high: f64, "Cost per month, upper end of the 90% band", Usd, Worse {
            usd_per_month_high(cost: Usd, at_that_end: One, sold_together: One, accelerators_paid_for: One)
                = cost * max(ceil(at_that_end / sold_together) * sold_together / accelerators_paid_for, 1.0);
        }
        usd_per_million_tokens_low: f64, "Cost per million tokens, lower end of the 90% band", Usd, Worse {
            usd_per_million_tokens_low(cost: Usd, at_that_end: One, sold_together: One, accelerators_paid_for: One)
                = cost * min(ceil(at_that_end / sold_together) * sold_together / accelerators_paid_for, 1.0);
        }
        usd_per_million_tokens_high: f64, "Cost per million tokens, upper end of the 90% band", Usd, Worse {
            usd_per_million_tokens_high(cost: Usd, at_that_end: One, sold_together: One, accelerators_paid_for: One)
                = cost * max(ceil(at_that_end / sold_together) * sold_together / accelerators_paid_for, 1.0);
        }
    }
}
