//! Fits what each class of sellers asks for each accelerator to the dated offers, and writes `assets/class_prices.ron`.
//!
//! `cargo run --release --example fit_prices` prints the prices, `-- --write` writes them.
//!
//! Sellers differ more than parts do, and few sell all parts, so that medians of lists compare sellers. The logarithm of a price
//! is taken as a sum: part, class, seller, term, size of machine, place and day, and their pairs where one alone does not
//! tell (a mixed model: Pinheiro and Bates, Mixed-Effects Models in S and S-PLUS, 2000). Each effect is held near zero in
//! proportion to how far such effects spread. Rows that lie far from all others weigh little (Student's t with four degrees
//! of freedom: Lange, Little and Taylor 1989).

#[path = "fit_prices/effects.rs"]
mod effects;
#[path = "fit_prices/market.rs"]
mod market;
#[path = "fit_prices/order.rs"]
mod order;
#[path = "fit_prices/write.rs"]
mod write;

use std::process::ExitCode;

use headroom::catalog::Catalog;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let catalog = Catalog::built_in().map_err(|error| error.to_string())?;
    let markets = market::fit(&catalog)?;
    match arguments {
        [] => {
            print!("{}", write::table(&markets));
            Ok(())
        }
        [flag] if flag == "--write" => write::write(&markets),
        _ => Err("usage: fit_prices [--write]".to_owned()),
    }
}
