//! The command line as scripts use it: answers, exit status, messages.

use std::path::Path;
use std::process::{Command, Output};

use headroom::catalog::Catalog;
use headroom::engine::Headline;
use headroom::engine::analysis::solve::{Ask, solve};
use headroom::report::sentence;
use headroom::scenario::preset;

fn headroom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headroom"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = headroom(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&stdout(&output)).expect("one JSON document")
}

#[test]
fn every_format_of_every_list_answers() {
    let lists = ["accelerators", "models", "stacks", "servers", "prices", "regions", "benchmarks"];
    for list in lists {
        for format in ["table", "json", "csv", "markdown"] {
            let output = headroom(&["catalog", list, "--format", format]);
            assert!(output.status.success() && stdout(&output).lines().count() > 3, "{list} {format}");
        }
    }
    for format in ["table", "json", "csv", "markdown"] {
        assert!(stdout(&headroom(&["plan", "support-chat", "--format", format])).len() > 1000, "{format}");
    }
}

#[test]
fn a_saved_preset_gives_the_same_plan() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.headroom.ron");
    let file = file.to_str().unwrap();
    for (stem, _) in preset::BUILT_IN {
        assert!(headroom(&["save", stem, "--output", file]).status.success());
        assert_eq!(
            json(&["plan", stem, "--format", "json"]),
            json(&["plan", file, "--format", "json"]),
            "{stem}"
        );
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("damaged.headroom.ron");
    std::fs::write(&damaged, &preset::BUILT_IN[0].1[..200]).unwrap();
    let newer = folder.path().join("newer.headroom.ron");
    std::fs::write(&newer, preset::BUILT_IN[0].1.replacen("version: 1", "version: 999", 1)).unwrap();
    let wrong = folder.path().join("wrong.headroom.ron");
    std::fs::write(&wrong, "(version: 1, slo: (ttft_s: -1, tpot: 3), workload: (model: \"lama-3.1-8b\"))")
        .unwrap();
    let name = |path: &Path| path.to_str().unwrap().to_owned();
    let cases: &[(&[&str], &[&str])] = &[
        (&["plan", "no-such.headroom.ron"], &["no-such.headroom.ron", "built-in preset"]),
        (&["compare", "edge-8b", "no-such.headroom.ron"], &["no-such.headroom.ron", "built-in preset"]),
        (&["plan", &name(&damaged)], &["damaged.headroom.ron", "line"]),
        (&["plan", &name(&newer)], &["newer.headroom.ron", "999", "Update"]),
        (
            &["plan", &name(&wrong)],
            &["slo.ttft_s", "-1", "slo.tpot", "slo.tpot_s?", "lama-3.1-8b", "llama-3.1-8b?"],
        ),
        (&["plan", "edge-8b", "--set", "facility.pue=0.3"], &["facility.pue", "0.3"]),
        (&["plan", "edge-8b", "--set", "nonsense"], &["nonsense"]),
        (&["plan", "edge-8b", "--accelerator", "h1000"], &["h1000", "h100"]),
        (&["compare", "edge-8b", "edge-8b", "--set", "facility.pue=0.3"], &["--set", "facility.pue", "0.3"]),
        (
            &["solve", "edge-8b", "workload.request_per_s", "--accelerators", "2"],
            &["INPUT", "workload.request_per_s", "workload.requests_per_s?"],
        ),
        (&["solve", "edge-8b", "workload.model", "--accelerators", "2"], &["workload.model", "not a number"]),
        (
            &["solve", "edge-8b", "slo.tpot_s", "--accelerators", "2", "--on", "h1000"],
            &["--on h1000", "h100"],
        ),
        (&["solve", "edge-8b", "slo.tpot_s", "--power-w", "9 ms"], &["--power-w 9 ms", "400 kW"]),
        (&["solve", "edge-8b", "slo.tpot_s", "--accelerators", "-2"], &["--accelerators -2", "above 0"]),
        (&["solve", "edge-8b", "slo.tpot_s"], &["--accelerators", "--usd-per-month", "--power-w"]),
        (
            &["estimate", "--model", "llama-3.1-8b", "--accelerator", "mi300x", "--stack", "tensorrt-llm"],
            &["tensorrt-llm", "mi300x", "vllm"],
        ),
        (
            &[
                "estimate",
                "--model",
                "llama-3.1-8b",
                "--accelerator",
                "h100-sxm",
                "--stack",
                "vllm",
                "--tp",
                "3",
            ],
            &["tp 3", "heads"],
        ),
        (&["--catalog", "/no/such/folder", "catalog", "models"], &["/no/such/folder"]),
        (&["tune"], &["tune", "is not a command or file", "solve"]),
        (&["paln", "support-chat"], &["paln", "is not a command or file", "headroom plan"]),
    ];
    for (arguments, words) in cases {
        let output = headroom(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty(), "{arguments:?} wrote an answer");
        for word in *words {
            assert!(message.contains(word), "{arguments:?}: no `{word}` in: {message}");
        }
    }
}

