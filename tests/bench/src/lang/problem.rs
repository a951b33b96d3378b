//! The problems and their groups. Each is a folder below `tests/bench/lang` with one program for each language and
//! what all of them print.

/// What a problem is made of; the bars of the table differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Calls, loops, arithmetic and arrays.
    Scalar,
    /// Trees and lists that are taken apart and made anew.
    Functional,
    /// What the back of the web does.
    Backend,
}

impl Group {
    pub const ALL: [Group; 3] = [Group::Scalar, Group::Functional, Group::Backend];

    pub fn title(self) -> &'static str {
        match self {
            Group::Scalar => "Calls, loops, arrays",
            Group::Functional => "Trees and lists",
            Group::Backend => "Backend work",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Group::Scalar => &[
                "ackermann",
                "binary_trees",
                "collatz",
                "edigits",
                "factorial",
                "fannkuch",
                "fasta",
                "fib",
                "leibniz",
                "mandelbrot",
                "matmul",
                "merkletrees",
                "nbody",
                "nqueen",
                "nsieve",
                "pisum",
                "primes",
                "quicksort",
                "spectral_norm",
                "sum_to_n",
                "tak",
            ],
            Group::Functional => &["rbtree", "treemap", "nqueens", "deriv", "words"],
            Group::Backend => &[
                "json",
                "records",
                "strings",
                "dict",
                "regex",
                "template",
                "digest",
                "bigfib",
                "dates",
                "pipelines",
                "shared",
                "recursion",
            ],
        }
    }
}

#[derive(Debug)]
pub struct Problem {
    pub name: &'static str,
    pub group: Group,
}

pub fn all() -> Vec<Problem> {
    let of = |group: Group| group.names().iter().map(move |name| Problem { name, group });
    Group::ALL.into_iter().flat_map(of).collect()
}

/// The problems of those names, or all.
pub fn chosen(names: &[String]) -> Result<Vec<Problem>, String> {
    if let Some(unknown) = names.iter().find(|name| all().iter().all(|it| it.name != name.as_str())) {
        let known: Vec<&str> = all().iter().map(|it| it.name).collect();
        return Err(format!("there is no problem `{unknown}`; there are {}", known.join(", ")));
    }
    Ok(all().into_iter().filter(|it| names.is_empty() || names.iter().any(|name| name == it.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_with_a_program_is_a_problem_and_the_other_way_round() {
        let folders = std::fs::read_dir(super::super::home()).expect("the home is there").flatten();
        let mut found: Vec<String> = folders
            .filter(|it| it.path().join("main.dark").is_file())
            .map(|it| it.file_name().to_string_lossy().into_owned())
            .filter(|name| name != super::super::START)
            .collect();
        found.sort();
        let mut listed: Vec<String> = all().iter().map(|it| it.name.to_owned()).collect();
        listed.sort();
        assert_eq!(found, listed);
    }

    #[test]
    fn a_name_that_is_no_problem_is_refused() {
        assert!(chosen(&["fob".into()]).is_err_and(|message| message.contains("`fob`")));
        assert_eq!(chosen(&["fib".into()]).map(|it| it.len()), Ok(1));
    }
}
