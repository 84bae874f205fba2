//! `headroom simulate` as scripts use it: the contract's keys, traces, rows of requests, exit status.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn headroom(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_headroom"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It may have ended before it has read everything.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn answered(arguments: &[&str], stdin: &str) -> String {
    let output = headroom(arguments, stdin);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

const HEAD: &str = "arrival_s,input_tokens,output_tokens\n";

#[test]
fn the_answer_has_the_keys_of_the_contract_and_one_seed_gives_the_same_bytes() {
    let ask = ["simulate", "support-chat", "--duration-s", "120", "--seed", "7", "--format", "json"];
    let answer = answered(&ask, "");
    assert_eq!(answer, answered(&ask, ""));
    let document: Value = serde_json::from_str(&answer).unwrap();
    for key in ["requests", "completed", "duration_s", "simulated_s", "slo_attainment", "peak_kv_fraction"] {
        assert!(document[key].is_number(), "{key}");
    }
    assert_eq!(document["requests"], document["completed"]);
    assert_eq!(document["verdict"], "meets");
    for key in ["ttft_s", "tpot_s", "itl_s", "e2e_s"] {
        let at = |name: &str| document[key][name].as_f64().unwrap();
        assert!(
            at("mean") > 0.0 && at("p50") <= at("p90") && at("p90") <= at("p95") && at("p95") <= at("p99")
        );
    }
    let other =
        answered(&["simulate", "support-chat", "--duration-s", "120", "--seed", "8", "--format", "json"], "");
    assert_ne!(answer, other);
    for format in ["table", "csv", "markdown"] {
        let ask = ["simulate", "edge-8b", "--requests", "50", "--format", format];
        assert!(answered(&ask, "").len() > 200, "{format}");
    }
}

