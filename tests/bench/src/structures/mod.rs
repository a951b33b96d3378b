//! `bench structures`: the runtime's own lists, dicts, strings and `Int`s beside structures that could stand in their place,
//! in one run, on the same work. What a candidate computes is compared with what the others do: whoever computes something
//! else, or nothing, is an error.
//!
//! What compiled programs do in line is written in line here too, after `compiler/codegen` (small `Int`s; reading elements; push,
//! cons, rest and set of a list that nobody else has): a call for each would be most of the figure. The rest are calls of
//! `dark_rt`, as in programs. The candidates take their memory from the system's allocator, but for the cells.

mod dicts;
mod ints;
mod lists;
mod measure;
mod strings;
mod table;
mod world;

use measure::{Bench, Plan};

/// Elements of a small, a usual and a large list, dict or text.
const SIZES: [usize; 3] = [100, 10_000, 1_000_000];

/// What one structure's table needs: its title, the sizes, or none where the work has its own, and what fills it.
struct Structure {
    name: &'static str,
    title: &'static str,
    is_sized: bool,
    fill: fn(&mut Bench, usize) -> Result<(), String>,
}

const STRUCTURES: [Structure; 4] = [
    Structure { name: "lists", title: "Lists of Int64", is_sized: true, fill: lists::fill },
    Structure { name: "dicts", title: "Dicts of Int64", is_sized: true, fill: dicts::fill },
    Structure { name: "strings", title: "Strings", is_sized: true, fill: strings::fill },
    Structure { name: "ints", title: "Int", is_sized: false, fill: ints::fill },
];

/// Measures the named structures, or all, and prints a table of each.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let mut plan = Plan::FULL;
    let mut wanted = Vec::new();
    for argument in arguments {
        match STRUCTURES.iter().find(|it| it.name == *argument) {
            Some(structure) => wanted.push(structure.name),
            None if *argument == "--quick" => plan = Plan::QUICK,
            None => {
                let known: Vec<&str> = STRUCTURES.iter().map(|it| it.name).collect();
                return Err(format!(
                    "there is no structure `{argument}`; there are: {}; and --quick",
                    known.join(", ")
                ));
            }
        }
    }
    println!("ns of processor time an operation, best of up to {} rounds.", plan.rounds);
    for structure in STRUCTURES.iter().filter(|it| wanted.is_empty() || wanted.contains(&it.name)) {
        println!("\n{}", measured(structure, plan)?);
    }
    Ok(())
}

/// The table of a structure.
fn measured(structure: &Structure, plan: Plan) -> Result<String, String> {
    let mut bench = Bench::new(plan);
    let sizes: Vec<usize> = match structure.is_sized {
        true => SIZES.into_iter().filter(|size| *size <= plan.size_max).collect(),
        false => vec![1],
    };
    for size in &sizes {
        (structure.fill)(&mut bench, *size).map_err(|message| format!("{}: {message}", structure.name))?;
    }
    let mut title = structure.title.to_owned();
    if structure.is_sized {
        let shown: Vec<String> = sizes.iter().map(|size| table::grouped(*size as u64)).collect();
        title += &format!(", n = {}", shown.join(" / "));
    }
    Ok(bench.table.shown(&title, &sizes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation runs with every candidate, and all compute the same.
    #[test]
    fn candidates_agree_and_fill_their_tables() {
        for structure in &STRUCTURES {
            let table = measured(structure, Plan::SMOKE).expect("the candidates agree");
            let rows: Vec<&str> = table.lines().skip(4).collect();
            assert!(rows.len() >= 5, "{table}");
            for row in rows {
                let dark = row.split('|').nth(2).unwrap_or_default().trim();
                assert!(dark.replace(',', "").parse::<f64>().is_ok(), "Dark has no figure in `{row}`");
            }
        }
    }

    #[test]
    fn what_is_asked_for_is_a_structure() {
        assert!(run(&["maps"]).is_err_and(|message| message.contains("dicts")));
    }
}
