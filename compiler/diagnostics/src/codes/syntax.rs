//! E00xx syntax, E01xx layout and literals, E06xx projects: what `dark_syntax` and the driver report.

codes! {
}
