//! Numbers alone.
use core::fmt;
use rawtrap::{Reg, Sysno};
pub trait Memory {
    fn read(&self, at: usize, into: &mut [u8]) -> usize;
}
#[derive(Clone, Copy, Default)]
pub struct Before;
impl Before {
    pub fn of(_: Sysno, _: &[Reg], _: &dyn Memory) -> Before {
        Before
    }
}
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Start,
    End,
}
pub struct Line<'a> {
    pub nr: Sysno,
    pub args: &'a [Reg],
    pub result: Option<Reg>,
    pub memory: &'a dyn Memory,
    pub before: Before,
    pub part: Part,
}
impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = (self.before, self.memory.read(0, &mut []));
        if self.part != Part::End {
            write!(f, "{:?}({:?}", self.nr, self.args)?;
        }
        match (self.part, self.result) {
            (Part::Start, _) => Ok(()),
            (_, Some(r)) => write!(f, ") = {}", r.to_isize()),
            _ => f.write_str(") = ?"),
        }
    }
}
