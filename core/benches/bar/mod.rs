//! What a benchmark is held against: a bar that it is to reach, and a floor that it must not fall
//! through. The bar is what we promise ourselves; between it and the floor is what we have not
//! reached yet; beyond the floor something has become worse. `./run bench` gathers these lines from
//! every benchmark into one table.

/// Which way is better.
#[derive(Clone, Copy)]
pub(crate) enum Better {
    Less,
    More,
}

/// Says what was measured, what it was to be, and what came of it.
pub(crate) fn bar(what: &str, better: Better, bar: f64, floor: f64, figure: f64, unit: &str) {
    let (sign, reaches): (_, fn(f64, f64) -> bool) = match better {
        Better::Less => ("<=", |figure, limit| figure <= limit),
        Better::More => (">=", |figure, limit| figure >= limit),
    };
    let verdict = match (reaches(figure, bar), reaches(figure, floor)) {
        (true, _) => "reached",
        (false, true) => "missed",
        (false, false) => "WORSE",
    };
    println!("bar | {what} | {sign} {bar}{unit} | {}{unit} | {verdict}", short(figure));
}

fn short(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
