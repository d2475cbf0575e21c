//! hexagon

use core::arch::asm;

use super::Registers;

/// The thread pointer, a register of its own.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("{} = ugp", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
    pointer
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
    // SAFETY: no instruction.
    unsafe { asm!("// {}", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// There are no floating-point registers: two general ones hold such a value.
#[inline(always)]
pub fn opaque_float(value: f64) -> f64 {
    let bits = value.to_bits();
    let (low, high) = (opaque(bits as usize), opaque((bits >> 32) as usize));
    f64::from_bits(low as u64 | (high as u64) << 32)
}

/// Without the stack pointer, r29.
pub const GENERAL: [&str; 31] = [
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "r16", "r17",
    "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28", "r30", "r31",
];

pub const VECTOR: [&str; 0] = [];

pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: r19, r30 and r31, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "r29 = add(r29, #-32)",
            "memw(r29+#0) = r0",
            "memw(r29+#4) = r19",
            "memw(r29+#8) = r30",
            "memw(r29+#12) = r31",
            "r28 = r0",
            "r0 = memw(r28+#0)",
            "r1 = memw(r28+#4)",
            "r2 = memw(r28+#8)",
            "r3 = memw(r28+#12)",
            "r4 = memw(r28+#16)",
            "r5 = memw(r28+#20)",
            "r6 = memw(r28+#24)",
            "r7 = memw(r28+#28)",
            "r8 = memw(r28+#32)",
            "r9 = memw(r28+#36)",
            "r10 = memw(r28+#40)",
            "r11 = memw(r28+#44)",
            "r12 = memw(r28+#48)",
            "r13 = memw(r28+#52)",
            "r14 = memw(r28+#56)",
            "r15 = memw(r28+#60)",
            "r16 = memw(r28+#64)",
            "r17 = memw(r28+#68)",
            "r18 = memw(r28+#72)",
            "r19 = memw(r28+#76)",
            "r20 = memw(r28+#80)",
            "r21 = memw(r28+#84)",
            "r22 = memw(r28+#88)",
            "r23 = memw(r28+#92)",
            "r24 = memw(r28+#96)",
            "r25 = memw(r28+#100)",
            "r26 = memw(r28+#104)",
            "r27 = memw(r28+#108)",
            "r30 = memw(r28+#116)",
            "r31 = memw(r28+#120)",
            "r28 = memw(r28+#112)",
            "trap0(#1)",
            "memw(r29+#16) = r28",
            "r28 = memw(r29+#0)",
            "memw(r28+#0) = r0",
            "memw(r28+#4) = r1",
            "memw(r28+#8) = r2",
            "memw(r28+#12) = r3",
            "memw(r28+#16) = r4",
            "memw(r28+#20) = r5",
            "memw(r28+#24) = r6",
            "memw(r28+#28) = r7",
            "memw(r28+#32) = r8",
            "memw(r28+#36) = r9",
            "memw(r28+#40) = r10",
            "memw(r28+#44) = r11",
            "memw(r28+#48) = r12",
            "memw(r28+#52) = r13",
            "memw(r28+#56) = r14",
            "memw(r28+#60) = r15",
            "memw(r28+#64) = r16",
            "memw(r28+#68) = r17",
            "memw(r28+#72) = r18",
            "memw(r28+#76) = r19",
            "memw(r28+#80) = r20",
            "memw(r28+#84) = r21",
            "memw(r28+#88) = r22",
            "memw(r28+#92) = r23",
            "memw(r28+#96) = r24",
            "memw(r28+#100) = r25",
            "memw(r28+#104) = r26",
            "memw(r28+#108) = r27",
            "memw(r28+#116) = r30",
            "memw(r28+#120) = r31",
            "r0 = memw(r29+#16)",
            "memw(r28+#112) = r0",
            "r19 = memw(r29+#4)",
            "r30 = memw(r29+#8)",
            "r31 = memw(r29+#12)",
            "r29 = add(r29, #32)",
            inout("r0") registers => _,
            out("r1") _, out("r2") _, out("r3") _, out("r4") _, out("r5") _, out("r6") _, out("r7") _, out("r8") _, out("r9") _, out("r10") _, out("r11") _, out("r12") _, out("r13") _, out("r14") _, out("r15") _, out("r16") _, out("r17") _, out("r18") _, out("r20") _, out("r21") _, out("r22") _, out("r23") _, out("r24") _, out("r25") _, out("r26") _, out("r27") _, out("r28") _,
        );
    }
}
