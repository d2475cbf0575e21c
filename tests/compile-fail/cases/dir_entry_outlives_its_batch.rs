// expects: E0499, entries

use rawtrap::{Dir, O_DIRECTORY, O_RDONLY, sys_open};

fn main() {
    let fd = sys_open(c"/", O_RDONLY | O_DIRECTORY, 0).unwrap();
    let mut buf = [0; 512];
    let mut entries = Dir::new(fd.as_fd(), &mut buf);
    let first = entries.next().unwrap().unwrap();
    let second = entries.next().unwrap().unwrap();
    assert_ne!(first.d_name, second.d_name);
}
