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
    /// Where a history is judged.
    Check,
    /// The map of promises.
    Map,
    /// Two runs side by side: it reads the address itself.
    Compare,
}

/// What stands before the id of a lab in an address.
pub(crate) const LAB: &str = "#lab=";
/// What stands before the id of a model in an address.
pub(crate) const FREE: &str = "#free=";
/// The address of the judge.
pub(crate) const CHECK: &str = "#check";
/// The address of the map of promises.
pub(crate) const MAP: &str = "#map";

impl Route {
    /// The screen for what stands behind an address.
    pub(crate) fn of(fragment: &str) -> Self {
        match fragment {
            "" | "#" => Self::Home,
            CHECK => Self::Check,
            MAP => Self::Map,
            _ if fragment.starts_with(COMPARE) => Self::Compare,
            _ => fragment.strip_prefix(LAB).map_or(Self::Laboratory, |lab| Self::Lab(lab.to_owned())),
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
        assert_eq!(Route::of("#map"), Route::Map);
        assert_eq!(Route::of("#lab=L10"), Route::Lab("L10".into()));
        assert_eq!(Route::of("#compare=1abc.1def"), Route::Compare);
        for free in ["#free", "#free=gossip", "#run=1abc", "#nonsense"] {
            assert_eq!(Route::of(free), Route::Laboratory);
        }
    }
}
