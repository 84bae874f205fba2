//! `headroom measure` as scripts use it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const RESULT: &str = include_str!("samples/vllm.json");
const WHAT_RAN: [&str; 10] = [
    "--model",
    "llama-3.1-70b",
    "--accelerator",
    "h100-sxm",
    "--stack",
    "vllm",
    "--weights",
    "fp8",
    "--tp",
    "4",
];

fn headroom(arguments: &[&str], folder: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headroom"));
    command.args(arguments);
    if let Some(folder) = folder {
        command.arg("--catalog").arg(folder);
    }
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn estimate(accelerator: &str, folder: Option<&Path>) -> Value {
    let mut arguments =
        vec!["estimate", "--format", "json", "--input-tokens", "2000", "--output-tokens", "300"];
    arguments.extend(["--concurrency", "32"]);
    arguments.extend(WHAT_RAN.map(|word| if word == "h100-sxm" { accelerator } else { word }));
    let output = headroom(&arguments, folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

fn number(document: &Value, key: &str) -> f64 {
    document[key].as_f64().expect("a number")
}

fn measure(file: &Path, what_ran: &[&str], folder: Option<&Path>) -> Output {
    let file = file.to_string_lossy();
    let mut arguments = vec!["measure", file.as_ref()];
    arguments.extend(what_ran);
    headroom(&arguments, folder)
}

#[test]
fn a_measurement_moves_the_estimate_narrows_the_band_and_leaves_the_rest_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let own = home.path().join("own");
    let before = estimate("h100-sxm", None);
    // A run that took 1.2 times what the engine predicts.
    let tpot_ms = number(&before, "tpot_s") * 1.2e3;
    let file = home.path().join("result.json");
    std::fs::write(
        &file,
        RESULT.replace("\"median_tpot_ms\": 28.4", &format!("\"median_tpot_ms\": {tpot_ms}")),
    )
    .expect("written");
    let output = measure(&file, &WHAT_RAN, Some(&own));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    for words in
        ["predicted before", "predicted after", "time per output token 10% longer; band narrowed to ±"]
    {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    let after = estimate("h100-sxm", Some(&own));
    let moved = number(&after, "tpot_s") / number(&before, "tpot_s");
    assert!((moved - 1.2f64.sqrt()).abs() < 1e-6, "{moved}");
    let width = |document: &Value| number(document, "tpot_high_s") / number(document, "tpot_low_s");
    assert!(width(&after) < width(&before));
    assert_eq!(after["basis"], "calibrated");
    assert_eq!(estimate("h200-sxm", None), estimate("h200-sxm", Some(&own)));

    let file = own.join("measured_latency.csv");
    let check = headroom(&["check", &file.to_string_lossy()], None);
    assert!(check.status.success(), "{}", text(&check.stderr));
}

#[test]
fn refusals_name_the_field_and_change_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let own = home.path().join("own");
    let good = home.path().join("good.json");
    std::fs::write(&good, RESULT).expect("written");
    let open = home.path().join("open.json");
    std::fs::write(&open, RESULT.replace("\"max_concurrency\": 32", "\"max_concurrency\": null"))
        .expect("written");
    let swap = |from: &str, to: &'static str| WHAT_RAN.map(|word| if word == from { to } else { word });
    let cases: [(&Path, [&str; 10], Option<&Path>, &str); 7] = [
        (&good, WHAT_RAN, None, "--catalog: is missing"),
        (&good, WHAT_RAN, Some(&good), "is not a folder"),
        (&open, WHAT_RAN, Some(&own), "not keep a fixed number of requests in flight"),
        (&home.path().join("nowhere.json"), WHAT_RAN, Some(&own), "nowhere.json: cannot be read"),
        (&good, swap("llama-3.1-70b", "llama-3.1-7b"), Some(&own), "--model llama-3.1-7b"),
        (&good, swap("4", "7"), Some(&own), "--tp 7"),
        (&good, swap("fp8", "fp9"), Some(&own), "--weights fp9"),
    ];
    for (file, what_ran, folder, words) in cases {
        let output = measure(file, &what_ran, folder);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(text(&output.stderr).contains(words), "{words}: {}", text(&output.stderr));
        assert!(!own.exists(), "{words}");
    }
    // Known already: the file stays as it is.
    assert!(measure(&good, &WHAT_RAN, Some(&own)).status.success());
    let before = std::fs::read(own.join("measured_latency.csv")).expect("there");
    let again = measure(&good, &WHAT_RAN, Some(&own));
    assert!(text(&again.stderr).contains("is this measurement already"));
    assert_eq!(std::fs::read(own.join("measured_latency.csv")).expect("there"), before);
}
