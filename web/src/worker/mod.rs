//! Work that would make the page stutter, done beside it: the same program runs a second time in a
//! web worker (static/boot.js), takes a [`Job`] and answers with [`Report`]s. Where the browser gives us
//! no worker, as in a frame without an origin, the page does it itself, a piece at a time, and stands still for
//! as long as a piece takes: a whole verdict, or the search of a whole world, is one piece. Dropping
//! [`Doing`] ends the work at once. No types of the browser in what is said, so that the work itself is
//! tested natively.

pub(crate) mod job;
pub(crate) mod search;

pub(crate) use job::{Bar, Checking, Job, Judged, Light, Report, Steps, likely_object};

use crate::text;
use gloo_timers::callback::Interval;
use js_sys::{Date, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent};

#[wasm_bindgen]
extern "C" {
    /// Of `static/boot.js`: a worker with the program in it.
    #[wasm_bindgen(catch, js_namespace = faultline, js_name = worker)]
    fn new_worker() -> Result<web_sys::Worker, JsValue>;
    /// Of the browser: in a worker it says something to the page.
    #[wasm_bindgen(js_name = postMessage)]
    fn say_to_page(said: Uint8Array);
}

/// How long a piece of work takes in the page, where nothing else can be done meanwhile.
const PIECE_MS: f64 = 8.0;
/// How often somebody who waits wants to know how far it is.
const NEWS_MS: f64 = 100.0;

/// A job with its news: of how far it is only now and then, of everything else at once.
#[wasm_bindgen]
pub struct Work {
    steps: Steps,
    told: f64,
    last: Option<Report>,
}

#[wasm_bindgen]
impl Work {
    /// A job that the page has packed.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(job: &[u8]) -> Self {
        Self::of(Steps::unpack(job, crate::library()))
    }

    /// Works until there is something to tell; nothing when all is done.
    #[allow(clippy::should_implement_trait, reason = "for scripts, which have no traits")]
    pub fn next(&mut self) -> Option<Vec<u8>> {
        self.within(f64::INFINITY, &mut |news| say_to_page(Uint8Array::from(news.pack().as_slice()))).flatten().map(|report| report.pack())
    }
}

impl Work {
    fn of(steps: Steps) -> Self {
        Self { steps, told: Date::now(), last: None }
    }

    /// Works until there is something to tell (or nothing any more), but not much longer than so long:
    /// then nothing. A piece that takes long says `meanwhile` how far it is.
    fn within(&mut self, most_ms: f64, meanwhile: &mut dyn FnMut(Report)) -> Option<Option<Report>> {
        let begun = Date::now();
        loop {
            let next = self.steps.step(meanwhile);
            let now = Date::now();
            match next {
                Some(report @ (Report::Effort(_) | Report::Odds(_) | Report::Measured(_))) => self.last = Some(report),
                // What was held back comes first.
                other if self.last.is_some() && matches!(other, Some(Report::Over)) => {
                    self.steps = Steps::new({
                        let mut over = other;
                        move || over.take()
                    });
                    return Some(self.last.take());
                }
                other => return Some(other),
            }
            if now - self.told >= NEWS_MS {
                self.told = now;
                return Some(self.last.take());
            }
            if now - begun >= most_ms {
                return None;
            }
        }
    }
}

/// A job that is being done: to drop it ends the work.
pub(crate) enum Doing {
    /// Beside the page.
    Beside(Worker),
    /// In the page: what calls back for the next piece.
    Here { _pieces: Interval },
}

impl Doing {
    /// Starts a job. Who is told drops this when it is over.
    #[inline(never)]
    pub(crate) fn start(job: Job, tell: impl Fn(Report) + Clone + 'static) -> Self {
        if let Some(worker) = Worker::start(&job, tell.clone()) {
            return Self::Beside(worker);
        }
        let mut work = Work::of(Steps::of(job, crate::library()));
        let pieces = Interval::new(PIECE_MS as u32, move || {
            // Nobody sees it before the piece is done.
            if let Some(Some(report)) = work.within(PIECE_MS, &mut |_| ()) {
                tell(report);
            }
        });
        Self::Here { _pieces: pieces }
    }

    /// Gives it one more job, where that is quicker than to start anew; what it answers goes where the
    /// first answer went.
    pub(crate) fn go_on(&self, job: &Job) -> bool {
        match self {
            Self::Beside(worker) => worker.go_on(job),
            Self::Here { .. } => false,
        }
    }
}

/// A worker and its job.
pub(crate) struct Worker {
    worker: web_sys::Worker,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(Event)>,
}

impl Worker {
    /// Starts a job. Nothing if the browser gives us no worker.
    fn start(job: &Job, tell: impl Fn(Report) + Clone + 'static) -> Option<Self> {
        let worker = new_worker().ok()?;
        let said = tell.clone();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(bytes) = event.data().dyn_into::<Uint8Array>() {
                said(Report::unpack(&bytes.to_vec()));
            }
        });
        let failed = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            // A script that cannot be had comes without a word.
            let why = Reflect::get(&event, &"message".into()).ok().and_then(|why| why.as_string());
            tell(Report::Failed(why.unwrap_or_else(|| text::NO_WORKER.into())));
        });
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        worker.post_message(&Uint8Array::from(job.pack().as_slice())).ok()?;
        Some(Self { worker, _heard: heard, _failed: failed })
    }

    /// Gives it one more job; what it answers goes where the first answer went.
    fn go_on(&self, job: &Job) -> bool {
        self.worker.post_message(&Uint8Array::from(job.pack().as_slice())).is_ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
