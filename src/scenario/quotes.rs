//! The user's own quotes, which take the place of the catalog's prices.

use crate::catalog::{Catalog, Term, nearest};
use crate::units::{self, Unit};

/// A price offered to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnQuote {
    /// Id of a catalog accelerator.
    pub accelerator: String,
    /// How it is paid for.
    pub term: Term,
    /// US dollars: an hour of one accelerator, or for [`Term::Buy`] one server.
    pub usd: f64,
}

/// Least and greatest plausible price: of an hour of one accelerator, of a server.
const USD_PER_HOUR: (f64, f64) = (1e-3, 1e3);
const USD_PER_SERVER: (f64, f64) = (100.0, 1e8);

/// Reads quotes such as `h100-sxm reserved_1y 2.10, b200 buy 415000`.
///
/// # Errors
/// What is wrong, and the remedy.
pub fn parse(text: &str, catalog: &Catalog) -> Result<Vec<OwnQuote>, (String, String)> {
    let mut quotes: Vec<OwnQuote> = Vec::new();
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let quote = parse_one(part, catalog)?;
        if quotes.iter().any(|q| q.accelerator == quote.accelerator && q.term == quote.term) {
            let same = format!("has two prices for {} {}", quote.accelerator, quote.term.id());
            return Err((same, "Leave one of them.".to_owned()));
        }
        quotes.push(quote);
    }
    Ok(quotes)
}

fn parse_one(part: &str, catalog: &Catalog) -> Result<OwnQuote, (String, String)> {
    let fields: Vec<&str> = part.split_whitespace().collect();
    let [accelerator, term, price] = fields[..] else {
        return Err((
            format!("`{part}` is not a quote"),
            "Write accelerator, term and US dollars, such as h100-sxm reserved_1y 2.10.".to_owned(),
        ));
    };
    let Some(known) = catalog.accelerator_meant(accelerator) else {
        let remedy = match nearest(accelerator, catalog.accelerators.iter().map(|a| a.id.as_str())) {
            Some(near) => format!("Did you mean {near}?"),
            None => "Use an id that `headroom catalog accelerators` lists.".to_owned(),
        };
        return Err((format!("{accelerator} is not an accelerator of the catalog"), remedy));
    };
    let Some(term) = Term::ALL.into_iter().find(|t| t.id() == term) else {
        let known = Term::ALL.map(Term::id).join(", ");
        return Err((format!("{term} is not a term"), format!("Use one of {known}.")));
    };
    let usd = units::parse_plain(price, Unit::Usd).unwrap_or(f64::NAN);
    match implausible(term, usd) {
        None => Ok(OwnQuote { accelerator: known.to_owned(), term, usd }),
        Some((problem, remedy)) => Err((format!("{price} {problem}"), remedy)),
    }
}

/// What is wrong with `usd` as a price on `term`, and the remedy. `None`: nothing.
pub fn implausible(term: Term, usd: f64) -> Option<(String, String)> {
    let (least, most) = if term == Term::Buy { USD_PER_SERVER } else { USD_PER_HOUR };
    let what = if term == Term::Buy { "a server" } else { "an hour of one accelerator" };
    let wrong = || (format!("is not a price of {what}"), format!("Give US dollars from {least} to {most}."));
    (!(least..=most).contains(&usd)).then(wrong)
}

/// What [`parse`] reads back.
pub fn text(quotes: &[OwnQuote]) -> String {
    let each = quotes.iter().map(|q| format!("{} {} {}", q.accelerator, q.term.id(), q.usd));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_come_back_as_they_were_and_bad_ones_say_why() {
        let catalog = Catalog::built_in().unwrap();
        let quotes = parse("h100-sxm reserved_1y $2.10,\nb200 buy 415000", &catalog).unwrap();
        assert_eq!(parse(&text(&quotes), &catalog).unwrap(), quotes);
        assert_eq!(parse(" ", &catalog).unwrap(), []);
        for (bad, names) in [
            ("h100-sxm 2.1", "h100-sxm reserved_1y 2.10"),
            ("h100-sx on_demand 2", "Did you mean h100-sxm?"),
            ("b200 yearly 2", "reserved_1y"),
            ("b200 spot 0", "from 0.001"),
            ("b200 spot -2", "from 0.001"),
            ("b200 buy 4", "from 100"),
            ("b200 spot 2, b200 spot 3", "Leave one"),
        ] {
            let (problem, remedy) = parse(bad, &catalog).unwrap_err();
            assert!(remedy.contains(names), "{bad}: {problem}. {remedy}");
        }
    }
}