/// Rows come in the order of arrivals, with the trace's own lengths; they add up to the answer.
#[test]
fn a_trace_is_replayed_row_by_row() {
    let row = |i| format!("{},{},{}", 7.0 + f64::from(i) * 0.5, 500 + i % 300, 50 + i % 90);
    let trace = (0..300).map(row).collect::<Vec<_>>().join("\n");
    let trace = format!("{HEAD}{trace}");
    let ask = ["simulate", "support-chat", "--trace", "-", "--format", "json"];
    let document: Value = serde_json::from_str(&answered(&ask, &trace)).unwrap();
    assert_eq!(document["requests"], 300);
    assert_eq!(document["duration_s"], 149.5);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let with_rows = [&ask[..], &["--requests-out", file.to_str().unwrap()]].concat();
    assert_eq!(answered(&with_rows, &trace), answered(&ask, &trace));
    let rows = std::fs::read_to_string(&file).unwrap();
    let piped = [&ask[..], &["--requests-out", "-"]].concat();
    assert_eq!(answered(&piped, &trace), rows);
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let mut e2e_s = 0.0;
    for (i, row) in reader.records().map(Result::unwrap).enumerate() {
        assert_eq!(
            (&row[0], &row[2], &row[10]),
            (i.to_string().as_str(), (500 + i % 300).to_string().as_str(), "completed")
        );
        e2e_s += row[8].parse::<f64>().unwrap();
    }
    assert!((e2e_s / 300.0 / document["e2e_s"]["mean"].as_f64().unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let backwards = format!("{HEAD}5,10,10\n1,10,10\n");
    let negative = format!("{HEAD}1,-3,10\n");
    for (trace, want) in [
        ("", "no requests"),
        (HEAD, "no requests"),
        ("arrival_s,input_tokens\n1,2\n", "output_tokens"),
        (&backwards, "line 3"),
        (&negative, "line 2, input_tokens"),
    ] {
        let output = headroom(&["simulate", "edge-8b", "--trace", "-"], trace);
        let message = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{message}");
        assert!(message.contains(want) && message.contains("--trace -"), "{message}");
    }
    for (ask, want) in [
        (&["--duration-s", "soon"][..], "--duration-s"),
        (&["--requests", "0"], "--requests"),
        (&["--autoscale", "9"], "--autoscale"),
        (&["--start-s", "9"], "--autoscale"),
        (&["--accelerator", "h1000"], "h1000"),
        (&["--trace", "/no/such.csv"], "/no/such.csv"),
        (&["--set", "slo.tpot_s=0.1ms"], "--set fleet.replicas=N"),
        (&["--set", "platform.tp=0"], "platform.tp"),
    ] {
        let output = headroom(&[&["simulate", "edge-8b"], ask].concat(), "");
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{ask:?}: {message}");
        assert!(message.contains(want), "{message}");
    }
    let nowhere =
        headroom(&["simulate", "edge-8b", "--requests", "9", "--requests-out", "/no/such/rows.csv"], "");
    assert_eq!(nowhere.status.code(), Some(1));
}

/// A fleet that one has is simulated whether or not it is enough, and the plan says when it is not.
#[test]
fn a_fixed_fleet_is_simulated_as_it_is() {
    let fixed =
        ["--set", "fleet.replicas=1", "--set", "platform.tp=2", "--set", "workload.requests_per_s=60"];
    let ask =
        [&["simulate", "support-chat", "--accelerator", "h100-sxm", "--format", "json"], &fixed[..]].concat();
    let document: Value = serde_json::from_str(&answered(&ask, "")).unwrap();
    assert_eq!((&document["layout"]["tp"], &document["layout"]["replicas"]), (&2.into(), &1.into()));
    assert_eq!(document["verdict"], "overloaded");
    assert!(document["waited_for"].is_string());
    let ask =
        [&["plan", "support-chat", "--accelerator", "h100-sxm", "--format", "json"], &fixed[..]].concat();
    let plan: Value = serde_json::from_str(&answered(&ask, "")).unwrap();
    let candidate = &plan["candidates"][0];
    assert_eq!(candidate["feasible"], false);
    assert!(candidate["reason"].as_str().unwrap().contains("overloaded"), "{candidate}");
    let more = ["--set", "fleet.replicas=20", "--set", "platform.tp=4"];
    let ask =
        [&["plan", "support-chat", "--accelerator", "h100-sxm", "--format", "json"], &more[..]].concat();
    let plan: Value = serde_json::from_str(&answered(&ask, "")).unwrap();
    let layout = &plan["candidates"][0]["layout"];
    assert_eq!((&layout["tp"], &layout["replicas"]), (&4.into(), &20.into()));
}

/// A fleet that is late has all its figures, and as many of its requests are within the limits as in simulation, nearly.
#[test]
fn a_fixed_fleet_that_is_late_says_what_it_does() {
    let fixed =
        ["--set", "fleet.replicas=2", "--set", "platform.tp=2", "--set", "workload.requests_per_s=10"];
    let of = |command: &str, more: &[&str]| -> Value {
        let ask =
            [&[command, "support-chat", "--accelerator", "h100-sxm", "--format", "json"], &fixed[..], more];
        serde_json::from_str(&answered(&ask.concat(), "")).unwrap()
    };
    let plan = of("plan", &[]);
    let candidate = &plan["candidates"][0];
    assert_eq!(candidate["feasible"], false);
    assert!(candidate["reason"].as_str().unwrap().contains("The fleet is late: TPOT"), "{candidate}");
    assert!(candidate["operating_point"]["tpot_s"]["at_slo"].as_f64().unwrap() > 0.04, "{candidate}");
    assert!(candidate["cost"]["usd_per_month"].is_number() && candidate["power"]["it_w"].is_number());
    let simulated = of("simulate", &["--requests", "12000"]);
    assert_eq!(simulated["verdict"], "misses");
    let [said, seen] = [candidate, &simulated].map(|of| of["slo_attainment"].as_f64().unwrap());
    assert!((said - seen).abs() < 0.1 && (0.1..0.95).contains(&seen), "{said} and {seen}");
}
