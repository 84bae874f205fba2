//! Headroom: opens the window, or answers on the command line.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
