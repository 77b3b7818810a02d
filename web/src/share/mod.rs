//! Taking a run along and bringing one in: the dialog with the exact link, the line that embeds it,
//! its QR code and its files; and what is made of a file or a text that somebody gives to the page.

mod files;
mod given;
mod qr;

pub(crate) use files::{Save, save};
pub(crate) use given::{Given, read};

use crate::dom;
use crate::route::{FREE, LAB};
use crate::text;
use crate::ui::{self, Named};
use faultline::link::Link;
use web_sys::{File, HtmlInputElement};
use yew::{Callback, Component, Context, Event, Html, Properties, TargetCast, html};

/// The id of the dialog.
pub(crate) const ID: &str = "share";
/// How high an embedded page can be, in pixels, if not as high as it needs.
const HEIGHTS: [u32; 3] = [480, 720, 960];
/// Some chat programs and course pages cut what is longer.
const CAREFUL_WITH: usize = 2_000;

/// Something that has an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    /// What it is: this run, this lab.
    pub(crate) name: &'static str,
    /// What whoever opens it sees.
    pub(crate) shows: &'static str,
    /// Its whole address.
    pub(crate) address: String,
}

/// What the dialog is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    /// What the page is about: the title of what others see.
    pub(crate) title: String,
    /// What can be shared, one of them at a time.
    pub(crate) things: Vec<Thing>,
    /// Takes the run along in a file, where there is one run.
    #[prop_or_default]
    pub(crate) save: Option<Callback<Save>>,
    /// What there is to say of the file that was taken last.
    #[prop_or_default]
    pub(crate) saved: Option<String>,
    pub(crate) close: Callback<()>,
}

/// What can happen in the dialog.
pub(crate) enum Msg {
    Thing(usize),
    Height(usize),
    /// The QR code is wanted, or not any more.
    Qr,
    Copy(What),
    /// Whether the browser allowed it.
    Copied(What, bool),
    /// To the share sheet of the device.
    Send,
    Open(File),
}

/// What can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Link,
    Embed,
}

impl What {
    /// The id of its field.
    const fn field(self) -> &'static str {
        match self {
            Self::Link => "share-link",
            Self::Embed => "share-embed",
        }
    }
}

/// The dialog.
pub(crate) struct Share {
    thing: usize,
    /// As high as it needs, or else one of the heights.
    height: usize,
    qr: bool,
    said: Option<&'static str>,
}

impl Component for Share {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { thing: 0, height: 0, qr: false, said: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Thing(thing) => (self.thing, self.said) = (thing, None),
            Msg::Height(height) => (self.height, self.said) = (height, None),
            Msg::Qr => self.qr = !self.qr,
            Msg::Copy(what) => {
                let text = match what {
                    What::Link => self.thing(ctx).address.clone(),
                    What::Embed => self.embed(ctx),
                };
                let done = ctx.link().callback(move |allowed| Msg::Copied(what, allowed));
                dom::address::copy(&text, move |allowed| done.emit(allowed));
            }
            Msg::Copied(what, allowed) => {
                self.said = Some(if allowed { text::COPIED } else { text::COPY_BY_HAND });
                if !allowed {
                    dom::select(what.field());
                }
            }
            Msg::Send => dom::address::send(&ctx.props().title, &self.thing(ctx).address),
            Msg::Open(file) => {
                dom::close(ID);
                dom::given::give(&file);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (props, link) = (ctx.props(), ctx.link());
        let thing = self.thing(ctx);
        let onclose = props.close.reform(|_: Event| ());
        let saving = |save: &Callback<Save>, name: &str, form: &'static str, what: Save| {
            html! { <button key={form} aria-label={text::in_form(name, form)} onclick={save.reform(move |_| what)}>{ form }</button> }
        };
        let heights: Vec<String> = std::iter::once(text::AS_HIGH_AS_IT_NEEDS.to_owned()).chain(HEIGHTS.map(text::pixels)).collect();
        let named = Named { label: Some(text::EMBED_HEIGHT), ..Named::default() };
        html! {
            <dialog id={ID} class="share" aria-labelledby="share-title" {onclose}>
                <header>
                    <h2 id="share-title">{ text::SHARE }</h2>
                    <button class="quiet" aria-label={text::CLOSE} onclick={|_| dom::close(ID)}>{ ui::icon(ui::CROSS) }</button>
                </header>
                if props.things.len() > 1 {
                    <div class="choose" role="group" aria-label={text::SHARE}>
                        { for props.things.iter().enumerate().map(|(index, thing)| html! {
                            <button key={index} aria-pressed={(index == self.thing).to_string()} onclick={link.callback(move |_| Msg::Thing(index))}>{ thing.name }</button>
                        }) }
                    </div>
                }
                <div class="field">
                    <label for={What::Link.field()}>{ text::LINK }</label>
                    <input id={What::Link.field()} readonly={true} value={thing.address.clone()} />
                    <button class="go" onclick={link.callback(|_| Msg::Copy(What::Link))}>{ text::COPY }</button>
                    <p>{ thing.shows }{ " " }{ text::long_link(thing.address.len(), CAREFUL_WITH, Link::MOST_LETTERS) }</p>
                </div>
                <div class="field">
                    <label for={What::Embed.field()}>{ text::EMBED }</label>
                    <input id={What::Embed.field()} readonly={true} value={self.embed(ctx)} />
                    <button onclick={link.callback(|_| Msg::Copy(What::Embed))}>{ text::COPY_EMBED }</button>
                    <p>{ text::EMBED_HOW }{ " " }{ ui::choice(named, heights.iter().map(String::as_str), self.height, link.callback(Msg::Height)) }</p>
                </div>
                <div class="deeds">
                    <button aria-expanded={self.qr.to_string()} onclick={link.callback(|_| Msg::Qr)}>{ text::QR }</button>
                    if dom::address::can_send() {
                        <button onclick={link.callback(|_| Msg::Send)}>{ text::SEND }</button>
                    }
                    <p class="said" role="status">{ self.said.unwrap_or_default() }</p>
                </div>
                if self.qr {
                    { code(&thing.address) }
                }
                if let Some(save) = &props.save {
                    <h3>{ text::FILES }</h3>
                <ul>{ for Save::ALL.iter().map(|(name, forms)| html! {
                    <li key={*name}><span>{ *name }</span>{ for forms.iter().map(|(form, what)| saving(save, name, form, *what)) }</li>
                }) }</ul>
                <p class="said" role="status">{ props.saved.clone() }</p>
                }
                <h3>{ text::BRING }</h3>
                <div class="deeds">{ chooser(text::OPEN_FILE, link.callback(Msg::Open)) }</div>
            </dialog>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        if first {
            dom::show_modal(ID);
        }
    }
}

impl Share {
    fn thing<'a>(&self, ctx: &'a Context<Self>) -> &'a Thing {
        let things = &ctx.props().things;
        things.get(self.thing).unwrap_or(&things[0])
    }

    fn embed(&self, ctx: &Context<Self>) -> String {
        let (address, title) = (&self.thing(ctx).address, &ctx.props().title);
        let height = self.height.checked_sub(1).and_then(|place| HEIGHTS.get(place));
        height.map_or_else(|| element(address, title), |height| frame(address, title, *height))
    }
}

