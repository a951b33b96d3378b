//! Well-typed programs: types first, then functions over them, then cases that print what the functions give.
//!
//! Every program ends. Functions call functions of lower levels only, apart from recursion, which counts down; calls of
//! itself are never made inside of a lambda, which might run many times.

use crate::programs::expression::Expr;
use crate::programs::library::Signature;
use crate::programs::types::{Declaration, INTEGERS, Ty, data, declaration};
use crate::random::Random;

/// Functions of one program: checking the library and linking are paid once for all of them.
const FUNCTIONS: usize = 15;
const LEVELS: usize = 3;
/// Cases beside the one that each function gets.
const CASES: usize = 10;

#[derive(Debug, Clone)]
pub struct Program {
    pub types: Vec<Option<String>>,
    pub functions: Vec<Option<Function>>,
    pub cases: Vec<Option<Expr>>,
}

/// Two functions that call each other are one, so that both stay or go.
#[derive(Debug, Clone)]
pub struct Function {
    /// `let f3 (p: Int) : Int =`, with what is fixed of the body around each expression.
    pub parts: Vec<(String, Expr, String)>,
}

impl Program {
    pub fn text(&self) -> String {
        let mut out = String::new();
        for text in self.types.iter().flatten() {
            out.push_str(text);
        }
        for (head, body, tail) in self.functions.iter().flatten().flat_map(|it| &it.parts) {
            out.push_str(head);
            body.write(&mut out);
            out.push_str(tail);
            out.push('\n');
        }
        out.push_str(super::engines::HELPERS);
        for (index, case) in self.cases.iter().enumerate() {
            if let Some(case) = case {
                out.push_str(&format!("case {index} (fun _ -> Stdlib.toRepr "));
                case.write(&mut out);
                out.push_str(")\n");
            }
        }
        out
    }
}

/// What programs may call of what they declare.
#[derive(Debug, Clone)]
pub struct Callable {
    pub signature: Signature,
    pub level: usize,
    /// The first parameter counts down from at most this.
    pub fuel: Option<usize>,
}

/// A call that the function being made may make of itself or of its partner.
#[derive(Debug, Clone)]
pub struct Recursion {
    pub name: String,
    pub params: Vec<Ty>,
    pub result: Ty,
    pub calls: usize,
}

pub struct Generator<'a> {
    pub random: &'a mut Random,
    pub library: &'a [Signature],
    pub declared: Vec<Declaration>,
    pub callable: Vec<Callable>,
    pub scope: Vec<(String, Ty)>,
    pub recursion: Option<Recursion>,
    /// Functions of this level and above may not be called.
    pub level: usize,
    /// Expressions that may still be made in this body.
    pub budget: usize,
    names: usize,
}

pub fn program(library: &[Signature], random: &mut Random) -> Program {
    let mut generator = Generator {
        random,
        library,
        declared: Vec::new(),
        callable: Vec::new(),
        scope: Vec::new(),
        recursion: None,
        level: 0,
        budget: 0,
        names: 0,
    };
    let mut types = Vec::new();
    for number in 0..generator.random.below(6) {
        let declared = declaration(number, &generator.declared, generator.random);
        types.push(Some(declared.text(number)));
        generator.declared.push(declared);
    }
    let mut functions = Vec::new();
    for number in 0..FUNCTIONS {
        generator.level = number * LEVELS / FUNCTIONS;
        functions.push(Some(generator.function(number)));
    }
    generator.level = LEVELS;
    let mut cases = Vec::new();
    for number in 0..generator.callable.len() {
        cases.push(generator.case_of(number));
    }
    for _ in 0..CASES {
        let ty = data(&generator.declared, 2, generator.random);
        cases.push(Some(generator.body(&ty, 4)));
    }
    Program { types, functions, cases }
}

