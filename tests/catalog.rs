//! The built-in catalog as a whole, against the contract.

use headroom::catalog::Catalog;

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

/// Makers print 80 GB of an H100 and 141 GB of an H200; decimal units would make 86 and 151 of them. Sizes are those of the
/// makers' pages as of 2026, listed in the chapter on accelerators of the Machine Learning Engineering Open Book.
#[test]
fn memory_is_sold_by_the_size_that_its_maker_prints() {
    let catalog = Catalog::built_in().unwrap();
    for (id, gb) in [
        ("h100-sxm", 80.0),
        ("h200-sxm", 141.0),
        ("b200", 180.0),
        ("gb200", 186.0),
        ("b300", 288.0),
        ("mi300x", 192.0),
        ("mi355x", 288.0),
        ("gaudi3", 128.0),
        ("tpu-v5p", 95.0),
    ] {
        assert_eq!(catalog.accelerator(id).unwrap().sold_gb(), gb, "{id}");
    }
    for accelerator in &catalog.accelerators {
        let sold = accelerator.memory_sold_gb.as_ref().expect("a size as sold").value();
        // Of what is sold a part is kept from software: up to a twelfth.
        let share = accelerator.memory_bytes.value() / 2f64.powi(30) / sold;
        assert!((0.915..=1.001).contains(&share), "{}: {share} of {sold} GB", accelerator.id);
        let named =
            accelerator.name.split(' ').filter_map(|word| word.strip_suffix("GB")?.parse::<f64>().ok());
        assert!(named.into_iter().all(|gb| gb == sold), "{}", accelerator.name);
    }
    // An accelerator of one's own may leave the label out.
    let mut own = catalog.accelerator("h200-sxm").unwrap().clone();
    own.memory_sold_gb = None;
    assert_eq!(own.sold_gb(), 140.0);
}
