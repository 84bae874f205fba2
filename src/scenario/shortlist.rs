//! What is on the table: accelerators by their ids, a maker's all at once, and what all of them have to have.

use crate::catalog::{Catalog, Vendor, nearest};

/// What an accelerator has to have to be on the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// A price on the term that is asked, of those whose prices are asked.
    Offered,
    /// Measurements of the model under the stack.
    Measured,
    /// An offer in the part of the world where the plan is; what is bought stands anywhere.
    InRegion,
}

impl Filter {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Offered, Self::Measured, Self::InRegion];

    /// The word used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Measured => "measured",
            Self::InRegion => "in_region",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Offered => "Offered",
            Self::Measured => "Measured",
            Self::InRegion => "In this region",
        }
    }

    /// What it asks for, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Offered => "Only what has a price on this term, under the prices that are asked for.",
            Self::Measured => "Only where this model was measured, under this stack.",
            Self::InRegion => {
                "Only what sellers offer in the region's part of the world; servers to buy stand anywhere."
            }
        }
    }

    /// The filter that an entry of a shortlist is; `None`: it is an accelerator.
    pub fn of(entry: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.id() == entry)
    }
}

/// The ids of the accelerators in `list`; none: every one.
pub fn accelerators(list: &[String]) -> impl Iterator<Item = &String> {
    list.iter().filter(|entry| Filter::of(entry).is_none())
}

/// Ids of the accelerators of a maker, in the order of the catalog.
pub fn made_by(vendor: Vendor, catalog: &Catalog) -> impl Iterator<Item = &str> {
    catalog.accelerators.iter().filter(move |a| a.vendor == vendor).map(|a| a.id.as_str())
}

/// The entries that `text` names: `h100-sxm, b200`, makers such as `nvidia`, filters such as `offered`; none where it is empty
/// or `all`.
///
/// # Errors
/// What is wrong, and the remedy.
pub fn parse(text: &str, catalog: &Catalog) -> Result<Vec<String>, (String, String)> {
    let mut entries: Vec<String> = Vec::new();
    if text.trim().eq_ignore_ascii_case("all") {
        return Ok(entries);
    }
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let filter = Filter::of(&part.to_lowercase().replace([' ', '-'], "_"));
        let maker = Vendor::ALL.into_iter().find(|vendor| vendor.id().eq_ignore_ascii_case(part));
        let meant: Vec<String> = match (catalog.accelerator_meant(part), filter, maker) {
            (Some(id), ..) => vec![id.to_owned()],
            (None, Some(filter), _) => vec![filter.id().to_owned()],
            (None, None, Some(maker)) => made_by(maker, catalog).map(str::to_owned).collect(),
            (None, None, None) => Vec::new(),
        };
        if meant.is_empty() {
            let remedy = match nearest(part, catalog.accelerators.iter().map(|a| a.id.as_str())) {
                Some(near) => format!("Did you mean {near}?"),
                None => {
                    "Use ids that `headroom catalog accelerators` lists, a maker (nvidia, amd), or offered, measured, in_region."
                        .to_owned()
                }
            };
            return Err((format!("{part} is not an accelerator of the catalog"), remedy));
        }
        entries.extend(meant.into_iter().filter(|id| !entries.contains(id)).collect::<Vec<_>>());
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_makers_and_filters_are_read() {
        let catalog = Catalog::built_in().unwrap();
        assert_eq!(parse("b200, H100", &catalog).unwrap(), ["b200", "h100-sxm"]);
        assert_eq!(parse(" all ", &catalog).unwrap(), Vec::<String>::new());
        let amd = parse("amd, mi300x", &catalog).unwrap();
        assert!(amd.len() >= 3 && amd.iter().all(|id| id.starts_with("mi")), "{amd:?}");
        assert_eq!(parse("Offered, in region, b200", &catalog).unwrap(), ["offered", "in_region", "b200"]);
        assert!(parse("h100, b20", &catalog).unwrap_err().1.contains("b200"));
    }
}
