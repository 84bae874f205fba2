//! What owning costs: servers of the right size, contracted power, staff with a least, and every part by hand.

use headroom::catalog::{Catalog, Term, VendorClass};
use headroom::engine::{self, Buy, Sizing};
use headroom::scenario::{Scenario, preset};

/// Limits that an L4 holds to the end of its band.
const PATIENT: (&str, &str) = ("slo.tpot_s", "0.08");

fn bought(catalog: &Catalog, stem: &str, inputs: &[(&str, &str)]) -> Scenario {
    let mut scenario = preset::open(stem, catalog).unwrap();
    scenario.money.term = Term::Buy;
    // Counts by hand are those of typical times.
    scenario.fleet.confidence = 0.5;
    for (path, text) in inputs {
        scenario.set(path, text, catalog).unwrap_or_else(|problem| panic!("{path}={text}: {problem:?}"));
    }
    scenario
}

fn sized(catalog: &Catalog, scenario: &Scenario, accelerator: &str) -> Sizing {
    let plan = engine::plan_on(scenario, catalog, |id| id == accelerator).unwrap();
    plan.candidate(accelerator).unwrap().sizing().unwrap().clone()
}

fn buy(sizing: &Sizing) -> Buy {
    sizing.estate.cost.buy.unwrap()
}

fn near(a: f64, b: f64) {
    assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
}

/// One card at the edge is bought as one card, whether the plan buys or only compares with buying.
#[test]
fn one_card_is_bought_as_one_card() {
    let catalog = Catalog::built_in().unwrap();
    for (accelerator, usd) in [("l4", 7365.0), ("l40s", 13_842.0), ("rtx-pro-6000", 19_600.0)] {
        for term in ["buy", "on_demand"] {
            let scenario = bought(&catalog, "edge-8b", &[("money.term", term), PATIENT]);
            let sizing = sized(&catalog, &scenario, accelerator);
            let buy = buy(&sizing);
            assert_eq!(sizing.whole().accelerators, 1, "{accelerator}");
            assert_eq!((buy.servers, buy.accelerators_per_server), (1.0, 1.0), "{accelerator}");
            near(buy.servers_usd, usd);
            assert_eq!(buy.management_usd, 0.0, "{accelerator}");
        }
        let scenario = bought(&catalog, "edge-8b", &[PATIENT]);
        assert_eq!(sized(&catalog, &scenario, accelerator).layout.billed_accelerators, 1);
    }
}

/// A replica fits the server that it is put in, or spans whole ones; with as many spares, what is bought is never dearer than
/// the default server, which may need more of them.
#[test]
fn a_replica_fits_its_server_or_spans_whole_ones() {
    let catalog = Catalog::built_in().unwrap();
    for (stem, _) in preset::BUILT_IN {
        let scenario = bought(&catalog, stem, &[("fleet.spare_replicas", "1"), ("platform.pools", "never")]);
        for candidate in engine::plan(&scenario, &catalog).unwrap().candidates {
            let Some(sizing) = candidate.sizing() else { continue };
            let (l, b, who) = (&sizing.layout, buy(sizing), &candidate.name);
            let (n, each) = (b.accelerators_per_server, f64::from(l.accelerators_per_replica()));
            let all = f64::from(l.replicas + l.spare_replicas);
            assert_eq!(f64::from(l.servers), b.servers, "{stem} {who}");
            assert_eq!(f64::from(l.billed_accelerators), b.servers * n, "{stem} {who}");
            if each <= n {
                assert!((n / each).floor() * b.servers >= all, "{stem} {who}");
            } else {
                assert_eq!(b.servers, all * (each / n).ceil(), "{stem} {who}");
            }
            let default = catalog.server_for(&candidate.accelerator).unwrap();
            let (size, usd) = (default.accelerators.value(), default.price_usd.as_ref().unwrap().value());
            let in_default =
                if each <= size { (all / (size / each).floor()).ceil() } else { all * (each / size).ceil() };
            assert!(b.servers_usd <= usd * in_default * (1.0 + 1e-9), "{stem} {who}");
        }
    }
}

