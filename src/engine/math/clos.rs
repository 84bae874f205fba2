//! Folded Clos networks: how many switches join so many endpoints.

/// Switches and links of a folded Clos network (fat tree), rails or not: rails decide which card goes to which leaf, not
/// how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clos {
    pub leaf_switches: f64,
    pub spine_switches: f64,
    pub core_switches: f64,
    /// Links between switches.
    pub links: f64,
}

/// The smallest network of switches with `ports` ports for `endpoints`, `split` of which share a port (Al-Fares et al.
/// 2008; one leaf where it holds all, two tiers up to as many leaves as a spine has ports, three beyond).
pub fn clos(endpoints: f64, ports: f64, split: f64, oversubscription: f64) -> Clos {
    if endpoints <= 0.0 {
        return Clos::default();
    }
    if endpoints <= ports * split {
        return Clos { leaf_switches: 1.0, ..Clos::default() };
    }
    let down = (ports * oversubscription / (1.0 + oversubscription)).floor().min(ports - 1.0);
    let up = ports - down;
    let leaf_switches = (endpoints / (down * split)).ceil();
    let links = leaf_switches * up;
    if leaf_switches <= ports {
        // Every leaf has as many links to each spine: the count of spines divides its links.
        let least = (links / ports).ceil();
        let mut spine_switches = least;
        while spine_switches < up && up % spine_switches != 0.0 {
            spine_switches += 1.0;
        }
        return Clos { leaf_switches, spine_switches, core_switches: 0.0, links };
    }
    let half = (ports / 2.0).floor();
    let spine_switches = (links / half).ceil();
    let upper = spine_switches * half;
    Clos { leaf_switches, spine_switches, core_switches: (upper / ports).ceil(), links: links + upper }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compute fabric of the DGX SuperPOD with DGX H100 (reference architecture, table of component counts): scalable
    /// units of 32 nodes, the first of which gives one up for the fabric's manager; 64-port switches, no oversubscription.
    #[test]
    fn a_superpod_has_the_switches_and_cables_of_its_table() {
        for (nodes, leaves, spines, node_cables, switch_cables) in [
            (31.0, 8.0, 4.0, 252.0, 256.0),
            (63.0, 16.0, 8.0, 508.0, 512.0),
            (127.0, 32.0, 16.0, 1020.0, 1024.0),
        ] {
            // Four more cables go to the fabric's manager.
            let got = clos(nodes * 8.0 + 4.0, 64.0, 1.0, 1.0);
            assert_eq!((got.leaf_switches, got.spine_switches, got.core_switches), (leaves, spines, 0.0));
            assert_eq!((nodes * 8.0 + 4.0, got.links), (node_cables, switch_cables));
        }
    }

    /// A three-tier fat tree of k-port switches holds k³/4 hosts on 5k²/4 switches (Al-Fares et al. 2008, section 3).
    #[test]
    fn a_full_fat_tree_has_the_switches_of_the_paper() {
        for k in [8.0f64, 16.0, 48.0] {
            let got = clos(k * k * k / 4.0, k, 1.0, 1.0);
            assert_eq!(got.leaf_switches, k * k / 2.0);
            assert_eq!(got.spine_switches, k * k / 2.0);
            assert_eq!(got.core_switches, k * k / 4.0);
        }
    }

    #[test]
    fn every_card_has_a_port_and_fewer_links_go_up_than_asked_for_never() {
        for endpoints in 1..3000 {
            for (split, over) in [(1.0, 1.0), (2.0, 1.0), (2.0, 3.0), (1.0, 7.0)] {
                let n = f64::from(endpoints);
                let got = clos(n, 64.0, split, over);
                let down =
                    if got.spine_switches == 0.0 { 64.0 } else { (64.0 * over / (1.0 + over)).floor() };
                assert!(got.leaf_switches * down * split >= n);
                if got.core_switches == 0.0 && got.spine_switches > 0.0 {
                    assert!(got.spine_switches * 64.0 >= got.links, "{endpoints}: {got:?}");
                    assert!(got.links >= n / split / over - 1e-9, "{endpoints}: {got:?}");
                }
            }
        }
    }
}
