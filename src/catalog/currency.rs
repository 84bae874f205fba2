//! Currencies that amounts are shown in; the engine works in US dollars.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// A currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// Its code of ISO 4217 in small letters.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// What stands before an amount.
    pub symbol: String,
    /// What one US dollar is in it.
    pub per_usd: Sourced,
}
