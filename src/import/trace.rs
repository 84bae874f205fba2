//! Traces of requests: a CSV file with the columns `arrival_s,input_tokens,output_tokens`, or the Azure LLM inference trace's own,
//! `TIMESTAMP,ContextTokens,GeneratedTokens` (Patel et al. 2024; github.com/Azure/AzurePublicDataset). Read line by line.

use std::io::{BufRead, BufReader, Read};

use crate::files::without_mark;
use crate::units::{self, Unit};

/// Most bytes of a line.
const LONGEST_LINE: u64 = 1 << 16;

/// Most tokens of a prompt or an answer.
const MOST_TOKENS: f64 = 1e7;

/// Names of the three columns: this program's own, and those of the Azure trace.
const COLUMNS: [[&str; 3]; 2] =
    [["arrival_s", "input_tokens", "output_tokens"], ["TIMESTAMP", "ContextTokens", "GeneratedTokens"]];

/// A request of a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceRow {
    /// Seconds since the first one.
    pub arrival_s: f64,
    /// Length of the prompt, tokens.
    pub input_tokens: u32,
    /// Length of the answer, tokens.
    pub output_tokens: u32,
}

/// What is wrong with a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The system does not give it.
    #[error("cannot be read: {0}. Check the name and the permissions.")]
    Unreadable(#[from] std::io::Error),
    /// There is nothing in it.
    #[error(
        "has no requests. Give a line of column names, arrival_s,input_tokens,output_tokens, and a line for each request."
    )]
    Empty,
    /// A column is not there.
    #[error(
        "line 1: has no column {missing}. Columns are arrival_s,input_tokens,output_tokens, or \
         TIMESTAMP,ContextTokens,GeneratedTokens as in the Azure LLM inference trace."
    )]
    Column {
        /// Its name.
        missing: &'static str,
    },
    /// A line is no text, or has no end.
    #[error("line {line}: is not a line of CSV text. Save the file as UTF-8 CSV, one request a line.")]
    Line {
        /// From 1.
        line: u64,
    },
    /// A cell is not what its column holds.
    #[error("line {line}, {column} {text:?}: {what}.")]
    Cell {
        /// From 1.
        line: u64,
        /// Name of the column.
        column: &'static str,
        /// What is in the cell.
        text: String,
        /// What is wrong, and the remedy.
        what: &'static str,
    },
}

/// A trace, read as it is asked for requests.
pub struct Trace<R> {
    reader: BufReader<R>,
    /// Names of the three columns, and where each is.
    names: [&'static str; 3],
    places: [usize; 3],
    line: u64,
    buffer: Vec<u8>,
    /// Time of the first request and of the last one read, seconds.
    first_s: Option<f64>,
    last_s: f64,
    ended: bool,
}

impl<R: Read> Trace<R> {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// There are none, or one is missing.
    pub fn new(reader: R) -> Result<Self, TraceError> {
        let mut trace = Self {
            reader: BufReader::new(reader),
            names: COLUMNS[0],
            places: [0; 3],
            line: 0,
            buffer: Vec::new(),
            first_s: None,
            last_s: f64::NEG_INFINITY,
            ended: false,
        };
        if !trace.read_line()? {
            return Err(TraceError::Empty);
        }
        let text = trace.text()?;
        let headings: Vec<&str> = without_mark(text).split(',').map(cell).collect();
        let position = |name: &str| headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
        let known = |names: &[&str; 3]| names.iter().filter(|name| position(name).is_some()).count();
        let names = if known(&COLUMNS[1]) > known(&COLUMNS[0]) { COLUMNS[1] } else { COLUMNS[0] };
        let mut places = [0; 3];
        for (place, missing) in places.iter_mut().zip(names) {
            *place = position(missing).ok_or(TraceError::Column { missing })?;
        }
        (trace.names, trace.places) = (names, places);
        Ok(trace)
    }

