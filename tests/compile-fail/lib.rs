//! The package needs a library for its test to belong to. The cases are in `cases/`.
