//! What happens as time passes: every frame is painted, and words, judgements and the address keep up as they can.

use super::{App, Msg};
use crate::desk::Look;
use crate::diagram::Window;
use yew::Context;

/// Words and numbers change at most this often while nothing happens but time.
const RENDER_EVERY_MS: f64 = 100.0;
/// The clients' history is judged at most this often while time passes.
const JUDGE_EVERY_MS: f64 = 500.0;
/// While time passes, the address is never older than this. Browsers refuse to be asked much more often.
const KEEP_EVERY_MS: f64 = 2_000.0;
/// With more nodes than this words do not keep up with every event.
const MOST_CALM: u16 = 12;

/// When something was done last while time passed.
#[derive(Default)]
pub(super) struct Last {
    /// Yew rendered, and what there was to see.
    rendered: f64,
    rows: u32,
    /// The clients' history was judged.
    judged: f64,
    /// The link of the run was put into the address.
    kept: f64,
}

impl App {
    /// Virtual time passes, the stage is painted, and Yew is asked only if there are new words.
    pub(super) fn frame(&mut self, ctx: &Context<Self>, now: f64) -> bool {
        let passed = self.pulse.passed(now);
        self.elsewhere = None;
        self.session.advance(passed);
        if self.follow_lesson() {
            self.session.wanted = None;
            self.settle(ctx);
        }
        self.paint();
        let rows = self.session.sim().rows();
        // Where something happens all the time, words need not keep up with every bit of it.
        let calm = self.session.sim().scenario().nodes <= MOST_CALM;
        let playing = self.session.playing();
        let render = calm && rows != self.last.rows || now - self.last.rendered >= RENDER_EVERY_MS || !playing;
        if now - self.last.judged >= JUDGE_EVERY_MS || !playing {
            self.last.judged = now;
            self.session.judge();
        }
        if now - self.last.kept >= KEEP_EVERY_MS {
            self.last.kept = now;
            self.keep();
        }
        if render {
            self.desk.board.refresh(&self.session);
            self.session.watch();
            (self.last.rendered, self.last.rows) = (now, rows);
        }
        self.run_frames(ctx);
        self.report();
        render
    }

    /// Frames run while something moves that somebody can see.
    pub(super) fn run_frames(&mut self, ctx: &Context<Self>) {
        let wanted = self.session.playing() && self.in_sight && self.shown;
        self.pulse.run(wanted, || ctx.link().callback(Msg::Frame));
    }

    pub(super) fn paint(&self) {
        self.desk.paint(&self.session, self.look());
    }

    /// What the diagram shows.
    pub(super) fn window(&self) -> Window {
        self.desk.window(self.look())
    }

    fn look(&self) -> Look {
        Look { playhead: self.session.playhead(), speed: self.session.pacing.speed, elsewhere: self.elsewhere }
    }
}
