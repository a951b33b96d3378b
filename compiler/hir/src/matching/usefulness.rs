//! Which values do the arms of a `match` miss, and which arms can never be reached?
//!
//! The algorithm is Luc Maranget's ("Warnings for pattern matching", JFP 17(3), 2007). An arm is a row of patterns;
//! the rows so far are a matrix. A new row is *useful* when some value matches it and none of the rows above. A match is
//! exhaustive when a row of wildcards would not be useful; the value that makes it useful is the witness we show.
//!
//! To decide usefulness look at the first column. If the new row begins with a constructor, keep the rows that begin
//! with the same one (or a wildcard), replace the first column by the constructor's fields, and go on. If it begins with
//! a wildcard and the column already names every constructor of the type, try each; if not, drop the column: some
//! constructor is missing there, and any of the missing ones is part of a witness.
//!
//! Example: `match o with | Some 0 -> … | None -> …`. The row `_` against the matrix: the column names all cases of
//! Option. Under `Some` the matrix is one row `0`; Int has infinitely many values, so `_` is useful and the witness is
//! `Some _`.
//!
//! The problem is NP-complete, so the work is bounded; beyond the bound nothing is reported (a missed warning, never a
//! wrong one). Guards are handled by the caller: a guarded arm is tested for usefulness but not added to the matrix.

/// Steps after which the analysis gives up.
const STEPS_MAX: usize = 200_000;

/// A pattern reduced to what matters here. Lists are `Nil` and `Cons`.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Matches everything: `_`, names, and patterns that could not be understood.
    Any,
    Constructor(Constructor, Vec<Shape>),
    Or(Vec<Shape>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Constructor {
    /// The only constructor of tuples and Unit.
    Single,
    Bool(bool),
    /// A case of an enum, by index.
    Case(u32),
    Nil,
    Cons,
    /// A literal of a type with (for our purposes) infinitely many values, by its printed form.
    Literal(String),
}

/// What the algorithm has to know about types.
pub trait Signatures {
    type Ty: Clone;

    /// All constructors of the type with the types of their fields; `None` when there are infinitely many.
    fn constructors(&self, ty: &Self::Ty) -> Option<Vec<(Constructor, Vec<Self::Ty>)>>;
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Values no arm matches, as patterns; at most `WITNESSES_MAX`.
    pub missing: Vec<Shape>,
    /// Indices of arms that can never be reached.
    pub unreachable: Vec<usize>,
}

pub const WITNESSES_MAX: usize = 4;

/// One arm: its pattern and whether it has a guard.
#[derive(Debug, Clone)]
pub struct Row {
    pub shape: Shape,
    pub guarded: bool,
}

/// Checks the arms of one match on a value of type `ty`.
pub fn check<S: Signatures>(signatures: &S, ty: &S::Ty, rows: &[Row]) -> Report {
    let mut checker = Checker { signatures, steps: 0 };
    let mut matrix: Vec<Vec<Shape>> = Vec::new();
    let mut report = Report::default();
    for (index, row) in rows.iter().enumerate() {
        let new = vec![row.shape.clone()];
        match checker.witnesses(&matrix, &new, std::slice::from_ref(ty), 1) {
            Ok(found) if found.is_empty() => report.unreachable.push(index),
            Ok(_) => {}
            Err(GaveUp) => return Report::default(),
        }
        if !row.guarded {
            matrix.push(new);
        }
    }
    if let Ok(found) = checker.witnesses(&matrix, &[Shape::Any], std::slice::from_ref(ty), WITNESSES_MAX) {
        report.missing = found.into_iter().filter_map(|mut row| row.pop()).collect();
    }
    report
}

struct GaveUp;

struct Checker<'a, S> {
    signatures: &'a S,
    steps: usize,
}

