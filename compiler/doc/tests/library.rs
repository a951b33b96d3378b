//! The reference of the library: complete, and every link leads somewhere.

mod support;

use dark_hir::items::{definitions, shown};
use dark_hir::resolve::is_private;
use dark_hir::{DefKind, FileKind};
use std::collections::{HashMap, HashSet};
use support::{attributes, database, library, library_pages};

fn decoded(address: &str) -> String {
    percent_encoding::percent_decode_str(address).decode_utf8_lossy().into_owned()
}

/// An attribute's value as text.
fn plain(value: &str) -> String {
    value.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn every_link_leads_to_a_place_that_is_there() {
    let pages = library_pages();
    let places: HashMap<&str, HashSet<String>> = pages
        .iter()
        .map(|page| (page.name.as_str(), attributes(&page.text, "id").into_iter().map(plain).collect()))
        .collect();
    let (mut count, mut broken) = (0, Vec::new());
    for page in pages.iter().filter(|page| page.name.ends_with(".html")) {
        let ids = attributes(&page.text, "id");
        assert_eq!(ids.len(), places[page.name.as_str()].len(), "{} has a place twice", page.name);
        for address in attributes(&page.text, "href") {
            if address.starts_with("http") || address.starts_with("data:") || address.ends_with(".css") {
                continue;
            }
            let address = plain(address);
            let (file, anchor) = address.split_once('#').unwrap_or((&address, ""));
            let file = if file.is_empty() { page.name.clone() } else { decoded(file) };
            let known = places.get(file.as_str());
            if !known.is_some_and(|ids| anchor.is_empty() || ids.contains(&decoded(anchor))) {
                broken.push(format!("{}: {address}", page.name));
            }
            count += 1;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(count > 5_000, "{count} links");
}

#[test]
fn the_search_index_leads_to_the_same_places() {
    let pages = library_pages();
    let index = pages.iter().find(|page| page.name == "search-index.js").expect("the index");
    let rows = index.text.trim_start_matches("var darkIndex = ").trim_end().trim_end_matches(';');
    let rows: Vec<serde_json::Value> = serde_json::from_str(rows).expect("JSON");
    for row in &rows {
        let address = row[2].as_str().expect("an address");
        let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
        let page = pages.iter().find(|page| page.name == decoded(file));
        let ids = attributes(&page.expect(address).text, "id");
        assert!(anchor.is_empty() || ids.into_iter().any(|id| plain(id) == decoded(anchor)), "{address}");
    }
    assert!(rows.len() > 1_000, "{} rows", rows.len());
}

#[test]
fn every_public_name_has_its_entry() {
    let files = library();
    let texts: Vec<(&str, &str, FileKind)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str(), FileKind::Std)).collect();
    let db = database(&texts);
    let pages = library_pages();
    let places: HashMap<&str, Vec<&str>> =
        pages.iter().map(|page| (page.name.as_str(), attributes(&page.text, "id"))).collect();
    let mut count = 0;
    for def in definitions(&db).all() {
        let path = def.path(&db);
        if is_private(path) {
            continue;
        }
        assert!(matches!(def.kind(&db), DefKind::Function | DefKind::Value | DefKind::Type), "{path}");
        let (module, name) = shown(path).rsplit_once('.').expect("a module");
        let places = places.get(format!("{module}.html").as_str());
        let found = places.is_some_and(|ids| ids.iter().any(|id| plain(id) == name));
        assert!(found, "{path} has no entry");
        count += 1;
    }
    assert!(count > 1_000, "{count} names");
}

#[test]
fn no_type_in_a_signature_is_unknown_and_nothing_is_loaded_from_elsewhere() {
    for page in library_pages().iter().filter(|page| page.name.ends_with(".html")) {
        assert!(!page.text.contains(" src=\"http") && !page.text.contains("@import"), "{}", page.name);
        let parts = page.text.split("<pre class=\"signature\">").skip(1);
        for signature in parts.filter_map(|rest| rest.split("</pre>").next()) {
            let unknown = signature.contains(": _") || signature.contains("&lt;_") || signature.contains("-&gt; _");
            assert!(!unknown, "{}: {signature}", page.name);
        }
    }
}

/// A colour's relative luminance (WCAG 2).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn every_colour_can_be_read_on_every_ground_in_both_schemes() {
    let style = include_str!("../src/assets/style.css");
    let schemes: Vec<HashMap<&str, &str>> = style
        .split(":root {")
        .skip(1)
        .map(|block| {
            let rows = block.split('}').next().unwrap_or_default().lines();
            rows.filter_map(|row| row.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
                .filter(|(_, value)| value.starts_with('#'))
                .collect()
        })
        .collect();
    assert_eq!(schemes.len(), 2, "light and dark");
    for scheme in &schemes {
        for ink in ["ink", "quiet", "link", "keyword", "type", "variable", "number", "string", "comment"] {
            for ground in ["ground", "raised", "mark"] {
                if ground == "mark" && ink != "ink" {
                    continue;
                }
                let (one, other) = (luminance(scheme[ink]), luminance(scheme[ground]));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "{ink} on {ground}: {contrast:.2}");
            }
        }
    }
}
