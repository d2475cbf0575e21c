//! Work under the injector's rules.

use rawtrap::interpose::{self, Hook, Injector, Script};

/// What `under` sets the rules of.
pub static INJECTOR: Injector = Injector::new();
/// Its hook, alone.
pub static HOOK: Hook = INJECTOR.hook();

/// Does some work under a script, which stays set when the hook is gone.
pub fn under<T>(script: &str, work: impl FnOnce() -> T) -> T {
    match Script::parse(script) {
        Ok(script) => assert_eq!(INJECTOR.set(&script), Ok(())),
        Err(error) => panic!("{error}"),
    }
    interpose::install(&HOOK);
    let done = work();
    interpose::remove();
    done
}