impl<S: Signatures> Checker<'_, S> {
    /// Rows of patterns that match `new` and no row of `matrix`; at most `max`; empty when `new` is useless.
    fn witnesses(
        &mut self,
        matrix: &[Vec<Shape>],
        new: &[Shape],
        types: &[S::Ty],
        max: usize,
    ) -> Result<Vec<Vec<Shape>>, GaveUp> {
        self.steps += 1 + matrix.len();
        if self.steps > STEPS_MAX {
            return Err(GaveUp);
        }
        let (Some(first), Some(ty)) = (new.first(), types.first()) else {
            return Ok(if matrix.is_empty() { vec![Vec::new()] } else { Vec::new() });
        };
        match first {
            Shape::Or(alternatives) => {
                let mut found = Vec::new();
                for alternative in alternatives {
                    let row: Vec<Shape> =
                        std::iter::once(alternative.clone()).chain(new[1..].iter().cloned()).collect();
                    found.extend(self.witnesses(matrix, &row, types, max - found.len())?);
                    if found.len() >= max {
                        break;
                    }
                }
                Ok(found)
            }
            Shape::Constructor(constructor, fields) => {
                let field_types = self.field_types(ty, constructor, fields.len());
                self.under(matrix, new, types, constructor, &field_types, max)
            }
            Shape::Any => self.any(matrix, new, types, max),
        }
    }

    /// The new row begins with a wildcard.
    fn any(
        &mut self,
        matrix: &[Vec<Shape>],
        new: &[Shape],
        types: &[S::Ty],
        max: usize,
    ) -> Result<Vec<Vec<Shape>>, GaveUp> {
        let mut named = Vec::new();
        matrix.iter().filter_map(|row| row.first()).for_each(|shape| collect(shape, &mut named));
        let all = self.signatures.constructors(&types[0]);
        let missing: Option<Vec<_>> =
            all.as_ref().map(|all| all.iter().filter(|(it, _)| !named.contains(it)).collect());
        if let (Some(all), Some(missing)) = (&all, &missing)
            && missing.is_empty()
        {
            let mut found = Vec::new();
            for (constructor, field_types) in all {
                found.extend(self.under(matrix, new, types, constructor, field_types, max - found.len())?);
                if found.len() >= max {
                    break;
                }
            }
            return Ok(found);
        }
        let rest: Vec<Vec<Shape>> = matrix.iter().flat_map(|row| without_first(row)).collect();
        let tails = self.witnesses(&rest, &new[1..], &types[1..], max)?;
        // Nothing is named in this column, or the type is infinite: a wildcard says it best.
        let heads: Vec<Shape> = match missing {
            Some(missing) if !named.is_empty() => missing
                .into_iter()
                .map(|(it, fields)| Shape::Constructor(it.clone(), vec![Shape::Any; fields.len()]))
                .collect(),
            _ => vec![Shape::Any],
        };
        let rows = tails.iter().flat_map(|tail| {
            heads.iter().map(move |head| std::iter::once(head.clone()).chain(tail.iter().cloned()).collect())
        });
        Ok(rows.take(max).collect())
    }

    /// Goes on below one constructor of the first column, and puts it back around the witnesses.
    fn under(
        &mut self,
        matrix: &[Vec<Shape>],
        new: &[Shape],
        types: &[S::Ty],
        constructor: &Constructor,
        field_types: &[S::Ty],
        max: usize,
    ) -> Result<Vec<Vec<Shape>>, GaveUp> {
        let arity = field_types.len();
        let rows: Vec<Vec<Shape>> = matrix.iter().flat_map(|row| specialise(row, constructor, arity)).collect();
        let mut below: Vec<S::Ty> = field_types.to_vec();
        below.extend_from_slice(&types[1..]);
        let mut found = Vec::new();
        for row in specialise(new, constructor, arity) {
            for witness in self.witnesses(&rows, &row, &below, max)? {
                let (fields, tail) = witness.split_at(arity.min(witness.len()));
                let head = Shape::Constructor(constructor.clone(), fields.to_vec());
                found.push(std::iter::once(head).chain(tail.iter().cloned()).collect());
            }
        }
        found.truncate(max);
        Ok(found)
    }

    /// The field types of a constructor that was written; when the type does not know it (an error elsewhere), no field
    /// is looked into: `arity` types are still needed, so the column's own type stands in.
    fn field_types(&self, ty: &S::Ty, constructor: &Constructor, arity: usize) -> Vec<S::Ty> {
        let known = self.signatures.constructors(ty).unwrap_or_default();
        match known.into_iter().find(|(it, fields)| it == constructor && fields.len() == arity) {
            Some((_, fields)) => fields,
            None => vec![ty.clone(); arity],
        }
    }
}

fn collect(shape: &Shape, out: &mut Vec<Constructor>) {
    match shape {
        Shape::Any => {}
        Shape::Constructor(constructor, _) => {
            if !out.contains(constructor) {
                out.push(constructor.clone());
            }
        }
        Shape::Or(alternatives) => alternatives.iter().for_each(|it| collect(it, out)),
    }
}

/// The row below a constructor: none if it begins with another one, several for or-patterns.
fn specialise(row: &[Shape], constructor: &Constructor, arity: usize) -> Vec<Vec<Shape>> {
    let Some((first, rest)) = row.split_first() else { return Vec::new() };
    let with = |fields: Vec<Shape>| fields.into_iter().chain(rest.iter().cloned()).collect();
    match first {
        Shape::Any => vec![with(vec![Shape::Any; arity])],
        Shape::Constructor(it, fields) if it == constructor && fields.len() == arity => vec![with(fields.clone())],
        Shape::Constructor(..) => Vec::new(),
        Shape::Or(alternatives) => alternatives
            .iter()
            .flat_map(|it| {
                let row: Vec<Shape> = std::iter::once(it.clone()).chain(rest.iter().cloned()).collect();
                specialise(&row, constructor, arity)
            })
            .collect(),
    }
}

