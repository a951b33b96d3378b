//! Numbers: the slow paths of `Int`, and what the machine has no instruction for.

use dark_abi::Context;

use super::Ptr;
use crate::invocation::{Fault, run};
use crate::memory::Heap;
use crate::{number, text};

fn wide(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// Writes low and high word.
unsafe fn write_wide(result: Ptr, number: u128) {
    let result = result.cast::<u64>();
    // SAFETY: see the head of the module `entry`; so below.
    unsafe {
        result.write(number as u64);
        result.add(1).write((number >> 64) as u64);
    }
}

/// An operation on two words.
unsafe fn binary(
    context: *mut Context,
    a: i64,
    b: i64,
    operation: unsafe fn(&mut Heap, u64, u64) -> Result<u64, Fault>,
) -> i64 {
    unsafe { run(context, |invocation| Ok(operation(&mut invocation.heap, a as u64, b as u64)? as i64)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_add(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::add) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_subtract(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::sub) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_multiply(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::mul) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_divide(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::div) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_modulo(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::modulo) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_power(context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { binary(context, a, b, number::power) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_negate(context: *mut Context, a: i64) -> i64 {
    unsafe { run(context, |invocation| Ok(number::negate(&mut invocation.heap, a as u64)? as i64)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_compare(_context: *mut Context, a: i64, b: i64) -> i64 {
    unsafe { number::compare(a as u64, b as u64) as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_literal(context: *mut Context, digits: Ptr) -> i64 {
    unsafe { run(context, |invocation| Ok(number::literal(&mut invocation.heap, text::as_str(digits.cast()))? as i64)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_from_wide(context: *mut Context, low: u64, high: u64, signed: bool) -> i64 {
    unsafe { run(context, |invocation| Ok(number::from_wide(&mut invocation.heap, wide(low, high), signed)? as i64)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_to_wide(_context: *mut Context, word: i64, result: Ptr) {
    unsafe { write_wide(result, number::to_wide(word as u64)) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_power_i128(
    context: *mut Context,
    base_low: u64,
    base_high: u64,
    exponent_low: u64,
    exponent_high: u64,
    bits: u32,
    signed: bool,
    result: Ptr,
) {
    unsafe {
        run(context, |_| {
            let base = wide(base_low, base_high);
            let power = number::sized_power(base, wide(exponent_low, exponent_high), bits, signed)?;
            write_wide(result, power);
            Ok(())
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_power(_context: *mut Context, base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_modulo(context: *mut Context, a: f64, b: f64) -> f64 {
    unsafe { run(context, |_| number::float_modulo(a, b)) }
}
