//! Turns text into a validated value of an input, and checks a whole scenario.

use super::custom::custom_parameters;
use super::day::DayShape;
use super::fields::{Feeds, Hosting, Pools, Scenario, Supply};
use super::inputs::{Choices, INPUTS, Input, Kind, Range, Value, input_at};
use super::load_words::{LOAD, in_words};
use super::problem::Problem;
use super::{quotes, shortlist};
use crate::catalog::{
    Catalog, Currency, Day, FabricKind, NumberFormat, OfferClass, Term, model_name, nearest,
};
use crate::units::{self, Separators, Unit};

/// How files, flags and scripts write numbers.
pub(super) const PLAIN: Separators = Separators::Comma;

impl Scenario {
    /// Stores `text`, as files and scripts write it, in the input at `path`.
    ///
    /// # Errors
    /// An unknown path, or a value that the input refuses; the scenario is then unchanged.
    pub fn set(&mut self, path: &str, text: &str, catalog: &Catalog) -> Result<(), Problem> {
        let input = input_named(path, text)?;
        let value = match self.load_in_words(input, text, PLAIN) {
            Some(load) => load,
            None => read(input, text, PLAIN, catalog)?,
        };
        self.store(input, value, PLAIN, catalog)
    }

    /// Stores `text`, as typed over the value at `path` by a user who writes numbers in `separators`: a bare number is in
    /// the unit that is shown beside that value.
    ///
    /// # Errors
    /// As [`set`](Self::set), with numbers in the same separators.
    pub fn set_typed(
        &mut self,
        path: &str,
        text: &str,
        separators: Separators,
        catalog: &Catalog,
    ) -> Result<(), Problem> {
        let input = input_named(path, text)?;
        let now = match (input.get)(self) {
            Value::Number(now) => Some(now),
            _ => None,
        };
        let typed = input.range().and_then(|range| separators.typed_over(text, now, range.unit));
        let value = match (typed, self.load_in_words(input, text, separators)) {
            (_, Some(load)) => load,
            (Some(number), None) => Value::Number(number),
            (None, None) => read(input, text, separators, catalog)?,
        };
        self.store(input, value, separators, catalog)
    }

    /// The load that `text` means in users, requests a day or tokens a second.
    fn load_in_words(&self, input: &Input, text: &str, separators: Separators) -> Option<Value> {
        let load = (input.path == LOAD).then(|| in_words(text, &self.workload, separators)).flatten()?;
        Some(Value::Number(load))
    }

    fn store(
        &mut self,
        input: &Input,
        value: Value,
        separators: Separators,
        catalog: &Catalog,
    ) -> Result<(), Problem> {
        check(input, &value, separators, catalog)?;
        (input.put)(self, value);
        Ok(())
    }

    /// Stores `value` in `input` after validating it.
    ///
    /// # Errors
    /// A value outside the input's limits or choices; the scenario is then unchanged.
    pub fn set_value(&mut self, input: &Input, value: Value, catalog: &Catalog) -> Result<(), Problem> {
        self.store(input, value, PLAIN, catalog)
    }

    /// Takes `usd` as the user's price of an accelerator on `term`, in place of an earlier one: US dollars for an hour of one
    /// accelerator, or for a server that is bought.
    ///
    /// # Errors
    /// No plausible price, or an accelerator that the catalog lacks; the scenario is then unchanged.
    pub fn quote(
        &mut self,
        accelerator: &str,
        term: Term,
        usd: f64,
        catalog: &Catalog,
    ) -> Result<(), Problem> {
        const PATH: &str = "money.quotes";
        if let Some((problem, remedy)) = quotes::implausible(term, usd) {
            return Err(Problem::new(PATH, &usd.to_string(), problem, remedy));
        }
        let mut list = self.money.quotes.clone();
        list.retain(|quote| quote.accelerator != accelerator || quote.term != term);
        list.push(quotes::OwnQuote { accelerator: accelerator.to_owned(), term, usd });
        self.set_value(input_named(PATH, "")?, Value::Quotes(list), catalog)
    }

    /// Every problem of every input, in the order of the list.
    pub fn problems(&self, catalog: &Catalog) -> Vec<Problem> {
        INPUTS.iter().filter_map(|input| check(input, &(input.get)(self), PLAIN, catalog).err()).collect()
    }
}

