//! Numbers as users read and type them: rounded, with their unit, in the reader's separators.
//!
//! The window, the command line and the documents all write numbers here; the engine never does.

use std::cell::{Cell, RefCell};

use crate::catalog::Catalog;
use crate::scenario::{DOLLAR, Scenario};
use crate::units::{self, BTU_PER_H, Separators, Unit, WATTS_PER_TON};

thread_local! {
    /// Of a thread, so that nothing that works beside the window can change what it shows.
    static IN_FORCE: Cell<Separators> = const { Cell::new(Separators::Comma) };
    /// Likewise.
    static MONEY: RefCell<Money> = RefCell::new(Money::default());
}

/// The currency that amounts are written and read in.
#[derive(Clone, Debug, PartialEq)]
pub struct Money {
    /// Its code of ISO 4217 in small letters.
    pub code: String,
    /// What stands before an amount.
    pub sign: String,
    /// What one US dollar is in it.
    pub per_usd: f64,
}

impl Default for Money {
    /// US dollars.
    fn default() -> Self {
        Self { code: DOLLAR.to_owned(), sign: "$".to_owned(), per_usd: 1.0 }
    }
}

impl Money {
    /// That of `scenario`, at its own rate or the catalog's.
    pub fn of(scenario: &Scenario, catalog: &Catalog) -> Self {
        let Some(currency) = catalog.currency(&scenario.money.currency) else { return Self::default() };
        let is_word = currency.symbol.chars().last().is_some_and(char::is_alphabetic);
        Self {
            code: currency.id.clone(),
            sign: format!("{}{}", currency.symbol, if is_word { "\u{a0}" } else { "" }),
            per_usd: scenario.money.exchange_rate.unwrap_or(currency.per_usd.value()),
        }
    }

    /// `text` without the sign or the code of the currency, and what one of its amounts is in US dollars.
    fn bare<'a>(&self, text: &'a str) -> (&'a str, f64) {
        let text = text.trim();
        if text.starts_with('$') && self.code != DOLLAR {
            return (text, 1.0);
        }
        let amount = text.strip_prefix(self.sign.trim()).unwrap_or(text).trim_start();
        let amount = amount.strip_suffix(self.sign.trim()).unwrap_or(amount);
        let cut = amount.len().saturating_sub(self.code.len());
        let coded = amount.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(&self.code));
        (if coded { amount[..cut].trim_end() } else { amount }, 1.0 / self.per_usd)
    }
}

/// The currency that this module writes and reads on this thread.
pub fn money() -> Money {
    MONEY.with_borrow(Clone::clone)
}

/// From now on, amounts on this thread are written and read in `money`.
pub fn set_money(money: Money) {
    MONEY.set(money);
}

/// What an amount is in: `$`, `€`.
pub fn money_sign() -> String {
    MONEY.with_borrow(|money| money.sign.trim().to_owned())
}

/// `value` of `unit` as it is written, without its unit: amounts are in the currency in force.
pub fn written(value: f64, unit: Unit) -> f64 {
    if unit.is_money() { value * MONEY.with_borrow(|money| money.per_usd) } else { value }
}

/// The separators that this module writes and reads on this thread.
pub fn separators() -> Separators {
    IN_FORCE.get()
}

/// From now on, numbers on this thread are written and read in `separators`.
pub fn set_separators(separators: Separators) {
    IN_FORCE.set(separators);
}

/// [`units::parse`] of a number as it is typed; amounts are in the currency in force, and in dollars behind a dollar sign.
pub fn parse(text: &str, unit: Unit) -> Option<f64> {
    if !unit.is_money() {
        return units::parse(text, unit, separators());
    }
    MONEY.with_borrow(|money| {
        let (amount, in_usd) = money.bare(text);
        Some(units::parse(amount, unit, separators())? * in_usd)
    })
}

/// [`units::relative`] of a change as it is typed.
pub fn relative(text: &str, now: f64) -> Option<f64> {
    units::relative(text, now, separators())
}

/// `value` with `digits` significant digits, grouped in thousands, no exponent.
pub fn significant(value: f64, digits: usize) -> String {
    separators().significant(value, digits)
}

/// A whole number grouped in thousands.
pub fn count(value: f64) -> String {
    separators().count(value)
}

/// Three significant digits with k, M, B or T: `21.6k`, `1.05M`.
fn short(value: f64, digits: usize) -> String {
    separators().short(value, digits)
}

/// Money as users read it, from US dollars: `$0.84`, `€31.2k`.
pub fn usd(value: f64) -> String {
    MONEY.with_borrow(|money| separators().money(value * money.per_usd, &money.sign))
}

