//! A formula's code as users write formulas: `it_power * pue` becomes "IT power × PUE".

/// Names that are written in capitals.
const CAPITALS: [(&str, &str); 10] = [
    ("it", "IT"),
    ("kv", "KV"),
    ("pue", "PUE"),
    ("tp", "TP"),
    ("pp", "PP"),
    ("slo", "SLO"),
    ("sqrt", "√"),
    ("1e6", "10⁶"),
    ("1e9", "10⁹"),
    ("80e9", "80 GB"),
];

/// Constants of the code, as they are written.
const CONSTANTS: [(&str, &str); 2] = [("HOURS_PER_YEAR", "8,760 h"), ("HOURS_PER_MONTH", "730 h")];

/// A name in the code as text: `kv_cache_of_one_sequence` becomes "KV cache of one sequence".
pub fn name(code: &str) -> String {
    if let Some((_, written)) = CONSTANTS.iter().find(|(known, _)| *known == code) {
        return (*written).to_owned();
    }
    let lower = code.to_lowercase();
    let parts = lower.split('_').enumerate().map(|(i, part)| match part {
        // "IT power", but "the same steps without it".
        "it" if i > 0 => part,
        _ => CAPITALS.iter().find(|(known, _)| *known == part).map_or(part, |(_, written)| written),
    });
    parts.collect::<Vec<&str>>().join(" ")
}

/// The pieces that code is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'c> {
    Word(&'c str),
    Number(&'c str),
    Sign(char),
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let taken = |rest: &str, of: &dyn Fn(char) -> bool| rest.find(|c: char| !of(c)).unwrap_or(rest.len());
        let end = if first.is_ascii_digit() {
            let mut end = taken(rest, &|c| c.is_ascii_alphanumeric() || c == '.');
            if rest[..end].ends_with('e') && rest[end..].starts_with('-') {
                end += 1 + taken(&rest[end + 1..], &|c| c.is_ascii_digit());
            }
            out.push(Token::Number(&rest[..end]));
            end
        } else if first.is_ascii_alphabetic() {
            let end = taken(rest, &|c| c.is_ascii_alphanumeric() || c == '_');
            out.push(Token::Word(&rest[..end]));
            end
        } else {
            out.push(Token::Sign(first));
            first.len_utf8()
        };
        rest = rest[end..].trim_start();
    }
    out
}

/// The formula as text.
pub fn formula(code: &str) -> String {
    let tokens = tokens(code);
    let mut out = String::new();
    // How each open bracket is closed.
    let mut closing: Vec<&str> = Vec::new();
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let next = tokens.get(i + 1);
        match *token {
            Token::Word("if") => {
                // `if a > b { x } else { y }`: the condition comes after what it is the condition of.
                let open = tokens[i..].iter().position(|t| *t == Token::Sign('{')).map_or(i, |n| i + n);
                let close = tokens[i..].iter().position(|t| *t == Token::Sign('}')).map_or(open, |n| i + n);
                out.push_str(&joined(&tokens[open + 1..close]));
                out.push_str(" if ");
                out.push_str(&joined(&tokens[i + 1..open]));
                out.push_str(", else ");
                let rest =
                    tokens[close..].iter().position(|t| *t == Token::Sign('{')).map_or(close, |n| close + n);
                let end =
                    tokens[rest..].iter().position(|t| *t == Token::Sign('}')).map_or(rest, |n| rest + n);
                out.push_str(&joined(&tokens[rest + 1..end]));
                i = end;
            }
            Token::Word(word) if next == Some(&Token::Sign('(')) => {
                let (open, close) = match word {
                    "ceil" => ("⌈", "⌉"),
                    "floor" => ("⌊", "⌋"),
                    "sqrt" => ("√(", ")"),
                    "max" => ("the larger of (", ")"),
                    "min" => ("the smaller of (", ")"),
                    _ => ("", ")"),
                };
                if open.is_empty() {
                    let name = name(word);
                    out.push_str(&name);
                    // A name of several words would run into its bracket.
                    out.push_str(if name.contains(' ') { " of (" } else { "(" });
                } else {
                    out.push_str(open);
                }
                closing.push(close);
                i += 1;
            }
            Token::Word(word) => out.push_str(&name(word)),
            Token::Number(number) => out.push_str(&written(number)),
            Token::Sign('(') => {
                out.push('(');
                closing.push(")");
            }
            Token::Sign(')') => out.push_str(closing.pop().unwrap_or(")")),
            // A field of a result, such as `.leaf_switches`: the figure's own name says it.
            Token::Sign('.') => i += 1,
            // A trailing comma before a bracket is how long code is laid out.
            Token::Sign(',') if next == Some(&Token::Sign(')')) => {}
            Token::Sign(',') => out.push_str(", "),
            Token::Sign('*') => out.push_str(" × "),
            Token::Sign('/') => out.push_str(" ÷ "),
            Token::Sign('+') => out.push_str(" + "),
            Token::Sign('-') if starts_operand(&tokens, i) => out.push('−'),
            Token::Sign('-') => out.push_str(" − "),
            Token::Sign(sign) => {
                out.push(' ');
                out.push(sign);
                out.push(' ');
            }
        }
        i += 1;
    }
    out
}

