//! The figures of a structure: operations one below the other, candidates beside each other, all sizes in one cell.

use super::measure::Cell;

#[derive(Debug, Default)]
pub struct Table {
    operations: Vec<&'static str>,
    candidates: Vec<&'static str>,
    figures: Vec<(Cell, f64)>,
    sums: Vec<(Cell, u64)>,
}

impl Table {
    /// Refuses a sum that is another than that of a candidate before.
    pub fn check(&mut self, cell: Cell, sum: u64) -> Result<(), String> {
        let before = self.sums.iter().find(|(it, _)| (it.operation, it.size) == (cell.operation, cell.size));
        match before {
            Some((other, expected)) if *expected != sum => {
                Err(format!("{cell:?} computes {sum}, but {} {expected}", other.candidate))
            }
            Some(_) => Ok(()),
            None => {
                self.sums.push((cell, sum));
                Ok(())
            }
        }
    }

    pub fn put(&mut self, cell: Cell, figure: f64) {
        if !self.operations.contains(&cell.operation) {
            self.operations.push(cell.operation);
        }
        if !self.candidates.contains(&cell.candidate) {
            self.candidates.push(cell.candidate);
        }
        self.figures.push((cell, figure));
    }

    /// As Markdown, with a line above it.
    pub fn shown(&self, title: &str, sizes: &[usize]) -> String {
        let lines = " --: |".repeat(self.candidates.len());
        let mut out = format!("{title}\n\n| | {} |\n| --- |{lines}", self.candidates.join(" | "));
        for operation in &self.operations {
            out += &format!("\n| {operation} |");
            for candidate in &self.candidates {
                let cells: Vec<String> = sizes.iter().map(|size| self.figure(operation, candidate, *size)).collect();
                out += &format!(" {} |", cells.join(" / "));
            }
        }
        out
    }

    fn figure(&self, operation: &str, candidate: &str, size: usize) -> String {
        let is_it = |it: &Cell| (it.operation, it.candidate, it.size) == (operation, candidate, size);
        let found = self.figures.iter().find(|(cell, _)| is_it(cell));
        found.map_or("–".to_owned(), |(_, figure)| rounded(*figure))
    }
}

/// With as many digits as mean something.
fn rounded(figure: f64) -> String {
    match figure {
        _ if figure < 0.995 => format!("{figure:.2}"),
        _ if figure < 9.95 => format!("{figure:.1}"),
        _ => grouped(figure.round() as u64),
    }
}

/// With a comma at each thousand.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|it| std::str::from_utf8(it).unwrap_or_default()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(candidate: &'static str, size: usize) -> Cell {
        Cell { operation: "push", candidate, size }
    }

    #[test]
    fn sizes_share_a_cell_and_what_is_missing_is_a_dash() {
        let mut table = Table::default();
        table.put(cell("a", 1), 1.25);
        table.put(cell("b", 1), 12.6);
        table.put(cell("a", 2), 1_234_567.0);
        let expected = "Lists\n\n| | a | b |\n| --- | --: | --: |\n| push | 1.2 / 1,234,567 | 13 / – |";
        assert_eq!(table.shown("Lists", &[1, 2]), expected);
    }

    #[test]
    fn who_computes_something_else_is_refused() {
        let mut table = Table::default();
        assert_eq!(table.check(cell("a", 1), 7), Ok(()));
        assert_eq!(table.check(cell("b", 1), 7), Ok(()));
        assert_eq!(table.check(cell("b", 2), 8), Ok(()));
        assert!(table.check(cell("c", 1), 8).is_err_and(|message| message.contains("but a 7")));
    }
}
