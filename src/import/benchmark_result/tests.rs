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
        length_spread: None,
        concurrency: 32,
        ttft_ms: Some(512.5),
        tpot_ms: Some(28.4),
        requests: Some(320.0),
        measured: "2026-11-20".to_owned(),
        claims: Claims {
            model: Some(Claim {
                field: "model_id".to_owned(),
                text: "meta-llama/Llama-3.1-70B-Instruct".to_owned(),
            }),
            ..Claims::default()
        },
        cautions: Vec::new(),
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
    assert_eq!((first.ttft_ms, first.tpot_ms, first.requests), (Some(81.0), Some(9.6), Some(400.0)));
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
    assert_eq!((run.input_tokens, run.output_tokens, run.requests), (550.0, 190.0, Some(200.0)));
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

/// Fields as `utils/process_result.py` of InferenceX writes them.
const INFERENCEX: &str = r#"{"hw": "cluster:h200-nv", "conc": 64, "image": "vllm/vllm-openai:v0.13.0", "model": "openai/gpt-oss-120b",
    "framework": "vllm", "precision": "fp4", "spec_decoding": "none", "disagg": false, "isl": "1024", "osl": 1024, "is_multinode": false,
    "tp": 4, "ep": 1, "dp_attention": "false", "median_ttft": 0.0589, "mean_ttft": 0.1376, "median_tpot": 0.009646}"#;

