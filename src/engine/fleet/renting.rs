//! Renting: what a cloud bills beside the accelerators.

use super::cost::Work;
use crate::catalog::FacilityAssumptions;
use crate::engine::figures::{Number, Recorder, Rent, rent};

/// Traffic and storage of a fleet that does this work.
pub fn beside<'a>(
    work: &Work<'a>,
    weights_bytes: Number<'a>,
    facility: &'a FacilityAssumptions,
    recorder: &mut impl Recorder,
) -> Rent {
    let f = facility;
    let token = (&f.streamed_bytes_per_token).into();
    let out = rent::egress_bytes_per_month(recorder, work.average_load, work.output_tokens, token);
    let egress = rent::egress_usd_per_month(recorder, out, (&f.egress_usd_per_gb).into());
    let price = (&f.rented_storage_usd_per_gb_month).into();
    let storage = rent::storage_usd_per_month(recorder, weights_bytes, price);
    Rent {
        egress_bytes_per_month: out.value,
        egress_usd_per_month: egress.value,
        storage_usd_per_month: storage.value,
        usd_per_month: rent::usd_per_month(recorder, egress, storage).value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine::figures::Silent;

    /// By hand: ten answers a second of 400 tokens are 4,000 events of 250 bytes, 1 MB a second, 2,628 GB a month at $0.09; 140 GB
    /// of weights at $0.07.
    #[test]
    fn egress_and_storage_by_hand() {
        let catalog = Catalog::built_in().unwrap();
        let work = Work {
            average_load: Number::exact(10.0),
            input_tokens: Number::exact(4000.0),
            output_tokens: Number::exact(400.0),
        };
        let got = beside(&work, Number::exact(140e9), &catalog.facility, &mut Silent);
        assert!((got.egress_bytes_per_month / 2.628e12 - 1.0).abs() < 1e-12, "{got:?}");
        assert!((got.egress_usd_per_month - 236.52).abs() < 1e-9, "{got:?}");
        assert!((got.storage_usd_per_month - 9.8).abs() < 1e-9, "{got:?}");
        assert!((got.usd_per_month - 246.32).abs() < 1e-9, "{got:?}");
    }
}
