//! Text without allocation: numbers, strings and names, as strace writes them.

use core::fmt::{self, Write};

use crate::interpose::memory::{Memory, Plain};

/// The constants of a family, and what is said of a value that it has not.
pub(super) struct Names {
    pub(super) list: &'static [(&'static str, u64)],
    pub(super) unknown: &'static str,
}

/// How much of a string is shown, and of a list.
pub(super) const SHOWN: usize = 32;

/// How much of a path is read at once.
const CHUNK: usize = 64;

/// The kernel takes no longer path: PATH_MAX.
const PATH: usize = 4096;

/// Where the line goes, and where it reads.
pub(super) struct Printer<'a> {
    to: &'a mut dyn Write,
    pub(super) memory: &'a dyn Memory,
    /// What goes in front of the next argument.
    separator: &'static str,
    failed: bool,
}

impl<'a> Printer<'a> {
    #[inline]
    pub(super) fn new(to: &'a mut dyn Write, memory: &'a dyn Memory) -> Printer<'a> {
        Printer {
            to,
            memory,
            separator: "",
            failed: false,
        }
    }

    #[inline]
    pub(super) fn finish(self) -> fmt::Result {
        if self.failed { Err(fmt::Error) } else { Ok(()) }
    }

    /// Begins one of the things that are separated by commas.
    #[inline(never)]
    pub(super) fn comma(&mut self) {
        let separator = core::mem::replace(&mut self.separator, ", ");
        self.text(separator);
    }

    /// The next comma is left out, or not.
    #[inline]
    pub(super) fn separate(&mut self, separate: bool) {
        self.separator = if separate { ", " } else { "" };
    }

    /// True if something stands before the next comma.
    #[inline]
    pub(super) fn separates(&self) -> bool {
        !self.separator.is_empty()
    }

    // Called from everywhere: its body is larger than a call.
    #[inline(never)]
    pub(super) fn text(&mut self, text: &str) {
        self.failed |= self.to.write_str(text).is_err();
    }

    pub(super) fn display(&mut self, value: &dyn fmt::Display) {
        self.failed |= write!(self.to, "{value}").is_err();
    }

    /// A number of at least `least` digits.
    fn digits(&mut self, mut number: u64, base: u64, least: usize) {
        let mut room = [b'0'; 22];
        let mut at = room.len();
        while number != 0 || room.len() - at < least {
            at -= 1;
            room[at] = b"0123456789abcdef"[(number % base) as usize];
            number /= base;
        }
        self.ascii(&room[at..]);
    }

    /// Bytes that are ASCII.
    fn ascii(&mut self, bytes: &[u8]) {
        // SAFETY: the callers, all of them here, pass ASCII alone.
        self.text(unsafe { core::str::from_utf8_unchecked(bytes) });
    }

    pub(super) fn number(&mut self, number: u64) {
        self.digits(number, 10, 1);
    }

    pub(super) fn signed(&mut self, number: i64) {
        if number < 0 {
            self.text("-");
        }
        self.number(number.unsigned_abs());
    }

    /// `0x1f`, or `0`.
    pub(super) fn hex(&mut self, number: u64) {
        if number != 0 {
            self.text("0x");
        }
        self.digits(number, 16, 1);
    }

    /// `\x1f`
    fn hex_escape(&mut self, byte: u8) {
        self.text("\\x");
        self.digits(byte.into(), 16, 2);
    }

    /// `0644`, `022`, `000`
    pub(super) fn octal(&mut self, number: u64) {
        if number != 0 {
            self.text("0");
        }
        self.digits(number, 8, if number == 0 { 3 } else { 2 });
    }

    /// `0x7f..`, or `NULL`.
    pub(super) fn address(&mut self, address: u64) {
        if address == 0 {
            self.text("NULL");
        } else {
            self.hex(address);
        }
    }

    /// An id, of which -1 says that it stays as it is.
    pub(super) fn id(&mut self, id: u64) {
        match id as u32 {
            u32::MAX => self.text("-1"),
            id => self.number(id.into()),
        }
    }

    /// `0x63 /* AF_??? */`
    pub(super) fn unknown(&mut self, value: u64, what: &str) {
        self.hex(value);
        self.text(" /* ");
        self.text(what);
        self.text(" */");
    }

    /// The one constant that has this value, of 32 bits.
    pub(super) fn one(&mut self, names: &Names, value: u64) {
        match names.list.iter().find(|(_, known)| *known as u32 == value as u32) {
            Some((name, _)) => self.text(name),
            None => self.unknown(value, names.unknown),
        }
    }

    /// Constants joined with `|`, then what is left.
    pub(super) fn flags(&mut self, names: &Names, bits: u64) {
        let left = self.known_flags(names, bits, false);
        if left == bits {
            match names.list.iter().find(|(_, known)| *known == bits) {
                Some((name, _)) => self.text(name),
                None if bits == 0 => self.text("0"),
                None => self.unknown(bits, names.unknown),
            }
        } else if left != 0 {
            self.text("|");
            self.hex(left);
        }
    }

    /// Constants joined with `|`, to something that stands before them or not, and returns the bits that are left.
    pub(super) fn known_flags(&mut self, names: &Names, bits: u64, mut joined: bool) -> u64 {
        let mut left = bits;
        for (name, value) in names.list {
            if *value != 0 && left & value == *value {
                if joined {
                    self.text("|");
                }
                joined = true;
                self.text(name);
                left &= !value;
            }
        }
        left
    }

    /// The bytes of a string, escaped. `next` is the one behind them, if it is shown as well.
    fn escaped(&mut self, bytes: &[u8], next: Option<u8>) {
        let mut plain = 0;
        for (at, byte) in bytes.iter().copied().enumerate() {
            if matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.ascii(&bytes[plain..at]);
            plain = at + 1;
            self.text("\\");
            match byte {
                b'"' => self.text("\""),
                b'\\' => self.text("\\"),
                b'\t' => self.text("t"),
                b'\n' => self.text("n"),
                0x0b => self.text("v"),
                0x0c => self.text("f"),
                b'\r' => self.text("r"),
                _ => {
                    // As short as the byte behind it allows: that must not read as one more octal digit.
                    let next = bytes.get(at + 1).copied().or(next);
                    let octal = next.is_some_and(|next| matches!(next, b'0'..=b'7'));
                    self.digits(byte.into(), 8, if octal { 3 } else { 1 });
                }
            }
        }
        self.ascii(&bytes[plain..]);
    }

    /// `"text\n"`, with `...` where there is more.
    pub(super) fn quoted(&mut self, bytes: &[u8], more: bool) {
        self.text("\"");
        self.escaped(bytes, None);
        self.text(if more { "\"..." } else { "\"" });
    }

    /// `len` bytes at an address, of which the first 32 are shown.
    pub(super) fn bytes(&mut self, at: u64, len: u64) {
        let mut room = [0; SHOWN];
        match self.shown(at, len, &mut room) {
            Some(bytes) => self.quoted(bytes, len > SHOWN as u64),
            None => self.address(at),
        }
    }

    /// The same in hex alone, as random bytes are shown.
    pub(super) fn hex_bytes(&mut self, at: u64, len: u64) {
        let mut room = [0; SHOWN];
        let Some(bytes) = self.shown(at, len, &mut room) else {
            return self.address(at);
        };
        self.text("\"");
        for byte in bytes {
            self.hex_escape(*byte);
        }
        self.text(if len > SHOWN as u64 { "\"..." } else { "\"" });
    }

    #[inline]
    fn shown<'b>(&self, at: u64, len: u64, room: &'b mut [u8; SHOWN]) -> Option<&'b [u8]> {
        let shown = len.min(SHOWN as u64) as usize;
        let room = &mut room[..shown];
        (at != 0 && self.memory.read(at as usize, room) == shown).then_some(room)
    }

    /// A string that ends with a zero byte, of which the first 32 are shown.
    pub(super) fn string(&mut self, at: u64) {
        self.string_within(at, &mut [0; SHOWN + 1]);
    }

    /// A string that ends within so many bytes, or goes on.
    pub(super) fn string_within(&mut self, at: u64, room: &mut [u8]) {
        let count = self.memory.read(at as usize, room);
        match room[..count].iter().position(|byte| *byte == 0) {
            Some(end) => self.quoted(&room[..end], false),
            None if count == room.len() => self.quoted(&room[..count.min(SHOWN)], true),
            None => self.address(at),
        }
    }

    /// A path, of which all is shown.
    pub(super) fn path(&mut self, at: u64) {
        let mut room = [0; CHUNK + 1];
        let mut count = self.memory.read(at as usize, &mut room);
        if let Some(end) = room[..count].iter().position(|byte| *byte == 0) {
            return self.quoted(&room[..end], false);
        }
        // Where it ends is known before anything is shown: a path that does not end is an address.
        let mut len = 0;
        while len < PATH {
            count = self.memory.read((at as usize).wrapping_add(len), &mut room[..CHUNK]);
            match room[..count].iter().position(|byte| *byte == 0) {
                Some(end) => {
                    len += end;
                    break;
                }
                None if count < CHUNK => return self.address(at),
                None => len += CHUNK,
            }
        }
        let more = len >= PATH;
        len = len.min(PATH - 1);
        self.text("\"");
        for from in (0..len).step_by(CHUNK) {
            let end = (len - from).min(CHUNK);
            count = self.memory.read((at as usize).wrapping_add(from), &mut room);
            let shown = end.min(count);
            let next = (len - from > CHUNK).then(|| room[CHUNK]);
            self.escaped(&room[..shown], next);
        }
        self.text(if more { "\"..." } else { "\"" });
    }

    /// The value at an address, if there is one.
    pub(super) fn get<T: Plain>(&self, at: u64) -> Option<T> {
        self.memory.get(at)
    }

    /// `[one, two]`: `item` prints each by its address, behind a comma, or answers false if it cannot be read.
    pub(super) fn list(&mut self, at: u64, size: u64, count: u64, item: &mut dyn FnMut(&mut Printer<'a>, u64) -> bool) {
        let outer = core::mem::replace(&mut self.separator, "[");
        for i in 0..=count {
            // Of nonsense, another address.
            let next = at.wrapping_add(i.wrapping_mul(size));
            if i == count {
                self.text(if i == 0 { "[]" } else { "]" });
            } else if i == SHOWN as u64 {
                self.text(", ...]");
                break;
            } else if !item(self, next) {
                if i == 0 {
                    self.address(at);
                } else {
                    self.text(", ... /* ");
                    self.address(next);
                    self.text(" */]");
                }
                break;
            }
        }
        self.separator = outer;
    }
}
