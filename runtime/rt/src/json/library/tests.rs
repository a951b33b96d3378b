//! Values of all kinds through JSON and back, and JSON that nobody wrote on purpose: nothing is lost, left or broken.

use dark_abi::Kind;

use super::{parse, serialize, write_string};
use crate::memory::Heap;
use crate::testing::{Numbers, chain_of, dict_of, each_heap, enumeration, list_of, option_of, record, scalar, tuple};
use crate::value::{Ty, drop_value};

/// A type with values of every kind that JSON has.
fn shop() -> Ty {
    let (int, text) = (scalar(Kind::Int), scalar(Kind::String));
    let line = record("Shop.Line", &[("name", text), ("count", int), ("weight", scalar(Kind::Float))]);
    let pay = enumeration("Shop.Pay", &[("Cash", &[]), ("Card", &[text, scalar(Kind::UInt8)])]);
    let pair = tuple(&[scalar(Kind::Char), scalar(Kind::Bool)]);
    let fields = [
        ("lines", list_of(line)),
        ("pay", pay),
        ("note", option_of(text)),
        ("index", dict_of(pair)),
        ("id", scalar(Kind::Uuid)),
        ("at", scalar(Kind::DateTime)),
        ("wide", scalar(Kind::Int128)),
        ("none", scalar(Kind::Unit)),
    ];
    record("Shop.Order", &fields)
}

const ORDER: &str = concat!(
    r#"{"at":"2026-02-03T04:05:06.789Z","id":"12345678-9abc-def0-0123-456789abcdef","#,
    r#""index":{"a b":["x",true],"é":["é",false]},"#,
    r#""lines":[{"count":12345678901234567890123,"name":"a\"\\\uD83D\uDE00","weight":0.1},{"count":0,"name":"","weight":-0.0}],"#,
    r#""none":null,"note":{"Some":["n"]},"pay":{"Card":["c",7]},"wide":-170141183460469231731687303715884105728}"#
);

/// The JSON of what a JSON is read as.
fn again(heap: &mut Heap, json: &str, ty: Ty) -> Option<String> {
    let slots = parse(heap, json, ty).expect("room").ok()?;
    // SAFETY: just made, and dropped once.
    unsafe {
        let written = serialize(heap, slots.as_ptr(), ty).expect("room");
        drop_value(heap, slots.as_ptr(), ty);
        Some(written)
    }
}

#[test]
fn what_is_written_is_read_back() {
    each_heap(|heap| assert_eq!(again(heap, ORDER, shop()).as_deref(), Some(ORDER)));
}

#[test]
fn json_with_pieces_changed_is_read_or_refused() {
    let pieces =
        ["", "{", "}", "[", "]", "\"", ",", ":", "null", "1", "-", "e9", "\"a\":1,", "{\"Some\":[]}", "\\", "é"];
    let ty = shop();
    each_heap(|heap| {
        let mut numbers = Numbers::new(7);
        let mut read = 0;
        for _ in 0..3000 {
            let mut json = String::from(ORDER);
            for _ in 0..=numbers.below(2) {
                let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
                let start = numbers.below(places.len());
                let end = (start + numbers.below(4)).min(places.len() - 1);
                json.replace_range(places[start]..places[end], pieces[numbers.below(pieces.len())]);
            }
            // What can be read can be read again, and is the same.
            if let Some(written) = again(heap, &json, ty) {
                assert_eq!(again(heap, &written, ty).as_ref(), Some(&written), "{json}");
                read += 1;
            }
        }
        assert!(read > 0);
    });
}

#[test]
fn deep_values_need_no_deep_stack() {
    let chain = chain_of(scalar(Kind::Int64));
    let depth = 100_000;
    let work = move || {
        each_heap(|heap| {
            let json = format!("{}{{\"End\":[]}}{}", "{\"Link\":[1,".repeat(depth), "]}".repeat(depth));
            assert_eq!(again(heap, &json, chain), Some(json));
        });
    };
    let small = ::std::thread::Builder::new().stack_size(256 * 1024);
    small.spawn(work).expect("a thread").join().expect("no failure");
}

#[test]
fn texts_are_escaped_as_the_library_says() {
    let written = |text| {
        let mut out = String::new();
        write_string(&mut out, text);
        out
    };
    assert_eq!(written("a\"\\/\u{8}\t\n\u{c}\r"), r#""a\"\\/\b\t\n\f\r""#);
    assert_eq!(written("\u{0}\u{1f}\u{7f}\u{9f}"), r#""\u0000\u001F\u007F\u009F""#);
    assert_eq!(written("😀é漢<>&'+=`"), r#""\uD83D\uDE00é漢<>&'+=`""#);
    assert_eq!(written("\u{a0}\u{2028}\u{feff}\u{e000}\u{ffff}"), r#""\u00A0\u2028\uFEFF\uE000\uFFFF""#);
    assert_eq!(written("\u{200d}\u{fe0f}\u{301}"), "\"\u{200d}\u{fe0f}\u{301}\"");
}
