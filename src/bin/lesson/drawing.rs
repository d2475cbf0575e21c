//! The boundary, drawn.

use core::fmt::{self, Display, Write};

use rawtrap::tables::NATIVE;

use crate::lesson::Outcome;
use crate::out::{Out, Style};

/// The characters of a drawing.
struct Pen {
    /// Left corner, line, right corner.
    top: [char; 3],
    bottom: [char; 3],
    side: char,
    wall: char,
    down: char,
    up: char,
}

const ASCII: Pen = Pen {
    top: ['+', '-', '+'],
    bottom: ['+', '-', '+'],
    side: '|',
    wall: '#',
    down: 'v',
    up: '^',
};

const BOX: Pen = Pen {
    top: ['┌', '─', '┐'],
    bottom: ['└', '─', '┘'],
    side: '│',
    wall: '▒',
    down: '▼',
    up: '▲',
};

/// The width of the whole.
const WIDTH: usize = 66;
const MARGIN: &str = "  ";

/// Draws the program on one side, the wall with its guarded window, and the kernel on the other side. A terminal that is
/// too narrow would break each line in two: it gets no drawing.
pub fn draw(out: &mut Out<'_>) -> Outcome {
    if out.look().width < MARGIN.len() + WIDTH {
        return Ok(());
    }
    let pen = if out.look().utf8 { &BOX } else { &ASCII };
    let Pen { side, down, up, .. } = *pen;
    let [a, b, c, d, e, f] = NATIVE.args;
    let mut art = Art { out, pen };

    art.rule(pen.top)?;
    art.row("your program", "user space")?;
    art.row("It computes, and reaches its own memory alone.", "")?;
    art.rule(pen.bottom)?;
    art.ways(side, up, format_args!("{} says which call", NATIVE.number))?;
    art.ways(side, side, format_args!("{a} {b} {c} {d} {e} {f} carry its arguments"))?;
    art.wall(NATIVE.instruction)?;
    art.ways(
        down,
        side,
        format_args!("{} brings a value back, or an error", NATIVE.result),
    )?;
    art.rule(pen.top)?;
    art.row("the kernel", "kernel space")?;
    art.row("It checks every argument, and has the files and the devices.", "")?;
    art.rule(pen.bottom)
}

struct Art<'a, 'fd> {
    out: &'a mut Out<'fd>,
    pen: &'static Pen,
}

impl Art<'_, '_> {
    fn line(&mut self, text: fmt::Arguments<'_>) -> Outcome {
        self.out.line(Style::Plain, MARGIN, text)
    }

    fn rule(&mut self, [left, line, right]: [char; 3]) -> Outcome {
        self.line(format_args!("{left}{}{right}", Times(WIDTH - 2, line)))
    }

    fn row(&mut self, left: &str, right: &str) -> Outcome {
        let side = self.pen.side;
        let gap = WIDTH - 4 - right.len();
        self.line(format_args!("{side} {left:gap$}{right} {side}"))
    }

    /// The way down, the way up, and what travels there.
    fn ways(&mut self, down: char, up: char, cargo: fmt::Arguments<'_>) -> Outcome {
        self.line(format_args!("     {down}     {up}   {cargo}"))
    }

    fn wall(&mut self, instruction: &str) -> Outcome {
        let Pen { wall, side, .. } = *self.pen;
        let sign = "the guarded window: ";
        let rest = WIDTH.saturating_sub(15 + 4 + sign.len() + instruction.len());
        self.line(format_args!(
            "{five}{side}{five}{side}{three}[ {sign}{instruction} ]{}",
            Times(rest, wall),
            five = Times(5, wall),
            three = Times(3, wall),
        ))
    }
}

/// A character several times.
struct Times(usize, char);

impl Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.0).try_for_each(|_| f.write_char(self.1))
    }
}
