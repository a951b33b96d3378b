//! Checked types to concrete ones.

use super::{Lower, is_endless, symbol_path};
use crate::print::full_type_name;
use crate::types::{Case, Definition, Scalar, Special, Type, TypeId};
use dark_hir::Def;
use dark_hir::items::{shown, without_test_owners};
use dark_hir::queries;
use dark_hir::types::display::Printer;
use dark_hir::types::lower::substitute;
use dark_hir::types::{Generics, Ty, TypeKind};
use dark_syntax::ast::IntType;
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Lower<'_> {
    /// The concrete type, with the type arguments in place of parameters.
    pub fn ty(&mut self, ty: &Ty, arguments: &[Ty]) -> TypeId {
        let lowered = match ty {
            Ty::Param(index) if !arguments.is_empty() => match arguments.get(*index as usize) {
                Some(argument) => return self.ty(argument, &[]),
                None => Type::Unit,
            },
            // What nothing decided is Unit.
            Ty::Unit | Ty::Param(_) | Ty::Var(_) | Ty::Error => Type::Unit,
            Ty::Bool => Type::Bool,
            Ty::Int(int) => scalar(*int).map_or(Type::Int, Type::Sized),
            Ty::Float => Type::Float,
            Ty::Char => Type::Char,
            Ty::String => Type::String,
            Ty::DateTime => Type::DateTime,
            Ty::Uuid => Type::Uuid,
            Ty::Blob => Type::Blob,
            Ty::List(element) => Type::List(self.ty(element, arguments)),
            Ty::Dict(value) => Type::Dict(self.ty(value, arguments)),
            Ty::Stream(element) => Type::Stream(self.ty(element, arguments)),
            Ty::Db(row) => Type::Db(self.ty(row, arguments)),
            Ty::Tuple(parts) => Type::Tuple(parts.iter().map(|part| self.ty(part, arguments)).collect()),
            Ty::Function(..) => {
                let mut params = Vec::new();
                let (mut at, mut own) = (ty, arguments);
                loop {
                    match at {
                        Ty::Function(parameter, result) => {
                            params.push(self.ty(parameter, own));
                            at = result;
                        }
                        // What a function gives may be another one.
                        Ty::Param(index) if own.len() > *index as usize => {
                            (at, own) = (&own[*index as usize], &[]);
                        }
                        _ => break,
                    }
                }
                let result = self.ty(at, own);
                Type::Function(params, result)
            }
            Ty::Named(def, own) if own.is_empty() || arguments.is_empty() => return self.nominal(*def, own),
            Ty::Named(def, own) => {
                let own: Arc<[Ty]> = own.iter().map(|it| substitute(it, arguments)).collect();
                return self.nominal(*def, &own);
            }
        };
        self.types.intern(lowered)
    }

    fn nominal(&mut self, def: Def, arguments: &Arc<[Ty]>) -> TypeId {
        let endless = self.endless_types.contains(&def);
        let key = (def, Arc::clone(arguments));
        if let Some(known) = self.nominals.get(&key).filter(|_| !endless) {
            return *known;
        }
        if endless || arguments.iter().any(is_endless) {
            self.refuse(def);
            return self.types.intern(Type::Unit);
        }
        let id = self.new_nominal(def, arguments);
        self.nominals.insert(key, id);
        id
    }

    fn new_nominal(&mut self, def: Def, arguments: &Arc<[Ty]>) -> TypeId {
        let path = def.path(self.db);
        let mut suffix = String::new();
        if !arguments.is_empty() {
            let concrete: Vec<TypeId> = arguments.iter().map(|it| self.ty(it, &[])).collect();
            let names: Vec<String> = concrete.into_iter().map(|it| full_type_name(&self.types, it)).collect();
            suffix = format!("<{}>", names.join(", "));
        }
        let special = match path {
            "Darklang.Stdlib.Option.Option" => Special::Option,
            "Darklang.Stdlib.Result.Result" => Special::Result,
            "Darklang.Stdlib.Secret.Secret" => Special::Secret,
            "Darklang.Stdlib.Password.Password" => Special::Password,
            _ => Special::None,
        };
        let (key, name) = (format!("{path}{suffix}"), format!("{}{}", shown(path), without_test_owners(&suffix)));
        let (id, new) = self.types.nominal(&key, &name, special);
        let interned = self.types.intern(Type::Nominal(id));
        if new {
            self.defining.push(def);
            let definition = self.definition(def, arguments);
            self.defining.pop();
            self.types.define(id, definition);
        }
        interned
    }

    /// Notes that there is no end to a type: that of those around it which comes back to itself.
    fn refuse(&mut self, def: Def) {
        let mut seen = FxHashSet::default();
        let around = self.defining.iter().copied().find(|it| !seen.insert(*it));
        self.endless_types.extend(around);
        self.endless = Some(around.unwrap_or(def));
    }

    /// A text for a type that no other type has: with full paths.
    pub(super) fn key(&self, ty: &Ty) -> String {
        match ty {
            Ty::List(element) => format!("List<{}>", self.key(element)),
            Ty::Dict(value) => format!("Dict<{}>", self.key(value)),
            Ty::Db(row) => format!("DB<{}>", self.key(row)),
            Ty::Tuple(parts) => {
                format!("({})", parts.iter().map(|part| self.key(part)).collect::<Vec<_>>().join(" * "))
            }
            Ty::Function(parameter, result) => format!("({} -> {})", self.key(parameter), self.key(result)),
            Ty::Named(def, arguments) => {
                format!("{}{}", symbol_path(def.path(self.db)), angled(arguments, |it| self.key(it)))
            }
            plain => Printer { db: self.db, module: &[], generics: &Generics::default() }.show(plain),
        }
    }

    fn definition(&mut self, def: Def, arguments: &[Ty]) -> Definition {
        let kind = queries::type_definition(self.db, def).as_ref().map(|it| it.kind.clone());
        match kind {
            Some(TypeKind::Record(fields)) => Definition::Record(
                fields.iter().map(|field| (field.name.clone(), self.ty(&field.ty, arguments))).collect(),
            ),
            Some(TypeKind::Enum(cases)) => Definition::Enum(
                cases
                    .iter()
                    .map(|case| Case {
                        name: case.name.clone(),
                        fields: case.fields.iter().map(|it| self.ty(it, arguments)).collect(),
                    })
                    .collect(),
            ),
            _ => Definition::Record(Vec::new()),
        }
    }
}

/// `<A, B>`, or nothing.
pub(super) fn angled(arguments: &[Ty], text: impl Fn(&Ty) -> String) -> String {
    match arguments {
        [] => String::new(),
        arguments => format!("<{}>", arguments.iter().map(text).collect::<Vec<_>>().join(", ")),
    }
}

pub fn scalar(int: IntType) -> Option<Scalar> {
    Some(match int {
        IntType::Int => return None,
        IntType::Int8 => Scalar::Int8,
        IntType::UInt8 => Scalar::UInt8,
        IntType::Int16 => Scalar::Int16,
        IntType::UInt16 => Scalar::UInt16,
        IntType::Int32 => Scalar::Int32,
        IntType::UInt32 => Scalar::UInt32,
        IntType::Int64 => Scalar::Int64,
        IntType::UInt64 => Scalar::UInt64,
        IntType::Int128 => Scalar::Int128,
        IntType::UInt128 => Scalar::UInt128,
    })
}
