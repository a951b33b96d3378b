//! What attributes make of a function: HTTP handler, worker, cron. The contract of a handler's parameters is here;
//! what is wrong with it is said in `check`.

use crate::db::Db;
use crate::def::Def;
use crate::items::shown;
use crate::resolve::Scope;
use crate::signature::text_argument;
use crate::types::{Param, ParamSource, Role, Signature, Ty};
use dark_syntax::ast::{Attribute, Function, Item};

/// Sets the role and, for the historic handler form, the parameters and the result.
pub fn assign(db: &dyn Db, def: Def, item: &Item, function: &Function, signature: &mut Signature) {
    let Some(attribute) = role_attribute(&item.attributes) else { return };
    let own = shown(def.path(db)).to_string();
    let text = |index| text_argument(attribute, index).map(str::to_string);
    match attribute.name.text.as_str() {
        "Worker" => signature.role = Role::Worker { name: text(0).unwrap_or(own) },
        "Cron" => {
            // `[<Cron("schedule")>]`, or the historic `[<Cron("name", "schedule")>]`.
            let (name, schedule) = match (text(0), text(1)) {
                (Some(name), Some(schedule)) => (name, schedule),
                (Some(schedule), None) => (own, schedule),
                _ => (own, String::new()),
            };
            signature.role = Role::Cron { name, schedule };
        }
        "HttpHandler" => {
            let (method, route) = (text(0).unwrap_or_default(), text(1).unwrap_or_default());
            if function.result.is_none() {
                historic(db, &route, signature);
            }
            let variables = variables(&route);
            let params = signature.params.iter().map(|param| source(db, param, &variables)).collect();
            signature.role = Role::HttpHandler { method, route, params };
        }
        _ => {}
    }
}

/// The attribute that decides the role, if there is one.
pub fn role_attribute(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| matches!(attribute.name.text.as_str(), "HttpHandler" | "Worker" | "Cron"))
}

/// `let _handler _req = body`: the body sees `request` and a String for each route variable.
fn historic(db: &dyn Db, route: &str, signature: &mut Signature) {
    let request = standard(db, &["Stdlib", "Http", "Request"]);
    let mut params = vec![Param { name: "request".into(), ty: request }];
    params.extend(variables(route).into_iter().map(|name| Param { name: name.into(), ty: Ty::String }));
    signature.params = params;
    signature.result = standard(db, &["Stdlib", "Http", "Response"]);
}

/// A type of the standard library without type arguments.
pub fn standard(db: &dyn Db, segments: &[&str]) -> Ty {
    match (Scope { module: &[] }).find_type(db, segments) {
        Some(def) => Ty::Named(def, Vec::new().into()),
        None => Ty::Error,
    }
}

/// The names of a route's variables.
pub fn variables(route: &str) -> Vec<&str> {
    route.split('/').filter_map(|segment| segment.strip_prefix(':')).collect()
}

/// What a handler's parameter is filled from; `RouteVariable` stands also for parameters that nothing fills, which
/// `check` refuses.
fn source(db: &dyn Db, param: &Param, variables: &[&str]) -> ParamSource {
    if param.name.is_empty() {
        return ParamSource::Unit;
    }
    if param.ty == standard(db, &["Stdlib", "Http", "Request"]) {
        return ParamSource::Request;
    }
    match (param.name.as_str(), &param.ty) {
        (name, _) if variables.contains(&name) => ParamSource::RouteVariable,
        ("body", Ty::String) => ParamSource::BodyText,
        ("body", Ty::Blob) => ParamSource::BodyBytes,
        ("body", _) => ParamSource::BodyTyped,
        ("query", _) => ParamSource::Query,
        ("headers", _) => ParamSource::Headers,
        _ => ParamSource::RouteVariable,
    }
}
