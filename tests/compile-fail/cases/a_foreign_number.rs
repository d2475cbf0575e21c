// expects: E0308, Sysno

use rawtrap::syscall0;

fn main() {
    // SAFETY: it does not compile.
    unsafe { syscall0(rawtrap::tables::native::nr::SYS_getpid) };
}
