//! Which accelerators no seller lists below which: more of the same silicon, or the same with more memory. A class in which one
//! seller has one of two and another the other may have them in the wrong order by less than it knows.

/// The dearer and the cheaper of two.
pub const ORDER: &[(&str, &str)] = &[
    ("gb300", "gb200"),
    ("gb300", "b300"),
    ("gb200", "b200"),
    ("b300", "b200"),
    ("b200", "h200-sxm"),
    ("h200-sxm", "h100-sxm"),
    ("h200-nvl", "h100-nvl"),
    ("h100-sxm", "h100-pcie"),
    ("h100-nvl", "h100-pcie"),
    ("h100-pcie", "a100-80gb-pcie"),
    ("h100-sxm", "a100-80gb-sxm"),
    ("a100-80gb-sxm", "a100-40gb-sxm"),
    ("mi355x", "mi325x"),
    ("mi325x", "mi300x"),
    ("l40s", "l4"),
    ("tpu-v7", "tpu-v6e"),
    ("tpu-v6e", "tpu-v5e"),
    ("trainium3", "trainium2"),
    ("trainium2", "trainium1"),
    ("gaudi3", "gaudi2"),
];

/// A logarithm of a price with its standard deviation.
pub struct Level {
    pub accelerator: String,
    pub ln: f64,
    pub spread: f64,
}

/// Puts `levels` of one class, term and size of machine in order: two that are not become their mean, weighted by how well each
/// is known, until all are (isotonic regression by pooling: Barlow et al. 1972).
pub fn put_in_order(levels: &mut [Level]) {
    for _ in 0..200 {
        let mut changed = false;
        for (dearer, cheaper) in ORDER {
            let at = |id: &str| levels.iter().position(|level| level.accelerator == id);
            let (Some(i), Some(j)) = (at(dearer), at(cheaper)) else { continue };
            if levels[i].ln >= levels[j].ln - 1e-6 {
                continue;
            }
            let (a, b) = (levels[i].spread.powi(-2), levels[j].spread.powi(-2));
            let mean = (a * levels[i].ln + b * levels[j].ln) / (a + b);
            (levels[i].ln, levels[j].ln) = (mean, mean);
            changed = true;
        }
        if !changed {
            break;
        }
    }
}
