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
    println!("watched: ok");
}
