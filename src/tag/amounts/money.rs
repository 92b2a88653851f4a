//! Whose money a sign or a word is: dollars, pounds and kroner are of several countries.
//!
//! The publisher's country decides, or the one that the story tells of; where neither does, refuses to name a currency.

use super::{AmountReader, AmountReading, units::currency_of};
use crate::unicode;

/// Countries whose dollar a story of theirs means, where the publisher is not known. Elsewhere in the world's news it is
/// the American one.
pub(super) const DOLLARS: &[&[u8; 2]] = &[b"CA", b"AU", b"NZ"];

/// Name in the list of the dollars that `$` stands for at home alone.
const LOCAL: &str = "$ at home";

/// Name in lists of what other languages than English call pounds, of weight or of money.
pub(super) const POUNDS: &str = "libra";

/// Characters of most texts that the mainland writes otherwise.
const TRADITIONAL: [char; 12] =
    ['億', '萬', '這', '們', '國', '會', '為', '時', '來', '說', '對', '經'];

/// What a record calls that of which it is not known whose money it is, or whether it is a weight; the `shared` unit is that
/// of which the amount's own is a part.
pub(super) fn money_of_nobody<'w>(
    own: &str,
    shared: Option<&str>,
    written: &'w str,
) -> Option<&'w str> {
    match own {
        "pounds" => Some("pounds"),
        "sol" => Some("soles"),
        "yuan" => Some("元"),
        "$" | "B$" => Some("dollars"),
        _ if shared == Some(POUNDS) => written.rsplit(|c: char| !unicode::goes_on(c)).next(),
        _ => None,
    }
}

impl AmountReader<'_> {
    /// The currency that a word or a sign of several countries stands for; `None` where it is no money at all.
    pub(super) fn at_home(&self, unit: &'static str) -> Option<&'static str> {
        let of_land = || self.lands.into_iter().flatten().find_map(|land| currency_of(unit, land));
        match unit {
            // Of `$` alone; `US$` names its country.
            "$" => {
                let home = self.home.and_then(|home| currency_of(unit, home));
                home.map_or_else(|| self.local_dollar(), Some)
            }
            "cent" => Some(of_land().unwrap_or("USD")),
            "rupee" => Some(of_land().unwrap_or("INR")),
            "won" => Some(of_land().unwrap_or("KRW")),
            "ruble" => Some(of_land().unwrap_or("RUB")),
            "leu" => Some(of_land().unwrap_or("RON")),
            // Of Taiwan, Hong Kong or Macao in their characters.
            "yuan" => of_land().or((!self.is_traditional()).then_some("CNY")),
            "genih" => Some(of_land().unwrap_or("EGP")),
            "riyal" => Some(of_land().unwrap_or("SAR")),
            "dirham" => Some(of_land().unwrap_or("AED")),
            "P" => Some(of_land().unwrap_or("PHP")),
            "K" | "D" | "E" | "M" | "Le" | "Nu" | "Rf" | "Ks" | "LE at home" | "RO at home"
            | "Birr at home" | "B$" | "pounds" | POUNDS | "sol" => of_land(),
            "NIS" => Some("ILS"),
            "SR" => Some("SAR"),
            "QR" => Some("QAR"),
            "KD" => Some("KWD"),
            "BD" => Some("BHD"),
            "RO" => Some("OMR"),
            "JD" => Some("JOD"),
            "LE" => Some("EGP"),
            "TL" => Some("TRY"),
            _ => Some(of_land().unwrap_or(unit)),
        }
    }

    /// Whether a text is in the characters of Taiwan and Hong Kong, which the mainland's are not.
    fn is_traditional(&self) -> bool {
        self.body.contains(TRADITIONAL)
    }

    /// The dollar of a publisher whose country has one of its own, where the story is of that country or of none that is
    /// known. Of the United States it tells in theirs; of another country it may tell in either.
    fn local_dollar(&self) -> Option<&'static str> {
        let [home, _, subject] = self.lands;
        let Some((home, code)) = home.and_then(|home| Some((home, currency_of(LOCAL, home)?)))
        else {
            return Some("USD");
        };
        match subject {
            None => Some(code),
            Some(subject) if subject == home => Some(code),
            Some([b'U', b'S']) => Some("USD"),
            Some(_) => None,
        }
    }

    /// Whether the money that a sign stands for is not known here: several countries of the language have one each.
    pub(super) fn is_unknown(&self, sign: &str) -> bool {
        self.abroad && self.words.unknown_signs.contains(&sign)
    }

    /// Whether the unit of an amount is a currency that is known here.
    pub(super) fn is_money(&self, reading: &AmountReading) -> bool {
        reading.unit.is_some_and(|unit| self.at_home(unit).is_some())
    }

    /// Whether a currency of one letter is the publisher's or the story's country's: `N900` in Nigeria, where no road is
    /// called so.
    pub(super) fn is_of_land(&self, unit: &str) -> bool {
        let mut lands = self.lands.into_iter().flatten();
        lands.any(|land| currency_of(unit, land).is_some() || unit == "NGN" && land == *b"NG")
    }
}
