//! What words of `tense.txt` say of the time of their sentence: its kinds, each a flag of a [`Sense`].

/// What a word says about the time of its sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sense {
    /// Stands before an infinitive: `will`.
    pub modal: bool,
    /// Announces a plan before `to`: `due`.
    pub plan: bool,
    /// A past form: `went`.
    pub past: bool,
    /// Ends as past forms do and is none: `vila`.
    pub not_past: bool,
    /// A present form that speaks of a fixed day: `opens`.
    pub present: bool,
    /// Stands between a verb and its subject or auxiliary: `not`.
    pub adverb: bool,
    /// Parts clauses: `but`.
    pub clause: bool,
    /// Makes a noun of what follows: `the`.
    pub determiner: bool,
    /// Stands before an infinitive and is no verb: `to`.
    pub infinitive: bool,
    /// Before a past form, makes it a noun or an infinitive of the passive: `be`.
    pub be: bool,
    /// Before a past form, makes it the passive of the present: `is`.
    pub passive: bool,
    /// Makes the perfect of a past form: `has`.
    pub perfect: bool,
    /// Before such an auxiliary of the perfect: `s'est ouvert`, `si è aperto`.
    pub reflexive: bool,
    /// That auxiliary, which is none of the perfect alone.
    pub reflexive_perfect: bool,
    /// Before a date that need not have been: `for`.
    pub aim: bool,
    /// Before a date, an end that comes: `until`.
    pub until: bool,
    /// The same behind a date: `kadar`.
    pub until_behind: bool,
    /// Behind a date that need not have been: `ra` of `6-ra`.
    pub aim_behind: bool,
    /// Before a date, a beginning that was: `seit`.
    pub since: bool,
    /// The same behind a date: `óta`.
    pub since_behind: bool,
    /// Before a date, a beginning that was where the clause tells of what lasts: `od`.
    pub since_or_from: bool,
    /// A night, which is that before the day behind it: `natten till`.
    pub night: bool,
    /// Was to be, and need not have been: `devait`.
    pub unsure: bool,
    /// Before a date, and `of`, a day that comes: `ahead`.
    pub ahead: bool,
    /// Moves what is told to another day: `adjourned`.
    pub postpone: bool,
    /// Stands between such a verb and that day: `to`.
    pub postponed_to: bool,
    /// Stands behind that day, in languages that say so there: `gününe`.
    pub postponed_to_behind: bool,
    /// Tells what comes before the day that it comes on: `scheduled for`.
    pub announced: bool,
    /// Tells of what went on up to a day or goes on from one: `stayed … until`, `sits … since`.
    pub lasting: bool,
    /// A form of the verb that makes the passive of the past: `was`.
    pub was: bool,
    /// Before a perfect, makes it what was: `could have`.
    pub supposed: bool,
    /// Makes an infinitive without `to` of a verb behind it: `saw … fall`.
    pub perception: bool,
    /// Before a date, a beginning that comes where it was decided on: `beginning`.
    pub onset: bool,
    /// Decides on what comes: `voted`.
    pub decided: bool,
    /// What is set for a day that comes: `hearing`.
    pub appointment: bool,
    /// Keeps something from being until a day that comes: `suspended`.
    pub halted: bool,
    /// Tells what was on its day: `killed`.
    pub done: bool,
    /// Before `for` and a day of the week, what comes on it: `strikes called for`.
    pub meant: bool,
    /// Before `in` or `on` and a date, what is paid or ends then: `bonds due in`.
    pub falls_due: bool,
    /// Before a day that it sets for something: `fixed 14 March for`.
    pub fixing: bool,
    /// Behind that day: `for`.
    pub fixed_for: bool,
}

/// What of a sense a kind sets.
pub(super) type Part = fn(&mut Sense) -> &mut bool;

/// Kinds of `tense.txt`.
pub(super) const SENSES: &[(&str, Part)] = &[
    ("modal", |sense| &mut sense.modal),
    ("plan", |sense| &mut sense.plan),
    ("past", |sense| &mut sense.past),
    ("not-past", |sense| &mut sense.not_past),
    ("present", |sense| &mut sense.present),
    ("adverb", |sense| &mut sense.adverb),
    ("clause", |sense| &mut sense.clause),
    ("determiner", |sense| &mut sense.determiner),
    ("infinitive", |sense| &mut sense.infinitive),
    ("be", |sense| &mut sense.be),
    ("passive", |sense| &mut sense.passive),
    ("perfect", |sense| &mut sense.perfect),
    ("reflexive", |sense| &mut sense.reflexive),
    ("reflexive-perfect", |sense| &mut sense.reflexive_perfect),
    ("aim", |sense| &mut sense.aim),
    ("until", |sense| &mut sense.until),
    ("aim-behind", |sense| &mut sense.aim_behind),
    ("until-behind", |sense| &mut sense.until_behind),
    ("since", |sense| &mut sense.since),
    ("since-behind", |sense| &mut sense.since_behind),
    ("since-or-from", |sense| &mut sense.since_or_from),
    ("night", |sense| &mut sense.night),
    ("unsure", |sense| &mut sense.unsure),
    ("ahead", |sense| &mut sense.ahead),
    ("perception", |sense| &mut sense.perception),
    ("postpone", |sense| &mut sense.postpone),
    ("announced", |sense| &mut sense.announced),
    ("lasting", |sense| &mut sense.lasting),
    ("was", |sense| &mut sense.was),
    ("supposed", |sense| &mut sense.supposed),
    ("onset", |sense| &mut sense.onset),
    ("decided", |sense| &mut sense.decided),
    ("appointment", |sense| &mut sense.appointment),
    ("halted", |sense| &mut sense.halted),
    ("done", |sense| &mut sense.done),
    ("meant", |sense| &mut sense.meant),
    ("falls-due", |sense| &mut sense.falls_due),
    ("fixing", |sense| &mut sense.fixing),
    ("fixed-for", |sense| &mut sense.fixed_for),
    ("postponed-to", |sense| &mut sense.postponed_to),
    ("postponed-to-behind", |sense| &mut sense.postponed_to_behind),
];
