//! Contracts of the platform: routes, handler parameters and results, workers, crons, datastores.

use crate::db::{Db, FileKind, Project, SourceFile, parse};
use crate::def::Def;
use crate::items::{Entry, item_at, items, shown};
use crate::opaque::{opaque_part, unstored_part};
use crate::role::{role_attribute, standard, variables};
use crate::signature::{is_function, location, signature, text_argument, type_definition};
use crate::types::lower::any;
use crate::types::{ParamSource, Role, Signature, Ty, TypeKind};
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};
use dark_syntax::ast::{Attribute, Db as DbDecl, Function, Item};

/// What a function's attributes demand of it.
pub fn check(db: &dyn Db, def: Def, item: &Item, function: &Function, file: FileId, out: &mut Vec<Diagnostic>) {
    let Some(attribute) = role_attribute(&item.attributes) else { return };
    let Some(signature) = signature(db, def).as_ref() else { return };
    let at = Place { file, attribute, function };
    match &signature.role {
        Role::HttpHandler { method, route, params } => {
            // Without a route, what fills the parameters is a guess.
            if at.route(method, route, out) {
                at.params(db, signature, params, route, out);
            }
            at.result(db, signature, out);
        }
        Role::Worker { .. } if signature.params.len() != 1 => {
            let title = format!("a worker takes one parameter, not {}", signature.params.len());
            out.push(at.at_name(codes::E0506, title).help("put several values into a record or a tuple"));
        }
        Role::Cron { schedule, .. } => at.cron(signature, schedule, out),
        Role::Worker { .. } | Role::Plain => {}
    }
}

struct Place<'a> {
    file: FileId,
    attribute: &'a Attribute,
    function: &'a Function,
}

impl Place<'_> {
    fn at_name(&self, code: codes::Code, title: String) -> Diagnostic {
        Diagnostic::new(code, title, self.file, self.function.name.span, "this function")
    }

    fn at_attribute(&self, code: codes::Code, title: &str, label: &str) -> Diagnostic {
        Diagnostic::new(code, title, self.file, self.attribute.span, label)
    }

    fn argument_span(&self, index: usize) -> Span {
        self.attribute.arguments.get(index).map_or(self.attribute.span, |argument| argument.span)
    }

    /// True if the route can be read.
    fn route(&self, method: &str, route: &str, out: &mut Vec<Diagnostic>) -> bool {
        if text_argument(self.attribute, 0).is_none() || text_argument(self.attribute, 1).is_none() {
            out.push(
                self.at_attribute(codes::E0502, "a handler needs a method and a route", "two texts")
                    .help("write `[<HttpHandler(\"GET\", \"/path/:variable\")>]`"),
            );
            return false;
        }
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if method.is_empty() || !method.chars().all(token) {
            let it = Diagnostic::new(
                codes::E0502,
                format!("`{method}` is no HTTP method"),
                self.file,
                self.argument_span(0),
                "the method",
            );
            out.push(it.help("write \"GET\", \"POST\", \"PUT\", \"PATCH\" or \"DELETE\""));
        } else if let Some(meant) = written_small(method) {
            let title = format!("`{method}` is no HTTP method");
            let it = Diagnostic::new(codes::E0502, title, self.file, self.argument_span(0), "in small letters");
            out.push(it.help(format!("write \"{meant}\"")).note("methods are compared letter by letter"));
        }
        let problem = route_problem(route);
        let readable = problem.is_none();
        if let Some((title, help)) = problem {
            out.push(Diagnostic::new(codes::E0502, title, self.file, self.argument_span(1), "the route").help(help));
        }
        readable
    }

    fn params(
        &self,
        db: &dyn Db,
        signature: &Signature,
        sources: &[ParamSource],
        route: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        let variables = variables(route);
        let before = out.len();
        for (index, (param, source)) in signature.params.iter().zip(sources).enumerate() {
            let span = self.function.params.get(index).map_or(self.function.name.span, |param| param.span);
            let new = |code, title: String, label: &str| Diagnostic::new(code, title, self.file, span, label);
            match source {
                ParamSource::RouteVariable if !variables.contains(&param.name.as_str()) => {
                    let title = format!("nothing fills the parameter `{}`", param.name);
                    out.push(allowed(new(codes::E0503, title, "not in the route"), &variables, &param.name));
                }
                ParamSource::RouteVariable if !is_segment_type(db, &param.ty) => {
                    let title = format!("the route variable `{}` cannot have this type", param.name);
                    out.push(new(codes::E0503, title, "of this type").help(
                        "a route variable is a String, an integer, a Float, a Bool, a Uuid, or an enum without fields",
                    ));
                }
                ParamSource::Query | ParamSource::Headers if !is_record(db, &param.ty) => {
                    let title = format!("`{}` is read into a record", param.name);
                    out.push(new(codes::E0503, title, "no record").help("declare a record with a field for each name"));
                }
                _ if has_function(db, &param.ty) => {
                    let title = format!("`{}` cannot hold a function", param.name);
                    out.push(new(codes::E0503, title, "a request holds only data"));
                }
                _ => out.extend(opaque_part(db, &param.ty).map(|opaque| {
                    let name = shown(opaque.path(db));
                    let title = format!("`{}` cannot hold a `{name}`", param.name);
                    new(codes::E0503, title, "a request cannot bring one")
                        .help("take a String, and make one of it in the handler")
                })),
            }
        }
        // A parameter of another name is the same slip, said once.
        let unfilled = out[before..].iter().any(|it| it.code == codes::E0503);
        for variable in variables.iter().filter(|_| !unfilled) {
            if !signature.params.iter().any(|param| param.name == *variable) {
                let it = Diagnostic::new(
                    codes::W0501,
                    format!("the route variable `{variable}` is not used"),
                    self.file,
                    self.argument_span(1),
                    "in this route",
                );
                out.push(it.help(format!("add a parameter `({variable}: String)`")));
            }
        }
    }

    fn result(&self, db: &dyn Db, signature: &Signature, out: &mut Vec<Diagnostic>) {
        let span = self.function.result.as_ref().map_or(self.function.name.span, |ty| ty.span);
        let new = |label: String| Diagnostic::new(codes::E0504, "this result cannot be sent", self.file, span, label);
        if any(&signature.result, &|part| matches!(part, Ty::Function(..) | Ty::Stream(_) | Ty::Db(_))) {
            let it = new("functions and datastores cannot be written as JSON".into());
            out.push(it.help("return data: a record, a list, text, or a `Stdlib.Http.Response`"));
        } else if let Some(opaque) = opaque_part(db, &signature.result) {
            let it = new(format!("a `{}` has no JSON form", shown(opaque.path(db))));
            out.push(it.help("return a record without it"));
        }
    }

    fn cron(&self, signature: &Signature, schedule: &str, out: &mut Vec<Diagnostic>) {
        if signature.params.iter().any(|param| param.ty != Ty::Unit) || signature.params.len() != 1 {
            let title = "a cron takes no input".to_string();
            out.push(self.at_name(codes::E0507, title).help("write `let name () : Unit = …`"));
        }
        let last = self.attribute.arguments.len().saturating_sub(1);
        if let Err(message) = dark_schedule::parse_schedule(schedule) {
            let it = Diagnostic::new(
                codes::E0508,
                "this is no schedule",
                self.file,
                self.argument_span(last),
                "not understood",
            );
            out.push(it.help(message.to_string()));
        }
    }
}

