//! What a word does in a date: the kinds of `dates.txt`, and the time that verbs speak of.

/// A kind of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Before the first end of a range: `from`.
    RangeLead,
    /// Between its ends: `to`.
    RangeJoint,
    /// Before a range whose ends `and` joins.
    Between,
    /// Joins the ends behind `between`, and two days of a month.
    And,
    /// Joins days of which one is meant.
    Or,
    /// Between a day and its month, or a month and its year.
    Of,
    /// Behind the digits of a day.
    Ordinal,
    /// Before a number of four digits that is a year then.
    YearLead,
    /// Behind such a number.
    YearBehind,
    /// Behind a number of four digits that is no year: `block`.
    NotYearBehind,
    /// Behind such a number that opens a sentence.
    YearSubject,
    /// Before a day that a street, a square or a bridge is called after: `rue du 8 mai`.
    CalledAfter,
    /// The same behind it: `19 Mayıs Caddesi`.
    CalledAfterBehind,
    /// Behind a day that an attack or a disaster is called by: `the 4 August blast`.
    Event,
    /// The same before it: `attentats du`.
    EventBefore,
    /// What was, behind a day of the week and `'s`: `Sunday's crash`.
    Over,
    /// A price, behind a day and `'s`; and before such a day where it is over: `above Wednesday's close`.
    Price,
    /// As its row says: `price-lead`.
    PriceLead,
    /// Between so many weeks and the day of the week from which they count: `a week on Friday`.
    WeekOn,
    /// Behind a day of the week that was a week before the last one.
    BeforeLast,
    /// Behind one that comes, and may be either.
    AfterNext,
    /// Titles before a name that is a day's: `Chief Sunday Orme`.
    NameLead,
    /// A line before lines that tell what comes.
    ComingLabel,
    /// Before a day and its month with a slash between: `ngày 20/3`.
    SlashedLead,
    /// Behind a number that is a house's: `1909 Juniper Drive`.
    Street,
    /// Before a hyphen and a year or before a decade: `mid-2004`.
    YearPart,
    /// Before a year of two digits: `of '69`.
    ShortYearLead,
    /// Before a month without a day, which is no name then.
    MonthLead,
    /// Makes a year roughly known.
    About,
    /// The article of days.
    Article,
    /// Before a weekday or a unit that was.
    Last,
    /// Before the present one.
    This,
    /// Before the one that comes.
    Next,
    /// The same behind it: `dernier`.
    LastBehind,
    /// As its row says: `next-behind`.
    NextBehind,
    /// Behind the last or next unit of something, which is none of the publication's: `the last week of the war`.
    LastOf,
    /// Behind a day or a month, the last year that was told: `that year`.
    ThatYear,
    /// The same of the year behind it.
    YearAfter,
    /// The same of the year before it.
    YearBefore,
    /// Between so many units and a day from which they count: `two weeks from Monday`.
    OffsetFrom,
    /// Of what is so each week or day: `weekly`.
    Habit,
    /// Hours without a number beside a day: `noon`.
    Hour,
    /// Phrases for whole years: `i fjol`.
    LastYear,
    /// As its row says: `this-year`.
    ThisYear,
    /// As its row says: `next-year`.
    NextYear,
    /// Days told from the publication's.
    BeforeYesterday,
    /// As its row says: `yesterday`.
    Yesterday,
    /// As its row says: `last-night`.
    LastNight,
    /// As its row says: `today`.
    Today,
    /// As its row says: `tomorrow`.
    Tomorrow,
    /// As its row says: `after-tomorrow`.
    AfterTomorrow,
    /// The day before or the one behind, as the clause says: `कल`.
    YesterdayOrTomorrow,
    /// Before a word for a day that means something else then: `la mañana`.
    NotAfter,
    /// Behind a word for today that means something else then: `今日本`.
    NotBehind,
    /// Before a day of the week that is no single day, or a name: `jeden`.
    NotWeekday,
    /// The same behind it: `Viernes Negro`.
    NotWeekdayBehind,
    /// Before a day of the week behind which no noun stands, which is any of them then: `on a Monday`.
    AnyWeekday,
    /// Before one that opens a clause, which is of what is told then: `That Monday he left`.
    ThatWeekday,
    /// Behind an article and one, which is of what is told then: `the Monday before the vote`.
    WeekdayOfTale,
    /// A weekday that was, and its number: `i måndags 1`.
    PastWeekday,
    /// One that comes.
    ComingWeekday,
    /// Before `in` and so many years, which are then those that were: `the first in`.
    Ranked,
    /// How superlatives end, which do so, too.
    RankedEnding,
    /// Behind the first year of a century or of its first decade.
    CenturyEnding,
    /// Units and parts of time.
    Night,
    /// As its row says: `part-of-day`.
    PartOfDay,
    /// As its row says: `day`.
    Day,
    /// As its row says: `days`.
    Days,
    /// As its row says: `week`.
    Week,
    /// As its row says: `weeks`.
    Weeks,
    /// As its row says: `fortnight`.
    Fortnight,
    /// As its row says: `weekend`.
    Weekend,
    /// Before an article and the weekend.
    WeekendLead,
    /// As its row says: `month`.
    Month,
    /// As its row says: `months`.
    Months,
    /// As its row says: `quarter`.
    Quarter,
    /// As its row says: `half`.
    Half,
    /// As its row says: `year`.
    Year,
    /// As its row says: `years`.
    Years,
    /// As its row says: `decade`.
    Decade,
    /// As its row says: `decades`.
    Decades,
    /// Counts one unit.
    One,
    /// Behind a count and a unit.
    Ago,
    /// Before them, where nothing need stand behind: `il y a`.
    AgoLead,
    /// Before them, where `ago` stands behind: `för`.
    AgoAround,
    /// Behind what comes.
    FromNow,
    /// Before a count and a unit that come.
    InTime,
    /// Before such a word, which is no word of time then: `bedt om`.
    NotInTime,
    /// The same where the clause speaks of what comes.
    InTimeByTense,
    /// Behind such a unit: `in two years' time`.
    Time,
    /// Before a decade's first year.
    DecadeLead,
    /// Straight behind it.
    DecadeEnding,
    /// The same behind two digits, where a round hundred is a century.
    ShortDecadeEnding,
    /// Behind a decade of two digits and its ending.
    DecadeBehind,
    /// Numbers of quarters and halves.
    First,
    /// As its row says: `second`.
    Second,
    /// As its row says: `third`.
    Third,
    /// As its row says: `fourth`.
    Fourth,
    /// Before a fiscal year.
    Fiscal,
    /// Straight before its digits.
    FiscalCode,
    /// Straight behind the number of a year, a month, a day, and behind a decade's year and its sign: `年`.
    YearSign,
    /// As its row says: `month-sign`.
    MonthSign,
    /// As its row says: `day-sign`.
    DaySign,
    /// The same of a day without a month.
    BareDaySign,
    /// As its row says: `decade-sign`.
    DecadeSign,
    /// Behind a year's sign, whose number counts then: `間`.
    YearCount,
    /// The same behind a month's.
    MonthCount,
    /// Behind the sign of a day without a month, which is a date then.
    DayBehind,
}

