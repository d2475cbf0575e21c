//! What each thread calls does not depend on who runs when: one asks, and the other answers.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;

fn main() {
    let threads: Vec<_> = (0..3u8)
        .map(|number| {
            let (mut ours, mut theirs) = UnixStream::pair().expect("socketpair");
            let handle = thread::spawn(move || {
                theirs.write_all(&[number]).expect("hello");
                let mut question = [0; 4];
                theirs.read_exact(&mut question).expect("question");
                std::fs::read("/proc/self/comm").expect("comm");
                theirs.write_all(&question).expect("answer");
                // Until everybody has been asked.
                assert_eq!(theirs.read(&mut question).expect("end"), 0);
            });
            let mut hello = [0];
            ours.read_exact(&mut hello).expect("hello");
            assert_eq!(hello, [number]);
            assert!(ours.local_addr().expect("getsockname").is_unnamed());
            (ours, handle)
        })
        .collect();
    for (mut stream, _) in threads.iter().map(|(stream, handle)| (stream, handle)) {
        stream.write_all(b"ping").expect("question");
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).expect("answer");
        assert_eq!(&answer, b"ping");
    }
    let child = Command::new("/bin/true").status().expect("child");
    assert!(child.success());
    for (stream, handle) in threads {
        drop(stream);
        handle.join().expect("thread");
    }
    across_pages();
    println!("watched: ok");
}

/// Writes text that lies on both sides of a page's end.
fn across_pages() {
    let text = b"the first page and the second";
    let mut memory = vec![0; 2 * 4096];
    let end = 4096 - memory.as_ptr().addr() % 4096;
    let start = if end < 10 { end + 4096 } else { end } - 10;
    memory[start..start + text.len()].copy_from_slice(text);
    let mut file = std::fs::File::create("/dev/null").expect("/dev/null");
    file.write_all(&memory[start..start + text.len()]).expect("write");
}
