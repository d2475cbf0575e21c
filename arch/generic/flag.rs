//! Machines whose kernel tells an error by a flag, with a positive errno as the result (powerpc, mips, sparc).

use core::ptr;

/// The word as the machines without a flag have it: `-errno`, or the value. Their `trap.rs` and `thread.rs` call this, and
/// nothing else does.
///
/// A value within `-4095..=-1` that was not flagged cannot be told from an errno after this. No call answers one: such a
/// kernel's own test for an error is that range, or a part of it (`MAX_ERRNO`; mips, `EMAXERRNO`).
#[inline(always)]
pub fn word(result: *mut (), failed: bool) -> *mut () {
    if failed {
        ptr::without_provenance_mut(result.addr().wrapping_neg())
    } else {
        result
    }
}

#[cfg(test)]
mod tests {
    use crate::reg::Reg;

    fn decoded(result: isize, failed: bool) -> Result<isize, i32> {
        let word = Reg(super::word(Reg::from(result).0, failed));
        word.result().map(Reg::to_isize).map_err(crate::Errno::raw)
    }

    #[test]
    fn a_flagged_result_is_an_errno() {
        assert_eq!(
            [1, 9, 4095].map(|errno| decoded(errno, true)),
            [Err(1), Err(9), Err(4095)]
        );
    }

    #[test]
    fn another_is_a_value_unless_it_looks_like_an_errno() {
        for value in [0, 1, 9, 4095, 4096, isize::MAX, isize::MIN, -4096] {
            assert_eq!(decoded(value, false), Ok(value));
        }
        assert_eq!([-1, -4095].map(|value| decoded(value, false)), [Err(1), Err(4095)]);
    }
}
