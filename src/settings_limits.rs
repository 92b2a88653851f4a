//! For tests: what settings are taken and refused at the limits of their keys.

/// A key, what sets it, and numbers that are taken and refused.
pub(crate) type Row<S> = (&'static str, fn(&mut S, u64), &'static [u64], &'static [u64]);

/// Tries each key's numbers on defaults; a refusal begins with the key's name in its table.
pub(crate) fn try_each<S: Default>(
    table: &str,
    rows: &[Row<S>],
    check: fn(&S) -> Result<(), String>,
) {
    for (key, set, good, bad) in rows {
        let with = |number: &u64| {
            let mut settings = S::default();
            set(&mut settings, *number);
            check(&settings)
        };
        for number in *good {
            assert_eq!(with(number), Ok(()), "{key} = {number}");
        }
        for number in *bad {
            let refused = with(number).unwrap_err();
            assert!(refused.starts_with(&format!("{table}.{key} ")), "{key} = {number}: {refused}");
        }
    }
}
