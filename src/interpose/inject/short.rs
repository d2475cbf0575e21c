//! Fewer bytes than were asked for, by a smaller request.

use crate::calls::net::MSG_TRUNC;
use crate::interpose::memory::{AHEAD, Window};
use crate::interpose::{Call, Memory, OwnMemory};
use crate::reg::{MOST, Reg};
use crate::sysno::*;

/// Where among the arguments of a call the length is.
#[derive(Clone, Copy)]
pub(super) enum Length {
    /// As a number of bytes.
    Bytes(usize),
    /// As a number of `struct iovec`s, which begin where the argument before says.
    Vectors(usize),
}

use Length::{Bytes, Vectors};

/// The calls whose callers must bear a short answer.
const LENGTHS: &[(Sysno, Length)] = &[
    (SYS_read, Bytes(2)),
    (SYS_write, Bytes(2)),
    (SYS_pread64, Bytes(2)),
    (SYS_pwrite64, Bytes(2)),
    (SYS_readv, Vectors(2)),
    (SYS_writev, Vectors(2)),
    (SYS_sendto, Bytes(2)),
    (SYS_recvfrom, Bytes(2)),
    (SYS_getrandom, Bytes(1)),
    (SYS_preadv, Vectors(2)),
    (SYS_preadv2, Vectors(2)),
    (SYS_pwritev, Vectors(2)),
    (SYS_pwritev2, Vectors(2)),
    (SYS_sendfile, Bytes(3)),
    (SYS_sendfile64, Bytes(3)),
    (SYS_splice, Bytes(4)),
    (SYS_tee, Bytes(2)),
    (SYS_copy_file_range, Bytes(4)),
];

pub(super) const fn length(nr: Sysno) -> Option<Length> {
    let mut at = 0;
    while at < LENGTHS.len() {
        if LENGTHS[at].0.number() == nr.number() && nr.exists() {
            return Some(LENGTHS[at].1);
        }
        at += 1;
    }
    None
}

/// The kernel's `struct iovec`: where, and how many bytes.
type Iovec = [usize; 2];

/// The kernel takes no more of them at once (`UIO_MAXIOV`, readv(2)).
const MOST_VECTORS: usize = 1024;

/// As many stretches as a smaller request has at most.
const VECTORS: usize = 8;

/// The kernel refuses more bytes than that (readv(2)).
const MOST_BYTES: usize = isize::MAX as usize;

/// Makes a call for at most `most` bytes, unless it asks for no more than that anyway; 0: for all of them. Before it makes
/// it, it tells so.
///
/// What the kernel would refuse is not made right by asking for less: it is left alone.
///
/// # Safety
/// As for [`Call::make`]; if it answers `None` the call was not made.
pub(super) unsafe fn make(call: &Call, most: u32, tell: impl FnOnce()) -> Option<Reg> {
    let most = most as usize;
    if most == 0 {
        return None;
    }
    let given = call.args();
    // As many as the caller placed, and no more.
    let mut regs = [Reg::from(0usize); MOST];
    let args = &mut regs[..given.len()];
    args.copy_from_slice(given);
    match length(call.nr())? {
        Bytes(place) => {
            let asked = args.get(place)?.to_usize();
            if asked <= most || asked > MOST_BYTES {
                return None;
            }
            if call.nr() == SYS_recvfrom && args.get(3)?.to_usize() as u32 & MSG_TRUNC.bits() != 0 {
                return None;
            }
            args[place] = Reg::from(most);
            tell();
            // SAFETY: the caller answers for the call; a part of the memory is its own as well.
            Some(unsafe { call.make_with(args) })
        }
        Vectors(place) => {
            let (start, count) = (args.get(place - 1)?.to_ptr::<Iovec>(), args.get(place)?.to_usize());
            if count > MOST_VECTORS {
                return None;
            }
            // SAFETY: the arguments of a call that is being made.
            let own = unsafe { OwnMemory::new() };
            let mut room = [0; AHEAD];
            let memory: &dyn Memory = &Window::new(&own, &mut room);
            let all = (0..count).map(|at| memory.get(start.wrapping_add(at).expose_provenance() as u64));
            let mut fewer = [Iovec::default(); VECTORS];
            let taken = cut(all, most, &mut fewer)?;
            args[place - 1] = Reg::from(fewer.as_ptr());
            args[place] = Reg::from(taken);
            tell();
            // SAFETY: as above; the copies live until the call has returned.
            Some(unsafe { call.make_with(args) })
        }
    }
}

/// Copies the first vectors that are not empty, up to `most` bytes, and says how many. `None` if all of them have no more,
/// or one is none that the kernel takes.
fn cut(all: impl Iterator<Item = Option<Iovec>>, most: usize, fewer: &mut [Iovec; VECTORS]) -> Option<usize> {
    let (mut total, mut room, mut taken) = (0_usize, most, 0);
    for vector in all {
        let [base, len] = vector?;
        if len > MOST_BYTES {
            return None;
        }
        total = total.saturating_add(len);
        let len = len.min(room);
        if let Some(place) = fewer.get_mut(taken).filter(|_| len > 0) {
            *place = [base, len];
            taken += 1;
            room -= len;
        }
    }
    (total > most).then_some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(all: &[usize], most: usize) -> Option<Vec<usize>> {
        let mut fewer = [Iovec::default(); VECTORS];
        let vectors = all.iter().map(|len| Some([0, *len]));
        let taken = cut(vectors, most, &mut fewer)?;
        Some(fewer[..taken].iter().map(|[_, len]| *len).collect())
    }

    #[test]
    fn vectors_are_cut_where_the_bytes_end() {
        assert_eq!(lengths(&[4, 4, 4], 1), Some(vec![1]));
        assert_eq!(lengths(&[4, 4, 4], 4), Some(vec![4]));
        assert_eq!(lengths(&[4, 4, 4], 5), Some(vec![4, 1]));
        assert_eq!(lengths(&[4, 4, 4], 11), Some(vec![4, 4, 3]));
    }

    /// A request of nothing would tell the end of a file.
    #[test]
    fn empty_vectors_are_skipped() {
        assert_eq!(lengths(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 4], 3), Some(vec![3]));
        assert_eq!(lengths(&[0, 2, 0, 2], 3), Some(vec![2, 1]));
    }

    #[test]
    fn what_is_short_already_stays() {
        assert_eq!(lengths(&[4, 4, 4], 12), None);
        assert_eq!(lengths(&[4, 0], 4), None);
        assert_eq!(lengths(&[], 1), None);
        assert_eq!(lengths(&[0, 0], 1), None);
    }

    #[test]
    fn there_is_room_for_a_few() {
        assert_eq!(lengths(&[1; 20], 19), Some(vec![1; 8]));
        assert_eq!(lengths(&[1; 20], 20), None);
        assert_eq!(lengths(&[MOST_BYTES; 9], 9), Some(vec![9]));
    }

    #[test]
    fn what_the_kernel_refuses_stays() {
        assert_eq!(lengths(&[4, MOST_BYTES + 1], 1), None);
        assert_eq!(lengths(&[usize::MAX], 1), None);
        let unreadable = [Some([0, 4]), None].into_iter();
        assert_eq!(cut(unreadable, 1, &mut [Iovec::default(); VECTORS]), None);
    }
}
