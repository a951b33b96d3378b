//! Expressions of the forms that only one type has: literals, operators, constructors, lambdas.

use crate::programs::expression::{Expr, Part};
use crate::programs::generate::Generator;
use crate::programs::literals::{as_argument, integer, literal, text};
use crate::programs::types::{INTEGERS, Shape, Ty, data};

impl Generator<'_> {
    /// An expression of the forms that only this type has.
    pub fn built(&mut self, ty: &Ty, depth: usize) -> Expr {
        let all = |it: &mut Self, list: &[Ty]| -> Vec<Expr> { list.iter().map(|ty| it.expr(ty, depth)).collect() };
        match ty {
            Ty::Bool => self.condition(depth),
            Ty::Int(which) => self.number(*which, depth),
            Ty::Float => self.float(depth),
            Ty::String => self.string(depth),
            Ty::Tuple(parts) => {
                let with = all(self, parts);
                Expr::filled(ty.clone(), &format!("({})", vec!["{}"; with.len()].join(", ")), with)
            }
            Ty::List(of) => {
                if self.random.one_in(5) {
                    let with = vec![self.expr(ty, depth), self.expr(ty, depth)];
                    return Expr::filled(ty.clone(), "({} @ {})", with);
                }
                let with: Vec<Expr> = (0..self.random.below(5)).map(|_| self.expr(of, depth)).collect();
                Expr::filled(ty.clone(), &format!("[{}]", vec!["{}"; with.len()].join("; ")), with)
            }
            Ty::Dict(of) => {
                let keys = ["a", "b", "``two words``", "``ż``", "zz"];
                let keys = &keys[..1 + self.random.below(keys.len())];
                let with: Vec<Expr> = keys.iter().map(|_| self.expr(of, depth)).collect();
                let inits: Vec<String> = keys.iter().map(|key| format!("{key} = {{}}")).collect();
                Expr::filled(ty.clone(), &format!("(Dict {{ {} }})", inits.join("; ")), with)
            }
            Ty::Option(of) => {
                let with = vec![self.expr(of, depth)];
                Expr::filled(ty.clone(), "(Some({}))", with)
            }
            Ty::Result(ok, error) => {
                let (case, of) = if self.random.one_in(2) { ("Ok", ok) } else { ("Error", error) };
                let with = vec![self.expr(of, depth)];
                Expr::filled(ty.clone(), &format!("({case}({{}}))"), with)
            }
            Ty::Stream(of) => {
                let with = vec![self.expr(&Ty::List(of.clone()), depth)];
                Expr::filled(ty.clone(), "(Stdlib.Stream.fromList {})", with)
            }
            Ty::Function(params, result) => self.function_value(params, result, depth),
            Ty::Declared(number, arguments) => match self.declared[*number].shape.clone() {
                Shape::Record(fields) => {
                    let fields: Vec<Ty> = fields.iter().map(|it| it.with(arguments)).collect();
                    if self.random.one_in(3) {
                        let at = self.random.below(fields.len());
                        let with = vec![self.expr(ty, depth), self.expr(&fields[at], depth)];
                        return Expr::filled(ty.clone(), &format!("({{ {{}} with f{number}_{at} = {{}} }})"), with);
                    }
                    let with = all(self, &fields);
                    self.record(ty, with)
                }
                Shape::Enum(cases) => {
                    let case = self.random.below(cases.len());
                    let fields: Vec<Ty> = cases[case].iter().map(|it| it.with(arguments)).collect();
                    let with = all(self, &fields);
                    self.case(ty, case, with)
                }
            },
            Ty::Unit | Ty::Char | Ty::Blob | Ty::Variable(_) => self.smallest(ty),
        }
    }

    fn function_value(&mut self, params: &[Ty], result: &Ty, depth: usize) -> Expr {
        let ty = Ty::Function(params.to_vec(), Box::new(result.clone()));
        let number = |ty: &Ty| matches!(ty, Ty::Int(_));
        if let [a, b] = params
            && a == b
            && a == result
            && number(a)
            && self.random.one_in(3)
        {
            let section = self.random.pick(&["(+)", "(-)", "(*)"]).copied().unwrap_or("(+)");
            return Expr::text(ty, section);
        }
        // A function with more parameters, given some.
        if let [last] = params
            && self.random.one_in(4)
        {
            let first = data(&self.declared, 0, self.random);
            let lambda = self.lambda(&[first.clone(), last.clone()], result, depth);
            let with = vec![lambda, self.expr(&first, depth)];
            return Expr::filled(ty, "({} {})", with);
        }
        self.lambda(params, result, depth)
    }

    fn condition(&mut self, depth: usize) -> Expr {
        let (pattern, of) = match self.random.below(6) {
            0 => ("({} && {})", Ty::Bool),
            1 => ("({} || {})", Ty::Bool),
            2 => ("({} == {})", data(&self.declared, 1, self.random)),
            3 => ("({} != {})", data(&self.declared, 1, self.random)),
            _ => {
                let number = if self.random.one_in(5) { Ty::Float } else { Ty::Int(self.random.below(INTEGERS.len())) };
                (
                    self.random
                        .pick(&["({} < {})", "({} <= {})", "({} > {})", "({} >= {})"])
                        .copied()
                        .unwrap_or("({} < {})"),
                    number,
                )
            }
        };
        let with = vec![self.expr(&of, depth), self.expr(&of, depth)];
        Expr::filled(Ty::Bool, pattern, with)
    }

    fn number(&mut self, which: usize, depth: usize) -> Expr {
        let ty = Ty::Int(which);
        match self.random.below(10) {
            0..=4 => {
                let operator = self.random.pick(&["+", "-", "*"]).copied().unwrap_or("+");
                let with = vec![self.expr(&ty, depth), self.expr(&ty, depth)];
                Expr::filled(ty, &format!("({{}} {operator} {{}})"), with)
            }
            5 => {
                let operator = self.random.pick(&["/", "%"]).copied().unwrap_or("/");
                let divisor = match self.random.one_in(40) {
                    true => self.expr(&ty, depth),
                    false => Expr::text(ty.clone(), self.divisor(which)),
                };
                let with = vec![self.expr(&ty, depth), divisor];
                Expr::filled(ty, &format!("({{}} {operator} {{}})"), with)
            }
            6 if INTEGERS[which].signed => {
                let with = vec![self.expr(&ty, depth)];
                Expr::filled(ty, "(-({}))", with)
            }
            7 => {
                let exponent = self.random.below(5);
                let with = vec![self.expr(&ty, depth)];
                Expr::filled(ty, &format!("({{}} ^ {exponent}{})", INTEGERS[which].suffix), with)
            }
            _ => Expr::text(ty, as_argument(integer(which, self.random))),
        }
    }

    fn float(&mut self, depth: usize) -> Expr {
        if self.random.one_in(3) {
            let literal = literal(&Ty::Float, self.random).unwrap_or_default();
            return Expr::text(Ty::Float, as_argument(literal));
        }
        let operator = self.random.pick(&["+", "-", "*", "/", "^"]).copied().unwrap_or("+");
        let with = vec![self.expr(&Ty::Float, depth), self.expr(&Ty::Float, depth)];
        Expr::filled(Ty::Float, &format!("({{}} {operator} {{}})"), with)
    }

    fn string(&mut self, depth: usize) -> Expr {
        match self.random.below(5) {
            0 | 1 => {
                let with = vec![self.expr(&Ty::String, depth), self.expr(&Ty::String, depth)];
                Expr::filled(Ty::String, "({} ++ {})", with)
            }
            2 => {
                let with = vec![self.expr(&Ty::String, depth), self.expr(&Ty::String, depth)];
                let mut with = with.into_iter().map(Part::Expr);
                let text = |text: &str| Some(Part::Text(text.to_owned()));
                // What the holes give is normalised together with what stands around them.
                let parts = [text("$\"é{"), with.next(), text("}, {"), with.next(), text("}\u{301}\"")];
                Expr { ty: Ty::String, parts: parts.into_iter().flatten().collect() }
            }
            3 => {
                let ty = data(&self.declared, 1, self.random);
                let with = vec![self.expr(&ty, depth)];
                Expr::filled(Ty::String, "(Stdlib.toRepr {})", with)
            }
            _ => Expr::text(Ty::String, text(self.random)),
        }
    }
}
