//! A loop of animation frames that exists only as long as somebody holds it. A page that is paused
//! holds none, and so costs nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

type Callback = Closure<dyn FnMut(f64)>;

#[wasm_bindgen]
extern "C" {
    /// Of the window, which need not be found first.
    #[wasm_bindgen(js_name = requestAnimationFrame)]
    fn request_frame(callback: &Callback) -> i32;
    #[wasm_bindgen(js_name = cancelAnimationFrame)]
    fn cancel_frame(request: i32);
}

/// Calls back before every repaint, with the time in milliseconds, until dropped.
struct Frames {
    request: Rc<Cell<i32>>,
    /// One closure for the whole life of the loop: it asks for the next frame itself.
    callback: Rc<RefCell<Option<Callback>>>,
}

impl Frames {
    fn start(mut each: impl FnMut(f64) + 'static) -> Self {
        let frames = Self { request: Rc::default(), callback: Rc::default() };
        let (request, callback) = (frames.request.clone(), frames.callback.clone());
        *frames.callback.borrow_mut() = Some(Closure::new(move |now| {
            each(now);
            request.set(Self::ask(&callback));
        }));
        frames.request.set(Self::ask(&frames.callback));
        frames
    }

    fn ask(callback: &RefCell<Option<Callback>>) -> i32 {
        // While the loop is being dropped the callback is gone, or borrowed to be taken.
        let Ok(callback) = callback.try_borrow() else { return 0 };
        callback.as_ref().map_or(0, request_frame)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        cancel_frame(self.request.get());
        // The closure holds itself; taking it out ends that.
        self.callback.borrow_mut().take();
    }
}

/// Frames for as long as something moves that somebody can see, and the time between them.
#[derive(Default)]
pub(crate) struct Pulse {
    frames: Option<Frames>,
    last: Option<f64>,
}

impl Pulse {
    /// Frames run while they are wanted.
    pub(crate) fn run(&mut self, wanted: bool, frame: impl FnOnce() -> yew::Callback<f64>) {
        if !wanted {
            *self = Self::default();
        } else if self.frames.is_none() {
            let frame = frame();
            self.frames = Some(Frames::start(move |now| frame.emit(now)));
        }
    }

    /// How many milliseconds have passed since the frame before.
    pub(crate) fn passed(&mut self, now: f64) -> f64 {
        self.last.replace(now).map_or(0.0, |last| now - last)
    }
}
