//! SQL expressions over one row, and their text.
//!
//! Every expression has a value: Dark has no NULL. Only what stands behind a test of an enum's case may be NULL when the
//! test fails, and then it does not matter.

use std::fmt::Write;

/// More nodes than this are too many.
pub const NODES_MAX: usize = 20_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Sql {
    /// The row's JSON text.
    Row,
    /// A parameter, by the order in which they were found.
    Param(u32),
    /// As written: a number or a text in quotes.
    Literal(String),
    /// A part of JSON as an SQL value, or as JSON text.
    Part {
        base: Box<Sql>,
        path: String,
        json: bool,
    },
    Call {
        name: String,
        arguments: Vec<Sql>,
        fallible: bool,
    },
    Infix {
        operator: &'static str,
        left: Box<Sql>,
        right: Box<Sql>,
    },
    Not(Box<Sql>),
    Case {
        condition: Box<Sql>,
        then: Box<Sql>,
        otherwise: Box<Sql>,
    },
}

impl Sql {
    pub fn truth(value: bool) -> Sql {
        Sql::Literal(if value { "1" } else { "0" }.into())
    }

    /// A text literal. It must have no zero character.
    pub fn text(text: &str) -> Sql {
        Sql::Literal(format!("'{}'", text.replace('\'', "''")))
    }

    pub fn infix(operator: &'static str, left: Sql, right: Sql) -> Sql {
        Sql::Infix { operator, left: Box::new(left), right: Box::new(right) }
    }

    pub fn call(name: &str, arguments: Vec<Sql>) -> Sql {
        Sql::Call { name: name.into(), arguments, fallible: false }
    }

    /// A call that may end the query with a failure.
    pub fn failing(name: &str, arguments: Vec<Sql>) -> Sql {
        Sql::Call { name: name.into(), arguments, fallible: true }
    }

    fn is_truth(&self, wanted: bool) -> bool {
        matches!(self, Sql::Literal(text) if text == if wanted { "1" } else { "0" })
    }

    /// Negates a truth value.
    pub fn negated(self) -> Sql {
        match self {
            Sql::Not(inner) => *inner,
            other if other.is_truth(true) => Sql::truth(false),
            other if other.is_truth(false) => Sql::truth(true),
            other => Sql::Not(Box::new(other)),
        }
    }

    /// Whether computing it may end the query with a failure.
    pub fn fallible(&self) -> bool {
        match self {
            Sql::Row | Sql::Param(_) | Sql::Literal(_) => false,
            Sql::Part { base, .. } => base.fallible(),
            Sql::Call { fallible, arguments, .. } => *fallible || arguments.iter().any(Sql::fallible),
            Sql::Infix { left, right, .. } => left.fallible() || right.fallible(),
            Sql::Not(inner) => inner.fallible(),
            Sql::Case { condition, then, otherwise } => condition.fallible() || then.fallible() || otherwise.fallible(),
        }
    }

