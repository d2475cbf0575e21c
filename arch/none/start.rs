//! No entry: a program without libc needs a kernel that this crate can call.

/// Says that there is no `_start` here.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        ::core::compile_error!(
            "rawtrap::entry! needs Linux on an architecture that has a folder under arch/ (see arch/README.md)"
        );
    };
}
