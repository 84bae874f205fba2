//! The built-in catalog as a whole, against the contract.

use headroom::catalog::{Catalog, Sourced, Term};

/// Ids of the contract: other people's presets and scripts name them.
const ACCELERATORS: [&str; 31] = [
    "h100-sxm",
    "h100-pcie",
    "h100-nvl",
    "h200-sxm",
    "h200-nvl",
    "gh200",
    "b200",
    "b300",
    "gb200",
    "gb300",
    "a100-80gb-sxm",
    "a100-80gb-pcie",
    "a100-40gb-sxm",
    "l40s",
    "l4",
    "a10g",
    "rtx-pro-6000",
    "mi300x",
    "mi325x",
    "mi355x",
    "tpu-v4",
    "tpu-v5e",
    "tpu-v5p",
    "tpu-v6e",
    "tpu-v7",
    "trainium1",
    "trainium2",
    "trainium3",
    "inferentia2",
    "gaudi2",
    "gaudi3",
];

#[test]
fn the_built_in_catalog_is_whole() {
    let errors: Vec<String> =
        Catalog::built_in().unwrap().validate().iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_ids_of_the_contract_are_there() {
    let catalog = Catalog::built_in().unwrap();
    let ids: Vec<&str> = catalog.accelerators.iter().map(|accelerator| accelerator.id.as_str()).collect();
    assert_eq!(ids, ACCELERATORS);
    let stacks: Vec<&str> = catalog.stacks.iter().map(|stack| stack.id.as_str()).collect();
    assert_eq!(stacks, ["vllm", "tensorrt-llm", "sglang"]);
}

#[test]
fn longer_commitments_cost_less_an_hour() {
    let catalog = Catalog::built_in().unwrap();
    for id in ACCELERATORS {
        let price = catalog.price_for(id).unwrap();
        let of = |term| price.rent(term).map(Sourced::value).unwrap();
        let (on_demand, one_year) = (of(Term::OnDemand), of(Term::Reserved1y));
        assert!(on_demand > one_year && one_year > of(Term::Reserved3y), "{id}");
        assert!(of(Term::Spot) <= on_demand, "{id}");
    }
}

#[test]
fn a_server_draws_more_than_its_accelerators() {
    let catalog = Catalog::built_in().unwrap();
    for accelerator in &catalog.accelerators {
        let server = catalog.server_for(&accelerator.id).unwrap();
        let accelerators = server.accelerators.value() * accelerator.tdp_w.value();
        assert!(server.max_w.value() > accelerators, "{}: {} W", server.id, server.max_w.value());
        let idle = server.accelerators.value() * accelerator.idle_w.value();
        assert!(server.idle_w.value() > idle, "{}: {} W", server.id, server.idle_w.value());
    }
}

#[test]
fn stacks_refuse_silicon_they_do_not_run_on() {
    let catalog = Catalog::built_in().unwrap();
    let runs =
        |stack: &str, id: &str| catalog.stack(stack).unwrap().runs_on(catalog.accelerator(id).unwrap());
    assert!(runs("vllm", "mi300x") && runs("sglang", "mi300x") && !runs("tensorrt-llm", "mi300x"));
    assert!(runs("vllm", "trainium2") && !runs("sglang", "trainium2"));
}