/// More load never costs less to own.
#[test]
fn owning_costs_more_with_load() {
    let catalog = Catalog::built_in().unwrap();
    for (stem, _) in preset::BUILT_IN {
        let mut scenario = bought(&catalog, stem, &[]);
        let first = scenario.workload.requests_per_s;
        let mut last: Vec<(String, f64, f64)> = Vec::new();
        for times in [0.25, 0.5, 1.0, 2.0, 4.0] {
            scenario.workload.requests_per_s = first * times;
            let plan = engine::plan(&scenario, &catalog).unwrap();
            let now = plan.candidates.iter().filter_map(|c| {
                let buy = buy(c.sizing()?);
                Some((c.accelerator.clone(), buy.servers_usd, buy.present_cost_usd))
            });
            let now: Vec<_> = now.collect();
            for (id, servers, present) in &now {
                if let Some((_, less, before)) = last.iter().find(|(known, ..)| known == id) {
                    assert!(servers >= less, "{stem} {id} at {times}: {servers} {less}");
                    assert!(*present >= before * 0.99, "{stem} {id} at {times}: {present} {before}");
                }
            }
            last = now;
        }
    }
}

/// Colocation is billed on ratings, and on less only where there is less power; energy is beside it.
#[test]
fn colocation_is_billed_on_what_is_contracted() {
    let catalog = Catalog::built_in().unwrap();
    let f = &catalog.facility;
    let rate = f.colocation_usd_per_kw_month.value();
    for accelerator in ["h100-sxm", "mi300x"] {
        let scenario = bought(&catalog, "support-chat", &[]);
        let sizing = sized(&catalog, &scenario, accelerator);
        let (b, p) = (buy(&sizing), &sizing.estate.power);
        let rated = catalog.server_for(accelerator).unwrap().max_w.value();
        let contracted = b.servers * rated + p.network_w + p.storage_w;
        near(b.space_usd_per_year, contracted / 1000.0 * rate * 12.0);
        assert!(contracted > p.it_w);
        let cap_w = p.facility_w * 1.01;
        let capped = bought(&catalog, "support-chat", &[("facility.power_cap_w", &cap_w.to_string())]);
        let under = sized(&catalog, &capped, accelerator);
        let kw = cap_w / under.estate.facility.pue / 1000.0;
        near(buy(&under).space_usd_per_year, kw * rate * 12.0);
    }
    // One L4 takes less power than the rate of a cabinet pays for, but a workstation takes no cabinet.
    let edge = sized(&catalog, &bought(&catalog, "edge-8b", &[PATIENT]), "l4");
    let p = &edge.estate.power;
    near(buy(&edge).space_usd_per_year, (350.0 + p.network_w + p.storage_w) / 1000.0 * rate * 12.0);
    // A GH200 of 1.5 kW takes a cabinet of 500 dollars a month.
    let edge = sized(&catalog, &bought(&catalog, "edge-8b", &[]), "gh200");
    near(buy(&edge).space_usd_per_year, 500.0 * 12.0);
}

/// By hand: one of eight takes a sixteenth of an engineer at 220,000 dollars, eight take half a one, 56 still do.
#[test]
fn staff_has_a_least() {
    let catalog = Catalog::built_in().unwrap();
    let of = |stem, accelerator| buy(&sized(&catalog, &bought(&catalog, stem, &[PATIENT]), accelerator));
    near(of("edge-8b", "l4").staff_usd_per_year, 220e3 / 16.0);
    near(of("edge-8b", "h100-sxm").staff_usd_per_year, 110e3);
    let many = of("deepseek-at-scale", "h100-sxm");
    let accelerators = many.servers * many.accelerators_per_server;
    near(many.staff_usd_per_year, (accelerators / 500.0).max(0.5) * 220e3);
    let asked = bought(&catalog, "edge-8b", &[("money.staff_usd_per_year", "5000"), PATIENT]);
    near(buy(&sized(&catalog, &asked, "l4")).staff_usd_per_year, 5000.0);
}

