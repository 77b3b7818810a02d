//! One client: what it can ask, whom, and what came of what it asked.

use crate::desk::{OfDesk, OfRun};
use crate::request::{Outcome, Request};
use crate::session::Session;
use crate::stage::touch;
use crate::text;
use crate::ui::{self, Named};
use faultline::scenario::{Fate, Input};
use faultline::sim::{NodeId, Sim, Span};
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, TargetCast, html};

/// Nobody waits for a message for longer than an hour.
const MOST_LAG_MS: u64 = 3_600_000;
/// How many requests are listed.
const REQUESTS: usize = 8;

/// What a learner is about to let a client ask.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) node: NodeId,
    /// What was typed as the argument of each operation, where something was.
    pub(crate) arguments: Vec<(usize, String)>,
    /// How much later a message is to come, in milliseconds, as it was typed.
    pub(crate) lag: Option<String>,
    /// Why the last one was refused.
    pub(crate) refused: Option<String>,
}

impl Default for Ask {
    fn default() -> Self {
        Self { node: NodeId(0), arguments: Vec::new(), lag: None, refused: None }
    }
}

impl Ask {
    fn argument(&self, op: usize) -> &str {
        self.arguments.iter().find(|(other, _)| *other == op).map_or("1", |(_, typed)| typed)
    }

    pub(crate) fn say(&mut self, op: usize, typed: String) {
        self.arguments.retain(|(other, _)| *other != op);
        self.arguments.push((op, typed));
    }

    /// By how many milliseconds a message is to be delayed: as much as it travels anyway, if nothing is said.
    pub(crate) fn lag(&self, session: &Session, message: u32) -> String {
        let travels = touch::flight(session.sim(), message).map_or(Span::ZERO, |flight| flight.due.since(flight.sent));
        self.lag.clone().unwrap_or_else(|| (travels.0 / 1_000_000).max(1).to_string())
    }

    /// The gesture that delays a message.
    ///
    /// # Errors
    /// If what was typed is no length of time, or the message has arrived.
    pub(crate) fn delay(&self, session: &Session, message: u32) -> Result<Input, String> {
        let typed = self.lag(session, message);
        let millis = typed.trim().parse().ok().filter(|millis| (1..=MOST_LAG_MS).contains(millis));
        let millis = millis.ok_or_else(|| text::not_a_number(text::DELAY, &typed))?;
        touch::decide(session.sim(), message, Fate::Delay(Span::millis(millis))).ok_or_else(|| text::ARRIVED.to_owned())
    }

    /// The gesture that lets a client ask.
    ///
    /// # Errors
    /// If the argument is no number: says so, and names it.
    pub(crate) fn input(&self, session: &Session, client: NodeId, op: usize) -> Result<Input, String> {
        let typed = self.argument(op);
        let argument = match session.about().ops[op].argument {
            Some(name) => typed.trim().parse().map_err(|_| text::not_a_number(name, typed))?,
            None => 0,
        };
        Ok(Input::Invoke { client: client.0 - session.sim().scenario().nodes, node: self.node, op: op as u8, argument })
    }
}

/// The controls with which a client asks.
pub(crate) fn ask(session: &Session, client: NodeId, ask: &Ask, send: &Callback<OfRun>) -> Html {
    let sim = session.sim();
    let names: Vec<String> = (0..sim.scenario().nodes).map(|node| sim.name(NodeId(node))).collect();
    let named = Named { label: Some(text::ASK_WHOM), ..Named::default() };
    let whom = ui::choice(
        named,
        names.iter().map(String::as_str),
        ask.node.index(),
        send.reform(|node| OfRun::Desk(OfDesk::AskOf(NodeId(node as u16)))),
    );
    let ops = session.about().ops.iter().enumerate().map(|(op, spec)| {
        let oninput = send
            .reform(move |event: InputEvent| OfRun::Desk(OfDesk::Argument(op, event.target_unchecked_into::<HtmlInputElement>().value())));
        html! {
            <div key={op} class="entry">
                <button onclick={send.reform(move |_| OfRun::Ask(client, op))}>{ spec.name }</button>
                if let Some(name) = spec.argument {
                    <label>{ name }<input type="number" value={ask.argument(op).to_owned()} {oninput} /></label>
                }
            </div>
        }
    });
    html! {
        <>
        <div class="ask">{ whom }{ for ops }</div>
        if let Some(refused) = ask.refused.clone() {
            <p class="refused" role="alert">{ refused }</p>
        }
        </>
    }
}

/// What came of what a client asked; and what of that is not so with the same client of the run beside
/// it, if there is one.
pub(crate) fn client(session: &Session, client: NodeId, beside: Option<(&Sim, NodeId)>, send: &Callback<OfRun>) -> Html {
    let requests = Request::of(session.sim(), client, REQUESTS);
    let others = beside.map(|(sim, client)| Request::of(sim, client, REQUESTS));
    let differs = |request: &Request| others.as_ref().is_some_and(|others| !others.iter().any(|other| other.is_like(request)));
    html! {
        <section class="panel inspector" aria-labelledby={ui::inspector_title(session)}>
            { ui::titled(session, client, text::CLIENT, false, send) }
            if requests.is_empty() {
                <p class="empty">{ text::NO_REQUESTS }</p>
            }
            <ol class="requests" aria-label={text::REQUESTS}>{ for requests.into_iter().map(|request| {
                let differs = differs(&request);
                request_row(session, request, differs)
            }) }</ol>
        </section>
    }
}

fn request_row(session: &Session, request: Request, differs: bool) -> Html {
    let (class, words) = match request.outcome {
        Outcome::Open => ("open", text::OPEN.to_owned()),
        Outcome::Done(answer) => ("done", answer),
        Outcome::Refused(answer) => ("failed", text::refused(&answer)),
        Outcome::Unknown => ("unknown", text::UNKNOWN.to_owned()),
    };
    html! {
        <li key={request.op} class={if differs { format!("{class} new") } else { class.into() }}>
            <span>{ format!("{} · {}", session.sim().name(request.node), request.asked) }if differs { <i>{ text::DIFFERENT }</i> }</span><span>{ words }</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;

    #[test]
    fn a_client_asks_the_chosen_node_and_needs_no_argument_where_the_operation_has_none() {
        let library = Library::standard();
        let session = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        let mut ask = Ask { node: NodeId(2), ..Ask::default() };
        ask.say(1, "not a number".into());
        let client = NodeId(session.sim().scenario().nodes);
        assert_eq!(ask.input(&session, client, 1), Ok(Input::Invoke { client: 0, node: NodeId(2), op: 1, argument: 0 }));
    }
}
