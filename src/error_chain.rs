//! Looks for an error of a type among the causes of another one: what went wrong is told by types, never by messages.

use std::error::Error;
use std::io;

/// The first error of a type in a chain of sources, looking into `io::Error`s, which hide what
/// they wrap.
#[must_use]
pub fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find::<T>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_within_io_errors_are_found() {
        let inner = "x".parse::<u8>().unwrap_err();
        let error = io::Error::other(io::Error::other(inner));
        assert!(find::<std::num::ParseIntError>(&error).is_some());
        assert!(find::<std::fmt::Error>(&error).is_none());
    }
}
