//! The types that generated programs are made of, and their declarations.

use crate::random::Random;
use std::fmt::{self, Display};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ty {
    Unit,
    Bool,
    /// Index into `INTEGERS`; 0 has no bound.
    Int(usize),
    Float,
    Char,
    String,
    Blob,
    Tuple(Vec<Ty>),
    List(Box<Ty>),
    Dict(Box<Ty>),
    Option(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    Stream(Box<Ty>),
    Function(Vec<Ty>, Box<Ty>),
    /// A type the program declares, by its number, with its arguments.
    Declared(usize, Vec<Ty>),
    /// A type variable: of a declaration while it is looked up, else of the generic function around.
    Variable(usize),
}

/// An integer type: its name, what its literals end with, its bits (0 for any number) and whether it has a sign.
#[derive(Debug)]
pub struct Integer {
    pub name: &'static str,
    pub suffix: &'static str,
    pub bits: u32,
    pub signed: bool,
}

const fn integer(name: &'static str, suffix: &'static str, bits: u32, signed: bool) -> Integer {
    Integer { name, suffix, bits, signed }
}

pub const INTEGERS: [Integer; 11] = [
    integer("Int", "", 0, true),
    integer("Int8", "y", 8, true),
    integer("UInt8", "uy", 8, false),
    integer("Int16", "s", 16, true),
    integer("UInt16", "us", 16, false),
    integer("Int32", "l", 32, true),
    integer("UInt32", "ul", 32, false),
    integer("Int64", "L", 64, true),
    integer("UInt64", "UL", 64, false),
    integer("Int128", "Q", 128, true),
    integer("UInt128", "Z", 128, false),
];

impl Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |list: &[Ty], with: &str| list.iter().map(Ty::to_string).collect::<Vec<_>>().join(with);
        match self {
            Ty::Unit => f.write_str("Unit"),
            Ty::Bool => f.write_str("Bool"),
            Ty::Int(which) => f.write_str(INTEGERS[*which].name),
            Ty::Float => f.write_str("Float"),
            Ty::Char => f.write_str("Char"),
            Ty::String => f.write_str("String"),
            Ty::Blob => f.write_str("Blob"),
            Ty::Tuple(parts) => write!(f, "({})", joined(parts, " * ")),
            Ty::List(of) => write!(f, "List<{of}>"),
            Ty::Dict(of) => write!(f, "Dict<{of}>"),
            Ty::Option(of) => write!(f, "Stdlib.Option.Option<{of}>"),
            Ty::Result(ok, error) => write!(f, "Stdlib.Result.Result<{ok}, {error}>"),
            Ty::Stream(of) => write!(f, "Stream<{of}>"),
            Ty::Function(params, result) => write!(f, "({} -> {result})", joined(params, " -> ")),
            Ty::Declared(number, arguments) if arguments.is_empty() => write!(f, "T{number}"),
            Ty::Declared(number, arguments) => write!(f, "T{number}<{}>", joined(arguments, ", ")),
            Ty::Variable(number) => write!(f, "'t{number}"),
        }
    }
}

impl Ty {
    pub fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of))
    }

    /// With the arguments in the place of the variables.
    pub fn with(&self, arguments: &[Ty]) -> Ty {
        let all = |list: &[Ty]| list.iter().map(|it| it.with(arguments)).collect();
        let one = |ty: &Ty| Box::new(ty.with(arguments));
        match self {
            Ty::Variable(number) => arguments.get(*number).cloned().unwrap_or(Ty::Unit),
            Ty::Tuple(parts) => Ty::Tuple(all(parts)),
            Ty::List(of) => Ty::List(one(of)),
            Ty::Dict(of) => Ty::Dict(one(of)),
            Ty::Option(of) => Ty::Option(one(of)),
            Ty::Result(ok, error) => Ty::Result(one(ok), one(error)),
            Ty::Stream(of) => Ty::Stream(one(of)),
            Ty::Function(params, result) => Ty::Function(all(params), one(result)),
            Ty::Declared(number, list) => Ty::Declared(*number, all(list)),
            other => other.clone(),
        }
    }

    fn parts(&self) -> Vec<&Ty> {
        match self {
            Ty::Tuple(parts) | Ty::Declared(_, parts) => parts.iter().collect(),
            Ty::List(of) | Ty::Dict(of) | Ty::Option(of) | Ty::Stream(of) => vec![of],
            Ty::Result(ok, error) => vec![ok, error],
            Ty::Function(params, result) => params.iter().chain([&**result]).collect(),
            _ => Vec::new(),
        }
    }

    /// Neither functions nor streams are inside: it can be compared, printed and written as JSON.
    pub fn is_data(&self) -> bool {
        !matches!(self, Ty::Function(..) | Ty::Stream(_)) && self.parts().into_iter().all(Ty::is_data)
    }

    /// Arguments for the variables of this pattern that make it the goal; unbound ones stay `None`.
    pub fn matches(&self, goal: &Ty, bound: &mut Vec<Option<Ty>>) -> bool {
        if let Ty::Variable(number) = self {
            if bound.len() <= *number {
                bound.resize(*number + 1, None);
            }
            return match &bound[*number] {
                Some(known) => known == goal,
                None => {
                    bound[*number] = Some(goal.clone());
                    true
                }
            };
        }
        let (ours, theirs) = (self.parts(), goal.parts());
        let head = match (self, goal) {
            (Ty::Declared(a, _), Ty::Declared(b, _)) => a == b,
            (Ty::Int(a), Ty::Int(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(goal),
        };
        head && ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| a.matches(b, bound))
    }
}

