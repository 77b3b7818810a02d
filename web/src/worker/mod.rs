//! Work that would make the page stutter, done beside it: the same program runs a second time in a
//! web worker (static/boot.js), takes a [`Job`] and answers with a [`Report`]. Dropping the
//! [`Worker`] ends the work at once. No types of the browser in what is said, so that the work itself
//! is tested natively.

pub(crate) mod job;

pub(crate) use job::{Bar, Checking, Job, Judged, Report, likely_object};

use faultline::models::Library;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent};

#[wasm_bindgen]
extern "C" {
    /// Of `static/boot.js`: a worker with the program in it.
    #[wasm_bindgen(catch, js_namespace = faultline, js_name = worker)]
    fn new_worker() -> Result<web_sys::Worker, JsValue>;
    /// Of the browser: in a worker it says something to the page.
    #[wasm_bindgen(js_name = postMessage)]
    fn say_to_page(said: Uint8Array);
}

/// In a worker: does a job that the page has packed, and tells it how far it is.
pub(crate) fn work(job: &[u8], library: &Library) -> Vec<u8> {
    job::work(job, library, &mut |said| say_to_page(Uint8Array::from(said.as_slice())))
}

/// A worker and its job.
pub(crate) struct Worker {
    worker: web_sys::Worker,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(ErrorEvent)>,
}

impl Worker {
    /// Starts a job. Nothing if the browser gives us no worker, as in a frame without an origin.
    pub(crate) fn start(job: &Job, tell: impl Fn(Report) + Clone + 'static) -> Option<Self> {
        let worker = new_worker().ok()?;
        let said = tell.clone();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(bytes) = event.data().dyn_into::<Uint8Array>() {
                said(Report::unpack(&bytes.to_vec()));
            }
        });
        let failed = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| tell(Report::Failed(event.message())));
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        worker.post_message(&Uint8Array::from(job.pack().as_slice())).ok()?;
        Some(Self { worker, _heard: heard, _failed: failed })
    }
}

impl Worker {
    /// Gives it one more job; what it answers goes where the first answer went.
    pub(crate) fn go_on(&self, job: &Job) -> bool {
        self.worker.post_message(&Uint8Array::from(job.pack().as_slice())).is_ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