/// Whether a minus is the sign of what follows.
fn starts_operand(tokens: &[Token<'_>], i: usize) -> bool {
    match i.checked_sub(1).map(|before| tokens[before]) {
        None => true,
        Some(Token::Sign(sign)) => sign != ')',
        Some(Token::Word(_) | Token::Number(_)) => false,
    }
}

/// The text of a run of tokens.
fn joined(tokens: &[Token<'_>]) -> String {
    let code: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(text) | Token::Number(text) => (*text).to_owned(),
            Token::Sign(sign) => sign.to_string(),
        })
        .collect();
    formula(&code.join(" "))
}

/// A number of the code: without a fraction of zero, its thousands parted.
fn written(number: &str) -> String {
    if let Some((_, known)) = CAPITALS.iter().find(|(code, _)| *code == number) {
        return (*known).to_owned();
    }
    if let Some((mantissa, exponent)) = number.split_once("e-") {
        let raised: String = exponent.chars().map(superscript).collect();
        let times = if mantissa == "1" { String::new() } else { format!("{mantissa} × ") };
        return format!("{times}10⁻{raised}");
    }
    let plain = number.strip_suffix(".0").unwrap_or(number);
    match plain.parse::<u32>() {
        Ok(whole) if whole >= 1000 => format!("{},{:03}", whole / 1000, whole % 1000),
        _ => plain.to_owned(),
    }
}

fn superscript(digit: char) -> char {
    let raised = digit.to_digit(10).and_then(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize));
    raised.unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_becomes_a_formula() {
        for (code, text) in [
            ("it_power * pue", "IT power × PUE"),
            ("steps - same_steps_without_it", "steps − same steps without it"),
            ("capacity / load_at_peak - 1.0", "capacity ÷ load at peak − 1"),
            ("ceil(servers / servers_of_one_rack)", "⌈servers ÷ servers of one rack⌉"),
            ("cost_of_an_hour * HOURS_PER_YEAR", "cost of an hour × 8,760 h"),
            ("pow(1.0 + rate, -horizon)", "pow(1 + rate, −horizon)"),
            ("min(max(a, 0.0), b,)", "the smaller of (the larger of (a, 0), b)"),
            ("if kv > 0.0 { full * tokens } else { 0.0 }", "full × tokens if KV > 0, else 0"),
            ("fewest_spares(replicas, down)", "fewest spares of (replicas, down)"),
            ("clos(cards, ports).leaf_switches", "clos(cards, ports)"),
            ("energy * carbon / 1206.0", "energy × carbon ÷ 1,206"),
            ("ceil(load / capacity - 1e-9)", "⌈load ÷ capacity − 10⁻⁹⌉"),
        ] {
            assert_eq!(formula(code), text);
        }
    }
}
