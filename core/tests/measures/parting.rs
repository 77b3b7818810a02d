//! The first difference of two runs, found while both go on.

use crate::ms;
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::sim::{NodeId, Parting, Sim, Time};

fn run(change: impl FnOnce(&mut Scenario)) -> Sim {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
    change(&mut scenario);
    Sim::new(&library, scenario).unwrap()
}

#[test]
fn runs_of_the_same_scenario_never_part() {
    let (mut a, mut b) = (run(|_| {}), run(|_| {}));
    a.run_until(ms(3_000));
    b.run_until(ms(3_000));
    assert!(a.rows() > 50);
    assert_eq!(Parting::default().look(&a, &b, ms(3_000)), None);
}

#[test]
fn they_part_where_the_knob_first_matters_however_the_way_there_is_taken() {
    let key = Library::standard().find("ping-pong").unwrap().about().params.iter().find(|spec| spec.label == "Patience").unwrap().key;
    let turned = |scenario: &mut Scenario| {
        scenario.settings.insert(key.into(), 30_000_000);
    };
    let (mut a, mut b) = (run(|_| {}), run(turned));
    a.run_until(ms(1_000));
    b.run_until(ms(1_000));
    let whole = Parting::default().look(&a, &b, ms(1_000)).unwrap();
    // No ball is back after 30 ms: the impatient one serves again.
    assert_eq!(whole.at, ms(30));
    assert!(b.describe_row(whole.rows[1].unwrap()).contains("no return yet"));
    assert!(a.trace().row(whole.rows[0].unwrap()).unwrap().time > ms(30));

    let (mut a, mut b, mut parting) = (run(|_| {}), run(turned), Parting::default());
    for step in 0..1_000 {
        a.run_until(ms(step));
        b.run_until(ms(step));
        let found = parting.look(&a, &b, ms(step));
        assert_eq!(found.map(|parted| parted.at), (step >= 30).then_some(ms(30)), "{step} ms");
    }
    // In that moment the other run had nothing to say yet.
    assert_eq!(parting.found().unwrap().rows, [None, whole.rows[1]]);
}

#[test]
fn what_is_done_to_a_run_is_no_difference_but_what_it_leads_to_is() {
    let cut = |scenario: &mut Scenario| {
        scenario.add(ms(5), Input::Cut { from: NodeId(0), to: NodeId(1) });
    };
    let (mut a, mut b) = (run(|_| {}), run(cut));
    a.run_until(ms(500));
    b.run_until(ms(500));
    let parted = Parting::default().look(&a, &b, ms(500)).unwrap();
    assert!(b.describe_row(parted.rows[1].unwrap()).contains("the link is cut"));
    // Cut where nothing ever goes: nothing comes of it.
    let idle = |scenario: &mut Scenario| {
        scenario.add(ms(5), Input::HealAll);
    };
    let mut b = run(idle);
    b.run_until(ms(500));
    assert_eq!(Parting::default().look(&a, &b, ms(500)), None);
}

#[test]
fn runs_of_different_models_part_as_soon_as_they_do_different_things() {
    let library = Library::standard();
    let scenario = |model: &str| {
        let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        (scenario.nodes, scenario.clients) = (3, 1);
        scenario
    };
    let mut a = Sim::new(&library, scenario("raft")).unwrap();
    let mut b = Sim::new(&library, scenario("primary-backup")).unwrap();
    a.run_until(Time(2_000_000_000));
    b.run_until(Time(2_000_000_000));
    let parted = Parting::default().look(&a, &b, Time(2_000_000_000)).unwrap();
    assert!(parted.rows.iter().flatten().count() > 0 && parted.at < Time(1_000_000_000));
}
