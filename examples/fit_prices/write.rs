//! The prices as a table for the terminal and as the catalog's file.

use std::fmt::Write as _;

use headroom::catalog::{ClassMarket, ClassPrice};

const FILE: &str = "assets/class_prices.ron";

const HEAD: &str = "\
// What classes of sellers ask, US dollars an hour for one accelerator. Made by `cargo run --release --example fit_prices -- --write`
// from the dated offers of offers.csv, and not to be edited by hand; the method is at the top of the example.
";

/// A line for each price.
pub fn table(markets: &[ClassMarket]) -> String {
    let mut text = String::new();
    for market in markets {
        let ClassMarket {
            class,
            as_of,
            drift_per_year,
            walk_per_year,
            sellers_spread,
            europe,
            elsewhere,
            ..
        } = market;
        let _ = writeln!(
            text,
            "{} on {as_of}: drift {drift_per_year} a year, walk {walk_per_year}, sellers {sellers_spread}, \\
             Europe {europe}, elsewhere {elsewhere}",
            class.id()
        );
        for price in &market.prices {
            let ClassPrice {
                accelerator,
                term,
                machines,
                usd_per_accelerator_hour,
                spread,
                sellers,
                newest,
                derived,
            } = price;
            let derived = if *derived { " derived" } else { "" };
            let _ = writeln!(
                text,
                "  {accelerator:15} {:12} {machines:?} {usd_per_accelerator_hour:.3} ± {spread:.2} ({sellers}, {newest}){derived}",
                term.id()
            );
        }
    }
    text
}

/// Writes the catalog's file.
pub fn write(markets: &[ClassMarket]) -> Result<(), String> {
    let pretty = ron::ser::PrettyConfig::new().depth_limit(3).indentor("    ");
    let text = ron::ser::to_string_pretty(markets, pretty).map_err(|error| error.to_string())?;
    std::fs::write(FILE, format!("{HEAD}{text}\n")).map_err(|error| format!("{FILE}: {error}"))
}
