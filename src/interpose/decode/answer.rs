//! What a call answered.

use super::args::open_flags;
use super::names::Family;
use super::print::Printer;
use super::table::Answer;
use super::{Arguments, arrays};
use crate::calls::*;
use crate::errno::Errno;

pub(super) fn answer(p: &mut Printer<'_>, call: &Arguments<'_>) {
    let Some(reg) = call.result else {
        return p.text("?");
    };
    let value = match reg.result() {
        Ok(value) => value.to_usize() as u64,
        Err(errno) => return error(p, errno),
    };
    let Some(signature) = call.signature else {
        return p.signed(value as isize as i64);
    };
    match signature.answer {
        Answer::Number => p.signed(value as isize as i64),
        Answer::Address => p.hex(value),
        Answer::Mode => p.octal(value),
        Answer::Fcntl => fcntl(p, FcntlCommand::from_bits(call.value(1) as u32), value),
        Answer::Poll => {
            p.number(value);
            arrays::polled(p, call, value);
        }
        Answer::Select => {
            p.number(value);
            arrays::selected(p, call, value);
        }
    }
}

/// What the kernel tells itself of a call that a signal has interrupted; a tracer sees it, a program never does.
const RESTARTS: [(i32, &str); 4] = [
    (512, "ERESTARTSYS (To be restarted if SA_RESTART is set)"),
    (513, "ERESTARTNOINTR (To be restarted)"),
    (514, "ERESTARTNOHAND (To be restarted if no handler)"),
    (516, "ERESTART_RESTARTBLOCK (Interrupted by signal)"),
];

fn error(p: &mut Printer<'_>, errno: Errno) {
    let number = errno.raw();
    if let Some((_, words)) = RESTARTS.iter().find(|(restart, _)| *restart == number) {
        p.text("? ");
        return p.text(words);
    }
    p.text("-1 ");
    match errno.name() {
        Some(name) => {
            p.text(name);
            p.text(" (");
            p.display(&errno);
        }
        None => {
            p.text("(errno ");
            p.signed(number.into());
        }
    }
    p.text(")");
}

fn fcntl(p: &mut Printer<'_>, command: FcntlCommand, value: u64) {
    match command {
        F_GETFD if value != 0 => {
            p.hex(value);
            p.text(" (flags ");
            p.flags(Family::FdFlag.names(), value);
            p.text(")");
        }
        F_GETFL => {
            p.hex(value);
            p.text(" (flags ");
            open_flags(p, value);
            p.text(")");
        }
        _ => p.signed(value as isize as i64),
    }
}