impl Generator<'_> {
    pub fn fresh(&mut self) -> String {
        // Some names hide others; a parameter may be the only value of a type variable.
        if self.random.one_in(8)
            && let Some((name, _)) = self.random.pick(&self.scope)
            && name.starts_with('x')
        {
            return name.clone();
        }
        self.names += 1;
        format!("x{}", self.names)
    }

    /// Makes a name visible; whoever calls truncates the scope again.
    pub fn bind(&mut self, name: &str, ty: Ty) {
        // What it hides keeps its place, so that truncating the scope stays right, but cannot be found.
        self.scope
            .iter_mut()
            .filter(|it| it.0 == name)
            .for_each(|it| it.1 = Ty::Function(Vec::new(), Box::new(Ty::Unit)));
        self.scope.push((name.to_owned(), ty));
    }

    fn body(&mut self, ty: &Ty, depth: usize) -> Expr {
        self.budget = 40;
        self.expr(ty, depth)
    }

    fn param_type(&mut self, variables: usize) -> Ty {
        let simple = |it: &mut Self| match it.random.below(4) {
            0 if variables > 0 => Ty::Variable(it.random.below(variables)),
            _ => data(&it.declared, 1, it.random),
        };
        match self.random.below(10) {
            0 | 1 => {
                let params = (0..1 + self.random.below(2)).map(|_| simple(self)).collect();
                Ty::Function(params, Box::new(simple(self)))
            }
            2 if self.random.one_in(3) => Ty::Stream(Box::new(simple(self))),
            3 => Ty::list(simple(self)),
            _ => simple(self),
        }
    }

    fn function(&mut self, number: usize) -> Function {
        let variables = if self.random.one_in(4) { 1 + self.random.below(2) } else { 0 };
        // A value of each variable is at hand.
        let mut params: Vec<Ty> = (0..variables).map(Ty::Variable).collect();
        for _ in 0..1 + self.random.below(3) {
            let ty = self.param_type(variables);
            params.push(ty);
        }
        let result = match self.random.below(8) {
            0 if variables > 0 => Ty::Variable(self.random.below(variables)),
            1 => self.param_type(variables),
            _ => data(&self.declared, 1, self.random),
        };
        let name = format!("f{number}");
        let signature = |name: &str, params: &[Ty]| Signature {
            path: name.to_owned(),
            params: params.to_vec(),
            result: result.clone(),
            variables,
        };
        let (mut parts, mut callable) = (Vec::new(), Vec::new());
        match self.random.below(6) {
            0 | 1 => {
                let calls = 1 + self.random.below(2);
                let itself = Recursion { name: name.clone(), params: params.clone(), result: result.clone(), calls };
                parts.push(self.counting(&name, itself));
                callable.push((signature(&name, &params), Some(if calls == 1 { 9 } else { 5 })));
            }
            2 => {
                let other = format!("{name}b");
                for (own, partner) in [(&name, &other), (&other, &name)] {
                    let partner =
                        Recursion { name: partner.clone(), params: params.clone(), result: result.clone(), calls: 1 };
                    parts.push(self.counting(own, partner));
                    callable.push((signature(own, &params), Some(9)));
                }
            }
            3 => return self.long_loop(number),
            _ => {
                let head = self.head(&name, None, &params, &result);
                let body = self.body(&result, 5);
                parts.push((head, body, String::new()));
                callable.push((signature(&name, &params), None));
            }
        }
        self.scope.clear();
        let level = self.level;
        self.callable.extend(callable.into_iter().map(|(signature, fuel)| Callable { signature, level, fuel }));
        Function { parts }
    }

    /// The head of a function, whose parameters are the scope afterwards.
    fn head(&mut self, name: &str, counter: Option<&str>, params: &[Ty], result: &Ty) -> String {
        self.scope.clear();
        let mut head = format!("let {name}");
        if let Some(counter) = counter {
            head.push_str(&format!(" ({counter}: Int)"));
        }
        for ty in params {
            self.names += 1;
            let name = format!("p{}", self.names);
            head.push_str(&format!(" ({name}: {ty})"));
            self.scope.push((name, ty.clone()));
        }
        format!("{head} : {result} = ")
    }

    /// A function that counts down and may call `partner`, which may be itself.
    fn counting(&mut self, name: &str, partner: Recursion) -> (String, Expr, String) {
        let (params, result) = (partner.params.clone(), partner.result.clone());
        let head = self.head(name, Some("fuel"), &params, &result);
        let end = self.body(&result, 2);
        self.budget = 40;
        self.recursion = Some(partner);
        let body = self.expr(&result, 5);
        self.recursion = None;
        let all = Expr::filled(result, "(if fuel <= 0 then {} else {})", vec![end, body]);
        (head, all, String::new())
    }

    /// Two functions that hand each other their turn a thousand times, in constant space.
    fn long_loop(&mut self, number: usize) -> Function {
        let ty = match self.random.below(4) {
            0 => Ty::Bool,
            1 => Ty::Char,
            _ => Ty::Int(1 + self.random.below(INTEGERS.len() - 1)),
        };
        let names = [format!("f{number}"), format!("f{number}b")];
        let level = std::mem::take(&mut self.level);
        let mut parts = Vec::new();
        for (own, other) in [(&names[0], &names[1]), (&names[1], &names[0])] {
            let head = self.head(own, Some("fuel"), std::slice::from_ref(&ty), &ty);
            let so_far = self.scope.first().map(|it| it.0.clone()).unwrap_or_default();
            self.budget = 12;
            let next = self.expr(&ty, 2);
            let pattern = format!("(if fuel <= 0 then {so_far} else {other} (fuel - 1) {{}})");
            parts.push((head, Expr::filled(ty.clone(), &pattern, vec![next]), String::new()));
        }
        self.level = level;
        self.scope.clear();
        let signature = |path: &String| Signature {
            path: path.clone(),
            params: vec![ty.clone()],
            result: ty.clone(),
            variables: 0,
        };
        self.callable.extend(names.iter().map(|it| Callable { signature: signature(it), level, fuel: Some(1500) }));
        Function { parts }
    }

    /// A case that calls one function; `None` if its result cannot be printed.
    fn case_of(&mut self, number: usize) -> Option<Expr> {
        let callable = self.callable[number].clone();
        let arguments: Vec<Ty> =
            (0..callable.signature.variables).map(|_| data(&self.declared, 1, self.random)).collect();
        if !callable.signature.result.is_data() {
            return None;
        }
        self.budget = 40;
        Some(self.call(&callable.signature, callable.fuel, &arguments, 4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::library;

    #[test]
    fn every_program_comes_to_an_end() {
        let library = library::signatures();
        // Deep enough for every program, far from enough for one without an end.
        let work = std::thread::Builder::new().stack_size(32 << 20).spawn(move || {
            let rounds = (1001..1011).flat_map(|seed| (0..40).map(move |round| (seed, round)));
            rounds.map(|(seed, round)| program(&library, &mut Random::of_round(seed, round)).text().len()).max()
        });
        let longest = work.expect("a thread").join().expect("no panic");
        assert!(longest.is_some_and(|it| it < 1 << 20), "{longest:?} bytes");
    }
}
