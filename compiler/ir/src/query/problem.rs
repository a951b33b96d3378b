//! Why a query cannot be compiled, in words. The sentences of `Reason` are those people know from Dark.

use dark_source::Location;

/// What is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A function written in Rust that the database does not have.
    Builtin(String),
    /// A function that calls itself.
    Recursive(String),
    /// Functions in functions, more than `DEPTH_MAX` deep.
    TooDeep(String),
    /// A lambda given to something that cannot take it apart.
    NestedLambda,
    /// A function that is only known when the program runs is called with the row.
    UnknownCall,
    /// The function given to the query is only known when the program runs.
    UnknownFunction,
    Dict,
    List,
    /// The printed form of a value, a conversion, a comparison the database cannot do.
    Operation(&'static str),
    /// A field whose name has a quote or a backslash.
    FieldName(String),
    TooLarge,
}

/// A refusal with its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    pub reason: Reason,
    /// The innermost expression outside of the library; `None` if nothing of it is written outside.
    pub place: Option<Location>,
    /// The library's or program's functions that lead from there to the problem, outermost first.
    pub inside: Vec<String>,
}

impl Reason {
    /// What is wrong, one line.
    pub fn title(&self) -> String {
        match self {
            Reason::Builtin(name) => format!("Cannot compile to SQL: Unsupported builtin function: {name}"),
            Reason::Recursive(name) | Reason::TooDeep(name) => {
                format!("Cannot compile to SQL: Cannot inline function: {name}")
            }
            Reason::NestedLambda => "Nested lambdas not supported in SQL queries".into(),
            Reason::UnknownCall => "A query calls a function that is only known later".into(),
            Reason::UnknownFunction => "The function of this query is only known later".into(),
            Reason::Dict => "Dict creation not supported in SQL queries".into(),
            Reason::List => "List elements must be literal values for SQL partial evaluation".into(),
            Reason::Operation(what) => format!("Cannot compile to SQL: {what}"),
            Reason::FieldName(name) => format!("The field `{name}` cannot be used in a query"),
            Reason::TooLarge => "This query is too large".into(),
        }
    }

    /// What is underlined.
    pub fn label(&self) -> &'static str {
        match self {
            Reason::Builtin(_) => "this depends on the row, and the database does not have this function",
            Reason::Recursive(_) => "this depends on the row, and the function calls itself",
            Reason::TooDeep(_) => "the calls inside of it are more than 10 deep",
            Reason::NestedLambda => "this function uses the row",
            Reason::UnknownCall => "this function gets something of the row",
            Reason::UnknownFunction => "which function this is cannot be told when the program is compiled",
            Reason::Dict => "its values depend on the row",
            Reason::List => "its elements depend on the row",
            Reason::Operation(_) => "this depends on the row",
            Reason::FieldName(_) => "its name has a character that the database cannot look for",
            Reason::TooLarge => "its branches repeat each other too often",
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Reason::Builtin(_) => {
                "`darkc explain queries` lists the functions for queries; or ask for all rows that may fit, and filter \
                 them with `Stdlib.List.filter`"
            }
            Reason::Recursive(_) | Reason::TooDeep(_) | Reason::NestedLambda => {
                "say it with comparisons, or ask for all rows that may fit, and filter them with `Stdlib.List.filter`"
            }
            Reason::UnknownCall | Reason::UnknownFunction => {
                "write the lambda or the function's name where the query is called, or hand it over as a parameter of \
                 a function that is called by its name"
            }
            Reason::Dict | Reason::List => {
                "make it of values that do not depend on the row, or compare them one by one"
            }
            Reason::Operation(_) => {
                "compute it outside of the query, or ask for all rows that may fit, and filter them with \
                 `Stdlib.List.filter`"
            }
            Reason::FieldName(_) => "give the field a name of letters and digits",
            Reason::TooLarge => "split the query, or use fewer nested `match` expressions",
        }
    }
}