/// From one amount to another, from US dollars, with the sign once: `$5,500–11.5k`.
pub fn usd_range(least: f64, most: f64) -> String {
    format!("{}–{}", usd(least), unsigned(&usd(most)))
}

/// A written amount without the sign of its currency; other text as it is.
pub fn unsigned(text: &str) -> &str {
    MONEY.with_borrow(|money| text.strip_prefix(&money.sign).unwrap_or(text))
}

/// The heading of amounts: `$/month`, `€ per hour`.
pub fn money_heading(rest: &str) -> String {
    format!("{}{rest}", money_sign())
}

/// A duration: `640 µs`, `31.0 ms`, `1.25 s`, `12.0 min`, `3.20 h`.
pub fn seconds(value: f64) -> String {
    separators().duration(value, 3)
}

/// An estimated duration, to the two digits that its band supports: `31 ms`, `1.3 s`.
pub fn about_seconds(value: f64) -> String {
    separators().duration(value, 2)
}

/// Power: `850 W`, `17.1 kW`, `1.2 MW`.
pub fn watts(value: f64) -> String {
    separators().watts(value)
}

/// Current of one phase: `28.4 A`.
pub fn amperes(value: f64) -> String {
    format!("{} A", significant(value, 3))
}

/// Voltage: `415 V`.
pub fn volts(value: f64) -> String {
    format!("{} V", significant(value, 3))
}

/// Heat in British units, from watts: `30.4k BTU/h`.
pub fn btu_per_h(watts: f64) -> String {
    format!("{} BTU/h", short(watts * BTU_PER_H, 3))
}

/// Cooling in tons of refrigeration, from watts: `2.53 tons`.
pub fn tons(watts: f64) -> String {
    format!("{} tons", significant(watts / WATTS_PER_TON, 3))
}

/// A flow of air, from m³/s: `0.67 m³/s`.
pub fn air_flow(m3_per_s: f64) -> String {
    format!("{} m³/s", significant(m3_per_s, 3))
}

/// The same in cubic feet a minute: `1,420 CFM`.
pub fn air_flow_cfm(m3_per_s: f64) -> String {
    const CFM: f64 = 2118.88;
    format!("{} CFM", short(m3_per_s * CFM, 3))
}

/// A flow of liquid, from L/s: `2.1 L/s`.
pub fn liquid_flow(l_per_s: f64) -> String {
    format!("{} L/s", significant(l_per_s, 3))
}

/// Energy, from kWh: `850 kWh`, `62.4 MWh`, `1.2 GWh`.
pub fn kilowatt_hours(value: f64) -> String {
    separators().kilowatt_hours(value)
}

/// Mass, from kg: `850 kg`, `21.3 t`, `1.2 kt`.
pub fn kilograms(value: f64) -> String {
    separators().kilograms(value)
}

/// Volume, from litres: `850 L`, `310 m³`.
pub fn litres(value: f64) -> String {
    separators().litres(value)
}

/// Height in a rack: `8 U`.
pub fn rack_units(value: f64) -> String {
    format!("{} U", count(value))
}

/// Memory in binary units, as drivers and servers report it: `65.8 GiB`.
pub fn bytes(value: f64) -> String {
    separators().bytes(value)
}

/// A share in percent: `35%`, `99.95%`.
pub fn percent(fraction: f64) -> String {
    separators().percent(fraction)
}

/// A share in whole percent, upwards, so that none is never said of a few: `3%`.
pub fn percent_up(fraction: f64) -> String {
    percent((100.0 * fraction - 1e-3).ceil().max(0.0) / 100.0)
}

/// The same number of percent without the sign: `25`.
pub fn unsigned_percent(fraction: f64) -> String {
    count(100.0 * fraction)
}

/// A share of many, 0–1, to a tenth of a percent: "99.6%". Downwards, so that all is never said of less.
pub fn share(fraction: f64) -> String {
    percent((fraction * 1e3 + 1e-9).floor() / 1e3)
}

/// A value with its unit, rounded for users.
pub fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Usd => usd(value),
        Unit::UsdPerKwh => MONEY.with_borrow(|money| {
            format!("{}{}/kWh", money.sign, separators().significant(value * money.per_usd, 3))
        }),
        _ => separators().quantity(value, unit),
    }
}

/// Drops zeros behind the point: 40.0 says no more than 40 to the one who set it.
pub fn trimmed(number: &str) -> String {
    let decimal = separators().decimal();
    if !number.contains(decimal) {
        return number.to_owned();
    }
    let digits = number.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &number[digits.len()..];
    format!("{}{suffix}", digits.trim_end_matches('0').trim_end_matches(decimal))
}