/// Ids and labels that `choices` allows, without `auto`.
pub fn choices(choices: Choices, catalog: &Catalog) -> Vec<(String, String)> {
    let own = |id: &str, label: &str| (id.to_owned(), label.to_owned());
    match choices {
        Choices::Models => catalog.models.iter().map(|m| own(&m.id, &m.name)).collect(),
        Choices::Stacks => catalog
            .stacks
            .iter()
            .flat_map(|s| std::iter::once(own(&s.id, &s.name)).chain(s.versions()))
            .collect(),
        Choices::Regions => catalog.regions.iter().map(|r| own(&r.id, &r.name)).collect(),
        Choices::Terms => Term::ALL.iter().map(|t| own(t.id(), t.label())).collect(),
        Choices::Supplies => Supply::ALL.iter().map(|s| own(s.id(), s.label())).collect(),
        Choices::Feeds => Feeds::ALL.iter().map(|f| own(f.id(), f.label())).collect(),
        Choices::Fabrics => FabricKind::ALL.iter().map(|f| own(f.id(), f.label())).collect(),
        Choices::Days => DayShape::TYPICAL.iter().map(|(_, id, label)| own(id, label)).collect(),
        Choices::Hostings => Hosting::ALL.iter().map(|h| own(h.id(), h.label())).collect(),
        Choices::Currencies => catalog.currencies.iter().map(|c| own(&c.id, &c.name)).collect(),
        Choices::Offers => OfferClass::ASKED
            .iter()
            .map(|class| own(class.id(), class.label()))
            .chain(catalog.sellers().into_iter().map(|seller| own(seller, seller)))
            .collect(),
        Choices::Pools => Pools::ALL.iter().map(|p| own(p.id(), p.label())).collect(),
        Choices::Formats => NumberFormat::ALL.iter().map(|f| own(f.id(), f.label())).collect(),
    }
}

/// The input at `path`, which was to become `value`; empty: it was only named.
///
/// # Errors
/// There is none; the nearest is suggested.
pub fn input_named(path: &str, value: &str) -> Result<&'static Input, Problem> {
    input_at(path).ok_or_else(|| unknown_path(path, value))
}

/// An unknown path, with the nearest known one as remedy.
pub(super) fn unknown_path(path: &str, value: &str) -> Problem {
    let remedy = match nearest(path, INPUTS.iter().map(|i| i.path)) {
        Some(near) => format!("Did you mean {near}?"),
        None => {
            let (section, _) = path.split_once('.').unwrap_or((path, ""));
            let known: Vec<_> = INPUTS.iter().filter(|i| i.section() == section).map(|i| i.path).collect();
            if known.is_empty() {
                "Sections are workload, slo, platform, fleet, facility and money.".to_owned()
            } else {
                format!("Use one of {}.", known.join(", "))
            }
        }
    };
    Problem::new(path, value, "is not an input", remedy)
}

/// Text to value, without checking limits.
pub(super) fn read(
    input: &Input,
    text: &str,
    separators: Separators,
    catalog: &Catalog,
) -> Result<Value, Problem> {
    let text = text.trim();
    if input.optional() && matches!(text, "auto" | "Auto" | "None" | "null") {
        return Ok(Value::Auto);
    }
    match input.kind {
        Kind::Number(range) | Kind::OptionalNumber(range) => {
            units::parse(text, range.unit, separators).map(Value::Number).ok_or_else(|| {
                let remedy = match examples(range.unit) {
                    Some(examples) => format!("Try {examples}."),
                    None => format!("Give {}.", accepted(input, range, separators)),
                };
                Problem::new(input.path, text, "is not a number", remedy)
            })
        }
        Kind::Choice(list) | Kind::OptionalChoice(list) => {
            Ok(Value::Text(meant(list, text, catalog).unwrap_or_else(|| text.to_owned())))
        }
        // What is no day is found by the check.
        Kind::OptionalDay => Ok(Value::Text(text.to_owned())),
        Kind::Accelerators => shortlist::parse(text, catalog)
            .map(|ids| Value::Text(ids.join(", ")))
            .map_err(|(problem, remedy)| Problem::new(input.path, text, problem, remedy)),
        Kind::Quotes => quotes::parse(text, catalog)
            .map(Value::Quotes)
            .map_err(|(problem, remedy)| Problem::new(input.path, text, problem, remedy)),
    }
}

/// The id among `list` that `text` means. Labels are accepted where ids are, for users copy what they see, and so are
/// other spellings; `None`: nothing is meant for certain.
fn meant(list: Choices, text: &str, catalog: &Catalog) -> Option<String> {
    let known = choices(list, catalog);
    let exact = known.iter().find(|(id, label)| id == text || label.eq_ignore_ascii_case(text));
    if let Some((id, _)) = exact {
        return Some(id.clone());
    }
    match list {
        Choices::Models if custom_parameters(text).is_some() => None,
        Choices::Models => catalog.model_meant(text).map(|meant| meant.id),
        Choices::Stacks => catalog.stack_meant(text),
        Choices::Currencies => {
            let code = text.to_lowercase();
            let is = |c: &&Currency| c.symbol.trim() == text || c.id == code.trim_end_matches('s');
            let named = |c: &&Currency| c.name.eq_ignore_ascii_case(code.trim_end_matches('s'));
            catalog.currencies.iter().find(|c| is(c) || named(c)).map(|currency| currency.id.clone())
        }
        Choices::Formats => text.parse::<NumberFormat>().ok().map(|format| format.id().to_owned()),
        _ => {
            let plain = |text: &str| text.to_lowercase().replace([' ', '-'], "_");
            known.into_iter().find(|(id, _)| plain(id) == plain(text)).map(|(id, _)| id)
        }
    }
}

