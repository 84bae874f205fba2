//! What several commands need: the catalog, a preset with its `--set`s, refusals of unknown ids.

use std::io::Write as _;
use std::path::Path;

use headroom::catalog::{Catalog, Day, Layers, nearest};
use headroom::engine::calibration::own_measurements::{self, Slip};
use headroom::engine::old_price;
use headroom::import::{Library, UnknownFamily};
use headroom::report::numbers::{self, Money};
use headroom::report::sentence;
use headroom::scenario::{Choices, Kind, Scenario, ScenarioError, Value, choices, input_at, preset, share};

use super::Failure;

/// The built-in catalog, overridden by the user's files; `dense`: unknown families of models are read as far as
/// their fields go.
pub fn catalog(folder: Option<&Path>, dense: bool) -> Result<Library, Failure> {
    let layers = Layers::built_in().map_err(|error| Failure::Other(error.to_string()))?;
    let unknown = if dense { UnknownFamily::Dense } else { UnknownFamily::Refuse };
    let catalog = Library::new(layers, unknown);
    if let Some(folder) = folder {
        if !folder.is_dir() {
            return Err(Failure::BadInput(format!(
                "--catalog {}: is not a folder. Give the folder that holds your accelerators.ron, prices.ron, …",
                folder.display()
            )));
        }
        return with_folder(&catalog, folder).map_err(Failure::BadInput);
    }
    Ok(catalog)
}

/// The catalog overridden by a user's folder; on errors, all of them.
pub fn with_folder(catalog: &Library, folder: &Path) -> Result<Library, String> {
    let catalog = catalog
        .with_folder(folder)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    own_measurements::check(&catalog).map_err(|slips| slip_texts(&slips))?;
    Ok(catalog)
}

/// What is wrong with measurements, one per line.
pub fn slip_texts(slips: &[Slip]) -> String {
    slips.iter().map(sentence::slip).collect::<Vec<_>>().join("\n")
}

/// Opens a preset and applies `--set PATH=VALUE` to it, all errors at once.
pub fn scenario(preset: &str, sets: &[String], catalog: &mut Library) -> Result<Scenario, Failure> {
    let pairs: Vec<(&str, &str)> = sets
        .iter()
        .map(|set| {
            set.split_once('=').ok_or_else(|| {
                Failure::BadInput(format!("--set {set}: has no `=`. Write --set section.field=value."))
            })
        })
        .collect::<Result<_, _>>()?;
    let models = || pairs.iter().filter(|(path, _)| *path == "workload.model");
    for (_, value) in models() {
        catalog.open_model(value.trim()).map_err(Failure::bad_input)?;
    }
    let mut scenario = open(preset, models().next().is_some(), catalog)?;
    let (mut problems, mut readings) = (Vec::new(), Vec::new());
    for (path, value) in pairs {
        match scenario.set(path, value, catalog) {
            Ok(()) => readings.extend(reading(path, value.trim(), &scenario, catalog)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        note(&readings);
        numbers::set_money(Money::of(&scenario, catalog));
        Ok(scenario)
    } else {
        Err(Failure::bad_input(ScenarioError { origin: "--set".to_owned(), problems }))
    }
}

/// How the name of a model, stack or format that was given for the input at `path` was read, where it is another one.
fn reading(path: &str, given: &str, scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    let input = input_at(path)?;
    let (Kind::Choice(list) | Kind::OptionalChoice(list)) = input.kind else { return None };
    if !matches!(list, Choices::Models | Choices::Stacks | Choices::Formats) {
        return None;
    }
    let Value::Text(id) = (input.get)(scenario) else { return None };
    // A name that is shown to users needs no explanation.
    let is_label =
        choices(list, catalog).iter().any(|(known, label)| *known == id && label.eq_ignore_ascii_case(given));
    if id == given || is_label {
        return None;
    }
    let weights = match list {
        Choices::Models => catalog.model_meant(given).and_then(|meant| meant.weights),
        _ => None,
    };
    let weights = weights.map_or_else(String::new, |weights| {
        format!("; the format of its weights is set by platform.weights={weights}")
    });
    Some(format!("{path} {given}: read as {id}{weights}"))
}

/// A preset file, the name of a built-in preset, or a share line, whose drift is reported on stderr. With a `model_given`
/// the model that it names is not looked up.
fn open(preset: &str, model_given: bool, catalog: &mut Library) -> Result<Scenario, Failure> {
    if !share::is_line(preset) {
        let mut draft = preset::draft(preset).map_err(Failure::bad_input)?;
        if model_given {
            draft = draft.without_model();
        }
        let scenario = catalog.scenario(&draft).map_err(Failure::bad_input)?;
        let model = draft.model().and_then(|model| reading("workload.model", model, &scenario, catalog));
        note(model.as_slice());
        return Ok(scenario);
    }
    let mut shared = share::read(preset, catalog).map_err(Failure::bad_input)?;
    if model_given {
        shared = shared.without_model();
    }
    let scenario = shared.scenario(catalog).map_err(Failure::bad_input)?;
    shared.drift.iter().for_each(|warning| warn(warning));
    Ok(scenario)
}

/// Warns of each old price that an answer is based on, by scenario and accelerator, once.
pub fn warn_of_old_prices<'a>(prices: impl IntoIterator<Item = (&'a Scenario, &'a str)>, catalog: &Catalog) {
    let today = Day::today();
    let mut warned = Vec::new();
    for (scenario, id) in prices {
        let Some(old) = old_price(scenario, catalog, id, today) else { continue };
        let caution = sentence::price_caution(&old);
        let name = catalog.accelerator(id).map_or(id, |accelerator| &accelerator.short_name);
        let warning = format!("{name}, {}: {caution}", scenario.money.term.label().to_lowercase());
        if !warned.contains(&warning) {
            warn(&warning);
            warned.push(warning);
        }
    }
}

/// Notes on stderr: how what was asked is understood.
pub fn note(notes: &[String]) {
    for note in notes {
        // stderr may be closed.
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

/// A warning on stderr.
pub fn warn(warning: &str) {
    // stderr may be closed.
    let _ = writeln!(std::io::stderr(), "warning: {warning}");
}

/// Refuses a path that is not a figure, with the nearest known one as remedy.
pub fn unknown_path<'a>(path: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let remedy = match nearest(path, known) {
        Some(near) => format!("Did you mean {near}?"),
        None => "Use a path of `headroom plan --format json`, such as cost.usd_per_month.".to_owned(),
    };
    Failure::BadInput(format!("PATH {path}: is not a figure of the plan. {remedy}"))
}

/// The id of the accelerator that `flag` names, with a note where it was read so; refuses an unknown one.
pub fn known_accelerator(flag: &str, name: &str, catalog: &Catalog) -> Result<String, Failure> {
    let Some(id) = catalog.accelerator_meant(name) else {
        return Err(unknown(flag, name, catalog.accelerators.iter().map(|a| a.id.as_str())));
    };
    if id != name {
        note(&[format!("{flag} {name}: read as {id}")]);
    }
    Ok(id.to_owned())
}

/// Refuses an unknown id, with the nearest known one or all of them as remedy.
pub fn unknown<'a>(flag: &str, id: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let remedy = match nearest(id, known.clone()) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("Use one of {}.", known.collect::<Vec<_>>().join(", ")),
    };
    Failure::BadInput(format!("{flag} {id}: is not in the catalog. {remedy}"))
}
