//! The futures that were left: a row for each below the slider, on the same scale, and the way there.

use crate::app::Msg;
use crate::session::Session;
use crate::text;
use faultline::sim::{Branch, Time};
use yew::{Callback, Html, html};

pub(crate) fn branches(session: &Session, send: &Callback<Msg>) -> Html {
    let (branches, end) = session.branches();
    if branches.is_empty() {
        return Html::default();
    }
    let share = |moment: Time| moment.0 as f64 / end.0.max(1) as f64 * 100.0;
    let row = |(index, branch): (usize, &Branch)| {
        let style = format!("--from:{:.2}%;--to:{:.2}%", share(branch.left_at), share(branch.reached));
        let what = deed(session, branch);
        let label = text::branch(&what, branch.left_at, branch.reached);
        html! {
            <li key={index}><button {style} title={label.clone()} aria-label={label} onclick={send.reform(move |_| Msg::Branch(index))}>
                <i />
                <span>{ what }</span>
            </button></li>
        }
    };
    // The one that was left last is the nearest.
    html! { <ol class="branches" aria-label={text::BRANCHES}>{ for branches.iter().enumerate().rev().map(row) }</ol> }
}

/// What was done in that future and not in this one.
pub(crate) fn deed(session: &Session, branch: &Branch) -> String {
    let here = &session.sim().scenario().inputs;
    let own = branch.scenario.inputs.iter().find(|timed| !here.contains(timed));
    own.map_or_else(|| text::UNTOUCHED.to_owned(), |timed| session.sim().describe_input(&timed.input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;
    use faultline::sim::NodeId;

    #[test]
    fn a_future_is_named_after_what_was_done_in_it() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
        session.seek(Time(300_000_000));
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        session.seek(Time(600_000_000));
        session.seek(Time(100_000_000));
        session.edit(vec![Input::Pause(NodeId(0))]).unwrap();
        assert_eq!(deed(&session, &session.branches().0[0]), "n2 crashes");
        session.switch(0);
        assert_eq!(deed(&session, &session.branches().0[0]), "n1 is paused");
        assert_eq!(session.playhead(), Time(600_000_000));
    }
}