/// Names of the kinds in lists.
pub(super) const KINDS: &[(&str, Kind)] = &[
    ("range-lead", Kind::RangeLead),
    ("range-joint", Kind::RangeJoint),
    ("between", Kind::Between),
    ("and", Kind::And),
    ("or", Kind::Or),
    ("of", Kind::Of),
    ("ordinal", Kind::Ordinal),
    ("year-lead", Kind::YearLead),
    ("year-behind", Kind::YearBehind),
    ("not-year-behind", Kind::NotYearBehind),
    ("year-subject", Kind::YearSubject),
    ("called-after", Kind::CalledAfter),
    ("called-after-behind", Kind::CalledAfterBehind),
    ("event", Kind::Event),
    ("event-before", Kind::EventBefore),
    ("over", Kind::Over),
    ("price", Kind::Price),
    ("price-lead", Kind::PriceLead),
    ("week-on", Kind::WeekOn),
    ("before-last", Kind::BeforeLast),
    ("after-next", Kind::AfterNext),
    ("name-lead", Kind::NameLead),
    ("coming-label", Kind::ComingLabel),
    ("slashed-lead", Kind::SlashedLead),
    ("street", Kind::Street),
    ("year-part", Kind::YearPart),
    ("short-year-lead", Kind::ShortYearLead),
    ("month-lead", Kind::MonthLead),
    ("about", Kind::About),
    ("article", Kind::Article),
    ("last", Kind::Last),
    ("this", Kind::This),
    ("next", Kind::Next),
    ("last-behind", Kind::LastBehind),
    ("next-behind", Kind::NextBehind),
    ("last-year", Kind::LastYear),
    ("this-year", Kind::ThisYear),
    ("next-year", Kind::NextYear),
    ("before-yesterday", Kind::BeforeYesterday),
    ("yesterday", Kind::Yesterday),
    ("last-night", Kind::LastNight),
    ("today", Kind::Today),
    ("tomorrow", Kind::Tomorrow),
    ("after-tomorrow", Kind::AfterTomorrow),
    ("yesterday-or-tomorrow", Kind::YesterdayOrTomorrow),
    ("not-after", Kind::NotAfter),
    ("not-behind", Kind::NotBehind),
    ("not-weekday", Kind::NotWeekday),
    ("not-weekday-behind", Kind::NotWeekdayBehind),
    ("any-weekday", Kind::AnyWeekday),
    ("that-weekday", Kind::ThatWeekday),
    ("weekday-of-tale", Kind::WeekdayOfTale),
    ("last-of", Kind::LastOf),
    ("that-year", Kind::ThatYear),
    ("year-after", Kind::YearAfter),
    ("year-before", Kind::YearBefore),
    ("offset-from", Kind::OffsetFrom),
    ("habit", Kind::Habit),
    ("hour", Kind::Hour),
    ("past-weekday", Kind::PastWeekday),
    ("coming-weekday", Kind::ComingWeekday),
    ("ranked", Kind::Ranked),
    ("ranked-ending", Kind::RankedEnding),
    ("century-ending", Kind::CenturyEnding),
    ("night", Kind::Night),
    ("part-of-day", Kind::PartOfDay),
    ("day", Kind::Day),
    ("days", Kind::Days),
    ("week", Kind::Week),
    ("weeks", Kind::Weeks),
    ("fortnight", Kind::Fortnight),
    ("weekend", Kind::Weekend),
    ("weekend-lead", Kind::WeekendLead),
    ("month", Kind::Month),
    ("months", Kind::Months),
    ("quarter", Kind::Quarter),
    ("half", Kind::Half),
    ("year", Kind::Year),
    ("years", Kind::Years),
    ("decade", Kind::Decade),
    ("decades", Kind::Decades),
    ("one", Kind::One),
    ("ago", Kind::Ago),
    ("ago-lead", Kind::AgoLead),
    ("ago-around", Kind::AgoAround),
    ("from-now", Kind::FromNow),
    ("in-time", Kind::InTime),
    ("not-in-time", Kind::NotInTime),
    ("in-time-by-tense", Kind::InTimeByTense),
    ("time", Kind::Time),
    ("decade-lead", Kind::DecadeLead),
    ("decade-ending", Kind::DecadeEnding),
    ("short-decade-ending", Kind::ShortDecadeEnding),
    ("decade-behind", Kind::DecadeBehind),
    ("first", Kind::First),
    ("second", Kind::Second),
    ("third", Kind::Third),
    ("fourth", Kind::Fourth),
    ("fiscal", Kind::Fiscal),
    ("fiscal-code", Kind::FiscalCode),
    ("year-sign", Kind::YearSign),
    ("month-sign", Kind::MonthSign),
    ("day-sign", Kind::DaySign),
    ("bare-day-sign", Kind::BareDaySign),
    ("decade-sign", Kind::DecadeSign),
    ("year-count", Kind::YearCount),
    ("month-count", Kind::MonthCount),
    ("day-behind", Kind::DayBehind),
];

/// The time that a clause speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    /// What was.
    Past,
    /// What comes.
    Future,
}
