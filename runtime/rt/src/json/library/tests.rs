//! Values of all kinds through JSON and back, and JSON that nobody wrote on purpose: nothing is lost, left or broken.

use dark_abi::Kind;

use super::{parse, serialize, write_string};
use crate::memory::Heap;
use crate::testing::{Numbers, chain_of, dict_of, each_heap, enumeration, list_of, option_of, record, scalar, tuple};
use crate::text;
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
        ("bits", list_of(scalar(Kind::Bool))),
        ("small", list_of(list_of(scalar(Kind::Int8)))),
        ("none", scalar(Kind::Unit)),
    ];
    record("Shop.Order", &fields)
}

const ORDER: &str = concat!(
    r#"{"at":"2026-02-03T04:05:06.789Z","bits":[true,false,true],"id":"12345678-9abc-def0-0123-456789abcdef","#,
    r#""index":{"a b":["x",true],"é":["é",false]},"#,
    r#""lines":[{"count":12345678901234567890123,"name":"a\"\\\uD83D\uDE00","weight":0.1},{"count":0,"name":"","weight":-0.0}],"#,
    r#""none":null,"note":{"Some":["n"]},"pay":{"Card":["c",7]},"small":[[-128,-1],[],[127]],"wide":-170141183460469231731687303715884105728}"#
);

/// The JSON of what a JSON is read as.
fn again(heap: &mut Heap, json: &str, ty: Ty) -> Option<String> {
    let slots = parse(heap, json, ty).expect("room").ok()?;
    // SAFETY: just made, and dropped once.
    unsafe {
        let made = serialize(heap, slots.as_ptr(), ty).expect("room");
        let written = text::as_str(made).to_owned();
        text::release(heap, made);
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

/// What both readers have to say about a text.
fn both(heap: &mut Heap, json: &str, ty: Ty) -> [Option<String>; 2] {
    let before = heap.live_objects();
    let direct = super::direct::read(heap, json, ty);
    let careful = super::read::carefully(heap, json, ty).expect("room").ok();
    let written = [direct, careful].map(|slots| {
        let slots = slots?;
        // SAFETY: just made, and dropped once.
        unsafe {
            let made = serialize(heap, slots.as_ptr(), ty).expect("room");
            let written = text::as_str(made).to_owned();
            text::release(heap, made);
            drop_value(heap, slots.as_ptr(), ty);
            Some(written)
        }
    });
    assert_eq!(heap.live_objects(), before, "{json}");
    written
}

#[test]
fn what_is_read_in_one_walk_is_what_is_read_with_care() {
    let more = [
        ORDER.replace(r#""none":null"#, r#""none":null,"more":[{"a":[1,"b"]},false]"#),
        ORDER.replace(r#""none":null"#, r#""none":null,"none":null"#),
        ORDER.replace(r#""none":null"#, r#""none" : null , "\u006eope" : 1"#),
        ORDER.replace(r#""none":null"#, r#""n\u006fne":null"#),
        ORDER.replace(r#""a b":["#, r#""é":["#),
        ORDER.replace(r#"["c",7]"#, r#"["c",7,8]"#),
        ORDER.replace(r#"["c",7]"#, r#"["c"]"#),
        ORDER.replace(r#"["c",7]"#, r#"["c",7.0]"#),
        format!("{ORDER} 1"),
        format!("/* a comment */ {ORDER}"),
    ];
    let ty = shop();
    each_heap(|heap| {
        for json in more.iter().map(String::as_str).chain([ORDER]) {
            let [direct, careful] = both(heap, json, ty);
            assert!(direct.is_none() || direct == careful, "{json}");
        }
        for (at, is_direct) in [(10, true), (0, true), (2, true), (3, true), (4, false), (7, true), (9, false)] {
            let json = more.get(at).map_or(ORDER, |json| json);
            assert_eq!(both(heap, json, ty)[0].is_some(), is_direct, "{json}");
        }
        let mut numbers = Numbers::new(9);
        for _ in 0..3000 {
            let mut json = String::from(ORDER);
            let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
            let (start, piece) =
                (numbers.below(places.len()), ["", "1", "\"", ",", "]", "x\":0,\"", "null"][numbers.below(7)]);
            let end = (start + numbers.below(3)).min(places.len() - 1);
            json.replace_range(places[start]..places[end.max(start)], piece);
            let [direct, careful] = both(heap, &json, ty);
            assert!(direct.is_none() || direct == careful, "{json}");
        }
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
        write_string(&mut out, text).expect("a string takes all");
        out
    };
    assert_eq!(written("a\"\\/\u{8}\t\n\u{c}\r"), r#""a\"\\/\b\t\n\f\r""#);
    assert_eq!(written("\u{0}\u{1f}\u{7f}\u{9f}"), r#""\u0000\u001F\u007F\u009F""#);
    assert_eq!(written("😀é漢<>&'+=`"), r#""\uD83D\uDE00é漢<>&'+=`""#);
    assert_eq!(written("\u{a0}\u{2028}\u{feff}\u{e000}\u{ffff}"), r#""\u00A0\u2028\uFEFF\uE000\uFFFF""#);
    assert_eq!(written("\u{200d}\u{fe0f}\u{301}"), "\"\u{200d}\u{fe0f}\u{301}\"");
}
