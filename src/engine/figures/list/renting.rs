//! Figures of what is paid beside rented accelerators.

use crate::engine::figures::figure::figures;

figures! {
    /// What a cloud bills beside the accelerators: traffic out of it and shared storage. The costs of the terms, which are of
    /// the accelerators alone, do not include it.
    #[derive(Default)]
    pub struct Rent in rent at "cost.rent" {
        /// Answers as they are streamed to clients; prompts come in free of charge.
        egress_bytes_per_month: f64, "Traffic out of the cloud, per month", Bytes, Worse {
            egress_bytes_per_month(average_load: RequestsPerSecond, output: Tokens, bytes_of_a_token: Bytes)
                = average_load * output * bytes_of_a_token * 3600.0 * HOURS_PER_MONTH,
                note "each token is an event of its own, most of which is its envelope";
        }
        egress_usd_per_month: f64, "Egress when rented, per month", Usd, Worse {
            egress_usd_per_month(egress: Bytes, price_of_a_gigabyte: Usd) = egress / 1e9 * price_of_a_gigabyte,
                note "at a hyperscaler; several GPU clouds take nothing for it";
        }
        storage_usd_per_month: f64, "Storage when rented, per month", Usd, Worse {
            storage_usd_per_month(weights: Bytes, price_of_a_gigabyte_and_month: Usd)
                = weights / 1e9 * price_of_a_gigabyte_and_month,
                note "one copy of the weights on shared file storage, from which every replica loads them";
        }
        usd_per_month: f64, "Beside the accelerators when rented, per month", Usd, Worse {
            usd_per_month(egress: Usd, storage: Usd) = egress + storage, note "without taxes, which are left to the user";
        }
    }
}
