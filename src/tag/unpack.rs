//! Unpacks what is compiled in: at once and into one buffer, where unpacking as a stream would also fill a window
//! of its size and copy everything twice. Half of the program's start is this.

/// Most bytes that anything compiled in unpacks to. Pages that are not written to cost nothing.
const MOST: usize = 16 << 20;

/// The bytes of a zstd frame; `None` for anything else.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = zstd::bulk::decompress(packed, MOST).ok()?;
    bytes.shrink_to_fit();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_was_packed_and_no_other_bytes() {
        let text = b"the mayor of the town ".repeat(1000);
        let packed = zstd::encode_all(&text[..], 3).unwrap();
        let bytes = unpack(&packed).unwrap();
        assert_eq!(bytes, text);
        assert!(bytes.capacity() < MOST);
        assert_eq!(unpack(&text), None);
    }
}
