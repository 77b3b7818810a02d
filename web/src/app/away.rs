//! Ways out of the laboratory: other screens, files, the address, the page around this one.

use super::{App, Away, Heard};
use crate::chart;
use crate::compare;
use crate::dom;
use crate::host;
use crate::route;
use crate::share::{self, Thing};
use crate::text;
use faultline::link;

impl App {
    /// Away with the run, or with a part of it.
    pub(super) fn go(&mut self, away: Away) -> Heard {
        match away {
            Away::Author => {
                let link = self.session.link().write();
                dom::address::replace(&link);
                dom::address::go(&format!("{}={}", route::AUTHOR, link.trim_start_matches(link::MARK)));
                // What was about to be put into the address would lead back here.
                self.settling = None;
                return Heard::Nothing;
            }
            Away::Compare(None) if !self.comparing && !self.session.branches().0.is_empty() => self.comparing = true,
            Away::Compare(other) => {
                // What is about to be put into the address would replace the comparison.
                self.settling = None;
                self.keep();
                dom::address::go(&compare::link(&self.session, other));
                return Heard::Seen;
            }
            Away::Save(what) => self.saved = share::save(&self.session, self.window(), what),
            Away::Chart(kind, take) => self.measured(|runs| chart::take(kind, runs, take)),
        }
        Heard::Done
    }

    /// Time stands still while something is shared: it is this moment that others will see.
    pub(super) fn share(&mut self) {
        self.session.play(false);
        let link = self.session.link().write();
        let mut things = vec![Thing { name: text::THIS_RUN, shows: text::SHOWS_RUN, address: dom::address::with(&link) }];
        if self.lesson.is_none() {
            dom::address::replace(&link);
        } else if let Some(lab) = route::lab(&dom::address::fragment()) {
            let address = dom::address::with(&format!("{}{lab}", route::LAB));
            things.push(Thing { name: text::THIS_LAB, shows: text::SHOWS_LAB, address });
        }
        self.sharing = Some(things);
    }

    /// Puts the link of the run into the address, so that it is there when the page comes back. In a
    /// lab the address names the lab.
    pub(super) fn keep(&mut self) {
        if self.touched && self.lesson.is_none() {
            dom::address::replace(&self.session.link().write());
        }
        self.keep_place();
        if let Some(report) = &mut self.report {
            report.state(self.lesson.as_ref(), &self.session).iter().for_each(host::tell);
        }
    }

    /// Tells the page around this one what is new.
    pub(super) fn report(&mut self) {
        if let Some(report) = &mut self.report {
            let news = report.look(self.lesson.as_ref(), &self.session, &|| dom::address::with(""), dom::now());
            news.iter().for_each(host::tell);
        }
    }
}
