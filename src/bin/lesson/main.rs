#![cfg_attr(rawtrap_freestanding, no_std, no_main)]

#[cfg(not(rawtrap_freestanding))]
const _: () = assert!(
    option_env!("RAWTRAP_LESSON").is_none(),
    "`cargo lesson` lost its compiler flags"
);

#[cfg(not(rawtrap_freestanding))]
fn main() {
    eprintln!("the lesson runs without libc: start it as `cargo lesson`");
    std::process::exit(2);
}

#[cfg(rawtrap_freestanding)]
mod bare {
    use core::arch::{asm, global_asm};
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        loop {}
    }
    #[cfg(target_arch = "x86_64")]
    global_asm!(".globl _start", "_start:", "mov rdi, rsp", "and rsp, -16", "call {m}", m = sym run);
    #[cfg(target_arch = "aarch64")]
    global_asm!(".globl _start", "_start:", "mov x0, sp", "bl {m}", m = sym run);
    #[cfg(target_arch = "x86_64")]
    unsafe fn sys(n: usize, a: usize, b: usize, c: usize) {
        unsafe {
            asm!("syscall", inlateout("rax") n => _, in("rdi") a, in("rsi") b, in("rdx") c, out("rcx") _, out("r11") _)
        }
    }
    #[cfg(target_arch = "aarch64")]
    unsafe fn sys(n: usize, a: usize, b: usize, c: usize) {
        unsafe { asm!("svc 0", in("x8") n, inlateout("x0") a=>_, in("x1") b, in("x2") c) }
    }
    #[cfg(target_arch = "x86_64")]
    const N: (usize, usize) = (1, 231);
    #[cfg(target_arch = "aarch64")]
    const N: (usize, usize) = (64, 94);
    unsafe extern "C" fn run(sp: *const usize) {
        unsafe {
            let n = *sp;
            if n > 1 {
                sys(N.0, 1, *sp.add(2), 3);
            }
            sys(N.0, 1, b"hi\n".as_ptr() as usize, 3);
            sys(N.1, 0, 0, 0);
        }
    }
}
