//! Type variables and unification.

use crate::types::lower::{any, map};
use crate::types::{InferVar, Ty};

/// What each variable stands for. Never shrinks while a body is inferred.
#[derive(Debug, Default)]
pub struct Table {
    bindings: Vec<Option<Ty>>,
    /// The variables in the order they were bound, so that an attempt can be taken back.
    bound: Vec<InferVar>,
    /// Variables that met an `Error`: if nothing else decides them, that is not told as well.
    doubtful: Vec<InferVar>,
}

/// Two types cannot be made equal.
#[derive(Debug)]
pub struct Mismatch;

impl Table {
    pub fn fresh(&mut self) -> Ty {
        let var = InferVar(self.bindings.len() as u32);
        self.bindings.push(None);
        Ty::Var(var)
    }

    /// The type with its outermost variable looked up.
    pub fn shallow(&self, ty: &Ty) -> Ty {
        let mut ty = ty.clone();
        while let Ty::Var(var) = ty {
            match self.bindings.get(var.0 as usize) {
                Some(Some(bound)) => ty = bound.clone(),
                _ => return Ty::Var(var),
            }
        }
        ty
    }

    /// The type with all known variables replaced.
    pub fn deep(&self, ty: &Ty) -> Ty {
        map(ty, &mut |ty| match ty {
            Ty::Var(_) => match self.shallow(ty) {
                unbound @ Ty::Var(_) => Some(unbound),
                bound => Some(self.deep(&bound)),
            },
            _ => None,
        })
    }

    /// Makes two types equal. `Error` fits anything.
    pub fn unify(&mut self, a: &Ty, b: &Ty) -> Result<(), Mismatch> {
        let (a, b) = (self.shallow(a), self.shallow(b));
        match (&a, &b) {
            (Ty::Error, other) | (other, Ty::Error) => {
                self.doubtful.extend(self.free(other));
                Ok(())
            }
            (Ty::Var(x), Ty::Var(y)) if x == y => Ok(()),
            (Ty::Var(var), other) | (other, Ty::Var(var)) => self.bind(*var, other),
            (Ty::List(x), Ty::List(y))
            | (Ty::Dict(x), Ty::Dict(y))
            | (Ty::Stream(x), Ty::Stream(y))
            | (Ty::Db(x), Ty::Db(y)) => self.unify(x, y),
            (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => self.all(x, y),
            (Ty::Named(x, xs), Ty::Named(y, ys)) if x == y && xs.len() == ys.len() => self.all(xs, ys),
            (Ty::Function(p, r), Ty::Function(q, s)) => {
                self.unify(p, q)?;
                self.unify(r, s)
            }
            _ if a == b => Ok(()),
            _ => Err(Mismatch),
        }
    }

    /// Makes two types equal, or leaves everything as it was.
    pub fn try_unify(&mut self, a: &Ty, b: &Ty) -> Result<(), Mismatch> {
        let before = self.bound.len();
        let result = self.unify(a, b);
        if result.is_err() {
            // Only unbound variables are bound, so each of them was unbound before.
            for var in self.bound.drain(before..) {
                if let Some(binding) = self.bindings.get_mut(var.0 as usize) {
                    *binding = None;
                }
            }
        }
        result
    }

    fn all(&mut self, a: &[Ty], b: &[Ty]) -> Result<(), Mismatch> {
        a.iter().zip(b).try_for_each(|(a, b)| self.unify(a, b))
    }

    /// A variable may not be bound to a type that contains it.
    fn bind(&mut self, var: InferVar, ty: &Ty) -> Result<(), Mismatch> {
        let ty = self.deep(ty);
        if any(&ty, &|part| *part == Ty::Var(var)) {
            return Err(Mismatch);
        }
        self.set(var, ty);
        Ok(())
    }

    /// Whether an unbound variable could be known, had something else not been wrong.
    pub fn is_doubtful(&self, var: InferVar) -> bool {
        self.doubtful.iter().any(|it| *it == var || self.free(&Ty::Var(*it)).contains(&var))
    }

    /// Lets an unbound variable fit anything from now on.
    pub fn poison(&mut self, var: InferVar) {
        self.set(var, Ty::Error);
    }

    fn set(&mut self, var: InferVar, ty: Ty) {
        if let Some(binding) = self.bindings.get_mut(var.0 as usize) {
            *binding = Some(ty);
            self.bound.push(var);
        }
    }

    /// The unbound variables of a type, each once, in order.
    pub fn free(&self, ty: &Ty) -> Vec<InferVar> {
        fn collect(ty: &Ty, out: &mut Vec<InferVar>) {
            if let Ty::Var(var) = ty
                && !out.contains(var)
            {
                out.push(*var);
            }
            crate::types::lower::parts(ty).into_iter().for_each(|part| collect(part, out));
        }
        let mut out = Vec::new();
        collect(&self.deep(ty), &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_variable_takes_the_other_type_and_not_itself() {
        let mut table = Table::default();
        let var = table.fresh();
        let list = Ty::List(Arc::new(var.clone()));
        assert!(table.unify(&var, &list).is_err());
        assert!(table.unify(&list, &Ty::List(Arc::new(Ty::Bool))).is_ok());
        assert_eq!(table.deep(&var), Ty::Bool);
        assert!(table.unify(&var, &Ty::String).is_err());
        assert!(table.unify(&var, &Ty::Error).is_ok());
    }

    #[test]
    fn what_meets_an_error_is_doubtful_until_it_is_known() {
        let mut table = Table::default();
        let (first, second, third) = (table.fresh(), table.fresh(), table.fresh());
        let is_doubtful = |table: &Table, ty: &Ty| matches!(ty, Ty::Var(var) if table.is_doubtful(*var));
        assert!(table.unify(&Ty::Error, &Ty::List(Arc::new(first.clone()))).is_ok());
        assert!(is_doubtful(&table, &first) && !is_doubtful(&table, &second));
        // What it becomes a part of is in doubt, too.
        assert!(table.unify(&first, &Ty::List(Arc::new(second.clone()))).is_ok());
        assert!(is_doubtful(&table, &second) && !is_doubtful(&table, &third));
    }

    #[test]
    fn an_attempt_that_fails_leaves_nothing_behind() {
        let mut table = Table::default();
        let (first, second) = (table.fresh(), table.fresh());
        assert!(table.unify(&first, &Ty::Bool).is_ok());
        let pair = |a: &Ty, b: &Ty| Ty::Tuple(vec![a.clone(), b.clone()].into());
        assert!(table.try_unify(&pair(&second, &first), &pair(&Ty::Float, &Ty::String)).is_err());
        assert_eq!(table.deep(&second), second);
        assert_eq!(table.deep(&first), Ty::Bool);
        assert!(table.try_unify(&pair(&second, &first), &pair(&Ty::Float, &Ty::Bool)).is_ok());
        assert_eq!(table.deep(&second), Ty::Float);
    }
}
