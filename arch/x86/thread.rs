//! clone(2) onto a new stack on x86.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// What the child finds on its stack, from its stack pointer on.
#[repr(C)]
struct Top {
    entry: extern "C" fn(*mut ()) -> !,
    /// A return address of 0, at which unwinders and debuggers end.
    back: usize,
    /// At a multiple of 16, as a function expects its arguments (i386 psABI, 2.2.2).
    arg: *mut (),
    filler: [usize; 3],
}

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for eax and esp. The arguments take all those that can be operands, so
/// `entry` and `arg` reach it on its stack, whose end the kernel is told that much lower. The child takes `entry` from
/// there and jumps where one would call.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let rest = [d, e];
    let result;
    // SAFETY: the stack has room below its end. The parent only traps; the child leaves this function's frame for
    // `stack` and never comes back.
    unsafe {
        let stack = b.assume_init().cast::<Top>().sub(1);
        stack.write(Top {
            entry,
            back: 0,
            arg,
            filler: [0; 3],
        });
        asm!(
            "push esi",
            "mov esi, [edi]",
            "mov edi, [edi + 4]",
            "int 0x80",
            "test eax, eax",
            "jnz 2f",
            "xor ebp, ebp", // the outermost frame
            "pop eax",
            "jmp eax",
            "2:",
            "pop esi",
            inlateout("eax") SYS_clone as usize => result,
            in("ebx") a,
            in("ecx") stack,
            in("edx") c,
            inout("edi") rest.as_ptr() => _,
        );
    }
    result
}
