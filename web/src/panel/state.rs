//! The state of every node as a table: the stage in words.

use crate::desk::OfRun;
use crate::session::Session;
use crate::text;
use crate::ui;
use faultline::sim::NodeId;
use faultline::view::{View, Widget};
use yew::{Callback, Html, html};

/// With more nodes than this nobody reads it.
const MOST: u16 = 40;

pub(crate) fn state(session: &Session, send: &Callback<OfRun>) -> Html {
    let sim = session.sim();
    let nodes = sim.scenario().nodes;
    if nodes > MOST || session.knower.is_some() {
        return Html::default();
    }
    let views: Vec<(NodeId, View)> = (0..nodes).map(|node| (NodeId(node), sim.view(NodeId(node)))).collect();
    let mut columns: Vec<&'static str> = Vec::new();
    for widget in views.iter().flat_map(|(_, view)| &view.widgets) {
        if !matches!(widget, Widget::Table { .. } | Widget::Log { .. }) && !columns.contains(&widget.name()) {
            columns.push(widget.name());
        }
    }
    let cell = |view: &View, column: &str| {
        view.widgets.iter().find(|widget| widget.name() == column).and_then(|widget| short(session, widget, send)).unwrap_or_default()
    };
    html! {
        <details class="panel state">
            <summary>{ text::STATE }</summary>
            <div class="wide"><table>
                <thead><tr><th scope="col">{ text::NODE }</th><th scope="col">{ text::CONDITION }</th>
                    { for columns.iter().map(|name| html! { <th key={*name} scope="col">{ *name }</th> }) }</tr></thead>
                <tbody>{ for views.iter().map(|(node, view)| html! {
                    <tr key={node.0}><th scope="row">{ sim.name(*node) }</th>
                        <td>{ text::below(view.role.map(|(role, _)| role), sim.status(*node), sim.pace(*node).is_some()) }</td>
                        { for columns.iter().map(|column| html! { <td key={*column}>{ cell(view, column) }</td> }) }</tr>
                }) }</tbody>
            </table></div>
        </details>
    }
}

/// What fits into a cell.
fn short(session: &Session, widget: &Widget, send: &Callback<OfRun>) -> Option<Html> {
    match widget {
        Widget::Field { value, .. } => Some(ui::value(session, value, send)),
        Widget::Gauge { amount, of, .. } => Some(text::gauge(*amount, *of).into()),
        Widget::List { items, .. } => Some(items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join(", ").into()),
        Widget::Calls { waiting, given_up, .. } => Some(text::calls(waiting.len(), *given_up).into()),
        Widget::Table { .. } | Widget::Log { .. } => None,
    }
}
