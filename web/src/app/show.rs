//! What is opened, closed and chosen to be seen around the run.

use super::{App, Show};
use crate::chart;
use crate::dom;
use crate::map;
use crate::session::Session;
use crate::shared::Shared;
use crate::worker::Checking;
use faultline::judge::history::History;
use faultline::judge::spec::Object;

impl App {
    pub(super) fn show(&mut self, show: Show) {
        match show {
            Show::Know(node) => self.session.knower = node,
            Show::Diagram(first) => self.diagram_first = first,
            Show::Evidence(open) => {
                self.evidence = open;
                self.focus = open.then(|| "promises-title".into());
            }
            Show::Chart(kind) => self.chart = chart::Kind::ALL[kind.min(chart::Kind::ALL.len() - 1)],
            Show::Link(draft) => self.link_draft = draft,
            Show::Slowing(slowing) => self.slowing = slowing,
            Show::Help(open) => self.help = open,
            Show::Share(true) => {
                self.others = false;
                self.share();
            }
            Show::Share(false) => (self.sharing, self.saved) = (None, None),
            Show::Comparing(open) => self.comparing = open,
            Show::Where => self.show_where(),
            Show::Others(open) => (self.others, self.comparing) = (open, false),
            Show::Map(open) => {
                self.map = open.then(|| Shared::new(history(&self.session)));
                if !open {
                    self.focus = Some("ask-map".into());
                }
            }
            Show::NoNotice => self.notice = None,
        }
    }

    /// A promise was picked on the map: it is the one that is watched.
    pub(super) fn picked(&mut self, promise: usize) {
        dom::close(map::ID);
        (self.map, self.evidence) = (None, true);
        self.session.choose_promise(promise);
    }

    /// Away from whatever was opened last, and the focus back to where that was opened.
    pub(super) fn escape(&mut self) {
        let open = [
            (&mut self.help, "ask-help"),
            (&mut self.desk.tools, "tools"),
            (&mut self.comparing, "compare"),
            (&mut self.others, "others"),
            (&mut self.more, "more"),
        ];
        if let Some((open, opener)) = open.into_iter().find(|(open, _)| **open) {
            *open = false;
            self.focus = Some(opener.into());
        } else if self.desk.menu.is_some() {
            self.desk.dismiss(&self.session);
        } else {
            self.session.selected = None;
        }
    }
}

/// What clients did and saw so far, to be judged.
fn history(session: &Session) -> Checking {
    let history = History::of(session.sim());
    let object = Object::ALL.iter().position(|(_, object)| *object == session.sim().object()).unwrap_or(0);
    Checking { text: history.to_edn(), object, promise: session.promise().promise, initial: session.sim().initial().to_string() }
}
