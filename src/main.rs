//! Headroom: opens the window, or answers on the command line.

#[cfg(feature = "app")]
mod app;
mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
