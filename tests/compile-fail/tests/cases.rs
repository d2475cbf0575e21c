//! Compiles every case, none of which may compile. What the compiler has to say of each stands in the case's first
//! lines, as error codes and names of ours: its prose differs from version to version. `ci/checks/compile-fail` runs
//! this and compares.

#[test]
fn cases() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
