//! The tables: a group each, as Markdown, times of Rust and ratios to it, with geometric means.

use super::language::Language;
use super::measure::Figures;
use super::options::Options;
use super::problem::{Group, Problem};

type Row = (Problem, Vec<(Language, Figures)>);

pub fn print(rows: &[Row], options: &Options) {
    println!("\nBest of {} rounds in turns, without the start of a process; processor time, `×` Rust.", options.rounds);
    for group in Group::ALL {
        let rows: Vec<&Row> = rows.iter().filter(|(problem, _)| problem.group == group).collect();
        if !rows.is_empty() {
            print_group(group, &rows, options);
        }
    }
}

fn print_group(group: Group, rows: &[&Row], options: &Options) {
    let columns = columns(options);
    println!("\n{}:\n", group.title());
    println!("{}", line("problem", columns.iter().map(|it| it.title.clone())));
    println!("{}", line("---", columns.iter().map(|_| "--:".to_owned())));
    for (problem, figures) in rows {
        let shown =
            columns.iter().map(|it| (it.of)(figures).map_or("–".into(), |value| format!("{value:.*}", it.digits)));
        println!("{}", line(problem.name, shown));
    }
    let means = columns.iter().map(|it| {
        let values: Vec<f64> = rows.iter().filter_map(|(_, figures)| (it.of)(figures)).collect();
        if it.is_ratio && !values.is_empty() { format!("**{:.2}**", geometric_mean(&values)) } else { String::new() }
    });
    println!("{}", line("geometric mean", means));
}

/// A line of a table, wide enough that columns stand below each other in most terminals.
fn line(first: &str, cells: impl Iterator<Item = String>) -> String {
    cells.fold(format!("| {first:<14} |"), |line, cell| format!("{line} {cell:>9} |"))
}

struct Column {
    title: String,
    digits: usize,
    is_ratio: bool,
    of: Box<dyn Fn(&[(Language, Figures)]) -> Option<f64>>,
}

fn columns(options: &Options) -> Vec<Column> {
    let others: Vec<Language> = options.languages().into_iter().filter(|it| *it != Language::Rust).collect();
    let mut columns = vec![value("Rust ms", 1, |rows| Some(of(rows, Language::Rust)?.processor_ms))];
    columns.extend(others.iter().map(|it| ratio(*it, it.title().into(), |figures| Some(figures.processor_ms))));
    columns.push(ratio(Language::Dark, "Dark wall".into(), |figures| Some(figures.wall_ms)));
    if options.instructions {
        let counted = others.iter().filter(|it| it.counts_instructions());
        let title = |it: Language| format!("{} ins.", it.title());
        columns.extend(counted.map(|it| ratio(*it, title(*it), |figures| figures.instructions)));
    }
    columns.push(value("Rust MiB", 1, |rows| Some(of(rows, Language::Rust)?.peak_mib)));
    columns.push(value("Dark MiB", 1, |rows| Some(of(rows, Language::Dark)?.peak_mib)));
    columns.push(value("live", 0, |rows| of(rows, Language::Dark)?.live.map(|it| it as f64)));
    columns
}

fn of(rows: &[(Language, Figures)], language: Language) -> Option<&Figures> {
    rows.iter().find(|(it, _)| *it == language).map(|(_, figures)| figures)
}

fn value(title: &str, digits: usize, of: fn(&[(Language, Figures)]) -> Option<f64>) -> Column {
    Column { title: title.into(), digits, is_ratio: false, of: Box::new(of) }
}

/// A figure of a language over that of Rust.
fn ratio(language: Language, title: String, figure: fn(&Figures) -> Option<f64>) -> Column {
    let of =
        move |rows: &[(Language, Figures)]| Some(figure(of(rows, language)?)? / figure(of(rows, Language::Rust)?)?);
    Column { title, digits: 2, is_ratio: true, of: Box::new(of) }
}

fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|it| it.ln()).sum::<f64>() / values.len() as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_geometric_mean_of_a_ratio_and_its_inverse_is_one() {
        assert!((geometric_mean(&[4.0, 0.25]) - 1.0).abs() < 1e-12);
        assert!((geometric_mean(&[2.0, 8.0]) - 4.0).abs() < 1e-12);
    }
}