/// A model of the user's own, by its Hugging Face config.json: planned, saved, and planned again.
/// A command that is none is said so, whatever follows it, and help is help.
#[test]
fn an_unknown_command_is_refused_with_the_nearest() {
    for (arguments, words) in [
        (&["compre"][..], "Did you mean `headroom compare`?"),
        (&["compre", "--help"], "Did you mean `headroom compare`?"),
        (&["compre", "a", "b"], "Did you mean `headroom compare`?"),
        (&["esimate", "--model", "x"], "Did you mean `headroom estimate`?"),
        (&["help", "esimate"], "Did you mean `headroom estimate`?"),
        (&["abacus", "--help"], "is not a command or file"),
    ] {
        let output = headroom(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    for arguments in [&["help"][..], &["--help"], &["help", "plan"], &["plan", "--help"], &["--version"]] {
        assert!(headroom(arguments).status.success(), "{arguments:?}");
    }
}

/// Names and numbers as people have them at hand mean the same in every command; how they were read is said on stderr.
#[test]
fn names_and_numbers_are_read_alike_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("Some_model");
    std::fs::create_dir(&model).unwrap();
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
    std::fs::copy(known, model.join("config.json")).unwrap();
    let model = model.to_str().unwrap();

    let estimate = |model: &str, accelerator: &str, stack: &str, input: &str| {
        let output = headroom(&[
            "estimate",
            "--model",
            model,
            "--accelerator",
            accelerator,
            "--stack",
            stack,
            "--input-tokens",
            input,
            "--format",
            "csv",
        ]);
        assert!(output.status.success(), "{model}: {}", String::from_utf8_lossy(&output.stderr));
        (stdout(&output), String::from_utf8_lossy(&output.stderr).lines().count())
    };
    let plain = estimate("llama-3.1-8b", "h100-sxm", "tensorrt-llm", "128000");
    assert_eq!(plain.1, 0);
    for (name, accelerator, stack, input, notes) in [
        ("meta-llama/Llama-3.1-8B-Instruct", "h100-sxm", "tensorrt-llm", "128k", 1),
        ("LLAMA-3.1-8B", "H100", "TRT-LLM", "128,000", 3),
        (model, "h100-sxm", "tensorrt-llm", "0.128M", 1),
    ] {
        assert_eq!(estimate(name, accelerator, stack, input), (plain.0.clone(), notes), "{name}");
    }

    let rows = folder.path().join("rows.csv");
    let text = format!(
        "model,accelerator,stack,input_tokens\nmeta-llama/Llama-3.1-8B,H100,trtllm,128k\n{model},h100,TRT-LLM,128000\n"
    );
    std::fs::write(&rows, text).unwrap();
    let output = headroom(&["estimate", "--from", rows.to_str().unwrap(), "--format", "csv"]);
    assert!(output.stderr.is_empty(), "not a line for each row: {}", String::from_utf8_lossy(&output.stderr));
    let answer = plain.0.lines().nth(1).unwrap();
    assert_eq!(stdout(&output).lines().skip(1).filter(|line| line.ends_with(answer)).count(), 2);

    let planned = |model: &str, input: &str, accelerator: &str| {
        let (model, input) = (format!("workload.model={model}"), format!("workload.input_tokens={input}"));
        let set =
            ["--set", &model, "--set", &input, "--set", "slo.ttft_s=200 s", "--accelerator", accelerator];
        stdout(&headroom(&[&["plan", "edge-8b", "--format", "csv"][..], &set].concat()))
    };
    let plan = planned("llama-3.1-8b", "100000", "h100-sxm");
    assert!(plan.lines().count() == 2, "{plan}");
    assert_eq!(planned("meta-llama/Llama-3.1-8B-Instruct", "100k", "H100"), plan);
    assert_eq!(planned(model, "100k", "h100"), plan);

    for (arguments, words) in [
        (
            ["--model", "meta-llama/Llama-3.3-70B-Instruct", "--input-tokens", "1"],
            "Did you mean llama-3.1-70b?",
        ),
        (["--model", "model_folder", "--input-tokens", "1"], "--model model_folder: is not in the catalog"),
        (["--model", "llama-3.1-8b", "--input-tokens", "12x"], "--input-tokens 12x: is not a number"),
        (["--model", "llama-3.1-8b", "--kv-cache", "fp_9"], "--kv-cache fp_9"),
    ] {
        let output =
            headroom(&[&["estimate", "--accelerator", "h100", "--stack", "vllm"][..], &arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words) && said.len() < 300, "{said}");
    }
}

#[test]
fn a_preset_may_name_a_config_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.json");
    let text = r#"{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
        "max_position_embeddings": 131072, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}"#;
    std::fs::write(&config, text).unwrap();
    let (config, file) = (config.to_str().unwrap(), folder.path().join("mine.headroom.ron"));
    let file = file.to_str().unwrap();
    let set = format!("workload.model={config}");
    assert!(headroom(&["check", config]).status.success());
    assert!(headroom(&["save", "edge-8b", "--set", &set, "--output", file]).status.success());
    // Quantised checkpoints of it are known to the catalog alone.
    let plan = |preset: &str| json(&["plan", preset, "--set", "platform.weights=bf16", "--format", "json"]);
    assert!(plan(file)["candidates"] == plan("edge-8b")["candidates"]);
}

