//! Charts of what was measured, each with its numbers as a table behind it, and both to take along.

mod draw;
mod plot;
pub(crate) mod survey;
mod together;

pub(crate) use plot::{Kind, Run, numbers};

use crate::dom;
use crate::text;
use plot::{Curve, Ink, Shape};
use yew::{AttrValue, Callback, Html, html};

/// A form in which a chart can be taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    Svg,
    Csv,
}

/// A chart, or why there is none yet.
pub(crate) fn chart(kind: Kind, runs: &[Run<'_>], take: &Callback<(Kind, Take)>) -> Html {
    match plot::plot(kind, runs) {
        Some(plot) => figure(kind.name(), &plot, &take.reform(move |form| (kind, form))),
        None => html! { <p class="empty">{ kind.waits_for() }</p> },
    }
}

/// A plot, with its numbers behind it.
fn figure(title: &str, plot: &plot::Plot, take: &Callback<Take>) -> Html {
    let key = |(place, Curve { name, ink, shape, .. }): (usize, &Curve)| {
        let dots = if *shape == Shape::Dots { "dots " } else { "" };
        html! { <span key={place} class={format!("key {dots}{}", ink_name(*ink))}>{ name.clone() }</span> }
    };
    let named = plot.curves.iter().enumerate().filter(|(_, curve)| !curve.name.is_empty());
    let save = |name: &'static str, form: Take| {
        html! { <button class="quiet" aria-label={text::save_chart(title, name)} onclick={take.reform(move |_| form)}>{ name }</button> }
    };
    html! {
        <figure class="chart">
            <figcaption>{ for named.map(key) }</figcaption>
            <div class="picture" role="img" aria-label={format!("{title}: {}", plot.summary)}>
                { Html::from_html_unchecked(AttrValue::from(draw::for_page(plot))) }
            </div>
            <details>
                <summary>{ text::AS_TABLE }</summary>
                <div class="wide" tabindex="0" role="group" aria-label={format!("{title}: {}", text::AS_TABLE)}><table>
                    <thead><tr>{ for plot.table.head.iter().map(|name| html! { <th scope="col">{ name.clone() }</th> }) }</tr></thead>
                    <tbody>{ for plot.table.rows.iter().map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ cell.clone() }</td> }) }</tr> }) }</tbody>
                </table></div>
                <p class="takes">{ save(text::AS_SVG, Take::Svg) }{ save(text::AS_CSV, Take::Csv) }</p>
            </details>
        </figure>
    }
}

/// Gives the reader a chart as a file.
pub(crate) fn take(kind: Kind, runs: &[Run<'_>], take: Take) {
    if let Some(plot) = plot::plot(kind, runs) {
        save(kind.name(), &plot, take);
    }
}

fn save(title: &str, plot: &plot::Plot, take: Take) {
    match take {
        Take::Svg => dom::file::save("faultline-chart.svg", "image/svg+xml", &draw::for_file(title, plot)),
        Take::Csv => dom::file::save("faultline-chart.csv", "text/csv", &plot.table.csv()),
    }
}

/// What the style sheet calls an ink.
fn ink_name(ink: Ink) -> &'static str {
    match ink {
        Ink::First => "ink-first",
        Ink::Good => "ink-good",
        Ink::Bad => "ink-bad",
        Ink::Second => "ink-second",
        Ink::Theory => "ink-theory",
        Ink::Third => "ink-third",
        Ink::Fourth => "ink-fourth",
        Ink::Fifth => "ink-fifth",
        Ink::Sixth => "ink-sixth",
    }
}
