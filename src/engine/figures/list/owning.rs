//! Figures of owning: what is paid at once, every year, and what is left at the end.

use crate::engine::figures::figure::figures;

figures! {
    /// Building instead of renting.
    #[derive(Default)]
    pub struct Buy in buy at "cost.buy" {
        servers: f64, "Servers bought", One, Worse
        accelerators_per_server: f64, "Accelerators of a server bought", One, Neither
        /// What is paid at once: the sum of its parts.
        capex_usd: f64, "Purchase", Usd, Worse {
            capex_usd(
                servers: Usd, network: Usd, management: Usd, storage: Usd, spare_parts: Usd, deployment: Usd, building: Usd,
            ) = servers + network + management + storage + spare_parts + deployment + building,
                note "without taxes, which are left to the user";
        }
        servers_usd: f64, "Servers", Usd, Worse {
            servers_usd(price_of_a_server: Usd, servers: One) = price_of_a_server * servers;
        }
        network_usd: f64, "Network", Usd, Worse
        /// Out of band: consoles and power strips.
        management_usd: f64, "Management network", Usd, Worse {
            management_usd(racks: One, switch: Usd) = racks * switch, note "one out-of-band switch in each rack of servers; a workstation stands in none";
        }
        storage_usd: f64, "Storage", Usd, Worse {
            storage_usd(servers: Usd, share: Fraction) = servers * share;
        }
        spare_parts_usd: f64, "Spare parts", Usd, Worse {
            spare_parts_usd(servers: Usd, share: Fraction) = servers * share,
                note "a kit on site: transceivers, drives, fans, power supplies";
        }
        /// Racking, cabling and burn-in.
        deployment_usd: f64, "Deployment", Usd, Worse {
            deployment_usd(servers: Usd, share: Fraction) = servers * share, note "racking, cabling, burn-in";
        }
        /// Building, power and cooling of an own data center.
        hall_usd: f64, "Building", Usd, Worse {
            hall_usd(rated_it_power: Watts, price_of_a_watt: Usd) = rated_it_power * price_of_a_watt;
            no_building() = 0.0, note "space is rented";
        }
        /// What is paid every year: the sum of its parts.
        opex_usd_per_year: f64, "Owning, per year", Usd, Worse {
            opex_usd_per_year(
                energy: Usd, space: Usd, support: Usd, remote_hands: Usd, staff: Usd, software: Usd,
            ) = energy + space + support + remote_hands + staff + software,
                note "without taxes, which are left to the user";
        }
        energy_usd_per_year: f64, "Energy, per year", Usd, Worse {
            energy_usd_per_year(energy: KilowattHours, electricity: UsdPerKwh) = energy * electricity;
        }
        /// Colocation, or the upkeep of an own data center.
        space_usd_per_year: f64, "Space, per year", Usd, Worse {
            colocation_usd_per_year(
                contracted_power: Watts, kilowatt_and_month: Usd, racks: One, smallest_cabinet_and_month: Usd,
            ) = max(contracted_power / 1000.0 * kilowatt_and_month, racks * smallest_cabinet_and_month) * 12.0,
                note "billed on what is contracted, whatever is drawn; energy is metered and paid beside it";
            upkeep_usd_per_year(building: Usd, upkeep: Fraction) = building * upkeep;
        }
        maintenance_usd_per_year: f64, "Support, per year", Usd, Worse {
            maintenance_usd_per_year(servers: Usd, share: Fraction, share_of_the_years: Fraction)
                = servers * share * share_of_the_years,
                note "support contracts with parts, spread over the horizon; the first years come with some servers";
        }
        /// Of the colocation's technicians.
        remote_hands_usd_per_year: f64, "Remote hands, per year", Usd, Worse {
            remote_hands_usd_per_year(
                accelerators: One, repairs_of_one_in_a_year: One, hours_of_a_repair: Hours, price_of_an_hour: Usd,
            ) = accelerators * repairs_of_one_in_a_year * hours_of_a_repair * price_of_an_hour;
            no_remote_hands() = 0.0, note "the staff of the own data center does it";
        }
        staff_usd_per_year: f64, "Staff, per year", Usd, Worse {
            staff_usd_per_year(
                accelerators: One, accelerators_of_one_engineer: One, least_engineers: One,
                accelerators_of_the_least: One, pay: Usd,
            ) = max(
                accelerators / accelerators_of_one_engineer,
                least_engineers * min(accelerators / accelerators_of_the_least, 1.0),
            ) * pay, note "the least is what one server of eight takes; less than a server takes its part of it";
        }
        software_usd_per_year: f64, "Software, per year", Usd, Worse {
            software_usd_per_year(licence: Usd, accelerators: One, share_of_the_years: Fraction)
                = licence * accelerators * share_of_the_years,
                note "some accelerators come with the first years of NVIDIA AI Enterprise";
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
        contracted_w, "IT power that is contracted for", Watts {
            contracted_w(servers: One, rated_power_of_a_server: Watts, network: Watts, storage: Watts)
                = servers * rated_power_of_a_server + network + storage,
                note "everything at its rating, not at what it is expected to draw";
            contracted_under_a_cap_w(
                servers: One, rated_power_of_a_server: Watts, network: Watts, storage: Watts, power_cap: Watts, pue: One,
            ) = min(servers * rated_power_of_a_server + network + storage, power_cap / pue),
                note "everything at its rating, within the power that there is";
        }
        support_share, "Share of the years in which support is paid", Fraction {
            support_share(years_with_the_price: Years, life: Years, horizon: Years)
                = beyond_included(years_with_the_price, life, horizon);
        }
        licence_share, "Share of the years in which licences are paid", Fraction {
            licence_share(years_with_the_accelerators: Years, life: Years, horizon: Years)
                = beyond_included(years_with_the_accelerators, life, horizon);
        }
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
            equipment_usd(
                servers: Usd, network: Usd, management: Usd, storage: Usd, spare_parts: Usd, deployment: Usd,
            ) = servers + network + management + storage + spare_parts + deployment;
        }
    }
}
