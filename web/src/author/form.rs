//! Every field of a lab file as something to fill in. What there is, and what can be said in it, comes from
//! the format alone.

use super::Msg;
use super::run::Run;
use crate::text;
use faultline::judge::Promise;
use faultline::lab::Problem;
use faultline::lab::draft::{Draft, kind};
use faultline::lab::format::{Field, Kind, LAB, Shape};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, InputEvent, TargetCast, html};

/// The id of the list of predicates to choose from.
const PREDICATES: &str = "predicates";

/// What every part of the form needs.
struct Filled<'a> {
    draft: &'a Draft,
    problems: &'a [Problem],
    send: &'a Callback<Msg>,
}

/// The id of a field's element.
pub(super) fn place(path: &str) -> String {
    format!("field-{path}")
}

/// The id of the element of a field, or of the field that this is a line of.
pub(super) fn place_of(path: &str) -> String {
    match path.rsplit_once('[') {
        Some((list, _)) if path.ends_with(']') && !matches!(kind(path), Some(Kind::Tables(..))) => place(list),
        _ => place(path),
    }
}

pub(super) fn form(draft: &Draft, problems: &[Problem], run: Option<&Run>, send: &Callback<Msg>) -> Html {
    let goals = run.map(goals).unwrap_or_default();
    let chosen = draft.text("challenge[1].goal");
    let choose =
        send.reform(|event: Event| Msg::Put("challenge[1].goal".into(), event.target_unchecked_into::<HtmlInputElement>().value()));
    html! {
        <>
        if !goals.is_empty() {
            <label class="goal"><span>{ text::GOAL }</span>
                <select aria-label={text::GOAL} ~value={chosen.clone()} onchange={choose}>
                    if !goals.contains(&chosen) {
                        <option value={chosen.clone()} selected=true>{ if chosen.is_empty() { text::CHOOSE_GOAL.to_owned() } else { chosen.clone() } }</option>
                    }
                    { for goals.iter().map(|goal| html! { <option key={goal.clone()} value={goal.clone()} selected={*goal == chosen}>{ goal.clone() }</option> }) }
                </select></label>
            <datalist id={PREDICATES}>{ for goals.iter().map(|goal| html! { <option key={goal.clone()} value={goal.clone()} /> }) }</datalist>
        }
        { Filled { draft, problems, send }.table(&LAB, "") }
        </>
    }
}

/// What must come true in such a run: that one of its promises is broken, or what clients are told.
fn goals(run: &Run) -> Vec<String> {
    let sim = run.session().sim();
    let own = sim.promises().into_iter().map(|(id, ..)| id);
    let asked = if sim.about().ops.is_empty() { &[][..] } else { &Promise::ALL[..] };
    let named: Vec<&str> = asked.iter().map(|(name, _)| *name).filter(|name| SEEN.contains(name)).collect();
    let broken = own.chain(named).map(|id| format!("broken({id})"));
    let counts =
        if sim.about().ops.is_empty() { &[][..] } else { &["requests(ok) >= 1", "requests(failed) >= 1", "requests(unknown) >= 1"][..] };
    let counts = counts.iter().chain(&["messages(lost) >= 1", "nodes(up) = 0", "quiet"]).map(|goal| (*goal).to_owned());
    broken.chain(counts).collect()
}

/// The promises about what clients saw that a first goal may be about.
const SEEN: [&str; 5] = ["linearizable", "sequential", "causal", "read-your-writes", "monotonic-reads"];

