//! Starts the program.

use std::process::ExitCode;

use clap::Parser;

/// The system's allocator keeps what many threads have freed: half of the memory after a large import.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match innocap_server::arguments(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(failure) => return fail(&failure),
    };
    let cli = innocap_server::Cli::parse_from(arguments);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&innocap_server::Failure::from(error)),
    };
    match runtime.block_on(innocap_server::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &innocap_server::Failure) -> ExitCode {
    eprintln!("innocap: {}", failure.message);
    ExitCode::from(failure.code)
}
