use std::fs;

use super::*;
use crate::catalog::{Catalog, Layers, NumberFormat};

const HEADINGS: &str = "id,model,accelerator,stack,stack_version,weights,kv_cache,tp,pp,ep,attention_dp,input_tokens,\
    output_tokens,length_spread,concurrency,ttft_ms,tpot_ms,measured,speculative,doubt\n";
const GOOD: &str = "a,llama-3.1-70b,h100-sxm,vllm,,fp8,,4,1,1,1,2000,300,0,32,500,28,2026-11-20,,\n";

fn measured() -> MeasuredLatency {
    MeasuredLatency {
        id: String::new(),
        model: "llama-3.1-70b".to_owned(),
        accelerator: "h100-sxm".to_owned(),
        stack: "vllm".to_owned(),
        stack_version: String::new(),
        weights: NumberFormat::Fp8,
        kv_cache: None,
        tp: 4,
        pp: 1,
        ep: 1,
        attention_dp: 1,
        input_tokens: 2048.0,
        output_tokens: 256.0,
        length_spread: 0.0,
        client: None,
        step_tokens: None,
        hold_steps: None,
        concurrency: 32,
        ttft_ms: Some(512.5),
        tpot_ms: Some(28.4),
        measured: "2026-11-20".to_owned(),
        speculative: String::new(),
        doubt: String::new(),
    }
}

fn laid_over(folder: &Path) -> Result<Catalog, Vec<String>> {
    let told = |errors: Vec<CatalogError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
    Ok(Layers::built_in().unwrap().with_folder(folder).map_err(told)?.into_catalog())
}

#[test]
fn what_is_added_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("mine");
    let catalog = Catalog::built_in().unwrap();
    let path = add(&own, &[measured()], &catalog).unwrap();
    assert!(fs::read_to_string(path).unwrap().starts_with(HEADINGS.trim()));
    let faster = MeasuredLatency { concurrency: 8, ..measured() };
    add(&own, std::slice::from_ref(&faster), &catalog).unwrap();
    let read = Layers::built_in().unwrap().with_folder(&own).unwrap();
    let ids: Vec<&str> = read.own_measurements.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["own-1", "own-2"]);
    assert_eq!(read.own_measurements[1], MeasuredLatency { id: "own-2".to_owned(), ..faster });
    assert!(read.version.ends_with("+local"));
    // Read twice, a row is still there once.
    assert_eq!(read.with_folder(&own).unwrap().own_measurements.len(), 2);
    let copy = folder.path().join("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(own.join(OWN_MEASUREMENTS), copy.join(OWN_MEASUREMENTS)).unwrap();
    assert_eq!(read.with_folder(&copy).unwrap().own_measurements.len(), 2);
}

#[test]
fn what_was_in_the_file_stays_and_its_columns_may_stand_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OWN_MEASUREMENTS);
    let text = "note,tpot_ms,ttft_ms,id,model,accelerator,stack,stack_version,weights,kv_cache,tp,pp,ep,attention_dp,\
        input_tokens,output_tokens,length_spread,concurrency,measured,speculative,doubt\n\
        \"by hand, \"\"x\"\"\",28,500,a,llama-3.1-70b,h100-sxm,vllm,,fp8,,4,1,1,1,2000,300,0,32,2026-11-20,,";
    // A column of the user's own is refused, as every unknown field is.
    fs::write(&path, text).unwrap();
    assert!(laid_over(folder.path()).unwrap_err()[0].contains("note"));
    let text = text.replace("note,", "").replace("\"by hand, \"\"x\"\"\",", "");
    fs::write(&path, &text).unwrap();
    add(folder.path(), &[measured()], &Catalog::built_in().unwrap()).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with(&format!("{text}\n28.4,512.5,own-1,")));
    assert_eq!(laid_over(folder.path()).unwrap().own_measurements.len(), 2);
}

#[test]
fn a_refused_addition_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::built_in().unwrap();
    let path = add(folder.path(), &[measured()], &catalog).unwrap();
    let before = fs::read(&path).unwrap();
    let unknown = MeasuredLatency { accelerator: "h100-smx".to_owned(), ..measured() };
    for (row, text) in
        [(measured(), "`own-1` is this measurement already"), (unknown, "did you mean `h100-sxm`?")]
    {
        let other = MeasuredLatency { concurrency: 2, ..measured() };
        let errors = add(folder.path(), &[other, row], &catalog).unwrap_err();
        assert!(errors[0].to_string().contains(text), "{}", errors[0]);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    fs::write(&path, "nonsense\n1").unwrap();
    assert!(add(folder.path(), &[measured()], &catalog).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "nonsense\n1");
}

#[test]
fn impossible_rows_are_refused_by_line_and_field() {
    for (from, to, text) in [
        ("llama-3.1-70b", "llama-3.1-7b", "model is `llama-3.1-7b`; not in the catalog, did you mean"),
        ("h100-sxm", "abacus", "accelerator is `abacus`; not in the catalog"),
        ("h100-sxm,vllm", "mi300x,tensorrt-llm", "stack is tensorrt-llm; it does not run on mi300x"),
        ("fp8", "fp9", "weights is `fp9`"),
        (",4,1,1,1,", ",four,1,1,1,", "tp is `four`"),
        (",4,1,1,1,", ",4,1,3,1,", "ep is 3; choose a divisor"),
        (",4,1,1,1,", ",0,1,1,1,", "tp is 0"),
        (",2000,", ",-5,", "input_tokens is -5"),
        (",28,", ",-28,", "tpot_ms is -28"),
        (",500,28,", ",,,", "tpot_ms is empty"),
        ("2026-11-20", "20 Nov", "measured is `20 Nov`; give a date"),
        ("a,llama", ",llama", "id is empty"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(OWN_MEASUREMENTS);
        let mut bad = GOOD.replace(from, to);
        if bad.starts_with("a,") {
            bad.replace_range(..1, "b");
        }
        fs::write(&path, format!("{HEADINGS}{GOOD}{bad}")).unwrap();
        let errors = laid_over(folder.path()).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors[0].contains(text) && errors[0].contains("measured_latency.csv, line 3"),
            "{text}: {}",
            errors[0]
        );
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(OWN_MEASUREMENTS), format!("{HEADINGS}{GOOD}{GOOD}")).unwrap();
    assert!(laid_over(folder.path()).unwrap_err()[0].contains("id is a; the name of an earlier row"));
}
