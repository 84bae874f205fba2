//! Figures of money: what one way of paying costs, the cheapest mix, and the bands.

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
            pooled_accelerators_low(prefill: One, decode: One) = prefill + decode, note "of both pools";
        }
        accelerators_high: f64, "Accelerators, upper end of the 90% band", One, Worse {
            accelerators_high(
                replicas_at_that_end: One, spares: One, accelerators_of_one_replica: One, accelerators: One,
            ) = max((replicas_at_that_end + spares) * accelerators_of_one_replica, accelerators);
            pooled_accelerators_high(prefill: One, decode: One) = prefill + decode, note "of both pools";
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
            usd_per_month_low(cost: Usd, at_that_end: One, held_by_an_addition: One, additions_paid_for: One)
                = cost * min(ceil(at_that_end / held_by_an_addition) / additions_paid_for, 1.0);
        }
        usd_per_month_high: f64, "Cost per month, upper end of the 90% band", Usd, Worse {
            usd_per_month_high(cost: Usd, at_that_end: One, held_by_an_addition: One, additions_paid_for: One)
                = cost * max(ceil(at_that_end / held_by_an_addition) / additions_paid_for, 1.0);
        }
        usd_per_million_tokens_low: f64, "Cost per million tokens, lower end of the 90% band", Usd, Worse {
            usd_per_million_tokens_low(cost: Usd, at_that_end: One, held_by_an_addition: One, additions_paid_for: One)
                = cost * min(ceil(at_that_end / held_by_an_addition) / additions_paid_for, 1.0);
        }
        usd_per_million_tokens_high: f64, "Cost per million tokens, upper end of the 90% band", Usd, Worse {
            usd_per_million_tokens_high(cost: Usd, at_that_end: One, held_by_an_addition: One, additions_paid_for: One)
                = cost * max(ceil(at_that_end / held_by_an_addition) / additions_paid_for, 1.0);
        }
    }
}
