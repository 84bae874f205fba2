//! Values of inputs, as users read them.

use crate::catalog::Catalog;
use crate::report::numbers;
use crate::scenario::InputChange;
use crate::scenario::{Choices, Input, Kind, Value, choices, custom_parameters, input_at};

/// Both values of an input that differs, with their unit or the name of what is chosen; "auto" where it is left to the
/// program. What reads the same when rounded is written out.
pub(crate) fn input_change(change: &InputChange, catalog: &Catalog) -> [String; 2] {
    let ends = [&change.before, &change.after];
    let text = |value: &Value| {
        input_at(change.path).map_or_else(|| value.text(), |input| input_value(input, value, catalog))
    };
    let [before, after] = ends.map(text);
    if before == after { ends.map(Value::text) } else { [before, after] }
}

/// A value with its unit, or the name of what is chosen.
fn input_value(input: &Input, value: &Value, catalog: &Catalog) -> String {
    match (input.kind, value) {
        (Kind::Number(range) | Kind::OptionalNumber(range), Value::Number(v)) => {
            numbers::quantity(*v, range.unit)
        }
        (Kind::Choice(list) | Kind::OptionalChoice(list), Value::Text(id)) => {
            match choices(list, catalog).into_iter().find(|(known, _)| known == id) {
                Some((_, label)) => label,
                None if list == Choices::Models && custom_parameters(id).is_some() => format!("Dense, {id}"),
                None if list == Choices::Days => "Custom".to_owned(),
                None => id.clone(),
            }
        }
        (_, Value::Quotes(list)) if list.is_empty() => "none".to_owned(),
        (Kind::Accelerators, Value::Text(text)) if text.is_empty() => "all".to_owned(),
        (_, other) => other.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::changes::changes;
    use crate::scenario::preset;

    #[test]
    fn values_have_their_unit_or_the_name_of_what_is_chosen() {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open("support-chat", &catalog).unwrap();
        let own_day = ["1 ".repeat(24), "2 ".repeat(24)];
        for (path, value, text) in [
            ("workload.model", "34B", "Dense, 34B"),
            ("slo.ttft_s", "1.5", "1.50 s"),
            ("workload.day", &own_day[0], "Custom"),
            ("platform.weights", "bf16", "BF16"),
            ("facility.pue", "1.3", "1.30"),
            ("money.term", "spot", "Spot"),
            ("money.quotes", "b200 spot 2", "b200 spot 2"),
        ] {
            let mut b = a.clone();
            b.set(path, value, &catalog).unwrap();
            let [change] = &changes(&a, &b)[..] else { panic!("{path}") };
            let [before, after] = input_change(change, &catalog);
            assert_eq!((change.path, after.as_str()), (path, text));
            assert_ne!(before, after);
        }
        // What reads the same when rounded is written out.
        let mut b = a.clone();
        b.set("workload.day", &own_day[0], &catalog).unwrap();
        let mut c = b.clone();
        c.set("workload.day", &own_day[1], &catalog).unwrap();
        c.workload.requests_per_s = b.workload.requests_per_s * (1.0 + 1e-6);
        let close = changes(&b, &c);
        assert_eq!(close.len(), 2);
        for [before, after] in close.iter().map(|change| input_change(change, &catalog)) {
            assert_ne!(before, after);
        }
    }
}
