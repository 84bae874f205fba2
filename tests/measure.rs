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

/// A run of InferenceX, which says what ran.
const INFERENCEX: &str = r#"{"hw": "h200", "conc": 64, "model": "openai/gpt-oss-120b", "framework": "vllm", "precision": "fp4",
    "isl": 1024, "osl": 1024, "tp": 4, "ep": 1, "dp_attention": "false", "median_ttft": 0.0589, "median_tpot": 0.009646}"#;

/// What the file says is used where the user says nothing, and named; where they differ, both are.
#[test]
fn the_file_says_what_ran_where_the_user_does_not() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("agg.json");
    let added = |folder: &str, text: &str, what_ran: &[&str]| {
        std::fs::write(&file, text).expect("written");
        let own = home.path().join(folder);
        let output = measure(&file, what_ran, Some(&own));
        let rows = std::fs::read_to_string(own.join("measured_latency.csv")).unwrap_or_default();
        (output.status.code(), text_of(&output), rows)
    };
    let (status, said, rows) = added("a", INFERENCEX, &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(rows.contains("gpt-oss-120b,h200-sxm,vllm,,mxfp4,,4,1,1,1,921.6,921.6,0.22"), "{rows}");
    for words in [
        "model gpt-oss-120b: from model = openai/gpt-oss-120b",
        "weights mxfp4: from precision = fp4",
        "tp 4",
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }

    let (status, said, rows) =
        added("b", INFERENCEX, &["--accelerator", "H100", "--stack", "vllm@0.19", "--tp", "8"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(rows.contains("gpt-oss-120b,h100-sxm,vllm,0.19,mxfp4,,8,"), "{rows}");
    for words in ["hw = h200, where --accelerator H100 was given", "tp = 4, where --tp 8 was given"] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    assert!(!said.contains("framework = vllm, where"), "{said}");

    // Of several the flag chooses; one whose requests failed is never among them.
    let other = INFERENCEX.replace("\"h200\"", "\"b200-nb\"");
    let failed = INFERENCEX
        .replace("\"conc\": 64", "\"conc\": 8, \"num_requests_total\": 80, \"num_requests_successful\": 8");
    let (status, said, rows) =
        added("c", &format!("[{INFERENCEX}, {other}, {failed}]"), &["--accelerator", "b200"]);
    assert_eq!((status, rows.lines().count()), (Some(0), 2), "{said}");
    assert!(rows.contains(",b200,") && said.contains("hw = h200 is not --accelerator b200"), "{said}");
    assert!(said.contains("90% of the requests failed"), "{said}");

    // What neither says is asked for.
    for (text, what_ran, words) in [
        (RESULT.to_owned(), &[][..], "--accelerator: is missing"),
        (
            INFERENCEX.replace("openai/gpt-oss-120b", "m"),
            &[],
            "the file says model = m, but model m: is not in the catalog",
        ),
        (INFERENCEX.replace("\"h200\"", "\"h900\""), &[], "the file says hw = h900"),
        ("Metric,avg,p50\nInter Token Latency (ms),11.85,12.25\n".to_owned(), &WHAT_RAN, "--concurrency N"),
        (RESULT.to_owned(), &["--concurrency", "2.5"], "--concurrency 2.5"),
    ] {
        let (status, said, rows) = added("d", &text, what_ran);
        assert_eq!((status, rows.as_str()), (Some(2), ""), "{said}");
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let table = "Metric,avg,p50\r\nInter Token Latency (ms),11.85,12.25\r\n";
    let lengths = ["--input-tokens", "1k", "--output-tokens", "250", "--concurrency", "16"];
    let (status, said, rows) = added("e", table, &[&WHAT_RAN[..], &lengths].concat());
    assert_eq!(status, Some(0), "{said}");
    assert!(rows.contains("1000.0,250.0,0.0,16,,12.25"), "{rows}");
}

/// A time that was measured as predicted stays where it is, whatever the other one is.
#[test]
fn a_correction_does_not_leak() {
    let home = tempfile::tempdir().expect("a folder");
    let own = home.path().join("own");
    let before = estimate("h100-sxm", None);
    let [ttft_ms, tpot_ms] = ["ttft_s", "tpot_s"].map(|key| number(&before, key) * 1e3);
    let result = RESULT
        .replace("\"median_tpot_ms\": 28.4", &format!("\"median_tpot_ms\": {}", 1.5 * tpot_ms))
        .replace("\"median_ttft_ms\": 512.5", &format!("\"median_ttft_ms\": {ttft_ms}"));
    let file = home.path().join("result.json");
    std::fs::write(&file, result).expect("written");
    assert!(measure(&file, &WHAT_RAN, Some(&own)).status.success());
    let after = estimate("h100-sxm", Some(&own));
    let moved = |key: &str| number(&after, key) / number(&before, key);
    assert!((moved("ttft_s") - 1.0).abs() < 1e-9, "{}", moved("ttft_s"));
    assert!((moved("tpot_s") - 1.5f64.sqrt()).abs() < 1e-9, "{}", moved("tpot_s"));
}

/// Everything that a command said.
fn text_of(output: &Output) -> String {
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
