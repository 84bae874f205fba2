//! A table of text cells, as aligned columns, Markdown or CSV.

/// Rows of text under headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Names of the columns.
    pub headings: Vec<String>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

impl Grid {
    /// An empty grid with these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { headings: headings.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn widths(&self) -> Vec<usize> {
        let width = |text: &String| text.chars().count();
        (0..self.headings.len())
            .map(|i| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(i))
                    .map(width)
                    .fold(width(&self.headings[i]), usize::max)
            })
            .collect()
    }

    /// Aligned columns; the last one is not padded.
    pub fn aligned(&self) -> String {
        let widths = self.widths();
        let mut out = String::new();
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let line: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            out.push_str(line.join("  ").trim_end());
            out.push('\n');
        }
        out
    }

    /// A Markdown table.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let escaped: Vec<String> = cells.iter().map(|c| c.replace('|', "\\|")).collect();
            format!("| {} |\n", escaped.join(" | "))
        };
        let mut out = line(&self.headings);
        out.push_str(&line(&vec!["---".to_owned(); self.headings.len()]));
        for row in &self.rows {
            out.push_str(&line(row));
        }
        out
    }

    /// Comma-separated values (RFC 4180).
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            // Writing to memory does not fail, and every row has as many cells as there are headings.
            let _ = writer.write_record(row);
        }
        writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// One JSON array of objects, text unchanged.
    pub fn json(&self) -> serde_json::Value {
        self.rows
            .iter()
            .map(|row| {
                self.headings
                    .iter()
                    .zip(row)
                    .map(|(heading, cell)| (heading.clone(), serde_json::Value::from(cell.as_str())))
                    .collect::<serde_json::Map<_, _>>()
            })
            .map(serde_json::Value::Object)
            .collect::<Vec<_>>()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn each_format_keeps_every_cell() {
        let mut grid = Grid::new(&["name", "what"]);
        grid.row(vec!["a, b".to_owned(), "x|y".to_owned()]);
        assert_eq!(grid.aligned(), "name  what\na, b  x|y\n");
        assert_eq!(grid.csv(), "name,what\n\"a, b\",x|y\n");
        assert_eq!(grid.markdown(), "| name | what |\n| --- | --- |\n| a, b | x\\|y |\n");
        assert_eq!(grid.json()[0]["what"], "x|y");
    }
}
