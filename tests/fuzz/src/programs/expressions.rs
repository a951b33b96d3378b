//! Expressions of a wanted type: the forms that exist for every type. Those of one type are in `built`.

use crate::programs::expression::Expr;
use crate::programs::generate::{Generator, Recursion};
use crate::programs::library::Signature;
use crate::programs::literals::{as_argument, small_integer};
use crate::programs::types::{INTEGERS, Shape, Ty, data};

impl Generator<'_> {
    /// An expression of that type; parentheses are around what needs them anywhere.
    pub fn expr(&mut self, ty: &Ty, depth: usize) -> Expr {
        if depth == 0 || self.budget == 0 {
            let variable = if self.random.one_in(3) { None } else { self.variable(ty) };
            return variable.unwrap_or_else(|| self.smallest(ty));
        }
        self.budget -= 1;
        for _ in 0..3 {
            if let Some(expr) = self.any_form(ty, depth - 1) {
                return expr;
            }
        }
        self.built(ty, depth - 1)
    }

    /// A form that exists for every type, if there is something to make it of.
    fn any_form(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        match self.random.below(24) {
            0..=2 => self.variable(ty),
            3 => {
                let with = vec![self.expr(&Ty::Bool, depth), self.expr(ty, depth), self.expr(ty, depth)];
                Some(Expr::filled(ty.clone(), "(if {} then {} else {})", with))
            }
            4..=6 => Some(self.match_of(ty, depth)),
            7 => Some(self.let_of(ty, depth)),
            8 => Some(self.nested_function(ty, depth)),
            9 | 10 => self.own_call(ty, depth),
            11..=15 => self.library_call(ty, depth),
            16 => self.field(ty, depth),
            17 => Some(self.applied_lambda(ty, depth)),
            18 | 19 => self.recursion(depth, ty),
            20 => self.round_trip(ty, depth),
            _ => Some(self.built(ty, depth)),
        }
    }

    fn variable(&mut self, ty: &Ty) -> Option<Expr> {
        let found: Vec<String> = self.scope.iter().filter(|it| it.1 == *ty).map(|it| it.0.clone()).collect();
        if let Some(name) = self.random.pick(&found) {
            return Some(Expr::text(ty.clone(), name.clone()));
        }
        // Or what a function in sight gives.
        let functions = self.scope.iter().filter_map(|(name, it)| match it {
            Ty::Function(params, result) if **result == *ty && !params.is_empty() => {
                Some((name.clone(), params.clone()))
            }
            _ => None,
        });
        let functions: Vec<(String, Vec<Ty>)> = functions.collect();
        let (name, params) = self.random.pick(&functions)?.clone();
        // Without a budget, functions that take each other's results would call each other for ever.
        let spent = self.budget == 0;
        let argument = |it: &mut Self, ty: &Ty| if spent { it.smallest(ty) } else { it.expr(ty, 1) };
        let with: Vec<Expr> = params.iter().map(|ty| argument(self, ty)).collect();
        Some(Expr::filled(ty.clone(), &format!("({name}{})", " {}".repeat(with.len())), with))
    }

    fn let_of(&mut self, ty: &Ty, depth: usize) -> Expr {
        let before = self.scope.len();
        let value_ty = data(&self.declared, 1, self.random);
        let value = self.expr(&value_ty, depth);
        let pattern = match &value_ty {
            Ty::Tuple(parts) if self.random.one_in(2) => {
                let names: Vec<String> = parts.iter().map(|_| self.unused()).collect();
                names.iter().zip(parts).for_each(|(name, ty)| self.bind(name, ty.clone()));
                format!("({})", names.join(", "))
            }
            _ => {
                let name = self.fresh();
                self.bind(&name, value_ty.clone());
                name
            }
        };
        let body = self.expr(ty, depth);
        self.leave(before);
        Expr::filled(ty.clone(), &format!("(let {pattern} = {{}} in {{}})"), vec![value, body])
    }

    /// A name that hides nothing, where two names stand in one pattern.
    pub fn unused(&mut self) -> String {
        loop {
            let name = self.fresh();
            if !self.scope.iter().any(|it| it.0 == name) {
                return name;
            }
        }
    }

    /// Forgets what was bound since.
    pub fn leave(&mut self, before: usize) {
        self.scope.truncate(before);
    }

    fn nested_function(&mut self, ty: &Ty, depth: usize) -> Expr {
        let before = self.scope.len();
        let params: Vec<Ty> = (0..1 + self.random.below(2)).map(|_| data(&self.declared, 1, self.random)).collect();
        let result = data(&self.declared, 1, self.random);
        let name = self.unused();
        let mut head = format!("let {name}");
        for param in &params {
            let param_name = self.unused();
            head.push_str(&format!(" ({param_name}: {param})"));
            self.bind(&param_name, param.clone());
        }
        let outer = self.recursion.take();
        let value = self.expr(&result, depth);
        self.recursion = outer;
        self.leave(before);
        self.bind(&name, Ty::Function(params, Box::new(result.clone())));
        let body = self.expr(ty, depth);
        self.leave(before);
        Expr::filled(ty.clone(), &format!("({head} : {result} = {{}} in {{}})"), vec![value, body])
    }

    fn own_call(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        let level = self.level;
        let fitting =
            self.callable.iter().filter(|it| it.level < level && it.signature.result.matches(ty, &mut Vec::new()));
        let fitting: Vec<_> = fitting.cloned().collect();
        let callable = self.random.pick(&fitting)?.clone();
        let arguments = self.arguments(&callable.signature, ty)?;
        Some(self.call(&callable.signature, callable.fuel, &arguments, depth))
    }

    /// Types for the variables of a function that is to give this type.
    fn arguments(&mut self, signature: &Signature, ty: &Ty) -> Option<Vec<Ty>> {
        let mut bound = vec![None; signature.variables];
        if !signature.result.matches(ty, &mut bound) {
            return None;
        }
        let all = bound.into_iter().map(|it| it.unwrap_or_else(|| data(&self.declared, 1, self.random)));
        let all: Vec<Ty> = all.collect();
        all.iter().all(Ty::is_data).then_some(all)
    }

    /// A call, sometimes as a pipe.
    pub fn call(&mut self, signature: &Signature, fuel: Option<usize>, arguments: &[Ty], depth: usize) -> Expr {
        let result = signature.result.with(arguments);
        let mut with = Vec::new();
        for (at, param) in signature.params.iter().enumerate() {
            with.push(self.argument(signature, at, &param.with(arguments), depth));
        }
        let fuel = fuel.map(|it| self.random.below(it + 1)).map_or(String::new(), |it| format!(" {it}"));
        let path = &signature.path;
        if fuel.is_empty() && self.random.one_in(4) && with.first().is_some_and(|it| it.ty != Ty::Unit) {
            let rest = " {}".repeat(with.len() - 1);
            return Expr::filled(result, &format!("({{}} |> {path}{rest})"), with);
        }
        Expr::filled(result, &format!("({path}{fuel}{})", " {}".repeat(with.len())), with)
    }

    fn argument(&mut self, signature: &Signature, at: usize, ty: &Ty, depth: usize) -> Expr {
        let name = signature.path.rsplit('.').next().unwrap_or_default();
        let divides = at == 1 && ["divide", "mod", "remainder"].contains(&name) && !self.random.one_in(30);
        match ty {
            Ty::Int(which) if divides => Expr::text(ty.clone(), self.divisor(*which)),
            Ty::Int(which) if self.random.one_in(2) => {
                Expr::text(ty.clone(), as_argument(small_integer(*which, self.random)))
            }
            _ => self.expr(ty, depth),
        }
    }

    pub fn divisor(&mut self, which: usize) -> String {
        format!("{}{}", 1 + self.random.below(7), INTEGERS[which].suffix)
    }

    fn library_call(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        for _ in 0..200 {
            let signature = self.random.pick(self.library)?.clone();
            // A bare variable fits everything and would be everywhere.
            if matches!(signature.result, Ty::Variable(_)) && !self.random.one_in(12) {
                continue;
            }
            if let Some(arguments) = self.arguments(&signature, ty) {
                return Some(self.call(&signature, None, &arguments, depth));
            }
        }
        None
    }

    fn field(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        let mut found = Vec::new();
        for (number, declared) in self.declared.iter().enumerate() {
            let Shape::Record(fields) = &declared.shape else { continue };
            for (at, field) in fields.iter().enumerate() {
                let mut bound = vec![None; declared.params];
                if field.matches(ty, &mut bound) {
                    found.push((number, at, bound));
                }
            }
        }
        let (number, at, bound) = self.random.pick(&found)?.clone();
        let arguments = bound.into_iter().map(|it| it.unwrap_or_else(|| data(&self.declared, 0, self.random)));
        let record = Ty::Declared(number, arguments.collect());
        if !ty.is_data() {
            return None;
        }
        let with = vec![self.expr(&record, depth)];
        Some(Expr::filled(ty.clone(), &format!("{{}}.f{number}_{at}"), with))
    }

    fn applied_lambda(&mut self, ty: &Ty, depth: usize) -> Expr {
        let params: Vec<Ty> = (0..1 + self.random.below(2)).map(|_| data(&self.declared, 1, self.random)).collect();
        let lambda = self.lambda(&params, ty, depth);
        let mut with = vec![lambda];
        params.iter().for_each(|it| with.push(self.expr(it, depth)));
        Expr::filled(ty.clone(), &format!("({{}}{})", " {}".repeat(params.len())), with)
    }

    fn recursion(&mut self, depth: usize, ty: &Ty) -> Option<Expr> {
        let partner = self.recursion.as_mut().filter(|it| it.calls > 0 && it.result == *ty)?;
        partner.calls -= 1;
        let Recursion { name, params, .. } = partner.clone();
        let with: Vec<Expr> = params.iter().map(|it| self.expr(it, depth)).collect();
        Some(Expr::filled(ty.clone(), &format!("({name} (fuel - 1){})", " {}".repeat(with.len())), with))
    }

    /// Through JSON and back.
    fn round_trip(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        let Ty::Option(of) = ty else { return None };
        if !of.is_data() || !self.random.one_in(2) {
            return None;
        }
        let with = vec![self.expr(of, depth)];
        let pattern = format!("(Stdlib.Result.toOption (Stdlib.Json.parse<{of}> (Stdlib.Json.serialize<{of}> {{}})))");
        Some(Expr::filled(ty.clone(), &pattern, with))
    }

    pub fn lambda(&mut self, params: &[Ty], result: &Ty, depth: usize) -> Expr {
        let before = self.scope.len();
        let outer = self.recursion.take();
        let mut patterns = Vec::new();
        for ty in params {
            let pattern = match ty {
                Ty::Unit if self.random.one_in(2) => "()".to_owned(),
                Ty::Tuple(parts) if self.random.one_in(2) => {
                    let names: Vec<String> = parts.iter().map(|_| self.unused()).collect();
                    names.iter().zip(parts).for_each(|(name, ty)| self.bind(name, ty.clone()));
                    format!("({})", names.join(", "))
                }
                _ if self.random.one_in(10) => "_".to_owned(),
                _ => {
                    let name = self.unused();
                    self.bind(&name, ty.clone());
                    name
                }
            };
            patterns.push(pattern);
        }
        let body = self.expr(result, depth);
        self.recursion = outer;
        self.leave(before);
        let ty = Ty::Function(params.to_vec(), Box::new(result.clone()));
        Expr::filled(ty, &format!("(fun {} -> {{}})", patterns.join(" ")), vec![body])
    }
}
