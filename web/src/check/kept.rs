//! What was typed or given here, and asked of it, is kept by the browser: a reload, an update or a browser that ends
//! its tabs loses nothing.

use crate::dom;
use crate::worker::Checking;
use faultline::judge::Promise;
use faultline::judge::spec::Object;

/// Under which name the browser keeps it.
const NAME: &str = "faultline.history";
/// A longer text is a file of somebody's, and would leave no room for what was done in the labs.
const MOST: usize = 400_000;

/// What was asked, and the name of the file that it came from.
pub(super) type Asked = (Checking, Option<String>);

/// Keeps it, if it is not too long; says whether it is not.
pub(super) fn keep(job: &Checking, file: Option<&str>) -> bool {
    let fits = job.text.len() <= MOST;
    let kept = (fits && !job.text.is_empty()).then(|| write(job, file.unwrap_or_default()));
    if kept.is_some() || dom::remembered(NAME).is_some() {
        dom::remember(NAME, kept.as_deref());
    }
    fits
}

/// What was kept.
pub(super) fn kept() -> Option<Asked> {
    read(&dom::remembered(NAME)?)
}

/// By their names, which stay the same in later versions: four lines, and then the text.
fn write(job: &Checking, file: &str) -> String {
    let line = |text: &str| text.replace(['\n', '\r'], " ");
    [Object::ALL[job.object].0, Promise::ALL[job.promise].0, &line(&job.initial), &line(file), &job.text].join("\n")
}

fn read(kept: &str) -> Option<Asked> {
    let mut parts = kept.splitn(5, '\n');
    let (object, promise, initial, file) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let text = parts.next()?.to_owned();
    let object = Object::ALL.iter().position(|(name, _)| *name == object).unwrap_or(0);
    let promise = Promise::ALL.iter().position(|(name, _)| *name == promise).unwrap_or(0);
    Some((Checking { text, object, promise, initial: initial.to_owned() }, (!file.is_empty()).then(|| file.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_read_again_whatever_it_was() {
        for (text, file) in [("", None), ("{:f :read}\n\n{:f :write}\r\n", Some("a history.edn")), ("nil", Some("two\nlines"))] {
            let job =
                Checking { text: text.into(), object: Object::ALL.len() - 1, promise: Promise::ALL.len() - 1, initial: "nil\n".into() };
            let (again, named) = read(&write(&job, file.unwrap_or_default())).unwrap();
            assert_eq!((again.text, again.object, again.promise, again.initial), (job.text, job.object, job.promise, "nil ".into()));
            assert_eq!(named, file.map(|file| file.replace('\n', " ")));
        }
        assert!(read("").is_none() && read("a\nb\nc\nd").is_none(), "what is cut off is nothing");
    }
}
