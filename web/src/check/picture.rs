//! The picture of a verdict: a lane for every process, a bar for every operation from its call to its
//! answer, and those that show the verdict marked.

use crate::text;
use crate::worker::{Bar, Judged};
use yew::{Html, html};

/// How high a lane is, in pixels.
const LANE: usize = 44;
/// How wide the names of the lanes are.
const NAMES: usize = 56;
/// How wide a moment is.
const MOMENT: usize = 84;

/// The lanes of the operations that matter.
pub(crate) fn picture(judged: &Judged) -> Html {
    if judged.bars.is_empty() {
        return Html::default();
    }
    let moments = judged.bars.iter().map(|bar| bar.to.unwrap_or(bar.from)).max().unwrap_or(0) + 1;
    let (width, height) = (NAMES + (moments + 1) * MOMENT, judged.lanes.len() * LANE + 8);
    html! {
        <div class="lanes-picture" tabindex="0" role="region" aria-label={text::CHECK_PICTURE}>
            <svg width={width.to_string()} height={height.to_string()} role="img" aria-label={words(judged)}>
                { for judged.lanes.iter().enumerate().map(|(lane, name)| html! {
                    <g key={format!("lane-{lane}")} class="lane">
                        <line x1="0" x2={width.to_string()} y1={middle(lane)} y2={middle(lane)} />
                        <text x="4" y={(lane * LANE + 18).to_string()}>{ name.clone() }</text>
                    </g>
                }) }
                { for judged.bars.iter().enumerate().map(|(index, bar)| html! { <g key={format!("op-{index}")}>{ draw(bar, moments) }</g> }) }
            </svg>
        </div>
    }
}

fn middle(lane: usize) -> String {
    (lane * LANE + LANE / 2 + 4).to_string()
}

fn draw(bar: &Bar, moments: usize) -> Html {
    let left = NAMES + bar.from * MOMENT;
    let right = NAMES + bar.to.unwrap_or(moments) * MOMENT;
    let class = match (bar.guilty, bar.to) {
        (true, _) => "op guilty",
        (false, None) => "op open",
        (false, Some(_)) => "op",
    };
    let top = bar.lane * LANE + LANE / 2 - 5;
    html! {
        <g {class}>
            <title>{ bar.text.clone() }</title>
            <rect x={left.to_string()} y={top.to_string()} width={(right - left).max(8).to_string()} height="18" rx="4" />
            <text x={(left + 5).to_string()} y={(top + 13).to_string()}>{ short(&bar.label, (right - left) / 7) }</text>
        </g>
    }
}

/// As much of what was done as there is room for.
fn short(what: &str, room: usize) -> String {
    if what.chars().count() <= room { what.to_owned() } else { what.chars().take(room.saturating_sub(1)).chain(['…']).collect() }
}

fn words(judged: &Judged) -> String {
    // Where nobody is to blame, all of them are the picture.
    let blamed = judged.bars.iter().any(|bar| bar.guilty);
    let told: Vec<_> = judged.bars.iter().filter(|bar| bar.guilty == blamed).map(|bar| bar.text.as_str()).collect();
    told.join("; ")
}
