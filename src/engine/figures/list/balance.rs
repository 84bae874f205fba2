//! How far the fleet is from its two failures.

use crate::engine::figures::figure::figures;

figures! {
    /// How far the fleet is from its two failures.
    pub struct Balance in balance {
        /// Largest load at which the SLO holds without the spares, requests/s.
        capacity_requests_per_s: f64, "SLO capacity of the fleet, spares aside", RequestsPerSecond, Better {
            capacity_requests_per_s(capacity_of_one_replica: RequestsPerSecond, replicas: One)
                = capacity_of_one_replica * replicas;
            pooled_capacity_requests_per_s(prefill: RequestsPerSecond, decode: RequestsPerSecond) = min(prefill, decode),
                note "of the pool that carries less";
        }
        /// The band around that: where all times are as long, or as short, as the ends of theirs.
        capacity_low_requests_per_s: f64, "SLO capacity, lower end of the 90% band", RequestsPerSecond, Better {
            capacity_low_requests_per_s(capacity_of_one_replica: RequestsPerSecond, replicas: One)
                = capacity_of_one_replica * replicas, note "all times as long as the upper ends of their bands";
            pooled_capacity_low_requests_per_s(prefill: RequestsPerSecond, decode: RequestsPerSecond) = min(prefill, decode),
                note "of the pool that carries less";
        }
        capacity_high_requests_per_s: f64, "SLO capacity, upper end of the 90% band", RequestsPerSecond, Better {
            capacity_high_requests_per_s(capacity_of_one_replica: RequestsPerSecond, replicas: One)
                = capacity_of_one_replica * replicas, note "all times as short as the lower ends of their bands";
            pooled_capacity_high_requests_per_s(prefill: RequestsPerSecond, decode: RequestsPerSecond) = min(prefill, decode),
                note "of the pool that carries less";
        }
        /// What it is sized by: the capacity at times that are exceeded with no more than the probability that the user takes.
        capacity_at_confidence_requests_per_s: f64, "SLO capacity at the confidence asked for", RequestsPerSecond, Better {
            capacity_at_confidence_requests_per_s(capacity_of_one_replica: RequestsPerSecond, replicas: One)
                = capacity_of_one_replica * replicas, note "all times longer by as much as they are with that probability";
            pooled_capacity_at_confidence_requests_per_s(prefill: RequestsPerSecond, decode: RequestsPerSecond) = min(prefill, decode),
                note "of the pool that carries less";
        }
        /// That the SLO holds at the peak with the headroom kept, by the bands of the times, 0–1.
        confidence: f64, "Confidence that the SLO holds", Fraction, Better {
            confidence(deviations_of_the_times: One) = normal_share(deviations_of_the_times),
                note "by how many standard deviations longer all times may be until the capacity, less the headroom, is the load";
        }
        /// Starving: growth of the peak, as a share of it, after which the SLO is missed.
        load_margin: f64, "Growth of the peak before the SLO is missed", Fraction, Better {
            load_margin(capacity: RequestsPerSecond, load_at_peak: RequestsPerSecond)
                = capacity / load_at_peak - 1.0;
        }
        /// Over-provisioning: what of the yearly cost, US dollars, pays for capacity that is idle at peak: headroom,
        /// spares, and accelerators that are paid for and belong to no replica.
        idle_usd_per_year: f64, "Paid per year for capacity that is idle at peak", Usd, Worse {
            idle_usd_per_year(
                cost_of_an_hour: Usd, utilization: Fraction, replicas: One, accelerators_of_one_replica: One,
                accelerators_paid_for: One,
            ) = cost_of_an_hour * HOURS_PER_YEAR
                * (1.0 - utilization * replicas * accelerators_of_one_replica / accelerators_paid_for);
            pooled_idle_usd_per_year(
                cost_of_an_hour: Usd, prefill_utilization: Fraction, prefill: One, decode_utilization: Fraction, decode: One,
                accelerators_paid_for: One,
            ) = cost_of_an_hour * HOURS_PER_YEAR
                * (1.0 - (prefill_utilization * prefill + decode_utilization * decode) / accelerators_paid_for),
                note "accelerators of each pool, spares aside";
        }
    }
}
