//! Work under the injector's rules.

use rawtrap::interpose::{self, Hook, Injector, Rule, Script};

/// What `under` sets the rules of.
pub static INJECTOR: Injector = Injector::new();
/// Its hook, alone.
pub static HOOK: Hook = INJECTOR.hook();

/// Does some work under a script, which stays set when the hook is gone.
pub fn under<T>(script: &str, work: impl FnOnce() -> T) -> T {
    match Script::parse(script) {
        Ok(script) => under_script(&script, work),
        Err(error) => panic!("{error}"),
    }
}

/// The same of rules that are not written out, as their calls have not the same names everywhere.
pub fn under_rules<T>(rules: &[Rule], work: impl FnOnce() -> T) -> T {
    under_script(&Script::new(rules), work)
}

fn under_script<T>(script: &Script, work: impl FnOnce() -> T) -> T {
    assert_eq!(INJECTOR.set(script), Ok(()));
    interpose::install(&HOOK);
    let done = work();
    interpose::remove();
    done
}