/// Refuses what the input does not allow.
fn check(input: &Input, value: &Value, separators: Separators, catalog: &Catalog) -> Result<(), Problem> {
    match (input.kind, value) {
        (Kind::OptionalNumber(_) | Kind::OptionalChoice(_) | Kind::OptionalDay, Value::Auto) => Ok(()),
        (Kind::OptionalDay, Value::Text(text)) => match Day::parse(text) {
            Some(_) => Ok(()),
            None => Err(Problem::new(
                input.path,
                text,
                "is not a day",
                "Write year, month and day, such as 2026-12-01, or auto.",
            )),
        },
        (Kind::Number(range) | Kind::OptionalNumber(range), Value::Number(v)) => {
            check_number(input, range, *v, separators)
        }
        (Kind::Choice(list) | Kind::OptionalChoice(list), Value::Text(id)) => {
            check_choice(input, list, id, catalog)
        }
        (Kind::Accelerators, Value::Text(text)) => shortlist::parse(text, catalog)
            .map(drop)
            .map_err(|(problem, remedy)| Problem::new(input.path, text, problem, remedy)),
        (Kind::Quotes, Value::Quotes(list)) => quotes::parse(&quotes::text(list), catalog)
            .map(drop)
            .map_err(|(problem, remedy)| Problem::new(input.path, &quotes::text(list), problem, remedy)),
        (_, other) => Err(Problem::new(
            input.path,
            &format!("{other:?}"),
            "has the wrong type",
            format!(
                "Give {}.",
                input.range().map_or("a name".to_owned(), |r| accepted(input, r, separators))
            ),
        )),
    }
}

fn check_number(input: &Input, range: Range, v: f64, separators: Separators) -> Result<(), Problem> {
    if !v.is_finite() || v < range.min || v > range.max {
        // A share given in percent.
        let percent = range.unit == Unit::Fraction && (range.min..=range.max).contains(&(v / 100.0));
        let hint = if percent { format!(" Write {v}% with its sign.") } else { String::new() };
        return Err(Problem::new(
            input.path,
            &v.to_string(),
            "is out of range",
            format!("Give {}.{hint}", accepted(input, range, separators)),
        ));
    }
    if range.whole && v.fract() != 0.0 {
        return Err(Problem::new(
            input.path,
            &v.to_string(),
            "is not a whole number",
            format!("Give {:.0} or {:.0}.", v.floor(), v.ceil()),
        ));
    }
    Ok(())
}

fn check_choice(input: &Input, list: Choices, id: &str, catalog: &Catalog) -> Result<(), Problem> {
    if list == Choices::Models && custom_parameters(id).is_some() {
        return Ok(());
    }
    if list == Choices::Stacks && catalog.stack_named(id).is_some() {
        return Ok(());
    }
    if list == Choices::Offers && OfferClass::ASKED.iter().any(|class| class.id() == id) {
        return Ok(());
    }
    if list == Choices::Days {
        return match DayShape::parse(id) {
            Some(_) => Ok(()),
            None => Err(Problem::new(
                input.path,
                id,
                "is not a daily load shape",
                "Use office_hours, evening_peak, around_the_clock, or 24 numbers from midnight, none negative.",
            )),
        };
    }
    let known = choices(list, catalog);
    if known.iter().any(|(k, _)| k == id) {
        return Ok(());
    }
    let ids = known.iter().map(|(k, _)| k.as_str());
    let name = if list == Choices::Models { model_name(id) } else { id.to_owned() };
    let remedy = match nearest(&name, ids.clone()) {
        Some(near) => format!("Did you mean {near}?"),
        None if list == Choices::Models => NO_MODEL.to_owned(),
        None => format!("Use one of {}.", ids.collect::<Vec<_>>().join(", ")),
    };
    Err(Problem::new(input.path, id, "is not in the catalog", remedy))
}

/// What to do about a model that is not known.
pub const NO_MODEL: &str = "Use an id that `headroom catalog models` lists, a folder with a config.json or its path, or a size from 0.1B to 10T.";

