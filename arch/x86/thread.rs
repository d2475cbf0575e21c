//! clone(2) onto a new stack on x86.

use core::arch::asm;
use core::mem::MaybeUninit;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for eax and esp. Five of the other six are arguments, and ebp has `entry`;
/// none is left for `arg`, and none is needed: it is where the stack ends. The child jumps where one would call: a return
/// address of 0, at which unwinders and debuggers end, stands below the argument, which is at a multiple of 16 as a
/// function expects it (i386 psABI, 2.2.2).
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`, at `arg`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let rest = [d, e, MaybeUninit::new(entry as *mut ())];
    let result;
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back. Whoever
    // places arguments has placed the stack.
    unsafe {
        debug_assert_eq!(b.assume_init(), arg);
        asm!(
            "push esi",
            "push ebp",
            "mov esi, [edi]",
            "mov ebp, [edi + 8]",
            "mov edi, [edi + 4]",
            "int 0x80",
            "test eax, eax",
            "jnz 2f",
            "mov eax, esp",
            "sub esp, 12",
            "push eax",
            "push 0",
            "mov eax, ebp",
            "xor ebp, ebp", // the outermost frame
            "jmp eax",
            "2:",
            "pop ebp",
            "pop esi",
            inlateout("eax") SYS_clone as usize => result,
            in("ebx") a,
            in("ecx") b,
            in("edx") c,
            inout("edi") rest.as_ptr() => _,
        );
    }
    result
}