/// A usual method that is written in other letters than clients send.
fn written_small(method: &str) -> Option<&'static str> {
    let usual = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    usual.into_iter().find(|known| method != *known && method.eq_ignore_ascii_case(known))
}

/// What is wrong with a route, and what to do.
fn route_problem(route: &str) -> Option<(String, String)> {
    if !route.starts_with('/') {
        return Some(("a route begins with `/`".into(), format!("write \"/{route}\"")));
    }
    if route.contains(['?', '#']) {
        return Some((
            "a route has no query".into(),
            "take the query with a parameter `query` of a record type".into(),
        ));
    }
    let mut seen: Vec<&str> = Vec::new();
    for segment in route.split('/') {
        if segment.starts_with('{') || segment.starts_with('<') || segment.starts_with('*') {
            return Some((format!("`{segment}` is no route variable"), "a variable is written `:name`".into()));
        }
        let Some(name) = segment.strip_prefix(':') else { continue };
        let lower = name.starts_with(|c: char| c.is_lowercase() || c == '_');
        if !lower || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            let help = "letters, digits and `_`, beginning with a lower-case letter";
            return Some((format!("`:{name}` is no route variable"), help.into()));
        }
        if seen.contains(&name) {
            return Some((
                format!("the variable `:{name}` stands twice"),
                "each variable has a name of its own".into(),
            ));
        }
        seen.push(name);
    }
    None
}

fn allowed(it: Diagnostic, variables: &[&str], name: &str) -> Diagnostic {
    let mut names: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
    names.extend(["`body`".into(), "`query`".into(), "`headers`".into()]);
    it.help(format!(
        "a handler's parameters are {} by name, or a `Stdlib.Http.Request`; or add `:{name}` to the route",
        names.join(", ")
    ))
}

fn is_record(db: &dyn Db, ty: &Ty) -> bool {
    match ty {
        Ty::Named(def, _) => {
            matches!(type_definition(db, *def).as_ref().map(|it| &it.kind), Some(TypeKind::Record(_)))
        }
        Ty::Error => true,
        _ => false,
    }
}

