//! Wikidata items of cities, by GeoNames id (`models/places.items.zst`, by `build-place-items`).
//!
//! A file of its own beside the gazetteer: its source asks for another licence. It says nothing of a place that it lacks, and what
//! the gazetteer has of a place goes first.

const MAGIC: &[u8; 4] = b"NII1";

/// Items, read where they lie: a column of GeoNames ids in order, and one of items, in the bytes that [`build`] wrote.
#[derive(Debug)]
pub struct Items {
    bytes: Vec<u8>,
    count: usize,
}

/// Stores the items of places, each a GeoNames id in rising order and the item's number; the inverse of [`Items::from_bytes`].
#[must_use]
pub fn build(items: &[(u32, u32)]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend((items.len() as u32).to_le_bytes());
    out.extend(items.iter().flat_map(|(place, _)| place.to_le_bytes()));
    out.extend(items.iter().flat_map(|(_, item)| item.to_le_bytes()));
    out
}

impl Items {
    /// Where the columns start.
    const HEAD: usize = MAGIC.len() + 4;

    /// Reads what [`build`] wrote; `None` when the bytes are not that.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let count = bytes.strip_prefix(MAGIC)?.first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let whole = count.checked_mul(8)?.checked_add(Self::HEAD)? == bytes.len();
        whole.then_some(Self { bytes, count })
    }

    /// The number of the item of a place.
    #[must_use]
    pub fn item(&self, geonames: u32) -> Option<u32> {
        let numbers = self.bytes[Self::HEAD..].as_chunks::<4>().0;
        let (places, items) = numbers.split_at(self.count);
        let at = places.binary_search_by_key(&geonames, |place| u32::from_le_bytes(*place)).ok()?;
        Some(u32::from_le_bytes(items[at]))
    }

    /// Number of places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_the_place() {
        let items = Items::from_bytes(build(&[(3, 70), (9, 71), (12, 5)])).unwrap();
        assert_eq!((items.len(), items.is_empty()), (3, false));
        assert_eq!((items.item(9), items.item(12), items.item(4)), (Some(71), Some(5), None));
        assert_eq!(Items::from_bytes(build(&[])).unwrap().item(3), None);
    }

    #[test]
    fn refuses_torn_bytes() {
        let mut torn = build(&[(3, 70)]);
        torn.pop();
        assert!(Items::from_bytes(torn).is_none());
        assert!(Items::from_bytes(b"NIG2".to_vec()).is_none());
    }
}
