//! Calls as compiled code makes them: what comes back, what is consumed, and the failures' words and places.

use ::std::ptr::null_mut;

use dark_abi::{Context, Kind, SourceLocation, StaticStr};

use super::*;
use crate::invocation::{Failure, FailureKind};
use crate::testing::*;
use crate::value::Ty;
use crate::{number, text};

fn pointer(ty: Ty) -> Ptr {
    ::std::ptr::from_ref(ty).cast_mut().cast()
}

fn slots(slots: &[u64]) -> Ptr {
    slots.as_ptr().cast_mut().cast()
}

fn message_of(code: impl FnOnce(*mut Context) + Send + 'static) -> String {
    match invoke(|invocation| code(invocation.as_context())) {
        Ok(()) => "no failure".to_owned(),
        Err(failure) => failure.message,
    }
}

#[test]
fn failures_say_what_the_language_says() {
    unsafe {
        assert_eq!(message_of(|it| dark_fail_division_by_zero(it)), "Cannot divide by 0");
        assert_eq!(message_of(|it| dark_fail_modulus_zero(it)), "Cannot evaluate modulus against 0");
        assert_eq!(
            message_of(|it| dark_fail_modulus_negative(it)),
            "Cannot evaluate modulus against a negative number"
        );
        assert_eq!(message_of(|it| dark_fail_negative_exponent(it)), "Cannot raise integer to a negative exponent");
        assert_eq!(message_of(|it| dark_fail_out_of_range(it)), "Encountered out-of-range value for type of Int");
        assert_eq!(
            message_of(|it| {
                dark_int_divide(it, 3, 1);
            }),
            "Cannot divide by 0"
        );
        assert_eq!(
            message_of(|it| {
                dark_float_modulo(it, 1.0, 0.0);
            }),
            "Cannot evaluate modulus against 0"
        );
        assert_eq!(
            message_of(|it| {
                dark_alloc(it, 1 << 40);
            }),
            "memory limit exceeded"
        );
    }
}

#[test]
fn values_stand_in_messages() {
    unsafe {
        let message = message_of(|it| {
            let text = text::new(&mut crate::Invocation::from_context(it).heap, "from the program").expect("room");
            dark_fail_message(it, text.cast())
        });
        assert_eq!(message, "from the program");
        let message = message_of(|it| dark_fail_no_match(it, slots(&[5]), pointer(scalar(Kind::Int64))));
        assert_eq!(message, "No matching case found for value 5 in match expression");
        let message = message_of(|it| dark_fail_unwrap(it, slots(&[1, 0]), pointer(option_of(scalar(Kind::Int64)))));
        assert_eq!(message, "Cannot unwrap None");
        let message = message_of(|it| {
            let error = string(&mut crate::Invocation::from_context(it).heap, "bad");
            let ty = result_of(scalar(Kind::Int64), scalar(Kind::String));
            dark_fail_unwrap(it, slots(&[1, error]), pointer(ty))
        });
        assert_eq!(message, "Cannot unwrap Error: \"bad\"");
    }
}

fn static_str(text: &'static str) -> StaticStr {
    StaticStr { bytes: text.as_ptr(), len: text.len() }
}

#[test]
fn an_interrupted_invocation_ends_where_it_was() {
    let failure: Result<(), Failure> = invoke(|invocation| {
        let location = Box::leak(Box::new(SourceLocation {
            file: static_str("shop.dark"),
            line: 3,
            column: 5,
            function: static_str("Shop.loop"),
        }));
        unsafe { dark_interrupt(invocation.as_context(), (&raw mut *location).cast()) };
    });
    let failure = failure.expect_err("the hooks say so");
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Deadline, "the time is up"));
    let place = failure.location.expect("given");
    assert_eq!((place.file.as_str(), place.line, place.function.as_str()), ("shop.dark", 3, "Shop.loop"));
}

#[test]
fn integers_cross_the_boundary_between_small_and_large() {
    let left = invoke(|invocation| unsafe {
        let it = invocation.as_context();
        let small = |number: i64| number::small_word(number).expect("small") as i64;
        let largest = small((1 << 62) - 1);
        let sum = dark_int_add(it, largest, small(1));
        assert!(!number::is_small(sum as u64));
        assert_eq!(dark_int_compare(it, sum, largest), 1);
        assert_eq!(dark_int_subtract(it, sum, small(1)), largest);
        let mut wide = [0_u64; 2];
        dark_int_to_wide(it, sum, (&raw mut wide).cast());
        assert_eq!(wide, [1 << 62, 0]);
        let negated = dark_int_negate(it, sum);
        assert!(number::is_small(negated as u64));
        let huge = dark_int_from_wide(it, u64::MAX, u64::MAX, false);
        dark_int_to_wide(it, huge, (&raw mut wide).cast());
        assert_eq!(wide, [u64::MAX, u64::MAX]);
        assert_eq!(dark_int_from_wide(it, u64::MAX, u64::MAX, true), small(-1));
        let below = dark_int_subtract(it, negated, huge);
        dark_int_to_wide(it, below, (&raw mut wide).cast());
        assert_eq!(number::display(below as u64), "-340282366920938463467986293450195599359");
        assert_eq!(u128::from(wide[0]) | u128::from(wide[1]) << 64, (1_u128 << 62).wrapping_neg().wrapping_add(1));
        for word in [sum, huge, below] {
            dark_free_big(it, word as usize as Ptr);
        }
        dark_power_i128(it, 3, 0, 200, 0, 64, false, (&raw mut wide).cast());
        assert_eq!(wide[1], 0);
        invocation.heap.live_objects()
    });
    assert_eq!(left.map_err(|failure| failure.message), Ok(0));
}

