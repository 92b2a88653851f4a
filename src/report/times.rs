//! Moments and spans of time as people read them.

use time::OffsetDateTime;

/// Date and time of day, UTC.
pub(super) fn clock(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second())
}

/// Time of day, UTC.
pub(super) fn time_of_day(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{:02}:{:02}:{:02}Z", at.hour(), at.minute(), at.second())
}

/// A span of time for people: its two largest units, the second where it is not zero.
pub(super) fn span(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let parts = [
        (whole / 86_400, "d"),
        (whole / 3600 % 24, "h"),
        (whole / 60 % 60, "min"),
        (whole % 60, "s"),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let shown = parts.iter().skip(first).take(2).enumerate();
    let shown = shown.filter(|(at, (count, _))| *at == 0 || *count > 0);
    shown.map(|(_, (count, unit))| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units() {
        let spans = [0.0, 59.6, 300.0, 3725.0, 360_000.0].map(span);
        assert_eq!(spans, ["0 s", "1 min", "5 min", "1 h 2 min", "4 d 4 h"]);
    }
}
