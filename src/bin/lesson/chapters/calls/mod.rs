//! The common calls, each of them made for real.

use crate::lesson::Chapter;

pub mod child;
mod file;
mod memory;
mod network;
mod process;
mod time;

pub const CHAPTER: Chapter = Chapter {
    name: "calls",
    about: "the calls that most programs are made of, each made for real",
    argument: None,
    asks: false,
    parts: &[
        file::open_read_write_close,
        file::stat_and_lstat,
        process::pipe_and_fork,
        process::execute,
        process::kill,
        memory::of_a_file,
        memory::anonymous,
        network::server_and_client,
        time::sleep,
    ],
};
