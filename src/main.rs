//! The `upshot` program.

fn main() -> std::process::ExitCode {
    upshot::cli::main()
}
