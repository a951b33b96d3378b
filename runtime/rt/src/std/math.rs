//! `Stdlib.Math`

use dark_abi::Context;

macro_rules! of_one {
    ($($name:ident = $function:ident;)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(_: *mut Context, a: f64) -> f64 {
                a.$function()
            }
        )*
    };
}

of_one! {
    dark_math_cos = cos;
    dark_math_sin = sin;
    dark_math_tan = tan;
    dark_math_atan = atan;
    dark_math_cosh = cosh;
    dark_math_sinh = sinh;
    dark_math_tanh = tanh;
    dark_math_internal_acos = acos;
    dark_math_internal_asin = asin;
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_math_atan2(_: *mut Context, y: f64, x: f64) -> f64 {
    y.atan2(x)
}