#[test]
fn collections_are_consumed_and_freed() {
    let left = invoke(|invocation| unsafe {
        let it = invocation.as_context();
        let text_ty = pointer(scalar(Kind::String));
        let a = string(&mut invocation.heap, "a");
        let b = string(&mut invocation.heap, "b");
        let c = string(&mut invocation.heap, "c");
        let mut list = dark_list_make(it, slots(&[b]), 1, text_ty);
        list = dark_list_cons(it, slots(&[a]), list, text_ty);
        list = dark_list_push(it, list, slots(&[c]), text_ty);
        assert!(dark_list_at(it, list, 3).is_null() && dark_list_at(it, list, -1).is_null());
        assert_eq!(*dark_list_at(it, list, 2).cast::<u64>(), c);
        let d = string(&mut invocation.heap, "d");
        list = dark_list_set(it, list, 0, slots(&[d]));
        list = dark_list_tail(it, list);
        list = dark_list_append(it, list, null_mut());
        list = dark_list_slice(it, list, 0, 1);
        let shown = dark_repr(it, slots(&[list as u64]), pointer(list_of(scalar(Kind::String))));
        assert_eq!(text::as_str(shown.cast()), "[\"b\"]");
        dark_free_str(it, shown);
        dark_free_list(it, list);

        let int64 = pointer(scalar(Kind::Int64));
        let key = string(&mut invocation.heap, "key") as usize as Ptr;
        let mut dict = dark_dict_set(it, null_mut(), key, slots(&[7]), int64);
        assert_eq!((dark_dict_len(it, dict), *dark_dict_find(it, dict, key).cast::<u64>()), (1, 7));
        let mut found = null_mut::<u8>();
        assert_eq!(*dark_dict_at(it, dict, 0, (&raw mut found).cast()).cast::<u64>(), 7);
        assert_eq!(found, key);
        assert!(dark_dict_at(it, dict, 1, (&raw mut found).cast()).is_null());
        let other = string(&mut invocation.heap, "other") as usize as Ptr;
        dict = dark_dict_set(it, dict, other, slots(&[8]), int64);
        let gone = string(&mut invocation.heap, "key") as usize as Ptr;
        dict = dark_dict_remove(it, dict, gone);
        assert!(dark_dict_find(it, dict, gone).is_null());
        dark_free_str(it, gone);
        dark_free_dict(it, dict);
        invocation.heap.live_objects()
    });
    assert_eq!(left.map_err(|failure| failure.message), Ok(0));
}

#[test]
fn tests_compare_with_a_tolerance() {
    let texts = invoke(|invocation| unsafe {
        let it = invocation.as_context();
        let float = pointer(scalar(Kind::Float));
        let compare = |actual: f64, expected: f64| {
            let text = dark_test_compare(it, slots(&[actual.to_bits()]), slots(&[expected.to_bits()]), float);
            text::as_str(text.cast()).to_owned()
        };
        (compare(0.1 + 0.2, 0.3), compare(f64::NAN, f64::NAN), compare(1.5, 2.0))
    });
    let different = "expected: 2.0\nfound:    1.5".to_owned();
    assert_eq!(texts.map_err(|failure| failure.message), Ok((String::new(), String::new(), different)));
}

#[test]
fn strings_join_in_place_when_nobody_else_has_them() {
    let left = invoke(|invocation| unsafe {
        let it = invocation.as_context();
        let (a, b) = (string(&mut invocation.heap, "left"), string(&mut invocation.heap, "right"));
        let (a, b) = (a as usize as Ptr, b as usize as Ptr);
        let joined = dark_string_concat(it, a, b);
        assert_eq!(text::as_str(joined.cast()), "leftright");
        assert!(!dark_string_equal(it, joined, b) && dark_string_equal(it, b, b));
        assert!(dark_equal(it, slots(&[b as u64]), slots(&[b as u64]), pointer(scalar(Kind::String))));
        assert_eq!(dark_compare(it, slots(&[b as u64]), slots(&[joined as u64]), pointer(scalar(Kind::String))), 1);
        dark_drop_value(it, slots(&[joined as u64]), pointer(scalar(Kind::String)));
        dark_free_str(it, b);
        invocation.heap.live_objects()
    });
    assert_eq!(left.map_err(|failure| failure.message), Ok(0));
}
