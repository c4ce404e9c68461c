//! A table of a message: cells, rows, and which of them is the head.

/// A table while it is read. Its cells hold canonical text of one line each.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    in_cell: bool,
    has_head: bool,
}

impl Table {
    pub(super) fn open_row(&mut self) {
        self.in_cell = false;
        self.rows.push(Vec::new());
    }

    pub(super) fn open_cell(&mut self, is_head: bool) {
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        self.has_head |= is_head && self.rows.len() == 1;
        self.in_cell = true;
    }

    pub(super) const fn is_in_cell(&self) -> bool {
        self.in_cell
    }

    pub(super) fn end_cell(&mut self, words: &str) {
        self.in_cell = false;
        if let Some(row) = self.rows.last_mut() {
            row.push(without_bars(words));
        }
    }

    /// The table in canonical text. What has one column or one row is no table but a frame around text.
    pub(super) fn lines(self) -> Vec<String> {
        let Self { mut rows, has_head, .. } = self;
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        if columns < 2 || rows.len() < 2 {
            return rows.into_iter().flatten().filter(|cell| !cell.is_empty()).collect();
        }
        // Most clients make no `<th>`: a first row of a few words in each cell, and no figure, names the columns.
        let names = |cell: &String| {
            let words = cell.split_whitespace().count();
            (1..=3).contains(&words) && !cell.contains(|sign: char| sign.is_ascii_digit())
        };
        let is_headed = has_head || rows.first().is_some_and(|first| first.iter().all(names));
        let mut lines = Vec::with_capacity(rows.len() + 1);
        for (number, mut row) in rows.into_iter().enumerate() {
            row.resize(columns, String::new());
            lines.push(format!("| {} |", row.join(" | ")));
            if number == 0 && is_headed {
                lines.push(format!("|{}", " --- |".repeat(columns)));
            }
        }
        lines
    }
}

/// A bar inside a cell would end it; inside code it stays, because readers of canonical text know code first.
fn without_bars(words: &str) -> String {
    let mut cell = String::with_capacity(words.len());
    for (number, part) in words.split('`').enumerate() {
        if number > 0 {
            cell.push('`');
        }
        if number % 2 == 1 { cell.push_str(part) } else { cell.push_str(&part.replace('|', "/")) }
    }
    cell
}