    /// `if` for any values. Branches are computed only when they are taken.
    pub fn case(condition: Sql, then: Sql, otherwise: Sql) -> Sql {
        if condition.is_truth(true) || then == otherwise && !condition.fallible() {
            return then;
        }
        if condition.is_truth(false) {
            return otherwise;
        }
        Sql::Case { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) }
    }

    /// `if` for truth values. Where nothing can fail, SQLite may compute in any order and use indexes.
    pub fn truth_case(condition: Sql, then: Sql, otherwise: Sql) -> Sql {
        if then.is_truth(true) && otherwise.is_truth(false) {
            return condition;
        }
        if then.is_truth(false) && otherwise.is_truth(true) {
            return condition.negated();
        }
        let total = !condition.fallible() && !then.fallible() && !otherwise.fallible();
        if total && !condition.is_truth(true) && !condition.is_truth(false) {
            if otherwise.is_truth(false) {
                return Sql::infix("AND", condition, then);
            }
            if then.is_truth(true) {
                return Sql::infix("OR", condition, otherwise);
            }
            if then.is_truth(false) {
                return Sql::infix("AND", condition.negated(), otherwise);
            }
            if otherwise.is_truth(true) {
                return Sql::infix("OR", condition.negated(), then);
            }
        }
        Sql::case(condition, then, otherwise)
    }

    /// The number of nodes, counted no further than the limit.
    pub fn is_too_large(&self) -> bool {
        let (mut open, mut seen) = (vec![self], 0);
        while let Some(sql) = open.pop() {
            seen += 1;
            if seen > NODES_MAX {
                return true;
            }
            match sql {
                Sql::Row | Sql::Param(_) | Sql::Literal(_) => {}
                Sql::Part { base: inner, .. } | Sql::Not(inner) => open.push(inner),
                Sql::Call { arguments, .. } => open.extend(arguments),
                Sql::Infix { left, right, .. } => open.extend([left.as_ref(), right.as_ref()]),
                Sql::Case { condition, then, otherwise } => {
                    open.extend([condition.as_ref(), then.as_ref(), otherwise.as_ref()]);
                }
            }
        }
        false
    }

    /// The text; `number` tells the place of a parameter in the list that is bound.
    pub fn render(&self, number: &dyn Fn(u32) -> usize, out: &mut String) {
        // Writing to a string does not fail.
        match self {
            Sql::Row => out.push_str("value"),
            Sql::Param(id) => {
                let _ = write!(out, "?{}", number(*id));
            }
            Sql::Literal(text) => out.push_str(text),
            Sql::Part { base, path, json: false } => {
                out.push_str("json_extract(");
                base.render(number, out);
                let _ = write!(out, ",'{}')", path.replace('\'', "''"));
            }
            Sql::Part { base, path, json: true } => {
                out.push('(');
                base.render(number, out);
                let _ = write!(out, " -> '{}')", path.replace('\'', "''"));
            }
            Sql::Call { name, arguments, .. } => {
                let _ = write!(out, "{name}(");
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    argument.render(number, out);
                }
                out.push(')');
            }
            Sql::Infix { operator, left, right } => {
                out.push('(');
                left.render(number, out);
                let _ = write!(out, " {operator} ");
                right.render(number, out);
                out.push(')');
            }
            Sql::Not(inner) => {
                out.push_str("(NOT ");
                inner.render(number, out);
                out.push(')');
            }
            Sql::Case { condition, then, otherwise } => {
                out.push_str("CASE WHEN ");
                condition.render(number, out);
                out.push_str(" THEN ");
                then.render(number, out);
                out.push_str(" ELSE ");
                otherwise.render(number, out);
                out.push_str(" END");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sql: &Sql) -> String {
        let mut out = String::new();
        sql.render(&|id| id as usize + 1, &mut out);
        out
    }

    fn field(name: &str) -> Sql {
        Sql::Part { base: Box::new(Sql::Row), path: format!("$.\"{name}\""), json: false }
    }

    #[test]
    fn truth_values_join_with_and_only_where_nothing_fails() {
        let total = Sql::infix("=", field("a"), Sql::Param(0));
        let failing = Sql::failing("dark_divide", vec![field("b")]);
        let and = Sql::truth_case(total.clone(), total.clone(), Sql::truth(false));
        assert_eq!(text(&and), "((json_extract(value,'$.\"a\"') = ?1) AND (json_extract(value,'$.\"a\"') = ?1))");
        let lazy = Sql::truth_case(total, failing, Sql::truth(false));
        assert_eq!(
            text(&lazy),
            "CASE WHEN (json_extract(value,'$.\"a\"') = ?1) THEN dark_divide(json_extract(value,'$.\"b\"')) ELSE 0 END"
        );
    }

    #[test]
    fn quotes_in_text_are_doubled() {
        assert_eq!(text(&Sql::text("it's")), "'it''s'");
    }
}
