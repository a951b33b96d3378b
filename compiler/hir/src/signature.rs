//! What the rest of a program sees of a definition: signatures of functions, definitions of types.

use crate::db::{Db, FileKind, Project, SourceFile, parse};
use crate::def::{Def, DefKind};
use crate::items::{Entry, item_at, item_of, items, module_of};
use crate::resolve::Scope;
use crate::role;
use crate::types::lower::TypeLowerer;
use crate::types::{Binding, Case, Extern, Field, Generics, Param, Signature, Ty, TypeDefinition, TypeKind};
use dark_syntax::ast::{self, Attribute, ExprKind, ItemKind, Literal, ParamKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// The signature of a function; `None` for other definitions and broken ones.
#[salsa::tracked]
pub fn signature(db: &dyn Db, def: Def) -> Option<Signature> {
    let (file, item) = item_of(db, def)?;
    let ItemKind::Function(function) = &item.kind else { return None };
    let module = module_of(db, def);
    let declared = function.type_params.iter().map(|name| name.text.clone()).collect();
    let mut types = TypeLowerer::new(db, &module, declared, true);
    let mut params = Vec::new();
    for param in &function.params {
        let (name, unit) = match &param.kind {
            ParamKind::Unit => (String::new(), true),
            ParamKind::Named(name) => (name.text.clone(), false),
        };
        let ty = match &param.ty {
            Some(ty) => types.lower(ty),
            None if unit => Ty::Unit,
            None => Ty::Error,
        };
        params.push(Param { name, ty });
    }
    let result = function.result.as_ref().map_or(Ty::Error, |ty| types.lower(ty));
    let generics = Generics { names: types.generics };
    // What a program says of itself is not believed.
    let attributes = if file.kind(db) == FileKind::Std { item.attributes.as_slice() } else { &[] };
    let binding = binding(db, def, attributes, function);
    let sql = attributes.iter().any(|attribute| attribute.name.text == "Sql").then(|| symbol(def.path(db)));
    let fuses = text_arguments(attributes, "Fuses").first().map(|name| (*name).to_string());
    let compared = type_arguments(attributes, "Compares", &generics);
    let json = type_arguments(attributes, "Json", &generics);
    let role = crate::types::Role::Plain;
    let mut signature = Signature { generics, params, result, binding, compared, json, role, sql, fuses };
    role::assign(db, def, item, function, &mut signature);
    Some(signature)
}

fn binding(db: &dyn Db, def: Def, attributes: &[Attribute], function: &ast::Function) -> Binding {
    let find = |name: &str| attributes.iter().find(|attribute| attribute.name.text == name);
    if let Some(attribute) = find("Intrinsic") {
        return Binding::Intrinsic(text_argument(attribute, 0).unwrap_or_default().to_string());
    }
    if find("Extern").is_none() {
        return Binding::Dark;
    }
    let consumed = text_arguments(attributes, "Consumes");
    let consumes = function
        .params
        .iter()
        .map(|param| matches!(&param.kind, ParamKind::Named(name) if consumed.contains(&name.text.as_str())))
        .collect();
    Binding::Extern(Extern {
        symbol: symbol(def.path(db)),
        pure_: find("Pure").is_some(),
        fails: find("Fails").is_some(),
        consumes,
    })
}

/// The type parameters that attributes like `[<Compares "a">]` name.
fn type_arguments(attributes: &[Attribute], attribute: &str, generics: &Generics) -> Vec<u32> {
    let names = text_arguments(attributes, attribute);
    (0..).zip(&generics.names).filter(|(_, name)| names.contains(&name.as_str())).map(|(index, _)| index).collect()
}

/// The texts that all attributes of that name give.
fn text_arguments<'a>(attributes: &'a [Attribute], name: &str) -> Vec<&'a str> {
    attributes
        .iter()
        .filter(|attribute| attribute.name.text == name)
        .flat_map(|attribute| (0..attribute.arguments.len()).filter_map(|index| text_argument(attribute, index)))
        .collect()
}

/// The text of an attribute's argument, if it is a string.
pub fn text_argument(attribute: &Attribute, index: usize) -> Option<&str> {
    match &attribute.arguments.get(index)?.kind {
        ExprKind::Literal(Literal::String(text)) => Some(text),
        _ => None,
    }
}

/// `Darklang.Stdlib.Http.Request.header` is `dark_http_request_header`, `Builtin.jsonWire` is `dark_builtin_json_wire`.
fn symbol(path: &str) -> String {
    let path = path.strip_suffix(crate::items::REPLACED).unwrap_or(path);
    let path = path.strip_prefix("Darklang.Stdlib.").unwrap_or(path);
    let mut out = String::from("dark");
    for part in path.split('.') {
        out.push('_');
        let mut previous_lower = false;
        // One word, as everybody says it.
        let letters: Vec<char> = part.replace("UInt", "Uint").chars().collect();
        for (index, &c) in letters.iter().enumerate() {
            let next_lower = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
            let starts_word = c.is_uppercase() && index > 0 && (previous_lower || next_lower);
            if starts_word {
                out.push('_');
            }
            out.extend(c.to_lowercase());
            previous_lower = c.is_lowercase() || c.is_ascii_digit();
        }
    }
    out
}