/// Examples that read the same with any separators; `None`: the range is the better hint.
fn examples(unit: Unit) -> Option<&'static str> {
    match unit {
        Unit::Tokens => Some("1500 or 128k"),
        Unit::Seconds => Some("250 ms or 2 s"),
        Unit::Fraction => Some("35%"),
        Unit::Watts => Some("400 kW"),
        Unit::RequestsPerSecond => Some("12, 2000 users, 1M/day or 20k tokens/s"),
        _ => None,
    }
}

/// The accepted range.
fn accepted(input: &Input, range: Range, separators: Separators) -> String {
    let [low, high] = [range.min, range.max].map(|limit| separators.quantity(limit, range.unit));
    // One unit after both where they share it.
    let low = match (low.split_once(' '), high.split_once(' ')) {
        (Some((number, a)), Some((_, b))) if a == b => number,
        _ => &low,
    };
    let whole = if range.whole { "a whole number" } else { "a number" };
    let auto = if input.optional() { ", or auto" } else { "" };
    format!("{whole} from {low} to {high}{auto}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files and scripts are read in one way, and what is typed in its own.
    #[test]
    fn numbers_are_read_in_the_separators_that_are_given() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = Scenario::default();
        scenario.set("slo.ttft_s", "1.500 s", &catalog).unwrap();
        assert_eq!(scenario.slo.ttft_s, 1.5);
        let plain = scenario.set("workload.input_tokens", "1e9", &catalog).unwrap_err();
        assert!(plain.remedy.contains("from 1 to 10,000,000 tokens"), "{plain}");
        scenario.set_typed("workload.input_tokens", "1.500", Separators::Point, &catalog).unwrap();
        assert_eq!(scenario.workload.input_tokens, 1500.0);
        let typed = scenario.set_typed("workload.input_tokens", "1e9", Separators::Point, &catalog);
        assert!(typed.unwrap_err().remedy.contains("10.000.000"));
    }

    /// What is typed is in the unit that is shown; in files and after --set it is in the unit of the field's name.
    #[test]
    fn a_bare_number_is_in_the_unit_that_is_shown() {
        let catalog = Catalog::built_in().unwrap();
        let typed = |path: &str, text: &str| {
            let mut scenario = Scenario::default();
            scenario.slo.tpot_s = 0.025;
            scenario.set_typed(path, text, PLAIN, &catalog).map(|()| scenario)
        };
        assert_eq!(typed("slo.tpot_s", "30").unwrap().slo.tpot_s, 0.03);
        assert_eq!(typed("slo.tpot_s", "0.03 s").unwrap().slo.tpot_s, 0.03);
        assert_eq!(typed("slo.ttft_s", "2").unwrap().slo.ttft_s, 2.0);
        assert_eq!(typed("slo.availability", "99.99").unwrap().slo.availability, 0.9999);
        assert_eq!(
            typed("platform.memory_utilization", "85").unwrap().platform.memory_utilization,
            Some(0.85)
        );
        assert_eq!(typed("platform.memory_utilization", "auto").unwrap().platform.memory_utilization, None);
        assert_eq!(typed("facility.rack_power_w", "50").unwrap().facility.rack_power_w, 50e3);
        assert_eq!(typed("workload.input_tokens", "128k").unwrap().workload.input_tokens, 128e3);
        let mut scenario = Scenario::default();
        scenario.set("slo.tpot_s", "0.03", &catalog).unwrap();
        scenario.set("slo.availability", "0.9999", &catalog).unwrap();
        assert_eq!((scenario.slo.tpot_s, scenario.slo.availability), (0.03, 0.9999));
        let percent = scenario.set("slo.availability", "99.99", &catalog).unwrap_err();
        assert!(percent.remedy.contains("99.99%"), "{percent}");
        let times = scenario.set("slo.availability", "99.99 s", &catalog).unwrap_err();
        assert!(times.remedy.contains('%'), "{times}");
    }

    #[test]
    fn choices_are_known_by_other_spellings() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = Scenario::default();
        for (path, text, id) in [
            ("workload.model", "Qwen/Qwen3-32B", "qwen3-32b"),
            ("workload.model", "34B", "34B"),
            ("platform.stack", "TRT-LLM", "tensorrt-llm"),
            ("platform.weights", "fp8_e4m3", "fp8"),
            ("money.term", "Reserved-1Y", "reserved_1y"),
            ("facility.region", "US_Virginia", "us-virginia"),
        ] {
            scenario.set(path, text, &catalog).unwrap();
            let value = input_at(path).map(|input| (input.get)(&scenario));
            assert_eq!(value, Some(Value::Text(id.to_owned())), "{path} = {text}");
        }
        let other =
            scenario.set("workload.model", "meta-llama/Llama-3.3-70B-Instruct", &catalog).unwrap_err();
        assert!(other.remedy.contains("Did you mean llama-3.1-70b?"), "{other}");
    }
}
