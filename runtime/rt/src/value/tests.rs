//! Equality, order and printed forms by example, counts, and values nested a million deep.

use ::std::cmp::Ordering;

use dark_abi::{Closure, Kind, List, Str};

use super::*;
use crate::memory::{Heap, HeapMode};
use crate::testing::*;
use crate::{dict, number, text};

const DEEP: usize = 1_000_000;

fn float(number: f64) -> u64 {
    number.to_bits()
}

fn int(number: i64) -> u64 {
    number::small_word(number).expect("small")
}

/// Prints a value, and drops it.
fn shown(heap: &mut Heap, slots: &[u64], ty: Ty) -> String {
    unsafe {
        let shown = repr(slots.as_ptr(), ty);
        drop_value(heap, slots.as_ptr(), ty);
        shown
    }
}

fn dict_with(heap: &mut Heap, entries: &[(&str, u64)], value: Ty) -> u64 {
    let mut dict = ::std::ptr::null_mut();
    for (key, slot) in entries {
        let key = string(heap, key) as usize as *mut Str;
        dict = unsafe { dict::set(heap, dict, key, slot, value) }.expect("room");
    }
    dict as usize as u64
}

#[test]
fn scalars_print_plainly() {
    each_heap(|heap| {
        let cases: [(Kind, &[u64], &str); 14] = [
            (Kind::Unit, &[0], "()"),
            (Kind::Bool, &[1], "true"),
            (Kind::Int8, &[-3_i64 as u64], "-3"),
            (Kind::UInt64, &[u64::MAX], "18446744073709551615"),
            (Kind::Int128, &[u64::MAX, u64::MAX], "-1"),
            (Kind::UInt128, &[u64::MAX, u64::MAX], "340282366920938463463374607431768211455"),
            (Kind::Int, &[int(-7)], "-7"),
            (Kind::Float, &[float(1.0)], "1.0"),
            (Kind::DateTime, &[0], "<DateTime: 1970-01-01T00:00:00Z>"),
            (Kind::Uuid, &[1, 0], "<Uuid: 00000000-0000-0000-0000-000000000001>"),
            (Kind::Function, &[0], "(lambda)"),
            (Kind::List, &[0], "List<_> []"),
            (Kind::Dict, &[0], "{}"),
            (Kind::Unit, &[0], "()"),
        ];
        for (kind, slots, text) in cases {
            let ty = match kind {
                Kind::List => list_of(scalar(Kind::String)),
                Kind::Dict => dict_of(scalar(Kind::String)),
                _ => scalar(kind),
            };
            assert_eq!(shown(heap, slots, ty), text);
        }
        let text = string(heap, "a\t\"b\" \\ {c} \u{1} \u{7f} é 'q'\r\n");
        assert_eq!(shown(heap, &[text], scalar(Kind::String)), r#""a\t\"b\" \\ {c} \x01 \x7F é 'q'\r\n""#);
        let quote = string(heap, "'");
        assert_eq!(shown(heap, &[quote], scalar(Kind::Char)), r"'\''");
    });
}

#[test]
fn aggregates_print_with_their_names() {
    let text = scalar(Kind::String);
    let numbers = list_of(scalar(Kind::Int64));
    each_heap(|heap| {
        let (q, w) = (string(heap, "x\ty"), tuple(&[text, scalar(Kind::Int8), scalar(Kind::Float)]));
        let slots = aggregate_of(heap, w, &[q, -3_i64 as u64, float(1.0)]);
        assert_eq!(shown(heap, &slots, w), r#"("x\ty", -3, 1.0)"#);

        let option = option_of(text);
        let options = list_of(option);
        let some = string(heap, "q");
        let list = list(heap, &[0, some, 1, 0], option);
        assert_eq!(shown(heap, &[list], options), r#"[Some("q"), None]"#);

        let point = record("Point", &[("x", scalar(Kind::Int64)), ("of", numbers)]);
        let slots = aggregate_of(heap, point, &[1, 0]);
        assert_eq!(shown(heap, &slots, point), "Point { x: 1, ``of``: List<_> [] }");

        let color = enumeration("Shop.Color", &[("Red", &[]), ("Mix", &[scalar(Kind::Int64), scalar(Kind::Int64)])]);
        assert_eq!(shown(heap, &[0, 0, 0], color), "Shop.Color.Red");
        assert_eq!(shown(heap, &[1, 4, 5], color), "Shop.Color.Mix(4, 5)");
        let error = enumeration("Stdlib.Int.ParseError", &[("BadFormat", &[])]);
        let result = result_of(scalar(Kind::Int64), error);
        let slots = case(heap, result, 1, &[0]);
        assert_eq!(shown(heap, &slots, result), "Error(BadFormat)");

        let (a, b) = (dict_with(heap, &[], text), [("b", 1), ("a", 2), ("two words", 3), ("", 4)]);
        assert_eq!(a, 0);
        let dict = dict_with(heap, &b, scalar(Kind::Int64));
        assert_eq!(shown(heap, &[dict], dict_of(scalar(Kind::Int64))), "{ : 4, a: 2, b: 1, ``two words``: 3 }");
    });
}

#[test]
fn a_secret_is_not_printed() {
    let ty: Ty = scalar(Kind::Int64);
    let mut secret = unsafe { ::std::ptr::read(ty) };
    secret.flags |= flags::SECRET;
    let secret: Ty = Box::leak(Box::new(secret));
    assert_eq!(unsafe { repr(&42, secret) }, "<redacted>");
}

#[test]
fn long_values_break_over_lines() {
    let numbers = list_of(scalar(Kind::Int64));
    each_heap(|heap| {
        let slots: Vec<u64> = (1_000_000..1_000_008).collect();
        let flat = list(heap, &slots, scalar(Kind::Int64));
        assert!(!shown(heap, &[flat], numbers).contains('\n'));
        let slots: Vec<u64> = (1_000_000..1_000_009).collect();
        let broken = list(heap, &slots, scalar(Kind::Int64));
        let text = shown(heap, &[broken], numbers);
        assert!(text.starts_with("[\n  1000000,\n  1000001,\n") && text.ends_with(",\n  1000008\n]"), "{text}");
        // 80 columns fit: two brackets, 78 between them.
        for (width, lines) in [(78, 1), (79, 3)] {
            let content = "x".repeat(width - 2);
            let slot = string(heap, &content);
            let list = list(heap, &[slot], scalar(Kind::String));
            assert_eq!(shown(heap, &[list], list_of(scalar(Kind::String))).lines().count(), lines);
        }
    });
}

#[test]
fn inner_groups_decide_on_their_own() {
    let numbers = list_of(scalar(Kind::Int64));
    let cart = record("Cart", &[("a", numbers), ("b", numbers)]);
    each_heap(|heap| {
        let short = list(heap, &[1, 2], scalar(Kind::Int64));
        let slots: Vec<u64> = (0..40).collect();
        let long = list(heap, &slots, scalar(Kind::Int64));
        let slots = aggregate_of(heap, cart, &[short, long]);
        let text = shown(heap, &slots, cart);
        assert!(text.starts_with("Cart {\n  a: [1, 2],\n  b: [\n    0,\n    1,\n"), "{text}");
        assert!(text.ends_with("    39\n  ]\n}"), "{text}");
    });
}

/// Places that differ have the order of their values.
unsafe fn places_agree(a: &[u64], b: &[u64], ty: Ty, order: Ordering) {
    let places = Places::of(ty);
    // SAFETY: promised by the caller: values of that type.
    let found = unsafe { places.place(a.as_ptr()).cmp(&places.place(b.as_ptr())) };
    if found.is_ne() || places.whole {
        assert_eq!(found, order, "{a:?} {b:?}");
    }
}

#[test]
fn places_have_the_order_of_their_values() {
    let int = scalar(Kind::Int);
    let text = scalar(Kind::String);
    let color = enumeration("Color", &[("Zinc", &[]), ("Amber", &[])]);
    let types = [
        scalar(Kind::Int64),
        scalar(Kind::UInt64),
        scalar(Kind::Int128),
        scalar(Kind::Float),
        int,
        text,
        color,
        option_of(int),
        tuple(&[color, text]),
        tuple(&[int, int]),
        tuple(&[text, int]),
        tuple(&[scalar(Kind::Int64), text, int]),
        record("Row", &[("z", text), ("a", int), ("b", tuple(&[int, text]))]),
        tuple(&[scalar(Kind::Int64), scalar(Kind::Int128)]),
    ];
    each_heap(|heap| {
        let mut numbers = Numbers::new(7);
        for ty in types {
            for _ in 0..200 {
                let (a, b) = (some_value(heap, ty, &mut numbers), some_value(heap, ty, &mut numbers));
                compared(heap, &a, &b, ty);
            }
        }
    });
}

/// A value that is often the same as another one, or nearly.
fn some_value(heap: &mut Heap, ty: Ty, numbers: &mut Numbers) -> Vec<u64> {
    const TEXTS: [&str; 7] = ["", "a", "abcdefgh", "abcdefghij", "abcdefgh\0", "abcdefgh\u{ffff}", "abcdefgh\u{10000}"];
    const FLOATS: [f64; 7] = [f64::NAN, f64::NEG_INFINITY, -1.5, -0.0, 0.0, 1.5, f64::INFINITY];
    let near = |numbers: &mut Numbers| (numbers.below(5) as i64 - 2) as u64;
    match ty.kind {
        Kind::Float => vec![float(FLOATS[numbers.below(FLOATS.len())])],
        Kind::String => vec![string(heap, TEXTS[numbers.below(TEXTS.len())])],
        Kind::Int128 => vec![near(numbers), near(numbers)],
        Kind::Int => {
            let small = i128::from(near(numbers) as i64);
            let big = [0, 1 << 20, 1_i128 << 62, 1 << 90][numbers.below(4)];
            let sign = if numbers.below(2) == 0 { 1 } else { -1 };
            vec![number::to_word(heap, &(small + big * sign).into()).expect("room")]
        }
        Kind::Enum => {
            let index = numbers.below(2);
            // SAFETY: a descriptor is static data.
            let fields = unsafe { super::items(&super::cases(ty)[index].fields) };
            // SAFETY: as above.
            let slots = fields.iter().flat_map(|it| some_value(heap, unsafe { super::ty(it.ty) }, numbers)).collect();
            let slots: Vec<u64> = slots;
            case(heap, ty, index, &slots)
        }
        Kind::Tuple | Kind::Record => {
            // SAFETY: a descriptor is static data.
            let part = |field: &dark_abi::FieldInfo| unsafe { super::ty(field.ty) };
            let slots: Vec<u64> =
                super::fields(ty).iter().flat_map(|field| some_value(heap, part(field), numbers)).collect();
            aggregate_of(heap, ty, &slots)
        }
        _ => vec![near(numbers)],
    }
}

/// Two values of a type, and how they compare.
fn compared(heap: &mut Heap, a: &[u64], b: &[u64], ty: Ty) -> (bool, Ordering) {
    unsafe {
        let result = (equal(a.as_ptr(), b.as_ptr(), ty), compare(a.as_ptr(), b.as_ptr(), ty));
        assert_eq!(compare(b.as_ptr(), a.as_ptr(), ty), result.1.reverse());
        places_agree(a, b, ty, result.1);
        drop_value(heap, a.as_ptr(), ty);
        drop_value(heap, b.as_ptr(), ty);
        result
    }
}

#[test]
fn floats_compare_by_ieee_but_sort_totally() {
    each_heap(|heap| {
        let ty = scalar(Kind::Float);
        let nan = f64::NAN;
        let cases = [
            (nan, nan, false, Ordering::Equal),
            (nan, 1.0, false, Ordering::Less),
            (0.0, -0.0, true, Ordering::Equal),
            (1.0, 2.0, false, Ordering::Less),
        ];
        for (a, b, same, order) in cases {
            assert_eq!(compared(heap, &[float(a)], &[float(b)], ty), (same, order));
            let (x, y) = (list(heap, &[float(a)], ty), list(heap, &[float(b)], ty));
            assert_eq!(compared(heap, &[x], &[y], list_of(ty)), (same, order));
        }
        unsafe {
            assert!(equal_enough(&float(nan), &float(nan), ty));
            assert!(equal_enough(&float(0.1 + 0.2), &float(0.3), ty));
            assert!(!equal_enough(&float(0.3001), &float(0.3), ty));
            assert!(!equal_enough(&float(f64::INFINITY), &float(1.0), ty));
            assert!(!equal_enough(&float(f64::INFINITY), &float(f64::NEG_INFINITY), ty));
        }
    });
}

#[test]
fn containers_compare_part_by_part() {
    let int64 = scalar(Kind::Int64);
    let text = scalar(Kind::String);
    each_heap(|heap| {
        for (a, b, order) in [
            (vec![], vec![], Ordering::Equal),
            (vec![], vec![1], Ordering::Less),
            (vec![1, 2], vec![1], Ordering::Greater),
            (vec![1, 2], vec![1, 3], Ordering::Less),
            (vec![2], vec![1, 3], Ordering::Greater),
            (vec![-1_i64 as u64], vec![1], Ordering::Less),
        ] {
            let (x, y) = (list(heap, &a, int64), list(heap, &b, int64));
            assert_eq!(compared(heap, &[x], &[y], list_of(int64)), (order.is_eq(), order));
        }
        for (a, b, order) in [
            (vec![("a", 1)], vec![("a", 1)], Ordering::Equal),
            (vec![("a", 1)], vec![("a", 1), ("b", 0)], Ordering::Less),
            (vec![("b", 1)], vec![("a", 9)], Ordering::Greater),
            (vec![("a", 2), ("b", 0)], vec![("a", 1), ("c", 9)], Ordering::Greater),
        ] {
            let (x, y) = (dict_with(heap, &a, int64), dict_with(heap, &b, int64));
            assert_eq!(compared(heap, &[x], &[y], dict_of(int64)), (order.is_eq(), order));
        }
        // By field name, not in declaration order; the record is boxed.
        let row = record("Row", &[("z", int64), ("a", text), ("m", int64), ("n", int64)]);
        let (low, high) = (string(heap, "low"), string(heap, "high"));
        let (x, y) = (aggregate_of(heap, row, &[1, low, 5, 5]), aggregate_of(heap, row, &[2, high, 5, 5]));
        assert_eq!(compared(heap, &x, &y, row), (false, Ordering::Greater));
        // By the case's name.
        let color = enumeration("Color", &[("Zinc", &[]), ("Amber", &[int64])]);
        assert_eq!(compared(heap, &[0, 0], &[1, 0], color), (false, Ordering::Greater));
        assert_eq!(compared(heap, &[1, 3], &[1, 4], color), (false, Ordering::Less));
        assert_eq!(compared(heap, &[1, 3], &[1, 3], color), (true, Ordering::Equal));
    });
}

#[test]
fn a_field_before_a_deep_one_decides_first() {
    let int64 = scalar(Kind::Int64);
    let numbers = list_of(int64);
    // (List, Int, List): what is told at once must not overtake the list before it.
    let ty = tuple(&[numbers, int64, numbers]);
    each_heap(|heap| {
        let (a, b) = (list(heap, &[1], int64), list(heap, &[2], int64));
        let (x, y) = (aggregate_of(heap, ty, &[a, 9, 0]), aggregate_of(heap, ty, &[b, 1, 0]));
        assert_eq!(compared(heap, &x, &y, ty), (false, Ordering::Less));
        let lists = list_of(ty);
        let (a, b) = (list(heap, &[1], int64), list(heap, &[1], int64));
        let (c, d) = (list(heap, &[7], int64), list(heap, &[6], int64));
        let x = list(heap, &[a, 1, c, 0, 0, 0], ty);
        let y = list(heap, &[b, 1, d, 0, 9, 0], ty);
        assert_eq!(compared(heap, &[x], &[y], lists), (false, Ordering::Greater));
    });
}

/// `Link 0 (Link 1 (… End))`
fn deep_chain(heap: &mut Heap, chain: Ty, head: impl Fn(&mut Heap, usize) -> u64) -> u64 {
    chain_of_length(heap, chain, DEEP, head)
}

fn chain_of_length(heap: &mut Heap, chain: Ty, length: usize, head: impl Fn(&mut Heap, usize) -> u64) -> u64 {
    let mut value = case(heap, chain, 0, &[]);
    for i in 0..length {
        let head = head(heap, i);
        value = case(heap, chain, 1, &[head, value[0]]);
    }
    value[0]
}

#[test]
fn a_value_nested_a_million_deep_needs_no_deep_stack() {
    let small_stack = ::std::thread::Builder::new().stack_size(256 * 1024);
    let work = || {
        let chain = chain_of(scalar(Kind::Int));
        let texts = chain_of(scalar(Kind::String));
        for mode in [HeapMode::Region, HeapMode::System] {
            let mut heap = Heap::new(mode, 1 << 30);
            let heap = &mut heap;
            let a = deep_chain(heap, chain, |_, i| int(i as i64));
            let b = deep_chain(heap, chain, |_, i| int(i as i64));
            let c = deep_chain(heap, chain, |_, i| int(i.max(1) as i64));
            unsafe {
                assert!(equal(&a, &b, chain));
                assert!(!equal(&a, &c, chain));
                assert_eq!(compare(&a, &b, chain), Ordering::Equal);
                assert_eq!(compare(&a, &c, chain), Ordering::Less);
                // Its text has two lines a level, so a tenth will do.
                let printed = chain_of_length(heap, chain, DEEP / 10, |_, i| int(i as i64));
                let text = repr(&printed, chain);
                assert!(text.starts_with("Chain.Link(\n  99999,\n  Chain.Link(\n    99998,\n"));
                assert!(repr_within(&Heap::new(mode, 1 << 20), &a, chain).is_err());
                for value in [a, b, c, printed] {
                    drop_value(heap, &value, chain);
                }
                let mut value = deep_chain(heap, texts, |heap, _| string(heap, "text"));
                drop_value(heap, &value, texts);
                assert_eq!(heap.live_objects(), 0);
                value = deep_chain(heap, texts, |heap, _| string(heap, "text"));
                make_immortal(heap, &raw mut value, texts);
                drop_value(heap, &value, texts);
            }
            assert_eq!(heap.live_objects(), 0);
        }
    };
    small_stack.spawn(work).expect("a thread").join().expect("no failure");
}

#[test]
fn nested_lists_and_options_drop_iteratively() {
    // List<chain>, where each chain's head is a list: lists inside boxes inside lists.
    let small_stack = ::std::thread::Builder::new().stack_size(256 * 1024);
    let work = || {
        let lists = list_of(scalar(Kind::Int64));
        let chain = chain_of(lists);
        each_heap(|heap| unsafe {
            let value = deep_chain(heap, chain, |heap, i| list(heap, &[i as u64], scalar(Kind::Int64)));
            let outer = list(heap, &[value], chain);
            let again = list_of(chain);
            dup(&outer, again);
            drop_value(heap, &outer, again);
            drop_value(heap, &outer, again);
        });
    };
    small_stack.spawn(work).expect("a thread").join().expect("no failure");
}

#[test]
fn dup_and_drop_reach_into_unboxed_aggregates() {
    let text = scalar(Kind::String);
    let ty = tuple(&[option_of(text), text]);
    each_heap(|heap| unsafe {
        let (a, b) = (string(heap, "first"), string(heap, "second"));
        let slots = aggregate_of(heap, ty, &[0, a, b]);
        dup(slots.as_ptr(), ty);
        assert_eq!((*object::<Str>(&a)).header.count, 2);
        assert_eq!((*object::<Str>(&b)).header.count, 2);
        drop_value(heap, slots.as_ptr(), ty);
        assert_eq!(heap.live_objects(), 2);
        drop_value(heap, slots.as_ptr(), ty);
    });
}

#[test]
fn a_closure_gives_its_captures_back() {
    let text = scalar(Kind::String);
    let captures = tuple(&[text, text]);
    let function = scalar(Kind::Function);
    let mut counted = unsafe { ::std::ptr::read(function) };
    counted.flags |= flags::COUNTED;
    let function: Ty = Box::leak(Box::new(counted));
    each_heap(|heap| unsafe {
        let closure = heap.allocate(size_of::<Closure>() + 16).cast::<Closure>();
        (*closure).captures = captures;
        for i in 0..2 {
            let captured = string(heap, "captured");
            closure.add(1).cast::<u64>().add(i).write(captured);
        }
        let slot = closure as usize as u64;
        dup(&slot, function);
        drop_value(heap, &slot, function);
        assert_eq!(heap.live_objects(), 3);
        drop_value(heap, &slot, function);
    });
}

#[test]
fn large_integers_are_counted_inside_lists() {
    let big = scalar(Kind::Int);
    let ty = list_of(big);
    each_heap(|heap| unsafe {
        let word = number::literal(heap, "123456789012345678901234567890").expect("room");
        number::retain(word);
        let value = list(heap, &[word, word, int(1)], big);
        assert_eq!(repr(&value, ty), "[123456789012345678901234567890, 123456789012345678901234567890, 1]");
        let rest = crate::list::tail(heap, value as usize as *mut List).expect("room") as usize as u64;
        assert_eq!(heap.live_objects(), 3);
        drop_value(heap, &rest, ty);
    });
}

#[test]
fn texts_of_field_names() {
    for (name, shown) in
        [("a", "a"), ("a'b_1", "a'b_1"), ("1a", "``1a``"), ("_", "``_``"), ("", ""), ("é", "``é``"), ("val", "``val``")]
    {
        assert_eq!(field_name_text(name), shown);
    }
}

#[test]
fn a_text_of_a_str_is_what_was_put_in() {
    each_heap(|heap| unsafe {
        let slot = string(heap, "e\u{301}");
        assert_eq!(text::as_str(object::<Str>(&slot)), "é");
        drop_value(heap, &slot, scalar(Kind::String));
    });
}

#[test]
fn lists_of_bytes_are_compared_and_printed_like_others() {
    let numbers = [-128_i64, -1, 0, 1, 127, 128, 255];
    for kind in [Kind::Bool, Kind::Int8, Kind::UInt8] {
        let element = scalar(kind);
        let lists = list_of(element);
        let slots: Vec<u64> = numbers
            .iter()
            .filter(|number| match kind {
                Kind::Bool => (0..=1).contains(*number),
                Kind::Int8 => i8::try_from(**number).is_ok(),
                _ => u8::try_from(**number).is_ok(),
            })
            .map(|number| *number as u64)
            .collect();
        each_heap(|heap| unsafe {
            let all = list(heap, &slots, element);
            let texts: Vec<String> = slots.iter().map(|slot| repr(slot, element)).collect();
            assert_eq!(repr(&all, lists), format!("[{}]", texts.join(", ")));
            // Of two elements, each pair against each other pair: as their tuples.
            let pair_type = tuple(&[element, element]);
            let pairs: Vec<[u64; 2]> = slots.iter().flat_map(|a| slots.iter().map(|b| [*a, *b])).collect();
            for a in &pairs {
                for b in &pairs {
                    let (a_list, b_list) = (list(heap, a, element), list(heap, b, element));
                    let order = compare(a.as_ptr(), b.as_ptr(), pair_type);
                    assert_eq!(compare(&a_list, &b_list, lists), order);
                    assert_eq!(equal(&a_list, &b_list, lists), order.is_eq());
                    assert_eq!(equal_enough(&a_list, &b_list, lists), order.is_eq());
                    let shorter = list(heap, &a[..1], element);
                    assert_eq!(compare(&shorter, &a_list, lists), Ordering::Less);
                    assert!(!equal(&shorter, &a_list, lists));
                    [a_list, b_list, shorter].iter().for_each(|list| drop_value(heap, list, lists));
                }
            }
            let empty = 0;
            assert_eq!(compare(&empty, &all, lists), Ordering::Less);
            assert_eq!(compare(&empty, &empty, lists), Ordering::Equal);
            drop_value(heap, &all, lists);
        });
    }
}
