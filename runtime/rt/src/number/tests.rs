//! Small and large words against another library's numbers, the failures, and the texts of floats.

use num_bigint::{BigInt, Sign};

use super::*;
use crate::testing::{Numbers, each_heap};

/// Numbers around the places where representations change.
fn samples() -> Vec<BigInt> {
    let mut samples = Vec::new();
    for shift in [0_u32, 1, 2, 31, 32, 61, 62, 63, 64, 65, 127, 128, 200] {
        for offset in -2..=2 {
            let number: BigInt = (BigInt::from(1) << shift) + offset;
            samples.push(-number.clone());
            samples.push(number);
        }
    }
    samples
}

fn made(heap: &mut Heap, number: &BigInt) -> u64 {
    literal(heap, &number.to_string()).expect("room")
}

unsafe fn model(word: u64) -> BigInt {
    unsafe { display(word) }.parse().expect("digits")
}

#[test]
fn arithmetic_is_exact_in_both_forms() {
    type Op = (unsafe fn(&mut Heap, u64, u64) -> Result<u64, Fault>, fn(&BigInt, &BigInt) -> Option<BigInt>);
    let ops: [Op; 5] = [
        (add, |a, b| Some(a + b)),
        (sub, |a, b| Some(a - b)),
        (mul, |a, b| Some(a * b)),
        (div, |a, b| (b.sign() != Sign::NoSign).then(|| a / b)),
        (modulo, |a, b| (b.sign() == Sign::Plus).then(|| ((a % b) + b) % b)),
    ];
    each_heap(|heap| unsafe {
        for a in &samples() {
            for b in &samples() {
                let (x, y) = (made(heap, a), made(heap, b));
                assert_eq!(compare(x, y), a.cmp(b));
                assert_eq!(equal(x, y), a == b);
                for (op, expects) in &ops {
                    let result = op(heap, x, y);
                    match expects(a, b) {
                        None => assert!(result.is_err()),
                        Some(expected) => {
                            let result = result.expect("a result");
                            assert_eq!(model(result), expected, "{a} {b}");
                            assert_eq!(is_small(result), i64::try_from(&expected).ok().and_then(small_word).is_some());
                            drop_word(heap, result);
                        }
                    }
                }
                drop_word(heap, x);
                drop_word(heap, y);
            }
        }
    });
}

#[test]
fn digits_come_back() {
    each_heap(|heap| unsafe {
        for number in samples() {
            let word = literal(heap, &number.to_string()).expect("room");
            assert_eq!(display(word), number.to_string());
            let negated = negate(heap, word).expect("room");
            assert_eq!(model(negated), -number);
            drop_word(heap, negated);
            drop_word(heap, word);
        }
        for bad in ["", "-", "+", "1_0", "0x1", " 1", "1.0", "٣"] {
            assert!(matches!(parse(heap, bad), Ok(None)), "{bad}");
        }
    });
}

#[test]
fn powers_are_exact_or_fail() {
    each_heap(|heap| unsafe {
        let word = |number: i64| small_word(number).expect("small");
        let result = power(heap, word(2), word(100)).expect("room");
        assert_eq!(display(result), "1267650600228229401496703205376");
        drop_word(heap, result);
        let huge = literal(heap, "99999999999999999999").expect("room");
        for (base, exponent, expected) in [(0, 0, 1), (0, 5, 0), (7, 0, 1), (-1, 3, -1), (-3, 3, -27)] {
            assert_eq!(power(heap, word(base), word(exponent)).expect("small"), word(expected));
        }
        assert_eq!(power(heap, word(-1), huge).expect("small"), word(-1));
        assert_eq!(power(heap, word(0), huge).expect("small"), word(0));
        let message = |result: Result<u64, Fault>| result.err().map(|it| it.message).unwrap_or_default();
        assert_eq!(message(power(heap, word(2), huge)), "Encountered out-of-range value for type of Int");
        assert_eq!(message(power(heap, word(1), word(-1))), NEGATIVE_EXPONENT);
        assert_eq!(
            message(power(heap, word(3), word(2_000_000_000))),
            "Encountered out-of-range value for type of Int"
        );
        let mut narrow = Heap::new(crate::HeapMode::Region, 1 << 16);
        assert_eq!(message(power(&mut narrow, word(3), word(10_000_000))), "memory limit exceeded");
        drop_word(heap, huge);
    });
}

