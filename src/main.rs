//! The `upshot` program.

fn main() {}
