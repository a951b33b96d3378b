//! Symbolic derivatives of a polynomial, several deep: expressions share their parts (`Rc`).

use std::rc::Rc;

enum Expression {
    Number(i64),
    Variable,
    Sum(Rc<Expression>, Rc<Expression>),
    Product(Rc<Expression>, Rc<Expression>),
}

use Expression::{Number, Product, Sum, Variable};

fn sum(a: Rc<Expression>, b: Rc<Expression>) -> Rc<Expression> {
    match (&*a, &*b) {
        (Number(x), Number(y)) => Rc::new(Number(x + y)),
        (Number(0), _) => b,
        (_, Number(0)) => a,
        _ => Rc::new(Sum(a, b)),
    }
}

fn product(a: Rc<Expression>, b: Rc<Expression>) -> Rc<Expression> {
    match (&*a, &*b) {
        (Number(x), Number(y)) => Rc::new(Number(x * y)),
        (Number(0), _) | (_, Number(1)) => a,
        (_, Number(0)) | (Number(1), _) => b,
        _ => Rc::new(Product(a, b)),
    }
}

fn derivative(expression: &Expression) -> Rc<Expression> {
    match expression {
        Number(_) => Rc::new(Number(0)),
        Variable => Rc::new(Number(1)),
        Sum(a, b) => sum(derivative(a), derivative(b)),
        Product(a, b) => sum(product(Rc::clone(a), derivative(b)), product(derivative(a), Rc::clone(b))),
    }
}

fn power(exponent: i64) -> Rc<Expression> {
    let variable = Rc::new(Variable);
    if exponent == 1 { variable } else { product(variable, power(exponent - 1)) }
}

fn polynomial(degree: i64) -> Rc<Expression> {
    if degree == 0 {
        return Rc::new(Number(1));
    }
    sum(product(Rc::new(Number(degree)), power(degree)), polynomial(degree - 1))
}

fn leaves(expression: &Expression) -> i64 {
    match expression {
        Number(_) | Variable => 1,
        Sum(a, b) | Product(a, b) => leaves(a) + leaves(b),
    }
}

fn value(expression: &Expression, x: i64) -> i64 {
    match expression {
        Number(n) => *n,
        Variable => x,
        Sum(a, b) => (value(a, x) + value(b, x)) % 1_000_003,
        Product(a, b) => value(a, x) * value(b, x) % 1_000_003,
    }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(8, |it| it.parse().unwrap());
    let mut result = polynomial(10);
    for _ in 0..size {
        result = derivative(&result);
    }
    println!("{} {}", leaves(&result), value(&result, 7));
}
