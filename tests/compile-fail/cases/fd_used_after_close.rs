// expects: E0382, reader

use rawtrap::{O_CLOEXEC, sys_close, sys_pipe2, sys_read};

fn main() {
    let (reader, _writer) = sys_pipe2(O_CLOEXEC).unwrap();
    sys_close(reader).unwrap();
    sys_read(reader.as_fd(), &mut [0; 4]).unwrap();
}
