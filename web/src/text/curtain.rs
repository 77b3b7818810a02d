//! The words of rounds behind a curtain.

pub(crate) const TITLE: &str = "Behind the curtain";
pub(crate) const KIND: &str = "Guess";
pub(crate) const WAIT: &str = "The curtain is closed. You will be asked in a moment.";
pub(crate) const RIGHT: &str = "Right, this time";
pub(crate) const WRONG: &str = "It was something else";
pub(crate) const NEXT: &str = "Next round";
pub(crate) const NONE: &str = "Your guesses will be counted here, on this device only.";
pub(crate) const TABLE: &str = "What it was, and what you said";
pub(crate) const CORNER: &str = "it was ↓ you said →";
pub(crate) const ERASE: &str = "Erase this table";

/// What it was, and what was said.
pub(crate) fn decided(truth: &str, said: &str, right: bool) -> String {
    if right { format!("{truth}. That is what you said.") } else { format!("{truth}. You said: {said}.") }
}

/// How many guesses were right, and how many would be by chance.
pub(crate) fn score(right: u64, of: u64, causes: usize) -> String {
    format!("Right in {right} of {of} rounds. Whoever draws lots is right in one of {causes}.")
}