/// A number and its unit without zeros behind the point: `60 A` for `60.0 A`.
pub fn plain(text: &str) -> String {
    match text.split_once(' ') {
        Some((number, word)) => format!("{} {word}", trimmed(number)),
        None => trimmed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_people() {
        assert_eq!(usd(21_600.0), "$21.6k");
        assert_eq!(usd(0.8449), "$0.845");
        assert_eq!(usd(9.996), "$10.0");
        assert_eq!(seconds(0.031), "31.0 ms");
        assert_eq!(watts(17_123.0), "17.1 kW");
        assert_eq!(amperes(28.38), "28.4 A");
        assert_eq!(btu_per_h(8_909.4), "30.4k BTU/h");
        // The DGX A100 user guide gives 6.5 kW as 22,179 BTU per hour, that of the DGX B200 14.3 kW as 48,794.
        assert!(
            (6_500.0 * BTU_PER_H - 22_179.0).abs() < 1.0 && (14_300.0 * BTU_PER_H - 48_794.0).abs() < 1.0
        );
        assert!((6_500.0 / WATTS_PER_TON - 6.5 * 0.2843).abs() < 1e-3);
        assert_eq!((air_flow(0.67), air_flow_cfm(0.67)), ("0.670 m³/s".to_owned(), "1,420 CFM".to_owned()));
        assert_eq!((kilowatt_hours(62_400.0), kilowatt_hours(999.6)), ("62.4 MWh".into(), "1.00 MWh".into()));
        assert_eq!((kilograms(21_300.0), litres(310_000.0)), ("21.3 t".into(), "310 m³".into()));
        assert_eq!(percent(0.9995), "99.95%");
        assert_eq!(percent(0.24), "24%");
        assert_eq!(
            (share(0.996_987), share(0.999_99), share(1.0)),
            ("99.6%".into(), "99.9%".into(), "100%".into())
        );
        assert_eq!(count(1_234_567.0), "1,234,567");
        assert_eq!(significant(0.000_123_4, 2), "0.00012");
        assert_eq!(quantity(70.6e9, Unit::Parameters), "70.6B");
        // `nvidia-smi` shows 143,771 MiB of an H200, which is sold as 141 GB.
        assert_eq!(bytes(143_771.0 * 1_048_576.0), "140 GiB");
        assert_eq!(quantity(4.8e12, Unit::BytesPerSecond), "4.80 TB/s");
    }

    /// Amounts are written in the currency in force and read back as dollars; a dollar sign means dollars everywhere.
    #[test]
    fn amounts_are_written_and_read_in_the_currency() {
        let catalog = Catalog::built_in().unwrap();
        for currency in &catalog.currencies {
            let mut scenario = Scenario::default();
            scenario.set("money.currency", &currency.id, &catalog).unwrap();
            scenario.set("money.exchange_rate", "2", &catalog).unwrap();
            set_money(Money::of(&scenario, &catalog));
            for (value, unit) in [(12_300.0, Unit::Usd), (0.0815, Unit::UsdPerKwh)] {
                let text = quantity(value, unit);
                assert_eq!(parse(&text, unit), Some(value), "{text}");
            }
            assert_eq!(usd(10_800.0), format!("{}21.6k", money().sign));
            assert_eq!(usd_range(900.0, 10_800.0), format!("{}1,800–21.6k", money().sign));
            assert_eq!(parse("$12", Unit::Usd), Some(if currency.id == DOLLAR { 6.0 } else { 12.0 }));
            assert_eq!(parse(&format!("3 {}", currency.id), Unit::Usd), Some(1.5));
        }
        set_money(Money::default());
    }

    /// What `work` writes, it writes in `separators`.
    fn with_separators<T>(separators: Separators, work: impl FnOnce() -> T) -> T {
        let before = IN_FORCE.replace(separators);
        let done = work();
        IN_FORCE.set(before);
        done
    }

    #[test]
    fn numbers_have_the_separators_that_the_user_has() {
        let texts = Separators::ALL.map(|separators| {
            with_separators(separators, || {
                [
                    usd(1234.5),
                    seconds(0.0314),
                    percent(0.999_75),
                    count(1_234_567.0),
                    quantity(99.5, Unit::Percentile),
                ]
            })
        });
        assert_eq!(texts[0], ["$1,230", "31.4 ms", "99.975%", "1,234,567", "p99.5"]);
        assert_eq!(texts[1], ["$1.230", "31,4 ms", "99,975%", "1.234.567", "p99,5"]);
        assert_eq!(texts[2], ["$1\u{202f}230", "31,4 ms", "99,975%", "1\u{202f}234\u{202f}567", "p99,5"]);
        assert_eq!(texts[3], ["$1’230", "31.4 ms", "99.975%", "1’234’567", "p99.5"]);
        assert_eq!(count(1000.0), "1,000", "as before");
    }
}
