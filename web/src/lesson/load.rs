//! Brings a lab from its file: one of ours by its id, or any file of the same origin by its address.

use crate::dom;
use crate::text;
use faultline::lab::Lab;
use faultline::models::Library;

/// Where the file of a lab is, and the id that it has to have.
pub(crate) fn place(asked: &str) -> (String, String) {
    if asked.ends_with(".toml") {
        let id = asked.rsplit('/').next().unwrap_or(asked);
        let id = id.strip_suffix(".toml").unwrap_or(id);
        return (asked.to_owned(), id.to_owned());
    }
    (format!("labs/{asked}.toml"), asked.to_owned())
}

/// The lab, or what is wrong, line by line.
pub(crate) async fn load(asked: &str, library: &Library) -> Result<Lab, Vec<String>> {
    let (file, id) = place(asked);
    own(&file)?;
    let text = dom::fetch_text(&file).await.map_err(|why| vec![format!("{file}: {why}")])?;
    read(&text, &file, &id, library)
}

/// Nothing is taken from another server.
#[inline(never)]
fn own(file: &str) -> Result<(), Vec<String>> {
    if is_elsewhere(file, &dom::address::origin()) { Err(vec![text::lab_elsewhere(file)]) } else { Ok(()) }
}

/// Whether an address leads to another server than the page's own,.
fn is_elsewhere(address: &str, origin: &str) -> bool {
    let rest = address.split_once(':').map_or(address, |(_, rest)| rest);
    rest.starts_with("//") && address.strip_prefix(origin).is_none_or(|path| !path.starts_with('/'))
}

/// A lab out of the text of its file.
pub(crate) fn read(text: &str, file: &str, id: &str, library: &Library) -> Result<Lab, Vec<String>> {
    Lab::read(text, id, library).map_err(|problems| problems.iter().map(|problem| format!("{file}:{problem}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_asked_for_by_its_id_or_by_its_address() {
        assert_eq!(place("L07"), ("labs/L07.toml".into(), "L07".into()));
        for (address, elsewhere) in
            [("labs/L07.toml", false), ("https://a.b/x.toml", false), ("https://a.b.evil/x.toml", true), ("//a.b/x.toml", true)]
        {
            assert_eq!(is_elsewhere(address, "https://a.b"), elsewhere, "{address}");
        }
        assert_eq!(place("course/my-lab.toml"), ("course/my-lab.toml".into(), "my-lab".into()));
    }
}