#[test]
fn inferencex_says_what_ran_and_counts_in_seconds() {
    let file = parse(INFERENCEX).unwrap();
    let run = &file.results[0];
    assert_eq!((run.tool, run.concurrency, run.requests), (Tool::InferenceX, 64, None));
    // Lengths are drawn from 0.8 of the nominal ones up to them; its own runs of vllm bench serve count 922 tokens.
    assert!((run.input_tokens - 921.6).abs() < 1e-9 && (run.output_tokens - 921.6).abs() < 1e-9);
    assert!((run.length_spread.unwrap() - 0.4 / 1.8).abs() < 1e-12);
    let close = |got: Option<f64>, want: f64| assert!((got.unwrap() / want - 1.0).abs() < 1e-12);
    close(run.ttft_ms, 58.9);
    close(run.tpot_ms, 9.646);
    let said = |claim: &Option<Claim>| claim.as_ref().map(|claim| claim.text.clone()).unwrap_or_default();
    let claims = &run.claims;
    let all =
        [&claims.accelerator, &claims.stack, &claims.stack_version, &claims.weights, &claims.tp, &claims.ep];
    assert_eq!(all.map(said), ["h200", "vllm", "0.13.0", "fp4", "4", "1"]);
    // Attention of its own on each rank.
    let spread =
        parse(&INFERENCEX.replace(r#""dp_attention": "false""#, r#""dp_attention": "true""#)).unwrap();
    let claims = &spread.results[0].claims;
    assert_eq!((said(&claims.tp), said(&claims.attention_dp)), (String::new(), "4".to_owned()));
    for (from, to, words) in [
        (r#""spec_decoding": "none""#, r#""spec_decoding": "mtp""#, &["spec_decoding", "speculatively"][..]),
        (r#""disagg": false"#, r#""disagg": true"#, &["disagg = true", "servers of their own"]),
        (r#""isl": "1024", "#, "", &["does not say isl", "--input-tokens N"]),
        (r#""median_tpot": 0.009646"#, r#""median_tpot": -1"#, &["median_tpot = -1", "seconds"]),
        (
            r#""conc": 64, "#,
            r#""num_requests_total": 640, "num_requests_successful": 320, "conc": 64, "#,
            &["50%"],
        ),
    ] {
        refusal(&INFERENCEX.replace(from, to), words);
    }
    // A list of runs: those that cannot be used are left out with the reason, the others are read.
    let list = format!("[{INFERENCEX}, {}]", INFERENCEX.replace(r#""disagg": false"#, r#""disagg": true"#));
    let file = parse(&list).unwrap();
    assert_eq!((file.results.len(), file.left_out.len()), (1, 1));
}

#[test]
fn a_sweep_is_a_list_or_a_table_of_runs() {
    let other =
        VLLM.replace("\"max_concurrency\": 32", "\"max_concurrency\": 8, \"tensor_parallel_size\": 4");
    let list = parse(&format!("[{VLLM},\r\n{other}]")).unwrap();
    assert_eq!(list.results.iter().map(|r| r.concurrency).collect::<Vec<_>>(), [32, 8]);
    assert_eq!(list.results[1].claims.tp.as_ref().unwrap().text, "4");
    let table = "\u{feff},date,model_id,num_prompts,request_rate,max_concurrency,duration,completed,failed,\
        total_input_tokens,total_output_tokens,median_ttft_ms,median_tpot_ms\r\n\
        0,20260610-204228,m,640,inf,64,140.7,640,0,590227,589961,144.4,14.77\r\n\
        1,20260610-204228,m,640,inf,32,140.7,500,140,590227,589961,144.4,14.77\r\n";
    let table = parse(table).unwrap();
    let run = &table.results[0];
    assert_eq!((table.results.len(), run.concurrency, run.tpot_ms), (1, 64, Some(14.77)));
    assert!(table.left_out[0].contains("failed = 140"), "{:?}", table.left_out);
}

/// Python writes what JSON does not know, and SGLang asks the server what it runs.
#[test]
fn lines_of_sglang() {
    let line = r#"{"backend": "sglang", "dataset_name": "random", "request_rate": Infinity, "max_concurrency": 16,
        "random_range_ratio": 0.5, "duration": 60.0, "completed": 160, "total_input_tokens": 120000,
        "total_output_tokens": 60000, "median_ttft_ms": 80.0, "median_tpot_ms": 9.0, "std_itl_ms": NaN,
        "note": "an \"Infinity\" of NaN", "accept_length": null, "server_info": {"version": "0.5.5",
        "model_path": "/models/Qwen3-32B", "tp_size": 8, "dp_size": 8, "ep_size": 8, "enable_dp_attention": true,
        "quantization": null}}"#;
    let run = parse(&format!("{line}\n{line}\n")).unwrap().results.remove(1);
    assert_eq!((run.concurrency, run.input_tokens, run.model.as_str()), (16, 750.0, "/models/Qwen3-32B"));
    assert!((run.length_spread.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    let said = |claim: Option<Claim>| claim.unwrap().text;
    let claims = run.claims;
    assert_eq!((said(claims.stack), said(claims.stack_version)), ("sglang".to_owned(), "0.5.5".to_owned()));
    assert_eq!([claims.tp, claims.attention_dp, claims.ep].map(said), ["1", "8", "8"]);
    refusal(&line.replace("\"accept_length\": null", "\"accept_length\": 2.4"), &["speculatively"]);
    let shared = parse(&line.replace("\"random\"", "\"generated-shared-prefix\"")).unwrap().results.remove(0);
    assert_eq!((shared.ttft_ms, shared.tpot_ms), (None, Some(9.0)));
}

/// As GenAI-Perf and AIPerf export them: sections, thousands parted, units in the names.
#[test]
fn tables_of_metrics() {
    let given = Given { input_tokens: None, output_tokens: None, concurrency: Some(16) };
    let table = "Metric,avg,min,max,p99,p95,p90,p75,p50,p25\r\n\
        Time To First Token (ms),\"1,146.31\",249.48,\"3,485.23\",0,0,0,0,640.07,286.52\r\n\
        Inter Token Latency (ms),30.35,27.59,35.60,35.23,33.88,32.53,31.05,30.13,29.04\r\n\
        Output Sequence Length (tokens),174.45,164.00,187.00,186.22,183.10,180.10,177.00,174.00,171.75\r\n\
        Input Sequence Length (tokens),\"3,000.05\",0,0,0,0,0,0,0,0\r\n\r\n\
        Metric,Value\r\nRequest Count (count),160.00\r\n\r\n\
        Endpoint,GPU_Index,GPU_Name,GPU_UUID,Metric,avg\r\nlocalhost,0,H200,GPU-1,GPU Power Usage (W),400\r\n";
    let run = BenchmarkFile::parse_with("x.csv", table, &given).unwrap().results.remove(0);
    assert_eq!((run.tool, run.concurrency, run.requests), (Tool::AiPerf, 16, Some(160.0)));
    assert_eq!((run.input_tokens, run.output_tokens), (3000.05, 174.45));
    assert_eq!((run.ttft_ms, run.tpot_ms), (Some(640.07), Some(30.13)));
    refusal(table, &["does not say concurrency", "--concurrency N"]);
    // What it lacks is named all at once.
    let bare = table.lines().take(3).collect::<Vec<_>>().join("\n");
    refusal(
        &bare,
        &["input_sequence_length.avg, output_sequence_length.avg, concurrency", "--input-tokens N"],
    );
    refusal(
        &table.replace("Request Count (count),160.00", "Request Count,160\nError Request Count,16"),
        &["error_request_count.avg = 16", "9% of the requests failed"],
    );
}

#[test]
fn what_a_mean_does_not_say_is_used_or_named() {
    let read = |text: &str| parse(text).unwrap().results.remove(0);
    let caution = |run: &BenchmarkResult, word: &str| {
        assert!(run.cautions.iter().any(|caution| caution.contains(word)), "{word}: {:?}", run.cautions);
    };
    let lengths = r#""output_sequence_length": {"unit": "tokens", "avg": 190.0, "p50": 192.0"#;
    let spread = |std: f64| read(&AIPERF.replace(lengths, &format!("{lengths}, \"std\": {std}")));
    // 95 wide around 190 is a standard deviation of 95 / √12.
    assert!((spread(27.424).length_spread.unwrap() - 0.5).abs() < 1e-4);
    let wide = spread(190.0);
    assert_eq!(wide.length_spread, Some(2.0));
    caution(&wide, "standard deviation 190 on 190 tokens");

    let input = r#""input_config": {"#;
    let with = |more: &str| AIPERF.replace(input, &format!("{input}{more},"));
    for alike in [
        r#""datasets": [{"name": "main", "format": "multi_turn"}]"#,
        r#""input": {"prompt": {"prefix_prompt": {"pool_size": 4, "length": 512}}}"#,
        r#""input": {"conversation": {"turn": {"mean": 3, "stddev": 0}}}"#,
    ] {
        let run = read(&with(alike));
        assert_eq!((run.ttft_ms, run.tpot_ms), (None, Some(7.25)), "{alike}");
        caution(&run, "begin alike");
    }
    let apart = r#""input": {"prompt": {"prefix_prompt": {"pool_size": 0, "length": 0}}, "conversation": {"turn": {"mean": 1}}}"#;
    assert_eq!(read(&with(apart)).ttft_ms, Some(141.5));
    let guide = GUIDELLM.replace("prompt_tokens=1000,", "prompt_tokens=1000,prefix_tokens=500,");
    assert_eq!(read(&guide).ttft_ms, None);

    caution(&read(&GUIDELLM.replace("\"incomplete\": 16", "\"incomplete\": 600")), "400 of 1000");
    caution(&read(&VLLM.replace("\"num_prompts\": 320", "\"num_prompts\": 1000")), "320 of 1000");
    let errors = AIPERF.replace("\"error_summary\": []", "\"error_summary\": [{\"count\": 50}]");
    refusal(&errors, &["20% of the requests"]);
    let warm = read(&with(
        r#""phases": [{"name": "warmup", "exclude_from_results": false}, {"name": "profiling", "requests": 400, "concurrency": 20}]"#,
    ));
    caution(&warm, "warm-up");
    caution(&warm, "200 of 400 requests");
    caution(&read(&AIPERF.replace("\"concurrency\": 20", "\"concurrency\": 100")), "few for 100 in flight");
    let ramp =
        VLLM.replace("\"request_rate\": \"inf\"", "\"request_rate\": \"inf\", \"ramp_up_start_rps\": 1");
    refusal(&ramp.replace("\"max_concurrency\": 32", "\"max_concurrency\": 64"), &["ramp_up_start_rps"]);

    // What the user says goes first, and is said to.
    let given = Given { input_tokens: Some(1000.0), output_tokens: None, concurrency: Some(16) };
    let run = BenchmarkFile::parse_with("x", VLLM, &given).unwrap().results.remove(0);
    assert_eq!((run.input_tokens, run.output_tokens, run.concurrency), (1000.0, 300.0, 16));
    caution(&run, "2000 tokens on average, where --input-tokens 1000");
    caution(&run, "max_concurrency = 32, where --concurrency 16");
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
        &["does not say output_sequence_length.avg", "--output-tokens N"],
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