fn quoted(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// The line that puts what has this address into somebody's page, as an element that is as high as it needs
/// (docs/embedding.md).
fn element(address: &str, title: &str) -> String {
    let (page, what) = address.split_once('#').unwrap_or((address, ""));
    let page = page.split('?').next().unwrap_or_default();
    let folder = page.rfind('/').map_or("", |end| &page[..=end]);
    let fragment = &address[address.len() - what.len() - usize::from(address.contains('#'))..];
    let named = |mark: &str| fragment.strip_prefix(mark);
    let (attribute, value) = match (named(LAB), named(FREE)) {
        (Some(lab), _) => ("lab", lab),
        (_, Some(model)) => ("model", model),
        _ => ("run", fragment),
    };
    let [script, value, title] = [&[folder, "embed.js"].concat(), value, title].map(quoted);
    format!("<script src=\"{script}\" async></script><fault-line {attribute}=\"{value}\" label=\"{title}\"></fault-line>")
}

/// The same as a plain frame, for pages that take no script.
fn frame(address: &str, title: &str, height: u32) -> String {
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{height}\" style=\"border:0\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>",
        quoted(address),
        quoted(title)
    )
}

/// The QR code of an address, or why it has none.
fn code(address: &str) -> Html {
    match qr::picture(address) {
        Some((side, path)) => html! {
            <svg class="qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label={text::QR} shape-rendering="crispEdges">
                <rect width="100%" height="100%" fill="#fff" /><path d={path} fill="#000" />
            </svg>
        },
        None => html! { <p role="status">{ text::no_qr(address.len(), qr::MOST_LETTERS) }</p> },
    }
}

/// A button that lets a file be chosen.
pub(crate) fn chooser(name: &'static str, chosen: Callback<File>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            // So that the same file can be chosen again when it was mended.
            input.set_value("");
            chosen.emit(file);
        }
    });
    html! { <label class="file">{ name }<input type="file" accept=".json,.toml,.edn,.jsonl,.log,.txt" {onchange} /></label> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_embeds_is_one_line_whatever_the_title_says() {
        let line = frame("https://a.b/?x=1&y=2#lab=L10", "CAP: \"pick\" <your> pain", 720);
        assert!(
            !line.contains('\n')
                && line.starts_with("<iframe src=\"https://a.b/?x=1&amp;y=2#lab=L10\" title=\"CAP: &quot;pick&quot; &lt;your> pain\"")
        );
        assert!(line.contains("height=\"720\"") && line.ends_with("></iframe>"));
        let line = |address| element(address, "\"CAP\"");
        let begin = "<script src=\"https://a.b/c/embed.js\" async></script><fault-line ";
        let end = " label=\"&quot;CAP&quot;\"></fault-line>";
        for (address, what) in [
            ("https://a.b/c/?x=1/2#lab=L10", "lab=\"L10\""),
            ("https://a.b/c/index.html#free=raft", "model=\"raft\""),
            ("https://a.b/c/#run=1abc", "run=\"#run=1abc\""),
            ("https://a.b/c/#compare=1abc.1def", "run=\"#compare=1abc.1def\""),
        ] {
            assert_eq!(line(address), [begin, what, end].concat());
        }
    }
}