/// A line may come from a stranger: the file that it names is read only when the user names it too.
#[test]
fn a_share_line_reads_no_file_of_its_own() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
    let set = format!("workload.model={config}");
    let line = stdout(&headroom(&["save", "edge-8b", "--set", &set, "--share"]));
    let line = line.trim();
    let refused = headroom(&["plan", line]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains(&format!("--set {set}")), "{message}");
    let plan = |arguments: &[&str]| json(&[arguments, &["--format", "json"]].concat());
    let own = plan(&["plan", line, "--set", &set]);
    assert_eq!(own, plan(&["plan", "edge-8b", "--set", &set]));
    let other = plan(&["plan", line, "--set", "workload.model=llama-3.1-8b"]);
    assert_eq!(other, plan(&["plan", "edge-8b", "--set", "workload.model=llama-3.1-8b"]));
}

#[test]
fn an_unwritable_folder_changes_nothing() {
    let output = headroom(&["save", "edge-8b", "--output", "/no/such/folder/x.headroom.ron"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/folder"));
}

#[test]
fn rows_keep_their_order_and_their_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(
        &file,
        "note,model,accelerator,stack,tp\n\"a, b\",llama-3.1-8b,h100-sxm,vllm,1\nx,llama-9,h100-sxm,vllm,\n,70B,b200,sglang,2\n",
    )
    .unwrap();
    let output = headroom(&["estimate", "--from", file.to_str().unwrap(), "--format", "csv"]);
    assert!(output.status.success());
    let text = stdout(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let at = |record: &csv::StringRecord, name: &str| {
        record[headings.iter().position(|h| h == name).unwrap()].to_owned()
    };
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((at(&rows[0], "note").as_str(), at(&rows[0], "fits").as_str()), ("a, b", "true"));
    assert!(at(&rows[0], "tpot_s").parse::<f64>().unwrap() > 0.0);
    assert!(at(&rows[1], "error").contains("llama-9") && at(&rows[1], "tpot_s").is_empty());
    assert_eq!((at(&rows[2], "error").as_str(), at(&rows[2], "basis").as_str()), ("", "calibrated"));
}

#[test]
fn check_accepts_presets_and_catalog_files() {
    let folder = tempfile::tempdir().unwrap();
    let regions = folder.path().join("regions.ron");
    std::fs::write(&regions, "[]").unwrap();
    for (stem, text) in preset::BUILT_IN {
        let file = folder.path().join(format!("{stem}{}", preset::EXTENSION));
        std::fs::write(&file, text).unwrap();
        assert!(headroom(&["check", file.to_str().unwrap()]).status.success(), "{stem}");
    }
    assert!(headroom(&["check", regions.to_str().unwrap()]).status.success());
}

#[test]
fn a_model_of_an_unknown_family_is_taken_as_dense_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    std::fs::write(
        &file,
        r#"{"model_type": "perceptron", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "max_position_embeddings": 8192}"#,
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let refused = headroom(&["check", file]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("perceptron") && message.contains("--dense"), "{message}");
    assert!(headroom(&["check", "--dense", file]).status.success());
    let estimate = |model: &str| {
        json(&[
            "estimate",
            "--dense",
            "--model",
            model,
            "--accelerator",
            "h100-sxm",
            "--stack",
            "vllm",
            "--format",
            "json",
        ])
    };
    let bytes = |model: &str| estimate(model)["kv_bytes_per_token"].as_f64();
    assert_eq!(bytes(file), bytes("llama-3.1-8b"));
    let model = format!("workload.model={file}");
    assert!(headroom(&["plan", "support-chat", "--dense", "--set", &model]).status.success());
    assert_eq!(headroom(&["plan", "support-chat", "--set", &model]).status.code(), Some(2));
    // What is no dense model is offered the reading by fields, which is the same option.
    let mixture = std::fs::read_to_string(file)
        .unwrap()
        .replace("\"hidden_size\"", "\"num_experts\": 8, \"num_experts_per_tok\": 2, \"hidden_size\"");
    std::fs::write(file, mixture).unwrap();
    let refused = headroom(&["check", file]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("--by-fields") && !message.contains("--dense"), "{message}");
    assert!(headroom(&["check", "--by-fields", file]).status.success());
}

#[test]
fn the_quantisation_file_beside_a_configuration_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
    std::fs::copy(config, &file).unwrap();
    let file = file.to_str().unwrap();
    let weights = || {
        let estimate =
            ["estimate", "--model", file, "--accelerator", "h100-sxm", "--stack", "vllm", "--format", "json"];
        json(&estimate)["weights_bytes"].as_f64().unwrap()
    };
    let whole = weights();
    let quantisation = folder.path().join("hf_quant_config.json");
    let text = r#"{"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]}}"#;
    std::fs::write(&quantisation, text).unwrap();
    assert!(weights() < 0.65 * whole, "{} of {whole}", weights());
    std::fs::write(&quantisation, r#"{"quantization": {"quant_algo": "INT1"}}"#).unwrap();
    let refused = headroom(&["check", file]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && message.contains("INT1"), "{message}");
}

/// What two files differ in, by path; what that changes; parts that add up.
#[test]
fn two_presets_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("more.headroom.ron");
    let file = file.to_str().unwrap();
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs/llama-3.1-8b.json");
    let model = format!("workload.model={config}");
    let sets = ["--set", "workload.requests_per_s=40", "--set", "facility.pue=1.4", "--set", &model];
    assert!(headroom(&[&["save", "support-chat", "--output", file], &sets[..]].concat()).status.success());
    let both = json(&["compare", "support-chat", file, "--format", "json"]);
    let paths = ["workload.model", "workload.requests_per_s", "facility.pue"];
    for (i, path) in paths.into_iter().enumerate() {
        assert_eq!((&both["inputs"][i]["path"], &both["causes"][i]["path"]), (&path.into(), &path.into()));
    }
    assert_eq!(both["inputs"][1]["after"], 40);
    assert_eq!((&both["inputs"][2]["before"], &both["method"]), (&"auto".into(), &"shapley".into()));
    for (side, preset) in [("before", "support-chat"), ("after", file)] {
        let plan = json(&["plan", preset, "--format", "json"]);
        let best = &plan["candidates"][0];
        assert_eq!(both[side]["accelerator"], best["accelerator"]);
        assert_eq!(both[side]["accelerators"], best["layout"]["accelerators"]);
        assert_eq!(both[side]["usd_per_month"], best["cost"]["usd_per_month"]);
    }
    let causes = both["causes"].as_array().unwrap();
    for key in ["accelerators", "facility_w", "usd_per_month", "usd_per_million_tokens"] {
        let sum: f64 = causes.iter().map(|cause| cause[key].as_f64().unwrap()).sum();
        let change = both["change"][key].as_f64().unwrap();
        assert!(
            (sum - change).abs() <= 1e-9 * both["before"][key].as_f64().unwrap(),
            "{key}: {sum} of {change}"
        );
    }
    for (format, words) in [("table", "40.0 requests/s"), ("markdown", "| Peak load |"), ("csv", paths[1])] {
        let text = stdout(&headroom(&["compare", "support-chat", file, "--format", format]));
        assert!(text.contains(words) && !text.contains("NaN"), "{format}: {text}");
    }
    assert!(stdout(&headroom(&["compare", file, file])).contains("No input differs."));
    let cap = ["--set", "facility.power_cap_w=1 kW", "--output", file];
    assert!(headroom(&[&["save", "support-chat"], &cap[..]].concat()).status.success());
    let lost = json(&["compare", "support-chat", file, "--format", "json"]);
    assert_eq!((&lost["change"], &lost["after"]["feasible"]), (&serde_json::Value::Null, &false.into()));
    assert_eq!(lost["causes"][0]["feasibility"], -1);
    assert!(stdout(&headroom(&["compare", "support-chat", file])).contains("Over the power cap"));
}

/// Settings change the second preset alone.
#[test]
fn a_what_if_is_compared() {
    let set = ["--set", "workload.input_tokens=3000"];
    let both = json(&[&["compare", "support-chat", "support-chat", "--format", "json"], &set[..]].concat());
    assert_eq!(both["inputs"].as_array().unwrap().len(), 1);
    assert_eq!((&both["inputs"][0]["before"], &both["inputs"][0]["after"]), (&1500.into(), &3000.into()));
    for (side, set) in [("before", &[][..]), ("after", &set[..])] {
        let plan = json(&[&["plan", "support-chat", "--format", "json"], set].concat());
        let best = &plan["candidates"][0];
        assert_eq!(both[side]["usd_per_month"], best["cost"]["usd_per_month"], "{side}");
    }
    assert_eq!(both["causes"][0]["usd_per_month"], both["change"]["usd_per_month"]);
}

/// An old price is said to be old, once, by every command whose answer rests on it.
#[test]
fn old_prices_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let quote = r#"[(accelerator: "b200", rental_unit: 1, reserved_1y: (1.5, "recalled", derived), quotes: [
        (provider: "P", region: "us", instance: "i", accelerators: 8, term: reserved_1y, usd_per_accelerator_hour: 1.5,
         date: "2020-01-02", source: "recalled", basis: derived)])]"#;
    std::fs::write(folder.path().join("prices.ron"), quote).unwrap();
    let folder = folder.path().to_str().unwrap();
    let load = "workload.requests_per_s";
    let own = "money.quotes=b200 reserved_1y 1.5";
    let cases: [(&[&str], usize); 8] = [
        (&["plan", "support-chat"], 1),
        (&["plan", "support-chat", "--set", own], 0),
        (&["compare", "support-chat", "support-chat", "--set", "workload.requests_per_s=13"], 1),
        (&["compare", "support-chat", "support-chat", "--set", own], 1),
        (&["compare", "edge-8b", "support-chat"], 1),
        (&["solve", "support-chat", load, "--usd-per-month", "$50k", "--on", "b200"], 1),
        (&["solve", "support-chat", load, "--accelerators", "16"], 1),
        (&["solve", "support-chat", load, "--accelerators", "16", "--on", "b200"], 0),
    ];
    for (arguments, times) in cases {
        let output = headroom(&[arguments, &["--catalog", folder]].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {message}");
        let warning = "warning: B200, reserved 1 year: The price is from 2020-01-02, ";
        assert_eq!(message.matches(warning).count(), times, "{arguments:?}: {message}");
    }
}

