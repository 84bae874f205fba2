use super::fields::{date_of, day_of_unix};
use super::*;

const VLLM: &str = include_str!("../../../tests/samples/vllm.json");
const GUIDELLM: &str = include_str!("../../../tests/samples/guidellm.json");
const AIPERF: &str = include_str!("../../../tests/samples/aiperf.json");

fn parse(text: &str) -> Result<BenchmarkFile, String> {
    BenchmarkFile::parse("result.json", text).map_err(|error| error.to_string())
}

fn refusal(text: &str, words: &[&str]) {
    let error = parse(text).unwrap_err();
    for word in words.iter().chain(&["result.json"]) {
        assert!(error.contains(word), "{word} is not in: {error}");
    }
}

#[test]
fn vllm_bench_serve() {
    let file = parse(VLLM).unwrap();
    let want = BenchmarkResult {
        tool: Tool::VllmBench,
        model: "meta-llama/Llama-3.1-70B-Instruct".to_owned(),
        input_tokens: 2000.0,
        output_tokens: 300.0,
        concurrency: 32,
        ttft_ms: Some(512.5),
        tpot_ms: Some(28.4),
        requests: 320.0,
        measured: "2026-11-20".to_owned(),
    };
    assert_eq!(file.results, [want]);
    // Appended to one file, runs are read one after the other.
    let twice =
        parse(&format!("{VLLM}\n{}", VLLM.replace("\"max_concurrency\": 32", "\"max_concurrency\": 8")));
    assert_eq!(twice.unwrap().results.iter().map(|r| r.concurrency).collect::<Vec<_>>(), [32, 8]);
}

#[test]
fn guidellm() {
    let file = parse(GUIDELLM).unwrap();
    let first = &file.results[0];
    assert_eq!((first.tool, first.model.as_str()), (Tool::GuideLlm, "meta-llama/Llama-3.1-8B-Instruct"));
    assert_eq!((first.input_tokens, first.output_tokens, first.concurrency), (1004.0, 200.0, 16));
    assert_eq!((first.ttft_ms, first.tpot_ms, first.requests), (Some(81.0), Some(9.6), 400.0));
    assert_eq!(first.measured, "2025-11-20");
    // A mean where there is no median, and the name of the strategy's kind in later versions.
    let second = &file.results[1];
    assert_eq!((second.concurrency, second.ttft_ms, second.tpot_ms), (64, Some(210.0), Some(15.5)));
    assert_eq!((file.results.len(), file.left_out.len()), (2, 1));
    assert!(
        file.left_out[0].contains("benchmarks[1].config.strategy.type_ = \"poisson\""),
        "{:?}",
        file.left_out
    );
}

