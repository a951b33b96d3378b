//! What the search box looks through: a row for each module, declaration and case. Finding and ranking is done by
//! `assets/search.js`.

use crate::File;
use crate::declaration::{plain, plain_function};
use crate::facts::{Declaration, Definition, Kind, Reference, Role};
use crate::links::{Links, SEARCH_INDEX, join};
use crate::markdown::first_sentence_plain;
use serde_json::{Value, json};

/// A script, because pages that are opened from a disk may load nothing else.
pub fn index(reference: &Reference, links: &Links) -> File {
    let mut rows = Vec::new();
    for (place, module) in reference.modules.iter().enumerate() {
        let said = module.docs.as_deref().map(first_sentence_plain).unwrap_or_default();
        let row = |path: &str, kind: &str, to: String, ty: String, said: &str| -> Value {
            json!([path, kind, to, ty, said, u8::from(module.library)])
        };
        if !module.path.is_empty() {
            rows.push(row(&module.path, "module", links.module(place), String::new(), &said));
        }
        for (index, it) in module.declarations.iter().enumerate() {
            let path = join(&module.path, &it.name);
            let to = links.declaration(place, index);
            let said = it.docs.as_deref().map(first_sentence_plain).unwrap_or_default();
            let (kind, ty) = described(it);
            rows.push(row(&path, kind, to.clone(), ty, &said));
            if let Kind::Type { definition: Definition::Enum(cases), .. } = &it.kind {
                for case in cases {
                    let fields: Vec<String> = case.fields.iter().map(|(_, ty)| plain(ty)).collect();
                    let said = case.docs.as_deref().map(first_sentence_plain).unwrap_or_default();
                    rows.push(row(&join(&path, &case.name), "case", to.clone(), fields.join(" * "), &said));
                }
            }
        }
    }
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    File { name: SEARCH_INDEX.into(), text: format!("var darkIndex = [\n{}\n];\n", rows.join(",\n")) }
}

/// A declaration's kind and what is said about its type.
fn described(it: &Declaration) -> (&'static str, String) {
    match &it.kind {
        Kind::Value(ty) => ("value", plain(ty)),
        Kind::Datastore(ty) => ("datastore", plain(ty)),
        Kind::Type { definition: Definition::Alias(ty), .. } => ("type", plain(ty)),
        Kind::Type { definition: Definition::Record(fields), .. } => {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            ("type", format!("{{ {} }}", names.join("; ")))
        }
        Kind::Type { .. } => ("type", String::new()),
        Kind::Function(function) => match &function.role {
            Role::Plain => ("function", plain_function(function)),
            Role::Http { method, route } => ("handler", format!("{method} {route}")),
            Role::Worker { name } => ("worker", name.clone()),
            Role::Cron { schedule, .. } => ("cron", schedule.clone()),
        },
    }
}
