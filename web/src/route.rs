//! Which screen an address asks for. No types of the browser, so that this is tested natively.

use faultline::link::COMPARE;

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// What there is to do here.
    Home,
    /// The laboratory, free or with the run of a link: it reads the address itself.
    Laboratory,
    /// A lab, by its id, or by the address of its file.
    Lab(String),
    /// What a teacher takes along of a lab.
    Kit(String),
    /// Where a lab is written; perhaps around a run, in letters.
    Author(Option<String>),
    /// What the engine was held to.
    Evidence,
    /// Where a history is judged.
    Check,
    /// A lab out of a file that was given to the page.
    File,
    /// The map of promises.
    Map,
    /// Two runs side by side: it reads the address itself.
    Compare,
}

/// What stands before the id of a lab in an address.
pub(crate) const LAB: &str = "#lab=";
/// What stands before the id of a model in an address.
pub(crate) const FREE: &str = "#free=";
/// The address of the laboratory with whatever model is the first.
pub(crate) const ANY: &str = "#free";
/// The address of the judge.
pub(crate) const CHECK: &str = "#check";
/// The address of the map of promises.
pub(crate) const MAP: &str = "#map";
/// What stands before the id of a lab for its teacher's kit.
pub(crate) const KIT: &str = "#kit=";
/// Where labs are written; with a run behind it, around that run.
pub(crate) const AUTHOR: &str = "#author";
/// What the engine was held to.
pub(crate) const EVIDENCE: &str = "#evidence";
/// The address of a lab that has none.
pub(crate) const FILE: &str = "#file";

/// The lab that an address asks for, by its id or by the address of its file.
pub(crate) fn lab(fragment: &str) -> Option<&str> {
    fragment.strip_prefix(LAB)
}

impl Route {
    /// The screen for what stands behind an address.
    pub(crate) fn of(fragment: &str) -> Self {
        match fragment {
            "" | "#" => Self::Home,
            CHECK => Self::Check,
            MAP => Self::Map,
            EVIDENCE => Self::Evidence,
            AUTHOR => Self::Author(None),
            FILE => Self::File,
            _ if fragment.starts_with(COMPARE) => Self::Compare,
            _ => {
                let behind = |mark: &str| fragment.strip_prefix(mark).map(str::to_owned);
                let author = behind(AUTHOR).and_then(|run| Some(Self::Author(Some(run.strip_prefix('=')?.to_owned()))));
                let of_a_lab = || lab(fragment).map(|lab| Self::Lab(lab.to_owned())).or_else(|| behind(KIT).map(Self::Kit));
                author.or_else(of_a_lab).unwrap_or(Self::Laboratory)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_somewhere() {
        assert_eq!(Route::of(""), Route::Home);
        assert_eq!(Route::of("#"), Route::Home);
        assert_eq!(Route::of("#check"), Route::Check);
        assert_eq!(Route::of("#file"), Route::File);
        assert_eq!(Route::of("#map"), Route::Map);
        assert_eq!(Route::of("#lab=L10"), Route::Lab("L10".into()));
        assert_eq!(Route::of("#compare=1abc.1def"), Route::Compare);
        assert_eq!(Route::of("#kit=L10"), Route::Kit("L10".into()));
        assert_eq!(Route::of("#evidence"), Route::Evidence);
        assert_eq!(Route::of("#author"), Route::Author(None));
        assert_eq!(Route::of("#author=1abc"), Route::Author(Some("1abc".into())));
        for free in ["#free", "#free=gossip", "#run=1abc", "#nonsense"] {
            assert_eq!(Route::of(free), Route::Laboratory);
        }
    }
}