/// The row without its first column, if that matches everything.
fn without_first(row: &[Shape]) -> Option<Vec<Shape>> {
    fn matches_all(shape: &Shape) -> bool {
        match shape {
            Shape::Any => true,
            Shape::Constructor(..) => false,
            Shape::Or(alternatives) => alternatives.iter().any(matches_all),
        }
    }
    let (first, rest) = row.split_first()?;
    matches_all(first).then(|| rest.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Constructor::*;

    #[derive(Debug, Clone)]
    enum Ty {
        Bool,
        Int,
        Option(Box<Ty>),
        List(Box<Ty>),
        Pair(Box<Ty>, Box<Ty>),
    }

    struct World;

    impl Signatures for World {
        type Ty = Ty;

        fn constructors(&self, ty: &Ty) -> Option<Vec<(Constructor, Vec<Ty>)>> {
            Some(match ty {
                Ty::Bool => vec![(Bool(false), vec![]), (Bool(true), vec![])],
                Ty::Int => return None,
                Ty::Option(inner) => vec![(Case(0), vec![(**inner).clone()]), (Case(1), vec![])],
                Ty::List(element) => vec![(Nil, vec![]), (Cons, vec![(**element).clone(), ty.clone()])],
                Ty::Pair(a, b) => vec![(Single, vec![(**a).clone(), (**b).clone()])],
            })
        }
    }

    fn some(inner: Shape) -> Shape {
        Shape::Constructor(Case(0), vec![inner])
    }

    fn none() -> Shape {
        Shape::Constructor(Case(1), vec![])
    }

    fn int(value: &str) -> Shape {
        Shape::Constructor(Literal(value.into()), vec![])
    }

    fn rows(shapes: Vec<Shape>) -> Vec<Row> {
        shapes.into_iter().map(|shape| Row { shape, guarded: false }).collect()
    }

    #[test]
    fn all_cases_are_exhaustive_and_a_literal_is_not() {
        let ty = Ty::Option(Box::new(Ty::Int));
        assert_eq!(check(&World, &ty, &rows(vec![some(Shape::Any), none()])), Report::default());
        let report = check(&World, &ty, &rows(vec![some(int("0")), none()]));
        assert_eq!(report.missing, vec![some(Shape::Any)]);
    }

    #[test]
    fn an_arm_below_one_that_matches_all_is_unreachable() {
        let report = check(&World, &Ty::Bool, &rows(vec![Shape::Any, Shape::Constructor(Bool(true), vec![])]));
        assert_eq!(report.unreachable, vec![1]);
    }

    #[test]
    fn a_guarded_arm_covers_nothing() {
        let arms = [Row { shape: Shape::Any, guarded: true }, Row { shape: some(Shape::Any), guarded: false }];
        let report = check(&World, &Ty::Option(Box::new(Ty::Bool)), &arms);
        assert_eq!(report, Report { missing: vec![none()], unreachable: vec![] });
    }

    #[test]
    fn lists_of_one_length_miss_the_others() {
        let one = Shape::Constructor(Cons, vec![Shape::Any, Shape::Constructor(Nil, vec![])]);
        let report = check(&World, &Ty::List(Box::new(Ty::Int)), &rows(vec![Shape::Constructor(Nil, vec![]), one]));
        let two = Shape::Constructor(Cons, vec![Shape::Any, Shape::Constructor(Cons, vec![Shape::Any, Shape::Any])]);
        assert_eq!(report.missing, vec![two]);
    }

    #[test]
    fn or_patterns_and_pairs() {
        let pair = Ty::Pair(Box::new(Ty::Bool), Box::new(Ty::Bool));
        let both = |a: bool, b: bool| {
            let it = |value| Shape::Constructor(Bool(value), vec![]);
            Shape::Constructor(Single, vec![it(a), it(b)])
        };
        let arms = rows(vec![Shape::Or(vec![both(true, true), both(false, false)]), both(true, false)]);
        assert_eq!(check(&World, &pair, &arms).missing, vec![both(false, true)]);
        let arms = rows(vec![Shape::Or(vec![both(true, true), both(false, false)]), both(true, true)]);
        assert_eq!(check(&World, &pair, &arms).unreachable, vec![1]);
    }

    #[test]
    fn the_work_is_bounded() {
        let wide = (0..40).fold(Ty::Bool, |ty, _| Ty::Pair(Box::new(Ty::Bool), Box::new(ty)));
        let arms = (0..40).map(|i| {
            let last = Shape::Constructor(Bool(i % 2 == 0), vec![]);
            (0..40).fold(last, |shape, j| {
                let head = if i == j { Shape::Constructor(Bool(true), vec![]) } else { Shape::Any };
                Shape::Constructor(Single, vec![head, shape])
            })
        });
        check(&World, &wide, &rows(arms.collect()));
    }
}
