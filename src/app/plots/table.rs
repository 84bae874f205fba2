//! A card as a table: what leaves it as CSV, what a screen reader reads, what documents print. Nothing is drawn for it.

use headroom::report::figure;
use headroom::units::Unit;

/// One column.
pub struct Column {
    /// Its head shown to users: "weights".
    pub name: String,
    /// Its head for programs, with the unit: "weights_bytes".
    pub key: String,
    /// How its numbers are written for users.
    write: Write,
    /// Whether it is left out where users read.
    detail: bool,
}

/// How the numbers of a column are written.
enum Write {
    By(fn(f64) -> String),
    In(Unit),
}

impl Write {
    fn text(&self, value: f64) -> String {
        match self {
            Self::By(write) => write(value),
            Self::In(unit) => figure::value(value, *unit),
        }
    }
}

impl Column {
    /// Of text.
    pub fn text(name: &str) -> Self {
        let key = name.replace([' ', ','], "_");
        Self { name: name.to_owned(), key, write: Write::By(|v| v.to_string()), detail: false }
    }

    /// Of numbers: exact under `key` in SI base units, written by `write` under `name`.
    pub fn number(name: impl Into<String>, key: impl Into<String>, write: fn(f64) -> String) -> Self {
        Self { name: name.into(), key: key.into(), write: Write::By(write), detail: false }
    }

    /// Of the figure at `path`: its short name, its field and its unit are those of the list.
    pub fn figure(path: &str) -> Self {
        let key = path.rsplit_once('.').map_or(path, |(_, field)| field);
        let unit = figure::unit(path).unwrap_or(Unit::One);
        Self {
            name: figure::short(path).to_owned(),
            key: key.to_owned(),
            write: Write::In(unit),
            detail: false,
        }
    }

    /// For programs alone.
    pub fn detail(self) -> Self {
        Self { detail: true, ..self }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    /// Exact, in the unit of its column.
    Number(f64),
    /// The same in a column of several units, as it is written for users.
    Written(f64, String),
    Nothing,
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number that there may not be.
    pub fn maybe(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, Self::Number)
    }
}

struct Row {
    cells: Vec<Cell>,
    /// Whether it is left out where users read.
    detail: bool,
}

/// The data of a card.
pub struct Table {
    pub title: &'static str,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// Points of a line that users read.
const READ: usize = 12;

impl Table {
    /// No rows yet.
    pub fn new(title: &'static str, columns: impl Into<Vec<Column>>) -> Self {
        Self { title, columns: columns.into(), rows: Vec::new() }
    }

    /// Adds a row, a cell for each column.
    pub fn push(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(Row { cells: cells.into(), detail: false });
    }

    /// Adds a row for programs alone: too fine to be read.
    pub fn push_detail(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(Row { cells: cells.into(), detail: true });
    }

    /// Adds the points of a line under its name; some of them for users too.
    pub fn push_line(&mut self, name: &str, points: impl IntoIterator<Item = [f64; 2]>) {
        let points: Vec<[f64; 2]> = points.into_iter().collect();
        let step = points.len().div_ceil(READ).max(1);
        let last = points.len().saturating_sub(1);
        for (i, [across, up]) in points.into_iter().enumerate() {
            let cells = [Cell::text(name), Cell::Number(across), Cell::Number(up)];
            if i % step == 0 || i == last { self.push(cells) } else { self.push_detail(cells) }
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As CSV: numbers exact, in SI base units.
    pub fn csv(&self) -> Vec<u8> {
        // Rows are as they were pushed; writing to memory does not fail.
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let _ = writer.write_record(self.columns.iter().map(|column| &column.key));
        for row in &self.rows {
            let _ = writer.write_record(row.cells.iter().map(|cell| match cell {
                Cell::Text(text) => text.clone(),
                Cell::Number(v) | Cell::Written(v, _) => v.to_string(),
                Cell::Nothing => String::new(),
            }));
        }
        writer.into_inner().unwrap_or_default()
    }

    /// As users read it: the heads, then a row each.
    pub fn read(&self) -> impl Iterator<Item = Vec<String>> {
        let shown = || self.columns.iter().enumerate().filter(|(_, column)| !column.detail);
        let head = shown().map(|(_, column)| column.name.clone()).collect();
        let rows = self.rows.iter().filter(|row| !row.detail).map(move |row| {
            let cells = shown().map(|(i, column)| match row.cells.get(i) {
                Some(Cell::Text(text) | Cell::Written(_, text)) => text.clone(),
                Some(Cell::Number(v)) => column.write.text(*v),
                Some(Cell::Nothing) | None => String::new(),
            });
            cells.collect()
        });
        std::iter::once(head).chain(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_every_digit_and_people_what_they_can_read() {
        let columns = [
            Column::text("line"),
            Column::number("load", "requests_per_s", |v| format!("{v:.0}")),
            Column::number("cost, month", "usd", |v| format!("${v:.1}")).detail(),
        ];
        let mut table = Table::new("Cost", columns);
        table.push_line("a, b", (0..24).map(|i| [f64::from(i) + 0.25, 0.1]));
        table.push([Cell::text("end"), Cell::Nothing, Cell::Written(2.5, "2.5 of all".to_owned())]);
        let text = String::from_utf8(table.csv()).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["line,requests_per_s,usd", "\"a, b\",0.25,0.1"]);
        assert_eq!((lines.len(), lines[25]), (26, "end,,2.5"));
        let read: Vec<Vec<String>> = table.read().collect();
        assert_eq!(read[..2], [["line", "load"], ["a, b", "0"]]);
        assert_eq!(read.len(), 1 + 13 + 1, "every second point, the last one, and the row");
    }
}
