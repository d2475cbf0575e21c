// expects: E0505, pipe.0

use rawtrap::{O_CLOEXEC, sys_close, sys_pipe2, sys_read};

fn main() {
    let pipe = sys_pipe2(O_CLOEXEC).unwrap();
    let reader = pipe.0.as_fd();
    sys_close(pipe.0).unwrap();
    sys_read(reader, &mut [0; 4]).unwrap();
}