impl Filled<'_> {
    fn table(&self, shape: &'static Shape, place: &str) -> Html {
        html! { <div class="fields">{ for shape.fields.iter().filter(|field| field.name != "format").map(|field| {
            let path = if place.is_empty() { field.name.to_owned() } else { format!("{place}.{}", field.name) };
            self.field(field, &path)
        }) }</div> }
    }

    fn field(&self, field: &'static Field, path: &str) -> Html {
        match field.kind {
            Kind::Table(shape) => html! {
                <details key={path.to_owned()}><summary id={self::place(path)}>{ path.to_owned() }{ self.to_do(path) }</summary>
                    <p class="help">{ field.help }</p>{ self.table(shape, path) }</details>
            },
            Kind::Tables(shape, _, most) => self.tables(field, shape, most, path),
            _ => self.line(field, path),
        }
    }

    /// How much is still missing or wrong in a part. It does not open it: what is being filled in would close
    /// as soon as it is right.
    fn to_do(&self, path: &str) -> Html {
        match self.problems.iter().filter(|problem| about(problem, path)).count() {
            0 => Html::default(),
            problems => html! { <small class="bad">{ text::to_do(problems) }</small> },
        }
    }

    fn tables(&self, field: &'static Field, shape: &'static Shape, most: usize, path: &str) -> Html {
        let count = self.draft.count(path);
        let add = path.to_owned();
        html! {
            <div key={path.to_owned()} class="tables" id={self::place(path)} tabindex="-1">
                { for (1..=count).map(|number| {
                    let one = format!("{path}[{number}]");
                    let remove = one.clone();
                    html! {
                        <details key={number}><summary id={self::place(&one)}>{ self.titled(&one) }{ self.to_do(&one) }</summary>
                            { self.table(shape, &one) }
                            <button class="quiet" onclick={self.send.reform(move |_| Msg::Remove(remove.clone()))}>{ text::remove(&one) }</button>
                        </details>
                    }
                }) }
                <button class="quiet" disabled={count >= most} title={field.help} onclick={self.send.reform(move |_| Msg::Add(add.clone()))}>{ text::add(path) }</button>
            </div>
        }
    }

    /// A table by its number, and by the first words in it.
    fn titled(&self, path: &str) -> String {
        let said = ["title", "say"].map(|name| self.draft.text(&format!("{path}.{name}"))).into_iter().find(|text| !text.is_empty());
        said.map_or_else(|| path.to_owned(), |said| format!("{path}: {said}"))
    }

    /// A field of one text. It counts when it is left, so that what is half written is no change.
    fn line(&self, field: &'static Field, path: &str) -> Html {
        let id = self::place(path);
        let value = self.draft.text(path);
        let wrong: Vec<&str> = self.problems.iter().filter(|problem| about(problem, path)).map(|problem| problem.why.as_str()).collect();
        let put = path.to_owned();
        let onchange =
            self.send.reform(move |event: Event| Msg::Put(put.clone(), event.target_unchecked_into::<HtmlInputElement>().value()));
        let typing = path.to_owned();
        let oninput = self
            .send
            .reform(move |event: InputEvent| Msg::Typing(typing.clone(), event.target_unchecked_into::<HtmlInputElement>().value()));
        let (invalid, help) = ((!wrong.is_empty()).to_string(), format!("{id}-help"));
        let options = |names: &[&'static str]| {
            html! {
                <select id={id.clone()} aria-describedby={help.clone()} aria-invalid={invalid.clone()} ~value={value.clone()} onchange={onchange.clone()}>
                    <option value="" selected={value.is_empty()}>{ text::NOT_SAID }</option>
                    { for names.iter().map(|name| html! { <option key={*name} value={*name} selected={value == *name}>{ *name }</option> }) }
                </select>
            }
        };
        let control = match field.kind {
            Kind::OneOf(names) => options(names),
            Kind::Switch => options(&["true", "false"]),
            Kind::Text
            | Kind::Words(_)
            | Kind::Texts
            | Kind::Numbers(..)
            | Kind::Lines(..)
            | Kind::Ids
            | Kind::Script
            | Kind::Knobs
            | Kind::Actions
            | Kind::Settings
            | Kind::ManySettings
            | Kind::Limits => {
                let rows = value.lines().map(|line| 1 + line.len() / 80).sum::<usize>().clamp(1, 12).to_string();
                html! { <textarea id={id.clone()} {rows} spellcheck="false" aria-describedby={help.clone()} aria-invalid={invalid.clone()} ~value={value.clone()} oninput={oninput.clone()} onchange={onchange.clone()} /> }
            }
            kind => {
                let list = matches!(kind, Kind::Predicate).then_some(PREDICATES);
                html! { <input type="text" id={id.clone()} {list} autocomplete="off" aria-describedby={help.clone()} aria-invalid={invalid.clone()} ~value={value.clone()} oninput={oninput.clone()} onchange={onchange.clone()} /> }
            }
        };
        html! {
            <div key={path.to_owned()} class="line">
                <label for={id.clone()}>{ field.name }{ if field.needed { " *" } else { "" } }</label>
                { control }
                <p class="help" id={help.clone()}>{ field.help }{ for wrong.iter().map(|why| html! { <span class="bad">{ format!(" {why}") }</span> }) }</p>
            </div>
        }
    }
}

/// Whether a problem is about this field, or about a part of it such as a line of its script.
fn about(problem: &Problem, path: &str) -> bool {
    problem.field.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}
