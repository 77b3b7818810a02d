//! What can be said of a run and of its time, whoever says it: a panel, a finger or a key. The laboratory hears it of
//! its run, the comparison of two.

use crate::diagram;
use crate::session::Until;
use crate::stage::{Finger, Target};
use faultline::scenario::Input;
use faultline::sim::{NodeId, Time};
use faultline::view::Meaning;

/// Something is said of time.
pub(crate) enum OfTime {
    Toggle,
    Step,
    Back,
    /// Take the last gesture back.
    Undo,
    Redo,
    /// Look at this nanosecond.
    Seek(Time),
    Speed(i32),
    /// Go on until this happens.
    Until(Until),
    /// The list of what can be waited for is opened or closed.
    More(bool),
    Careful(bool),
}

/// Something is said of one run.
pub(crate) enum OfRun {
    /// A gesture: all of it can be taken back at once.
    Act(Vec<Input>),
    /// A client asks for this operation, now.
    Ask(NodeId, usize),
    /// This message comes so much later as was typed.
    Delay(u32),
    /// A control of the settings was set to this.
    Turn(usize, String),
    /// A finger on the stage.
    Touch(Finger),
    /// Something that moves was taken hold of: time stops.
    Hold,
    /// Something on the stage was picked, and whether by a key: then the key goes on in its menu.
    Pick(Target, bool),
    Select(Option<NodeId>),
    /// This row of the trace is looked at.
    ShowRow(u32),
    /// This row of the trace is pointed at, in the diagram or the list of events.
    Point(Option<u32>),
    /// Equal values are marked.
    Link(Option<Meaning>),
    /// The diagram is moved by so many pixels.
    Pan(f64),
    /// The diagram goes back to the playhead.
    Here,
    /// The diagram is taken along.
    Take(diagram::Take),
    /// Something that changes nothing but what lies around the run.
    Desk(OfDesk),
}

/// Something is said of what lies around one run.
pub(crate) enum OfDesk {
    /// The menu of what was picked is closed.
    Dismiss,
    /// The client will ask this node.
    AskOf(NodeId),
    /// The argument of an operation is being typed.
    Argument(usize, String),
    /// How late a message is to come, as it is typed, in milliseconds.
    Lag(String),
    /// A control of the settings is being moved, and shows this.
    Draft(usize, String),
    /// The diagram's box of tools is opened or closed.
    Tools(bool),
    /// A lane is hidden, or shown again.
    Hide(NodeId),
    /// The focus goes to whoever stands above, or else below.
    Rove(NodeId, f64),
    /// The focus goes to the next of all, or to the one before.
    Next(NodeId, bool),
}