    /// Reads the next line that is not empty; false at the end.
    fn read_line(&mut self) -> Result<bool, TraceError> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(false);
            }
            if read as u64 == LONGEST_LINE && self.buffer.last() != Some(&b'\n') {
                return Err(TraceError::Line { line: self.line });
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn text(&self) -> Result<&str, TraceError> {
        std::str::from_utf8(&self.buffer).map_err(|_| TraceError::Line { line: self.line })
    }

    fn row(&mut self) -> Result<Option<TraceRow>, TraceError> {
        if !self.read_line()? {
            return if self.first_s.is_none() { Err(TraceError::Empty) } else { Ok(None) };
        }
        let text = self.text()?;
        let cells = self.places.map(|place| text.split(',').nth(place).map_or("", cell));
        let wrong = |column: usize, what: &'static str| TraceError::Cell {
            line: self.line,
            column: self.names[column],
            text: cells[column].chars().take(40).collect(),
            what,
        };
        let own = self.names == COLUMNS[0];
        let time = if own { number(cells[0], Unit::Seconds) } else { timestamp(cells[0]) };
        let remedy = if own {
            "is not a time; give seconds from the start of the trace, such as 12.5"
        } else {
            "is not a time; give one such as 2023-11-16 18:17:03.9799600"
        };
        let time_s = time.ok_or_else(|| wrong(0, remedy))?;
        if time_s < self.last_s {
            return Err(wrong(0, "is before the request above it; sort the rows by time"));
        }
        let tokens = |column: usize| {
            let tokens = number(cells[column], Unit::Tokens)
                .filter(|tokens| tokens.fract() == 0.0)
                .ok_or_else(|| wrong(column, "is not a count of tokens; give a whole number"))?;
            match tokens {
                ..1.0 => Err(wrong(column, "is less than one token; leave the row out")),
                MOST_TOKENS.. => Err(wrong(column, "is more than any model reads; give at most 10 million")),
                _ => Ok(tokens as u32),
            }
        };
        let (input_tokens, output_tokens) = (tokens(1)?, tokens(2)?);
        self.last_s = time_s;
        let first_s = *self.first_s.get_or_insert(time_s);
        Ok(Some(TraceRow { arrival_s: time_s - first_s, input_tokens, output_tokens }))
    }
}

impl<R: Read> Iterator for Trace<R> {
    type Item = Result<TraceRow, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

/// A cell without the spaces and quotation marks around it.
fn cell(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

/// Nearly all numbers are plain ones.
fn number(text: &str, unit: Unit) -> Option<f64> {
    text.parse().ok().or_else(|| units::parse_plain(text, unit)).filter(|number: &f64| number.is_finite())
}

/// Seconds since 1970 of a date and time, in UTC where it names no other.
fn timestamp(text: &str) -> Option<f64> {
    let stamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })?;
    // Microseconds are exact in 53 bits.
    Some(stamp.as_microsecond() as f64 * 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<TraceRow>, TraceError> {
        Trace::new(text.as_bytes())?.collect()
    }

    #[test]
    fn both_forms_are_read_from_their_first_request_on() {
        let row =
            |arrival_s, input_tokens, output_tokens| TraceRow { arrival_s, input_tokens, output_tokens };
        let own = "\u{feff}input_tokens,arrival_s,user,output_tokens\r\n1024,5,ann,128\r\n\r\n 2k ,5.5,\"bob\",1\r\n";
        assert_eq!(read(own).unwrap(), [row(0.0, 1024, 128), row(0.5, 2000, 1)]);
        let azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n\
                     2023-11-16 18:17:04.0319600,3180,8\n";
        let rows = read(azure).unwrap();
        assert_eq!((rows[0], rows[1].input_tokens), (row(0.0, 4808, 10), 3180));
        assert!((rows[1].arrival_s - 0.052).abs() < 1e-6);
        let later = azure.replace("03.9799600", "03.979960+00:00").replace("04.0319600", "04.031960+00:00");
        assert!((read(&later).unwrap()[1].arrival_s - 0.052).abs() < 1e-6);
    }

    /// Each says where it is and what to do.
    #[test]
    fn what_is_wrong_is_named_by_its_line() {
        let head = "arrival_s,input_tokens,output_tokens\n";
        let long = "1".repeat(LONGEST_LINE as usize + 1);
        for (text, want) in [
            (String::new(), "no requests"),
            (head.to_owned(), "no requests"),
            ("arrival_s,input_tokens\n1,2\n".to_owned(), "line 1: has no column output_tokens"),
            ("TIMESTAMP,ContextTokens\n".to_owned(), "no column GeneratedTokens"),
            (format!("{head}5,10,10\n1,10,10\n"), "line 3, arrival_s \"1\": is before"),
            (format!("{head}1,-3,10\n"), "line 2, input_tokens \"-3\": is less than one token"),
            (format!("{head}1,3,1e12\n"), "is more than any model reads"),
            (format!("{head}1,3\n"), "line 2, output_tokens \"\": is not a count"),
            (format!("{head}1,3.5,1\n"), "is not a count of tokens"),
            (format!("{head}soon,3,1\n"), "is not a time"),
            (format!("{head}nan,3,1\n"), "is not a time"),
            (format!("{head}{long}"), "line 2: is not a line"),
        ] {
            let message = read(&text).unwrap_err().to_string();
            assert!(message.contains(want), "{message}, wanted {want}");
        }
    }
}
