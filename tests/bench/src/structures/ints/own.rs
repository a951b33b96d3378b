//! The runtime's `Int`s: what is small is tested and computed in line, as compiled code does it; the rest is a call.

use dark_rt::{Fault, Heap, Invocation, number};

use super::super::world::made;
use super::Number;

pub struct Own(u64);

/// The small result, if both are small and it is one; else the runtime's, for which the first operand is given up.
#[inline(always)]
fn computed(
    world: &mut Invocation,
    a: Own,
    b: &Own,
    small: impl FnOnce(i64, i64) -> (i64, bool),
    slow: unsafe fn(&mut Heap, u64, u64) -> Result<u64, Fault>,
) -> Own {
    if a.0 & b.0 & 1 == 1
        && let (result, false) = small(a.0 as i64, b.0 as i64)
    {
        return Own(result as u64);
    }
    // SAFETY: both are alive, and the first one is given up behind its last use.
    unsafe {
        let result = made(slow(&mut world.heap, a.0, b.0));
        number::drop_word(&mut world.heap, a.0);
        Own(result)
    }
}

impl Number for Own {
    const NAME: &'static str = "Dark";
    const IN_HEAP: bool = true;

    fn of(world: &mut Invocation, number: i64) -> Own {
        Own(made(number::from_i64(&mut world.heap, number)))
    }

    fn add(self, world: &mut Invocation, other: &Own) -> Own {
        computed(world, self, other, |a, b| a.overflowing_add(b - 1), number::add)
    }

    fn sub(self, world: &mut Invocation, other: &Own) -> Own {
        computed(world, self, other, |a, b| a.overflowing_sub(b - 1), number::sub)
    }

    fn mul(self, world: &mut Invocation, other: &Own) -> Own {
        let product = |a: i64, b: i64| {
            let (product, overflows) = (a >> 1).overflowing_mul(b - 1);
            (product | 1, overflows)
        };
        computed(world, self, other, product, number::mul)
    }

    fn modulo(self, world: &mut Invocation, other: &Own) -> Own {
        let rest = |a: i64, b: i64| match b >> 1 {
            divisor @ 1.. => ((a >> 1).rem_euclid(divisor) << 1 | 1, false),
            _ => (0, true),
        };
        computed(world, self, other, rest, number::modulo)
    }

    fn digits(&self) -> String {
        // SAFETY: alive; so below.
        unsafe { number::display(self.0) }
    }

    fn share(&self) -> Own {
        // SAFETY: see `digits`.
        unsafe { number::retain(self.0) };
        Own(self.0)
    }

    fn release(self, world: &mut Invocation) {
        // SAFETY: see `digits`; its reference is given up.
        unsafe { number::drop_word(&mut world.heap, self.0) };
    }
}
