//! How the search box ranks: the script that pages carry, run on the index of the library.

mod support;

use rquickjs::{Context, Runtime};
use std::sync::LazyLock;
use support::library_pages;

/// The script and the index.
static SCRIPTS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let pages = library_pages();
    ["search.js", "search-index.js"].map(|name| pages.iter().find(|page| page.name == name).expect(name).text.clone())
});

/// Paths of what is found, best first.
fn found(queries: &[&str]) -> Vec<Vec<String>> {
    let runtime = Runtime::new().expect("a runtime");
    let context = Context::full(&runtime).expect("a context");
    context.with(|ctx| {
        for script in SCRIPTS.iter() {
            ctx.eval::<(), _>(script.as_str()).expect("a script");
        }
        let ask = |query: &str| -> Vec<String> {
            let query = serde_json::to_string(query).expect("a text");
            let rows = format!("darkSearch.rank(darkIndex, {query}).slice(0, 60).map((row) => row[0])");
            ctx.eval(rows).expect("an answer")
        };
        queries.iter().map(|query| ask(query)).collect()
    })
}

fn place(found: &[String], path: &str) -> usize {
    found.iter().position(|it| it == path).unwrap_or(usize::MAX)
}

#[test]
fn names_come_first_then_what_begins_so_then_what_has_it_inside_then_words() {
    let all = found(&["map", "List.map", "list map", "LIST", "toStr"]);
    let [map, list_map, words, list, to_str] = &all[..] else { panic!("five answers") };
    assert!(map.iter().take(6).all(|path| path.ends_with(".map")), "{map:?}");
    assert!(place(map, "Stdlib.List.map2") < place(map, "Stdlib.List.indexedMap"), "{map:?}");
    assert_eq!(list_map[0], "Stdlib.List.map");
    assert_eq!(words[0], "Stdlib.List.map");
    assert_eq!(list[0], "Stdlib.List");
    assert!(to_str[0].ends_with(".toString"), "{to_str:?}");
}

#[test]
fn types_cases_and_sentences_are_found() {
    let all =
        found(&["String -> Int", "some", "grapheme clusters", "splitfirst", "Option<'a> -> Bool", "reverse list"]);
    let [types, case, sentence, name, bools, words] = &all[..] else { panic!("six answers") };
    assert!(place(types, "Stdlib.String.length") < 10, "{types:?}");
    assert_eq!(case[0], "Stdlib.Option.Option.Some");
    assert!(place(sentence, "Stdlib.Char") < 5, "{sentence:?}");
    assert_eq!(name[0], "Stdlib.String.splitFirst");
    assert_eq!(bools[..2], ["Stdlib.Option.isNone", "Stdlib.Option.isSome"]);
    assert_eq!(words[0], "Stdlib.List.reverse", "{words:?}");
}

#[test]
fn nothing_and_nonsense_find_nothing() {
    let all = found(&["", "   ", "qqqzzz", "((((", "\\", "}{"]);
    assert!(all.iter().all(Vec::is_empty), "{all:?}");
}
