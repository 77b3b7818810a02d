//! The list of all labs, which is made with the site: one line for each.

use crate::dom;

/// A lab in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) track: String,
    order: u32,
    pub(crate) level: String,
    pub(crate) title: String,
    pub(crate) hook: String,
    /// The promises that it lets one break, or see broken.
    pub(crate) promises: Vec<String>,
}

/// Where the list is (web/tools/finish-site.mjs writes it).
const LIST: &str = "labs/labs.tsv";

/// The labs, as soon as the list is there.
pub(crate) async fn fetch() -> Result<Vec<Entry>, String> {
    dom::fetch_text(LIST).await.map(|list| read(&list))
}

/// The labs of a list in the order of the course.
fn read(list: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some(Entry {
            id: cells.next()?,
            track: cells.next()?,
            order: cells.next()?.parse().ok()?,
            level: cells.next()?,
            title: cells.next()?,
            hook: cells.next()?,
            promises: cells.next()?.split_whitespace().map(str::to_owned).collect(),
        })
    };
    let mut labs: Vec<_> = list.lines().filter_map(entry).collect();
    labs.sort_by(|one, other| (one.order, &one.id).cmp(&(other.order, &other.id)));
    labs
}

impl Entry {
    /// Whether it has these words.
    pub(crate) fn has(&self, find: &str) -> bool {
        let find = find.trim().to_lowercase();
        [&self.id, &self.track, &self.title, &self.hook].iter().any(|text| text.to_lowercase().contains(&find))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_the_order_of_the_course() {
        let labs = read("L10\tReplication\t10\tfoundation\tCAP\tWhich?\ta b\nL01\tFoundations\t1\tfoundation\tMeet\tFive\t\n");
        assert_eq!(labs.iter().map(|lab| lab.id.as_str()).collect::<Vec<_>>(), ["L01", "L10"]);
        assert_eq!((labs[0].promises.len(), labs[1].promises.as_slice()), (0, ["a".to_owned(), "b".to_owned()].as_slice()));
        assert!(labs[1].has("cap") && labs[1].has("l10") && !labs[1].has("meet"));
        assert!(read("broken\n").is_empty());
    }
}