fn is_segment_type(db: &dyn Db, ty: &Ty) -> bool {
    match ty {
        Ty::String | Ty::Int(_) | Ty::Float | Ty::Bool | Ty::Uuid | Ty::Error => true,
        Ty::Named(def, _) => match type_definition(db, *def).as_ref().map(|it| &it.kind) {
            Some(TypeKind::Enum(cases)) => cases.iter().all(|case| case.fields.is_empty()),
            _ => false,
        },
        _ => false,
    }
}

fn has_function(db: &dyn Db, ty: &Ty) -> bool {
    *ty != standard(db, &["Stdlib", "Http", "Request"]) && any(ty, &|part| matches!(part, Ty::Function(..)))
}

pub fn check_row(db: &dyn Db, row: &Ty, decl: &DbDecl, file: FileId, out: &mut Vec<Diagnostic>) {
    if any(row, &|part| matches!(part, Ty::Function(..) | Ty::Stream(_) | Ty::Db(_) | Ty::Param(_))) {
        let it = Diagnostic::new(codes::E0509, "a datastore holds data", file, decl.ty.span, "this cannot be stored");
        out.push(it.help("store a record, an enum, text, numbers, lists or dicts of them"));
    } else if let Some(opaque) = unstored_part(db, row) {
        let title = format!("a datastore does not keep a `{}`", shown(opaque.path(db)));
        let it = Diagnostic::new(codes::E0509, title, file, decl.ty.span, "this cannot be stored");
        out.push(it.help("leave it out, and get it where it is used"));
    }
}

/// Handlers of this file that can tie with an earlier one: the same method, and a path both match equally well.
pub fn ties(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let own = routes(db, file);
    if own.is_empty() {
        return out;
    }
    let all = all_routes(db);
    for (def, method, route) in own {
        let tie = all.iter().find(|(other, its_method, its_route)| {
            other != def && its_method == method && can_tie(route, its_route) && comes_first(db, *other, *def)
        });
        if let (Some((other, ..)), Some(place)) = (tie, location(db, *def)) {
            let title = format!("`{method} {route}` can tie with another handler");
            let it = Diagnostic::new(codes::E0505, title, place.file, place.span, "this handler");
            let it = match location(db, *other) {
                Some(first) => it.because(first.file, first.span, format!("and this one, `{}`", shown(other.path(db)))),
                None => it,
            };
            out.push(
                it.help("change one route, or put both into one handler").note(
                    "routes are compared from the left: a fixed segment beats a variable, a variable beats nothing",
                ),
            );
        }
    }
    out
}

fn comes_first(db: &dyn Db, a: Def, b: Def) -> bool {
    match (location(db, a), location(db, b)) {
        (Some(a), Some(b)) => a < b,
        _ => false,
    }
}

/// The handlers of a file: function, method and route.
#[salsa::tracked]
fn routes(db: &dyn Db, file: SourceFile) -> Vec<(Def, String, String)> {
    let tree = &parse(db, file).tree;
    let handler = |entry: &Entry| {
        let attribute = role_attribute(&item_at(tree, &entry.place)?.attributes)?;
        let text = |index| text_argument(attribute, index).map(str::to_string).unwrap_or_default();
        let is_handler = attribute.name.text == "HttpHandler" && is_function(db, entry.def);
        is_handler.then(|| (entry.def, text(0), text(1)))
    };
    items(db, file).iter().filter_map(handler).collect()
}

/// Those of all files but the library's.
#[salsa::tracked]
fn all_routes(db: &dyn Db) -> Vec<(Def, String, String)> {
    let Some(project) = Project::try_get(db) else { return Vec::new() };
    let own = project.files(db).iter().filter(|file| file.kind(db) != FileKind::Std);
    own.flat_map(|file| routes(db, *file).iter().cloned()).collect()
}

/// Two routes tie when they have a fixed segment or a variable in the same places and the fixed ones are equal.
fn can_tie(a: &str, b: &str) -> bool {
    let parts = |route: &'_ str| -> Vec<String> {
        route
            .split('/')
            .filter(|it| !it.is_empty())
            .map(|it| if it.starts_with(':') { ":".into() } else { it.into() })
            .collect()
    };
    parts(a) == parts(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_tie_only_when_they_look_the_same() {
        assert!(can_tie("/a/:b", "/a/:c"));
        assert!(can_tie("/a/", "/a"));
        assert!(!can_tie("/a/:b", "/a/b"));
        assert!(!can_tie("/:a/b", "/a/:b"));
    }

    #[test]
    fn routes_are_checked() {
        assert!(route_problem("/a/:b/c").is_none());
        for route in ["a", "/a?b", "/{id}", "/:Id", "/:a/:a"] {
            assert!(route_problem(route).is_some(), "{route}");
        }
    }
}
