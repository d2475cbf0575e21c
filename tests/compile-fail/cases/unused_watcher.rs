// expects: unused return value of `Watcher::quiet`, unused return value of `Hook::then`

#![deny(unused_must_use)]

use rawtrap::STDERR;
use rawtrap::interpose::{self, Hook, Watcher};

static WATCHER: Watcher = Watcher::new(STDERR);
static INNER: Hook = WATCHER.hook();

fn main() {
    Watcher::new(STDERR).quiet();
    WATCHER.hook().then(&INNER);
    interpose::remove();
}
