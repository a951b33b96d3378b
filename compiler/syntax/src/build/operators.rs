//! The one precedence table, and the fold of a flat list of operands and operators.

use super::Builder;
use crate::ast::{Expr, ExprKind, Operator};
use dark_source::Span;

/// How tightly an operator binds, loosest 1; and whether it groups to the right.
pub fn precedence(operator: Operator) -> (u8, bool) {
    match operator {
        Operator::Or => (1, false),
        Operator::And => (2, false),
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::Greater
        | Operator::LessEqual
        | Operator::GreaterEqual => (3, false),
        Operator::ListAppend | Operator::Cons => (4, true),
        Operator::Add | Operator::Subtract | Operator::Concat => (5, false),
        Operator::Multiply | Operator::Divide | Operator::Modulo => (6, false),
        Operator::Power => (7, true),
    }
}

/// `a op b op c` as read: operands and the operators between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    first: Expr,
    rest: Vec<(Operator, Span, Expr)>,
}

impl Raw {
    pub fn new(first: Expr, l: u32, operator: Operator, r: u32, operand: Expr) -> Raw {
        Raw { first, rest: vec![(operator, Span { start: l, end: r }, operand)] }
    }

    pub fn push(&mut self, l: u32, operator: Operator, r: u32, operand: Expr) {
        self.rest.push((operator, Span { start: l, end: r }, operand));
    }
}

/// Precedence climbing with an explicit stack, so that a list of a hundred thousand operators needs no deep recursion.
pub fn fold(_: &mut Builder<'_>, raw: Raw) -> Expr {
    let mut operands = vec![raw.first];
    let mut operators: Vec<(Operator, Span)> = Vec::new();
    for (operator, span, operand) in raw.rest {
        let (level, right) = precedence(operator);
        while let Some((above, _)) = operators.last() {
            let (other, _) = precedence(*above);
            if other < level || (other == level && right) {
                break;
            }
            reduce(&mut operands, &mut operators);
        }
        operators.push((operator, span));
        operands.push(operand);
    }
    while !operators.is_empty() {
        reduce(&mut operands, &mut operators);
    }
    // One operand is left: each operator took two and gave one.
    operands.swap_remove(0)
}

fn reduce(operands: &mut Vec<Expr>, operators: &mut Vec<(Operator, Span)>) {
    if let (Some((operator, operator_span)), Some(right), Some(left)) =
        (operators.pop(), operands.pop(), operands.pop())
    {
        let span = left.span.to(right.span);
        let (left, right) = (Box::new(left), Box::new(right));
        operands.push(Expr { kind: ExprKind::Binary { operator, operator_span, left, right }, span });
    }
}