/// The value that is answered holds when it is planned with, one percent further does not; every format and the window say
/// the same.
#[test]
fn a_limit_is_found() {
    let catalog = Catalog::built_in().unwrap();
    let scenario = preset::open("support-chat", &catalog).unwrap();
    let cases = [
        ("workload.requests_per_s", "--accelerators", "16", Headline::Accelerators, 16.0, Some("h200-sxm")),
        ("workload.input_tokens", "--usd-per-month", "$50k", Headline::Month, 50e3, None),
        ("workload.requests_per_s", "--power-w", "400 kW", Headline::Power, 400e3, Some("b200")),
        ("workload.average_to_peak", "--usd-per-million-tokens", "2", Headline::MillionTokens, 2.0, None),
    ];
    for (path, flag, text, want, limit, accelerator) in cases {
        let on: Vec<&str> = accelerator.iter().flat_map(|id| ["--on", id]).collect();
        let asked = [&["solve", "support-chat", path, flag, text], &on[..]].concat();
        let answer = json(&[&asked[..], &["--format", "json"]].concat());
        let value = answer["value"].as_f64().unwrap();
        assert_eq!((&answer["input"], &answer["want"]), (&path.into(), &want.id().into()));
        assert_eq!(answer["limit"].as_f64(), Some(limit));

        let only: Vec<&str> = accelerator.iter().flat_map(|id| ["--accelerator", id]).collect();
        let planned = |value: f64| {
            let set = format!("{path}={value}");
            let plan = ["plan", "support-chat", "--set", &set, "--format", "json"];
            json(&[&plan, &only[..]].concat())["candidates"][0].clone()
        };
        // With pools, those of both.
        let accelerators = |candidate: &serde_json::Value| {
            let place = if candidate["pools"].is_null() { "layout" } else { "pools" };
            candidate[place]["accelerators"].clone()
        };
        let outcome = |candidate: &serde_json::Value| match want {
            Headline::Accelerators => accelerators(candidate).as_f64(),
            Headline::Power => candidate["power"]["facility_w"].as_f64(),
            Headline::Month | Headline::MillionTokens => candidate["cost"][want.id()].as_f64(),
        };
        let there = planned(value);
        assert!(outcome(&there).unwrap() <= limit, "{answer}");
        assert_eq!(outcome(&there), answer["outcome"].as_f64());
        assert_eq!(accelerators(&there), answer["accelerators"]);
        assert_eq!(there["accelerator"], answer["accelerator"]);
        let further = value * if answer["largest"] == true { 1.01 } else { 0.99 };
        let further = if path.ends_with("tokens") { further.ceil() } else { further };
        assert!(outcome(&planned(further)).is_none_or(|v| v > limit), "{answer}");

        let ask = Ask { path, want, limit, accelerator };
        let said = sentence::solved(&ask, &solve(&scenario, &catalog, &ask, || true));
        assert_eq!(answer["sentence"], said.as_str());
        for format in ["table", "csv", "markdown"] {
            let text = stdout(&headroom(&[&asked[..], &["--format", format]].concat()));
            assert!(text.contains(&said), "{format}: {text}");
        }
    }
}

