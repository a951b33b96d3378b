//! Near names, ranked by edit distance.

/// At most three of the candidates that a person may have meant; none rather than a silly one.
pub fn near<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let most = match name.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    // Most of a library is too long or too short, which costs nothing to see.
    let candidates = candidates.filter(|it| *it != name && it.chars().count().abs_diff(letters.len()) <= most);
    let mut found: Vec<(usize, &str)> = candidates.filter_map(|it| Some((distance(&letters, it, most)?, it))).collect();
    found.sort();
    found.dedup();
    found.into_iter().take(3).map(|(_, it)| it).collect()
}

/// `a`, `b` or `c`
pub fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Optimal string alignment distance (insert, delete, replace, swap neighbours; letter case costs nothing, the first is in
/// lower case), if at most `most`.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut rows: [Vec<usize>; 3] = [vec![0; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let replace = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
        rows.rotate_left(1);
    }
    Some(rows[1][b.len()]).filter(|it| *it <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_come_first_and_far_ones_not_at_all() {
        let names = ["length", "last", "lenght", "map"];
        assert_eq!(near("lengt", names.into_iter()), ["lenght", "length"]);
        assert!(near("zzz", names.into_iter()).is_empty());
        assert_eq!(either(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
