//! The accelerators that are on the table: by their ids, or a maker's all at once.

use crate::catalog::{Catalog, Vendor, nearest};

/// The ids that `text` names: `h100-sxm, b200`, or makers such as `nvidia`; none where it is empty or `all`.
///
/// # Errors
/// What is wrong, and the remedy.
pub fn parse(text: &str, catalog: &Catalog) -> Result<Vec<String>, (String, String)> {
    let mut ids: Vec<String> = Vec::new();
    if text.trim().eq_ignore_ascii_case("all") {
        return Ok(ids);
    }
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let named = catalog.accelerator_meant(part).map(str::to_owned);
        let of_maker = |vendor: Vendor| format!("{vendor:?}").eq_ignore_ascii_case(part);
        let made = catalog.accelerators.iter().filter(|accelerator| of_maker(accelerator.vendor));
        let meant: Vec<String> = match named {
            Some(id) => vec![id],
            None => made.map(|accelerator| accelerator.id.clone()).collect(),
        };
        if meant.is_empty() {
            let remedy = match nearest(part, catalog.accelerators.iter().map(|a| a.id.as_str())) {
                Some(near) => format!("Did you mean {near}?"),
                None => {
                    "Use ids that `headroom catalog accelerators` lists, or a maker: nvidia, amd.".to_owned()
                }
            };
            return Err((format!("{part} is not an accelerator of the catalog"), remedy));
        }
        ids.extend(meant.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_makers_are_read() {
        let catalog = Catalog::built_in().unwrap();
        assert_eq!(parse("b200, H100", &catalog).unwrap(), ["b200", "h100-sxm"]);
        assert_eq!(parse(" all ", &catalog).unwrap(), Vec::<String>::new());
        let amd = parse("amd, mi300x", &catalog).unwrap();
        assert!(amd.len() >= 3 && amd.iter().all(|id| id.starts_with("mi")), "{amd:?}");
        assert!(parse("h100, b20", &catalog).unwrap_err().1.contains("b200"));
    }
}
