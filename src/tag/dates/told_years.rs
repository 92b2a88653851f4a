//! Years that the story told before: `in June that year`, `in March of the following year`. None where it told none near, or
//! where a word such as `that` may be of another.

use super::DateReader;
use super::kinds::Kind;

/// Farthest year from words that point at it, in tokens.
const REACH: usize = 60;

impl DateReader<'_> {
    /// The year that words at a token point at, behind a comma or what joins it there, and one past them; a year that the
    /// story does not tell is none.
    pub(super) fn told_year(&self, at: usize) -> Option<(Option<i32>, usize)> {
        self.words.filter(|words| words.knows(Kind::ThatYear))?;
        let comma = at + usize::from(self.word(at) == ",");
        let at = self.behind(Kind::Of, comma);
        let kinds = [(Kind::ThatYear, 0), (Kind::YearAfter, 1), (Kind::YearBefore, -1)];
        let (years, end) =
            kinds.into_iter().find_map(|(kind, years)| Some((years, self.phrase(kind, at)?)))?;
        Some((self.last_year_before(at).map(|year| year + years), end))
    }

    /// Whether the year of a day before a token is one that the story does not tell.
    pub(super) fn is_of_untold_year(&self, behind: usize) -> bool {
        let comma = behind + usize::from(self.word(behind) == ",");
        self.form(comma).is_some_and(|form| form.untold)
    }

    fn last_year_before(&self, at: usize) -> Option<i32> {
        let (year, at) = (at.saturating_sub(REACH)..at).rev().find_map(|i| {
            let told = self.year_number(i).is_none() || self.is_year(i) || self.is_of_day(i);
            let (year, _) = self.year_phrase(i).filter(|_| told)?;
            Some((year, i))
        })?;
        // A span has two years.
        let span = self.years(at).is_some()
            || at.checked_sub(2).is_some_and(|first| self.years(first).is_some());
        (!span).then_some(year)
    }

    /// Whether a year stands behind a month or a day of one.
    fn is_of_day(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back);
        before(1).is_some_and(|at| self.month(at).is_some())
            || self.word(at.saturating_sub(1)) == ","
                && before(3).is_some_and(|at| self.month(at).is_some())
    }
}
