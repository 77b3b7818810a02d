//! What labs say of every order of events, by looking everywhere: that nothing is both consistent and
//! available across a cut, and that no number of acknowledgements makes two generals sure.

use faultline::lab::Lab;
use faultline::lab::challenge::Challenge;
use faultline::lab::search::{Search, Tried};
use faultline::models::Library;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn lab(id: &str, text: &str) -> Lab {
    Lab::read(text, id, &Library::standard()).unwrap()
}

fn cap() -> Lab {
    lab("L10", include_str!("../../static/labs/L10.toml"))
}

/// What is shown in each world of a search.
fn attempt(lab: &Lab, challenge: &Challenge, search: &Search) -> Vec<Tried> {
    let library = Library::standard();
    let cases = search.cases(challenge, lab).into_iter();
    cases.map(|case| search.attempt(challenge, lab, &library, &case).unwrap()).collect()
}

#[test]
fn across_a_cut_nothing_is_both_consistent_and_available() {
    let lab = cap();
    let challenge = lab.challenge("impossible").unwrap();
    let states = challenge.searches.iter().map(|search| {
        let tried = attempt(&lab, challenge, search);
        assert!(tried.iter().all(|tried| tried.way.is_none()), "{tried:?}");
        // Whoever answers at hand contradicts; whoever asks a majority does not answer.
        assert!(tried.iter().any(|tried| tried.contradicted > 0) && tried.iter().any(|tried| tried.contradicted == 0));
        tried.iter().map(|tried| tried.states).sum::<u64>()
    });
    assert_eq!(states.collect::<Vec<_>>(), [1_980, 28_752, 24_228]);
}

/// Never to find it would say nothing if it could not be found.
#[test]
fn without_a_cut_both_are_had() {
    let lab = cap();
    let challenge = lab.challenge("impossible").unwrap();
    for nodes in 2..=3 {
        let whole = Search { cut: false, timers: 0, crashes: 0, nodes: Some(nodes), ..challenge.searches[0].clone() };
        let tried = attempt(&lab, challenge, &whole);
        assert_eq!(tried.len(), whole.settings.len());
        assert!(tried.iter().all(|tried| tried.way.is_some()), "{nodes} nodes: {tried:?}");
    }
}

#[test]
fn no_number_of_acknowledgements_makes_two_generals_sure() {
    let lab = lab("L02", include_str!("../../static/labs/L02.toml"));
    let challenge = lab.challenge("generals").unwrap();
    let tried = attempt(&lab, challenge, &challenge.searches[0]);
    let longest = tried.iter().map(|tried| tried.way.as_ref().expect("one attacks alone").len()).max();
    assert_eq!((tried.len(), longest.is_some_and(|steps| steps <= 11)), (9, true), "{tried:?}");
}
