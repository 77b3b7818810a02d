//! Faultline against others who do the same, measured side by side on one machine.
//!
//! `cargo run --release --locked -- simulators` or `checkers` measures one of the two, without a word
//! both. In every round each side runs once, one after the other, so that what else the machine does
//! hits all of them; medians and spreads of all rounds are printed.

#[path = "../../bar/mod.rs"]
mod bar;
mod checkers;
mod clock;
mod simulators;
mod with_faultline;
mod with_madsim;
mod with_turmoil;
mod work;

fn main() -> std::process::ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["simulators"] => simulators::main(),
        ["checkers"] => checkers::main(),
        [] => {
            simulators::main();
            println!();
            checkers::main();
        }
        _ => {
            eprintln!("there are two comparisons: simulators, checkers");
            return std::process::ExitCode::from(2);
        }
    }
    std::process::ExitCode::SUCCESS
}