#[test]
fn sized_powers_wrap() {
    let power = |base: i128, exponent: i128, bits, signed| {
        sized_power(base as u128, exponent as u128, bits, signed).map(|it| it as i128).map_err(|it| it.message)
    };
    assert_eq!(power(6, 3, 8, true), Ok(-40));
    assert_eq!(power(6, 3, 8, false), Ok(216));
    assert_eq!(power(2, 64, 64, false), Ok(0));
    assert_eq!(
        power(3, 200, 64, false),
        Ok(i128::from(BigInt::from(3).pow(200).iter_u64_digits().next().unwrap_or(0)))
    );
    assert_eq!(power(-2, 7, 8, true), Ok(-128));
    assert_eq!(power(1, -1, 64, true), Err(NEGATIVE_EXPONENT.to_owned()));
}

#[test]
fn random_products_divide_back() {
    each_heap(|heap| unsafe {
        let mut numbers = Numbers::new(7);
        for _ in 0..500 {
            let a = BigInt::from(numbers.next() as i64) * BigInt::from(numbers.next());
            let b = BigInt::from(numbers.next() >> (numbers.next() % 63)) + 1;
            let (x, y) = (made(heap, &a), made(heap, &b));
            let product = mul(heap, x, y).expect("room");
            let quotient = div(heap, product, y).expect("not zero");
            assert!(equal(quotient, x));
            for word in [x, y, product, quotient] {
                drop_word(heap, word);
            }
        }
    });
}

#[test]
fn long_sums_and_differences_carry_and_shrink() {
    each_heap(|heap| unsafe {
        let mut numbers = Numbers::new(13);
        let long = |numbers: &mut Numbers| {
            // Limbs of ones and zeros carry far.
            let limbs: Vec<u32> = (0..1 + numbers.below(60))
                .map(|_| [0, u32::MAX, u32::MAX, numbers.next() as u32][numbers.below(4)])
                .collect();
            BigInt::new([Sign::Plus, Sign::Minus][numbers.below(2)], limbs)
        };
        for _ in 0..2000 {
            let (a, near) = (long(&mut numbers), BigInt::from(numbers.next() as i32));
            let b = if numbers.below(4) == 0 { &a + near } else { long(&mut numbers) };
            let (x, y) = (made(heap, &a), made(heap, &b));
            let results =
                [add(heap, x, y).expect("room"), sub(heap, x, y).expect("room"), sub(heap, y, x).expect("room")];
            for (result, expected) in results.into_iter().zip([&a + &b, &a - &b, &b - &a]) {
                assert_eq!(model(result), expected, "{a} {b}");
                assert_eq!(is_small(result), i64::try_from(&expected).ok().and_then(small_word).is_some());
                drop_word(heap, result);
            }
            drop_word(heap, x);
            drop_word(heap, y);
        }
        assert_eq!(heap.live_objects(), 0);
    });
}

#[test]
fn floats_print_with_twelve_digits() {
    let cases: [(f64, &str); 19] = [
        (0.1 + 0.2, "0.3"),
        (2.0 / 3.0, "0.666666666667"),
        (123456.7891234, "123456.789123"),
        (123456789012.7, "123456789013.0"),
        (100000000000.0, "100000000000.0"),
        (1e12, "1e+12"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (0.000012, "1.2e-05"),
        (6.02214076e23, "6.02214076e+23"),
        (1e30, "1e+30"),
        (4.0, "4.0"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (-2.5, "-2.5"),
        (999999999999.9, "1e+12"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
        (1e-300, "1e-300"),
    ];
    for (number, text) in cases {
        assert_eq!(float_text(number), text);
    }
}

#[test]
fn a_float_modulus_is_not_negative() {
    let modulo = |a: f64, b: f64| float_modulo(a, b).map_err(|it| it.message);
    assert_eq!(modulo(-8.0, 3.0), Ok(1.0));
    assert_eq!(modulo(-4.0, 2.0).map(f64::to_bits), Ok((-0.0_f64).to_bits()));
    assert_eq!(modulo(1.0, 0.0), Err(MODULUS_ZERO.to_owned()));
    assert_eq!(modulo(1.0, -2.0), Err(MODULUS_NEGATIVE.to_owned()));
    assert!(modulo(1.0, f64::NAN).is_ok_and(f64::is_nan));
}
