//! A machine number that becomes a boxed large one where it overflows, large numbers always, and numbers of a fixed width.

use dark_rt::Invocation;
use dashu_int::IBig;

use super::Number;

/// Two words: which it is, and the number or where it is.
#[derive(Clone)]
pub enum Checked {
    Small(i64),
    Large(Box<IBig>),
}

impl Checked {
    #[inline(always)]
    fn computed(
        self,
        other: &Checked,
        small: impl FnOnce(i64, i64) -> Option<i64>,
        large: impl FnOnce(IBig, &IBig) -> IBig,
    ) -> Checked {
        if let (Checked::Small(a), Checked::Small(b)) = (&self, other)
            && let Some(result) = small(*a, *b)
        {
            return Checked::Small(result);
        }
        self.slow(other, large)
    }

    #[inline(never)]
    fn slow(self, other: &Checked, large: impl FnOnce(IBig, &IBig) -> IBig) -> Checked {
        let number = match self {
            Checked::Small(number) => IBig::from(number),
            Checked::Large(number) => *number,
        };
        let result = match other {
            Checked::Small(other) => large(number, &IBig::from(*other)),
            Checked::Large(other) => large(number, other),
        };
        i64::try_from(&result).map_or_else(|_| Checked::Large(Box::new(result)), Checked::Small)
    }
}

impl Number for Checked {
    const NAME: &'static str = "Int64, boxed where it overflows";

    fn of(_: &mut Invocation, number: i64) -> Checked {
        Checked::Small(number)
    }

    fn add(self, _: &mut Invocation, other: &Checked) -> Checked {
        self.computed(other, i64::checked_add, |a, b| a + b)
    }

    fn sub(self, _: &mut Invocation, other: &Checked) -> Checked {
        self.computed(other, i64::checked_sub, |a, b| a - b)
    }

    fn mul(self, _: &mut Invocation, other: &Checked) -> Checked {
        self.computed(other, i64::checked_mul, |a, b| a * b)
    }

    fn modulo(self, _: &mut Invocation, other: &Checked) -> Checked {
        self.computed(other, i64::checked_rem_euclid, |a, b| a % b)
    }

    fn digits(&self) -> String {
        match self {
            Checked::Small(number) => number.to_string(),
            Checked::Large(number) => number.to_string(),
        }
    }

    fn share(&self) -> Checked {
        self.clone()
    }
}

impl Number for IBig {
    const NAME: &'static str = "IBig always (dashu)";

    fn of(_: &mut Invocation, number: i64) -> IBig {
        IBig::from(number)
    }

    fn add(self, _: &mut Invocation, other: &IBig) -> IBig {
        self + other
    }

    fn sub(self, _: &mut Invocation, other: &IBig) -> IBig {
        self - other
    }

    fn mul(self, _: &mut Invocation, other: &IBig) -> IBig {
        self * other
    }

    fn modulo(self, _: &mut Invocation, other: &IBig) -> IBig {
        self % other
    }

    fn digits(&self) -> String {
        self.to_string()
    }

    fn share(&self) -> IBig {
        self.clone()
    }
}

/// A number of a fixed width, which fails where it overflows.
macro_rules! fixed {
    ($name:literal, $number:ty, $bits:literal) => {
        impl Number for $number {
            const NAME: &'static str = $name;
            const BITS_MAX: u32 = $bits;

            fn of(_: &mut Invocation, number: i64) -> $number {
                <$number>::from(number)
            }

            fn add(self, _: &mut Invocation, other: &$number) -> $number {
                self.checked_add(*other).expect("no overflow")
            }

            fn sub(self, _: &mut Invocation, other: &$number) -> $number {
                self.checked_sub(*other).expect("no overflow")
            }

            fn mul(self, _: &mut Invocation, other: &$number) -> $number {
                self.checked_mul(*other).expect("no overflow")
            }

            fn modulo(self, _: &mut Invocation, other: &$number) -> $number {
                self.checked_rem_euclid(*other).expect("no overflow")
            }

            fn digits(&self) -> String {
                self.to_string()
            }

            fn share(&self) -> $number {
                *self
            }
        }
    };
}

fixed!("Int128, fails", i128, 127);
fixed!("Int64, fails", i64, 63);
