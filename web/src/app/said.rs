//! Everything that can be said to the laboratory, by a hand, the browser, the page around it or a worker beside it.

use crate::chart;
use crate::desk::{Browser, Key, OfRun, OfTime, Resized};
use crate::host::Order;
use crate::lesson::Say;
use crate::panel::links;
use crate::search;
use crate::share::Save;
use faultline::sim::NodeId;

/// Everything that can be said to the laboratory.
pub(crate) enum Msg {
    /// The browser is about to repaint.
    Frame(f64),
    /// The picture has been shown: it is time for the words.
    Tell,
    /// It is quiet: say what has happened, and put the link into the address.
    Settle,
    Browser(Browser),
    Resized(Resized),
    /// The page goes away, to come back in its newer version.
    Leave,
    /// The page around this one asks for something.
    Host(Order),
    Key(Key),
    Time(OfTime),
    Run(OfRun),
    Branch(OfBranch),
    /// Another model: its place in the library.
    Model(usize),
    /// A run that was found takes the place of this one: its link.
    Found(String),
    /// Another promise is watched: its place among all.
    Promise(usize),
    /// A promise was picked on the map.
    Picked(usize),
    /// Something is said to the lab.
    Lesson(Say),
    /// Something is said to the searches.
    Search(search::Say),
    Show(Show),
    Go(Away),
}

impl Msg {
    /// Whether somebody in front of the page has said it.
    pub(super) fn is_by_learner(&self) -> bool {
        !matches!(self, Self::Browser(_) | Self::Resized(_) | Self::Leave | Self::Settle | Self::Search(_) | Self::Show(Show::Map(_)))
    }
}

/// Something is said of the futures that were left.
pub(crate) enum OfBranch {
    /// Over to this one: its place among them.
    Go(usize),
    /// One of them is taken hold of, to put it elsewhere, or let go.
    Grab(Option<usize>),
    /// It goes from one place among them to another, and whether by a key: then the focus goes along.
    Arrange(usize, usize, bool),
}

/// Something is to be seen, or not any more.
pub(crate) enum Show {
    /// Only what this node knows, or everything.
    Know(Option<NodeId>),
    /// Where there is room for one of them: the diagram, or else the stage.
    Diagram(bool),
    /// What shows that promises are kept or broken.
    Evidence(bool),
    /// Another chart: its place among all.
    Chart(usize),
    /// A choice about one link as it is being made.
    Link(links::Draft),
    /// Whether the table of links slows them down, or cuts them.
    Slowing(bool),
    /// The list of what can be done.
    Help(bool),
    /// The dialog for sharing.
    Share(bool),
    /// The list of what to compare with.
    Comparing(bool),
    /// Where the step waits for something: the focus goes there.
    Where,
    /// What a narrow page keeps behind one button.
    Others(bool),
    /// The map with what the clients' history keeps.
    Map(bool),
    /// No notice any more: it was read.
    NoNotice,
}

/// Away with the run, or with a part of it.
pub(crate) enum Away {
    /// A lab is to be written around it.
    Author,
    /// It is to be seen beside another: the future that was left at this place, or itself.
    Compare(Option<usize>),
    /// It is taken along in a file.
    Save(Save),
    /// A chart is taken along.
    Chart(chart::Kind, chart::Take),
}
