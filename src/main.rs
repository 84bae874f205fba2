//! Headroom: opens the window, or answers on the command line.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "app")]
mod app;
mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
