//! `headroom validate` as scripts use it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn validate(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_headroom"))
        .arg("validate")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A program that refuses its arguments does not read.
    let _ = pipe.write_all(stdin.as_bytes());
    drop(pipe);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

const OWN: &str = "note,tpot_ms,ttft_s,model,accelerator,stack,weights,tp,input_tokens,output_tokens,concurrency\n\
    first,20,0.3,llama-3.1-70b,h100-sxm,vllm,fp8,4,1000,200,16\n\
    \"a, b\",12,,34B,mi300x,vllm,,,500,100,\n";

#[test]
fn every_format_answers_for_both_sets_of_measurements() {
    for format in ["table", "json", "csv", "markdown"] {
        for (from, lines) in [(None, 40), (Some("-"), 3)] {
            let mut arguments = vec!["--format", format];
            arguments.extend(from.map(|_| "--from").into_iter().chain(from));
            let output = validate(&arguments, OWN);
            assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
            assert!(text(&output.stdout).lines().count() > lines, "{arguments:?}");
        }
    }
}

/// Every number of the document, with where it is.
fn numbers(value: &Value, path: &str, out: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(n) => out.push((path.to_owned(), n.as_f64().expect("a double"))),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, path, out)),
        Value::Object(fields) => fields.iter().for_each(|(k, v)| numbers(v, &format!("{path}.{k}"), out)),
        Value::Null => panic!("{path} is null"),
        _ => {}
    }
}

#[test]
fn the_document_is_finite_and_its_groups_add_up() {
    let output = validate(&["--format", "json"], "");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let mut found = Vec::new();
    numbers(&document, "", &mut found);
    assert!(found.len() > 150 && found.iter().all(|(_, v)| v.is_finite()), "{found:?}");
    for phase in ["tpot", "ttft", "throughput"] {
        let phase = &document["phases"][phase];
        for (group, members) in phase["by"].as_object().expect("groups") {
            let sum: u64 = members.as_object().unwrap().values().map(|m| m["count"].as_u64().unwrap()).sum();
            // Runs that a note advises against count in no other group.
            let undoubted = &phase["by"]["doubt"]["none"]["count"];
            let all = if group == "doubt" || undoubted.is_null() { &phase["count"] } else { undoubted };
            assert_eq!(Some(sum), all.as_u64(), "{group}");
        }
        assert!((0.0..=1.0).contains(&phase["inside_band"].as_f64().unwrap()));
    }
    assert_eq!(document["worst"].as_array().map(Vec::len), Some(10));
}

#[test]
fn own_measurements_are_judged_by_name() {
    let output = validate(&["--from", "-", "--format", "json"], OWN);
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["rows"], 2);
    assert_eq!(document["phases"]["tpot"]["count"], 2);
    assert_eq!(document["phases"]["ttft"]["by"]["model"]["llama-3.1-70b"]["count"], 1);
    assert_eq!(document["phases"]["tpot"]["by"]["weights"]["bf16"]["count"], 1, "the stack's own choice");
}

#[test]
fn bad_measurements_are_refused_by_name() {
    const HEAD: &str = "model,accelerator,stack,tp,ttft_ms,ttft_s,tpot_ms\n";
    let cases: &[(&str, &[&str])] = &[
        (
            "llama-3.1-8b,h100-sxm,vllm,1,30,,\nlama-3.1-8b,h100-sxm,vllm,1,30,,\n",
            &["line 3", "model lama-3.1-8b"],
        ),
        ("llama-3.1-8b,h100-sxm,vllm,3,30,,\n", &["line 2", "tp 3", "divisor"]),
        ("llama-3.1-8b,h100-sxm,vllm,1,,,fast\n", &["line 2", "tpot_ms fast", "milliseconds"]),
        ("llama-3.1-8b,h100-sxm,vllm,1,,-1,\n", &["line 2", "ttft_s -1", "seconds"]),
        ("llama-3.1-8b,h100-sxm,vllm,1,30,0.03,\n", &["line 2", "ttft_s 0.03", "twice"]),
        ("llama-3.1-8b,h100-sxm,vllm,1,,,\n", &["line 2", "nothing was measured"]),
        ("llama-3.1-8b,mi300x,tensorrt-llm,1,30,,\n", &["line 2", "stack tensorrt-llm", "Use vllm"]),
        ("", &["no rows"]),
    ];
    for (rows, words) in cases {
        let output = validate(&["--from", "-"], &format!("{HEAD}{rows}"));
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{rows}: {message}");
        assert!(output.stdout.is_empty(), "{rows}: wrote an answer");
        for word in *words {
            assert!(message.contains(word), "{rows}: no `{word}` in: {message}");
        }
    }
    let output = validate(&["--from", "-"], "model,accelerator,stack\nllama-3.1-8b,h100-sxm,vllm\n");
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("tpot_ms"));
    let output = validate(&["--from", "/no/such.csv"], "");
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("/no/such.csv"));
}

/// The page in the documentation has today's shape; its numbers follow the engine when it is written anew.
#[test]
fn the_page_has_the_headings_of_a_fresh_one() {
    let headings = |page: &str| -> Vec<String> {
        page.lines()
            .zip(page.lines().skip(1).chain([""]))
            .filter(|(line, below)| line.starts_with('#') || below.starts_with("| ---"))
            .map(|(line, _)| line.to_owned())
            .collect()
    };
    let fresh = headings(&text(&validate(&["--format", "markdown"], "").stdout));
    assert!(fresh.len() > 5, "{fresh:?}");
    assert_eq!(headings(include_str!("../docs/accuracy.md")), fresh);
}
