// expects: E0499, buf

use rawtrap::sys_getcwd;

fn main() {
    let mut buf = [0; 4096];
    let before = sys_getcwd(&mut buf).unwrap();
    sys_getcwd(&mut buf).unwrap();
    assert_eq!(before, c"/");
}