/// A declared type. Names of fields and cases are used once in a program, so that they say which type is meant.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub params: usize,
    pub shape: Shape,
}

#[derive(Debug, Clone)]
pub enum Shape {
    Record(Vec<Ty>),
    /// The fields of each case; the first case holds nothing of the type itself.
    Enum(Vec<Vec<Ty>>),
}

/// The declaration of a type that may use the ones before it, and itself behind its first case.
pub fn declaration(number: usize, earlier: &[Declaration], random: &mut Random) -> Declaration {
    let params = random.below(3);
    let inner = |random: &mut Random| match random.below(3) {
        0 if params > 0 => Ty::Variable(random.below(params)),
        _ => data(earlier, 1, random),
    };
    if random.one_in(2) {
        let mut fields: Vec<Ty> = (0..1 + random.below(4)).map(|_| inner(random)).collect();
        if random.one_in(4) {
            fields.push(Ty::Function(vec![data(earlier, 0, random)], Box::new(data(earlier, 0, random))));
        }
        return Declaration { params, shape: Shape::Record(fields) };
    }
    let itself = Ty::Declared(number, (0..params).map(Ty::Variable).collect());
    let mut cases = vec![(0..random.below(3)).map(|_| inner(random)).collect::<Vec<_>>()];
    for _ in 0..1 + random.below(4) {
        let field = |random: &mut Random| match random.below(4) {
            0 => itself.clone(),
            1 if random.one_in(3) => Ty::list(itself.clone()),
            _ => inner(random),
        };
        cases.push((0..random.below(4)).map(|_| field(random)).collect());
    }
    Declaration { params, shape: Shape::Enum(cases) }
}

impl Declaration {
    /// As it is written in a program.
    pub fn text(&self, number: usize) -> String {
        let variables: Vec<String> = (0..self.params).map(|it| format!("'t{it}")).collect();
        let variables = if variables.is_empty() { String::new() } else { format!("<{}>", variables.join(", ")) };
        match &self.shape {
            Shape::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().enumerate().map(|(at, ty)| format!("f{number}_{at}: {ty}")).collect();
                format!("type T{number}{variables} = {{ {} }}\n", fields.join("; "))
            }
            Shape::Enum(cases) => {
                let mut out = format!("type T{number}{variables} =\n");
                for (at, fields) in cases.iter().enumerate() {
                    let fields: Vec<String> = fields.iter().map(Ty::to_string).collect();
                    let of = if fields.is_empty() { String::new() } else { format!(" of {}", fields.join(" * ")) };
                    out.push_str(&format!("  | C{number}_{at}{of}\n"));
                }
                out
            }
        }
    }

    /// Whether values can be compared, printed and stored, whatever the arguments.
    pub fn is_data(&self) -> bool {
        match &self.shape {
            Shape::Record(fields) => fields.iter().all(Ty::is_data),
            Shape::Enum(_) => true,
        }
    }
}

/// Some type of values that can be compared and printed.
pub fn data(declared: &[Declaration], depth: usize, random: &mut Random) -> Ty {
    let inner = |random: &mut Random| Box::new(data(declared, depth.saturating_sub(1), random));
    if depth > 0 && random.one_in(2) {
        return match random.below(7) {
            0 | 1 => Ty::List(inner(random)),
            2 => Ty::Dict(inner(random)),
            3 => Ty::Option(inner(random)),
            4 => Ty::Result(inner(random), inner(random)),
            _ => Ty::Tuple((0..2 + random.below(2)).map(|_| *inner(random)).collect()),
        };
    }
    if !declared.is_empty() && random.one_in(3) {
        let number = random.below(declared.len());
        let declaration = &declared[number];
        if declaration.is_data() && (declaration.params == 0 || depth > 0) {
            return Ty::Declared(number, (0..declaration.params).map(|_| *inner(random)).collect());
        }
    }
    match random.below(12) {
        0 => Ty::Bool,
        1 | 2 => Ty::Int(0),
        3..=6 => Ty::Int(random.below(INTEGERS.len())),
        7 => Ty::Float,
        8 => Ty::Char,
        9 if random.one_in(3) => Ty::Unit,
        10 if random.one_in(3) => Ty::Blob,
        _ => Ty::String,
    }
}