/// That no value holds is an answer, with its reason.
#[test]
fn a_limit_that_nothing_keeps_is_an_answer() {
    for (limit, set, why) in
        [("1", "slo.tpot_s=30ms", "Even with Output at"), ("1M", "slo.tpot_s=0.1ms", "be served at all")]
    {
        let asked = [
            "solve",
            "edge-8b",
            "workload.output_tokens",
            "--usd-per-month",
            limit,
            "--set",
            set,
            "--format",
        ];
        let answer = json(&[&asked[..], &["json"]].concat());
        assert_eq!(
            (&answer["value"], &answer["accelerator"]),
            (&serde_json::Value::Null, &serde_json::Value::Null)
        );
        assert!(answer["sentence"].as_str().unwrap().contains(why), "{answer}");
        for format in ["table", "csv", "markdown"] {
            let output = headroom(&[&asked[..], &[format]].concat());
            assert!(output.status.success() && stdout(&output).contains(why), "{format}");
        }
    }
}

/// A line printed by one command is a preset to the others.
#[test]
fn a_share_line_is_a_preset() {
    let line = stdout(&headroom(&["save", "edge-8b", "--set", "workload.requests_per_s=7", "--share"]));
    let plan = json(&["plan", line.trim(), "--format", "json"]);
    assert_eq!(plan["scenario"]["workload"]["requests_per_s"], 7);
    let damaged = headroom(&["plan", &line.trim()[..line.len() - 5]]);
    let message = String::from_utf8_lossy(&damaged.stderr).into_owned();
    assert!(damaged.status.code() == Some(2) && message.contains("share line is damaged"), "{message}");
}