/// A record, enum or alias; `None` for what is no type.
#[salsa::tracked]
pub fn type_definition(db: &dyn Db, def: Def) -> Option<TypeDefinition> {
    let (_, item) = item_of(db, def)?;
    let ItemKind::Type(decl) = &item.kind else { return None };
    let module = module_of(db, def);
    let names: Vec<String> = decl.type_params.iter().map(|name| name.text.clone()).collect();
    let mut types = TypeLowerer::new(db, &module, names.clone(), false);
    let kind = match &decl.definition {
        ast::TypeDefinition::Record(fields) => TypeKind::Record(
            fields.iter().map(|field| Field { name: field.name.text.clone(), ty: types.lower(&field.ty) }).collect(),
        ),
        ast::TypeDefinition::Enum(cases) => {
            TypeKind::Enum(cases.iter().map(|case| lower_case(case, &mut types)).collect())
        }
        ast::TypeDefinition::Alias(_) => TypeKind::Alias(alias_target(db, def)),
        ast::TypeDefinition::Extern | ast::TypeDefinition::Error => TypeKind::Error,
    };
    Some(TypeDefinition { generics: Generics { names }, kind })
}

fn lower_case(case: &ast::CaseDecl, types: &mut TypeLowerer<'_>) -> Case {
    Case {
        name: case.name.text.clone(),
        fields: case.fields.iter().map(|field| types.lower(&field.ty)).collect(),
        labels: case.fields.iter().map(|field| field.label.as_ref().map(|label| label.text.clone())).collect(),
    }
}

/// The project's own types by the names inside them: which record a field name or which enum a case name may mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    fields: FxHashMap<String, Vec<Def>>,
    cases: FxHashMap<String, Vec<Def>>,
}

impl Members {
    /// The only record with this field that is near the module.
    pub fn record_with(&self, db: &dyn Db, field: &str, module: &[String]) -> Option<Def> {
        nearest(db, self.fields.get(field)?, module)
    }

    /// The only enum with this case that is near the module.
    pub fn enum_with(&self, db: &dyn Db, case: &str, module: &[String]) -> Option<Def> {
        nearest(db, self.cases.get(case)?, module)
    }

    /// All of them.
    pub fn enums_with(&self, case: &str) -> &[Def] {
        self.cases.get(case).map_or(&[], Vec::as_slice)
    }
}

/// The only one of the module, or else of the modules around it, or else at all.
fn nearest(db: &dyn Db, types: &[Def], module: &[String]) -> Option<Def> {
    (0..=module.len()).rev().find_map(|length| {
        let around = &module[..length];
        let mut inside = types.iter().filter(|it| length == 0 || module_of(db, **it) == around);
        let first = inside.next()?;
        inside.next().is_none().then_some(*first)
    })
}

/// Whether a definition stands in a file of the standard library.
pub fn is_of_library(db: &dyn Db, def: Def) -> bool {
    crate::items::source(db, def).is_some_and(|(file, _)| file.kind(db) == FileKind::Std)
}

/// What attributes say about types and functions of the library, whose meaning the compiler has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Only the library looks inside of values of the type.
    pub opaque: bool,
    /// Datastores keep values of the type although it is opaque.
    pub stored: bool,
    /// The function takes the name of something that the settings declare.
    pub declared: bool,
    /// The function gives the text of a secret.
    pub reveals: bool,
}

#[salsa::tracked(returns(copy))]
pub fn marks(db: &dyn Db, def: Def) -> Marks {
    if !is_of_library(db, def) {
        return Marks::default();
    }
    let has = |name: &str| item_of(db, def).is_some_and(|(_, it)| it.attributes.iter().any(|it| it.name.text == name));
    Marks { opaque: has("Opaque"), stored: has("Stored"), declared: has("Declared"), reveals: has("Reveals") }
}

/// The index of fields and cases outside the standard library.
#[salsa::tracked]
pub fn members(db: &dyn Db) -> Members {
    fn add(index: &mut FxHashMap<String, Vec<Def>>, name: &str, def: Def) {
        let known = index.entry(name.to_string()).or_default();
        // A type may have a name twice, by mistake.
        if known.last() != Some(&def) {
            known.push(def);
        }
    }
    let mut out = Members::default();
    let Some(project) = Project::try_get(db) else { return out };
    // Of a type that is declared twice the first one counts.
    let mut seen = FxHashSet::default();
    for &file in project.files(db).iter().filter(|file| file.kind(db) != FileKind::Std) {
        for (def, names) in members_of(db, file).iter().filter(|(def, _)| seen.insert(*def)) {
            names.fields.iter().for_each(|field| add(&mut out.fields, field, *def));
            names.cases.iter().for_each(|case| add(&mut out.cases, case, *def));
        }
    }
    out
}

/// What one type is written with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Written {
    fields: Vec<String>,
    cases: Vec<String>,
}

