//! How inputs read and store their fields, one macro for each kind of field: a getter and a setter that ignores values of another
//! kind.

/// Accessors of a plain number.
macro_rules! number_field {
    ($($field:ident).+) => {
        (
            |s: &Scenario| Value::Number(s.$($field).+),
            |s: &mut Scenario, v: Value| if let Value::Number(v) = v { s.$($field).+ = v },
        )
    };
}

/// Accessors of a number that may be absent.
macro_rules! optional_field {
    ($($field:ident).+) => {
        (
            |s: &Scenario| s.$($field).+.map_or(Value::Auto, Value::Number),
            |s: &mut Scenario, v: Value| match v {
                Value::Number(v) => s.$($field).+ = Some(v),
                Value::Auto => s.$($field).+ = None,
                Value::Text(_) | Value::Quotes(_) => {}
            },
        )
    };
}

/// Accessors of a whole number that may be absent.
macro_rules! optional_count {
    ($($field:ident).+) => {
        (
            |s: &Scenario| s.$($field).+.map_or(Value::Auto, |n| Value::Number(f64::from(n))),
            |s: &mut Scenario, v: Value| match v {
                Value::Number(v) => s.$($field).+ = Some(v as u32),
                Value::Auto => s.$($field).+ = None,
                Value::Text(_) | Value::Quotes(_) => {}
            },
        )
    };
}

/// Accessors of an id.
macro_rules! text_field {
    ($($field:ident).+) => {
        (
            |s: &Scenario| Value::Text(s.$($field).+.clone()),
            |s: &mut Scenario, v: Value| if let Value::Text(v) = v { s.$($field).+ = v },
        )
    };
}

/// Accessors of a number format that may be absent.
macro_rules! format_field {
    ($($field:ident).+) => {
        (
            |s: &Scenario| s.$($field).+.map_or(Value::Auto, |f| Value::Text(f.id().to_owned())),
            |s: &mut Scenario, v: Value| match v {
                Value::Text(v) => s.$($field).+ = v.parse::<NumberFormat>().ok(),
                Value::Auto => s.$($field).+ = None,
                Value::Number(_) | Value::Quotes(_) => {}
            },
        )
    };
}

/// Accessors of one value of a fixed list, each with its `id`.
macro_rules! listed_field {
    ($type:ty, $($field:ident).+) => {
        (
            |s: &Scenario| Value::Text(s.$($field).+.id().to_owned()),
            |s: &mut Scenario, v: Value| {
                if let Value::Text(v) = v
                    && let Some(value) = <$type>::ALL.into_iter().find(|value| value.id() == v)
                {
                    s.$($field).+ = value;
                }
            },
        )
    };
}

pub(super) use {format_field, listed_field, number_field, optional_count, optional_field, text_field};