/// By hand, eight H100 SXM of an OEM at 285,000 dollars: storage 6.3%, deployment 3.8%, spare parts 2%, support 6% a year, and
/// 165 dollars for two hours at 0.0908 repairs of each of the eight.
#[test]
fn parts_of_one_server_by_hand() {
    let catalog = Catalog::built_in().unwrap();
    let b = buy(&sized(&catalog, &bought(&catalog, "edge-8b", &[]), "h100-sxm"));
    assert_eq!((b.servers, b.accelerators_per_server), (1.0, 8.0));
    near(b.servers_usd, 285_000.0);
    near(b.storage_usd, 17_955.0);
    near(b.deployment_usd, 10_830.0);
    near(b.spare_parts_usd, 5700.0);
    near(b.management_usd, 3000.0);
    near(b.maintenance_usd_per_year, 17_100.0);
    near(b.remote_hands_usd_per_year, 239.712);
}

/// Five years of NVIDIA AI Enterprise come with H100 NVL: of four years none is paid, of six one, and of an L40S all.
#[test]
fn licences_that_come_with_a_card_are_not_paid_again() {
    let catalog = Catalog::built_in().unwrap();
    let of = |accelerator, years| {
        let inputs = [("money.software_usd_per_accelerator_year", "4500"), ("money.years", years)];
        buy(&sized(&catalog, &bought(&catalog, "edge-8b", &inputs), accelerator))
    };
    assert_eq!(of("h100-nvl", "4").software_usd_per_year, 0.0);
    let six = of("h100-nvl", "6");
    near(six.software_usd_per_year, six.servers * six.accelerators_per_server * 4500.0 / 6.0);
    near(of("l40s", "4").software_usd_per_year, 4500.0);
}

/// Servers draw no more than was measured of them, and are provisioned by their rating.
#[test]
fn no_server_draws_more_than_was_measured() {
    let catalog = Catalog::built_in().unwrap();
    for server in catalog.servers.iter().filter(|server| server.measured_max_w.is_some()) {
        let accelerator = catalog.accelerator(&server.accelerator).unwrap();
        let (n, top_w) = (server.accelerators.value(), server.top_w().value());
        let idle_rest = server.idle_w.value() - n * accelerator.idle_w.value();
        assert!(top_w >= n * accelerator.tdp_w.value() + idle_rest, "{}", server.id);
        assert!(top_w <= server.max_w.value(), "{}", server.id);
    }
    for (stem, _) in preset::BUILT_IN {
        let scenario = bought(&catalog, stem, &[]);
        for candidate in engine::plan(&scenario, &catalog).unwrap().candidates {
            let Some(sizing) = candidate.sizing() else { continue };
            let n = buy(sizing).accelerators_per_server;
            let mut of_it = catalog.servers.iter().filter(|s| s.accelerator == candidate.accelerator);
            let server =
                of_it.find(|s| s.accelerators.value() == n && s.vendor_class != VendorClass::Reference);
            let most = server.unwrap().top_w().value() * f64::from(sizing.whole().servers);
            assert!(sizing.estate.power.server_w <= most * 1.0001, "{stem} {}", candidate.name);
        }
    }
    let h100 = catalog.server_for("h100-sxm").unwrap();
    assert_eq!((h100.top_w().value(), h100.max_w.value()), (8400.0, 10_200.0));
}

/// Prices compare like with like: what plans buy by default is an OEM's, a whole rack, or not for sale.
#[test]
fn default_servers_are_of_one_class() {
    let catalog = Catalog::built_in().unwrap();
    for server in catalog.servers.iter().filter(|server| server.default) {
        let expected = match (server.price_usd.is_some(), server.accelerators.value() > 16.0) {
            (false, _) => VendorClass::Cloud,
            (true, true) => VendorClass::Rack,
            (true, false) => VendorClass::Oem,
        };
        assert_eq!(server.vendor_class, expected, "{}", server.id);
    }
}