#[test]
fn aiperf_and_its_forerunner() {
    let file = parse(AIPERF).unwrap();
    let run = &file.results[0];
    assert_eq!((run.tool, run.model.as_str(), run.concurrency), (Tool::AiPerf, "openai/gpt-oss-120b", 20));
    assert_eq!((run.input_tokens, run.output_tokens, run.requests), (550.0, 190.0, 200.0));
    assert_eq!((run.ttft_ms, run.tpot_ms), (Some(141.5), Some(7.25)));
    assert_eq!(run.measured, "2026-10-17");
    let loadgen =
        r#""loadgen": {"concurrency": 20, "request_rate_mode": "concurrency_burst", "request_count": 200}"#;
    for (other, concurrency) in [
        (r#""phases": [{"name": "warmup", "concurrency": 3}, {"name": "profiling", "concurrency": 12}]"#, 12),
        (r#""perf_analyzer": {"stimulus": {"concurrency": 7}}"#, 7),
        (r#""concurrency": 9, "request_rate": null"#, 9),
    ] {
        let file = parse(&AIPERF.replace(loadgen, other)).unwrap();
        assert_eq!(file.results[0].concurrency, concurrency, "{other}");
    }
    let seconds =
        AIPERF.replace(r#""inter_token_latency": {"unit": "ms""#, r#""inter_token_latency": {"unit": "sec""#);
    assert_eq!(parse(&seconds).unwrap().results[0].tpot_ms, Some(7250.0));
}

#[test]
fn open_loops_are_refused_with_the_reason() {
    let open = VLLM.replace("\"max_concurrency\": 32", "\"max_concurrency\": null");
    refusal(&open, &["request_rate", "\"inf\"", "not keep a fixed number", "--max-concurrency"]);
    let rate = open.replace("\"request_rate\": \"inf\"", "\"request_rate\": 2.5");
    refusal(&rate, &["request_rate = 2.5", "closed loop"]);
    refusal(
        &AIPERF.replace("\"concurrency\": 20", "\"request_rate\": 5.0"),
        &["request_rate = 5.0", "--concurrency"],
    );
    let alone = GUIDELLM.replace("concurrent", "constant");
    refusal(&alone, &["benchmarks[0].config.strategy.type_", "constant", "--profile concurrent"]);
}

#[test]
fn a_rate_that_the_limit_held_back_is_a_closed_loop() {
    // 320 requests in 96.4 s of 9 s each: 30 in flight.
    let held = VLLM.replace("\"request_rate\": \"inf\"", "\"request_rate\": 50.0");
    assert_eq!(parse(&held).unwrap().results[0].concurrency, 32);
    let slack = held.replace("\"max_concurrency\": 32", "\"max_concurrency\": 64");
    refusal(&slack, &["request_rate = 50.0"]);
}

#[test]
fn what_cannot_be_is_named() {
    refusal("{", &["line 1", "not JSON"]);
    refusal("{\"a\": 1}", &["not a known result file", "--save-result"]);
    refusal("", &["not a known result file"]);
    refusal(&VLLM.replace("\"completed\": 320", "\"completed\": 0"), &["completed = 0"]);
    refusal(
        &VLLM.replace("\"completed\": 320", "\"completed\": 20"),
        &["max_concurrency = 32", "20 answered requests"],
    );
    let counts = "\"completed\": 320, \"failed\": 0";
    refusal(
        &VLLM.replace(counts, "\"completed\": 240, \"failed\": 80"),
        &["failed = 80", "25% of the requests failed"],
    );
    refusal(
        &VLLM.replace(counts, "\"completed\": 319, \"failed\": 1"),
        &["less than 1% of the requests failed"],
    );
    refusal(
        &VLLM.replace(counts, "\"completed\": 160"),
        &["num_prompts = 320", "50% of the requests failed"],
    );
    refusal(
        &AIPERF.replacen('{', "{\"error_request_count\": {\"avg\": 30}, ", 1),
        &["error_request_count.avg = 30"],
    );
    let some = GUIDELLM.replace("\"errored\": 0", "\"errored\": 100");
    refusal(&some, &["request_totals.errored = 100"]);
    refusal(&VLLM.replace("\"max_concurrency\": 32", "\"max_concurrency\": 1.5"), &["max_concurrency = 1.5"]);
    refusal(&VLLM.replace("\"median_tpot_ms\": 28.4", "\"median_tpot_ms\": -1"), &["median_tpot_ms = -1"]);
    refusal(&VLLM.replace("\"label\"", "\"spec_decode_num_drafts\": 900, \"label\""), &["speculatively"]);
    refusal(&AIPERF.replace("\"was_cancelled\": false", "\"was_cancelled\": true"), &["was_cancelled"]);
    refusal(
        &AIPERF.replace("\"output_sequence_length\"", "\"osl\""),
        &["output_sequence_length.avg is missing"],
    );
    let silent = AIPERF.replace("time_to_first_token", "x").replace("inter_token_latency", "y");
    refusal(&silent, &["streamed"]);
}

#[test]
fn dates() {
    assert_eq!(day_of_unix(951_782_400.0), "", "before there were such benchmarks");
    assert_eq!(day_of_unix(1_709_164_800.0), "2024-02-29");
    assert_eq!(day_of_unix(1_767_225_599.0), "2025-12-31");
    assert_eq!(day_of_unix(1_767_225_600.0), "2026-01-01");
    assert_eq!(
        (date_of("20251120-153000"), date_of("2025-11-20 15:30")),
        ("2025-11-20".into(), "2025-11-20".into())
    );
    assert_eq!((date_of("yesterday"), date_of("")), (String::new(), String::new()));
}