/// The types of a file with the names inside them. They are read from the text, so that an edit elsewhere asks no type again.
#[salsa::tracked]
fn members_of(db: &dyn Db, file: SourceFile) -> Vec<(Def, Written)> {
    let tree = &parse(db, file).tree;
    let names = |entry: &Entry| {
        let ItemKind::Type(decl) = &item_at(tree, &entry.place)?.kind else { return None };
        let mut out = Written::default();
        match &decl.definition {
            ast::TypeDefinition::Record(fields) => out.fields.extend(fields.iter().map(|it| it.name.text.clone())),
            ast::TypeDefinition::Enum(cases) => out.cases.extend(cases.iter().map(|it| it.name.text.clone())),
            ast::TypeDefinition::Alias(_) | ast::TypeDefinition::Extern | ast::TypeDefinition::Error => {}
        }
        Some((entry.def, out))
    };
    items(db, file).iter().filter_map(names).collect()
}

/// The type parameters of a type, without looking at its definition.
#[salsa::tracked]
pub fn type_parameters(db: &dyn Db, def: Def) -> Generics {
    match item_of(db, def).map(|(_, item)| &item.kind) {
        Some(ItemKind::Type(decl)) => {
            Generics { names: decl.type_params.iter().map(|name| name.text.clone()).collect() }
        }
        _ => Generics::default(),
    }
}

#[salsa::tracked(returns(copy))]
pub fn is_alias(db: &dyn Db, def: Def) -> bool {
    matches!(
        item_of(db, def).map(|(_, item)| &item.kind),
        Some(ItemKind::Type(ast::TypeDecl { definition: ast::TypeDefinition::Alias(_), .. }))
    )
}

/// What an alias stands for; an alias of itself is an error.
#[salsa::tracked(returns(clone), cycle_result = |_, _, _| Ty::Error)]
pub fn alias_target(db: &dyn Db, def: Def) -> Ty {
    let Some((_, item)) = item_of(db, def) else { return Ty::Error };
    let ItemKind::Type(decl) = &item.kind else { return Ty::Error };
    let ast::TypeDefinition::Alias(target) = &decl.definition else { return Ty::Error };
    let module = module_of(db, def);
    let names = decl.type_params.iter().map(|name| name.text.clone()).collect();
    TypeLowerer::new(db, &module, names, false).lower(target)
}

/// True if following the names of aliases from this one leads back to it.
pub fn is_circular(db: &dyn Db, def: Def) -> bool {
    let mut seen = FxHashSet::default();
    let mut open = aliases_in(db, def);
    while let Some(next) = open.pop() {
        if next == def {
            return true;
        }
        if seen.insert(next) {
            open.extend(aliases_in(db, next));
        }
    }
    false
}

/// The aliases that an alias is written with.
fn aliases_in(db: &dyn Db, def: Def) -> Vec<Def> {
    let Some((_, item)) = item_of(db, def) else { return Vec::new() };
    let ItemKind::Type(decl) = &item.kind else { return Vec::new() };
    let ast::TypeDefinition::Alias(target) = &decl.definition else { return Vec::new() };
    let module = module_of(db, def);
    let scope = Scope { module: &module };
    let mut out = Vec::new();
    let mut open = vec![target];
    while let Some(ty) = open.pop() {
        match &ty.kind {
            ast::TypeKind::Named { path, arguments } => {
                let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
                out.extend(scope.find_type(db, &segments).filter(|found| is_alias(db, *found)));
                open.extend(arguments);
            }
            ast::TypeKind::Tuple(parts) => open.extend(parts),
            ast::TypeKind::Function { parameters, result } => {
                open.extend(parameters);
                open.push(result);
            }
            ast::TypeKind::Paren(inner) => open.push(inner),
            ast::TypeKind::Variable(_) | ast::TypeKind::Error => {}
        }
    }
    out
}

/// The row type of a datastore.
#[salsa::tracked(returns(clone))]
pub fn row_type(db: &dyn Db, def: Def) -> Ty {
    let Some((_, item)) = item_of(db, def) else { return Ty::Error };
    let ItemKind::Db(decl) = &item.kind else { return Ty::Error };
    let module = module_of(db, def);
    TypeLowerer::new(db, &module, Vec::new(), false).lower(&decl.ty)
}

/// The documentation comment of a definition.
#[salsa::tracked(returns(clone))]
pub fn docs(db: &dyn Db, def: Def) -> Option<String> {
    item_of(db, def)?.1.doc.clone()
}

/// Where a definition's name stands; for statements and tests the whole.
pub fn location(db: &dyn Db, def: Def) -> Option<dark_source::Location> {
    let (file, item) = item_of(db, def)?;
    let span = match &item.kind {
        ItemKind::Function(function) => function.name.span,
        ItemKind::Value(value) => value.name.span,
        ItemKind::Type(decl) => decl.name.span,
        ItemKind::Db(decl) => decl.name.span,
        ItemKind::Module(_) | ItemKind::Expr(_) | ItemKind::Test(_) | ItemKind::Error => item.span,
    };
    Some(dark_source::Location { file: file.id(db), span })
}

/// Whether a definition is a function, for callers that hold only the id.
pub fn is_function(db: &dyn Db, def: Def) -> bool {
    def.kind(db) == DefKind::Function
}
