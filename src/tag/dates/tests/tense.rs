//! Which week or year a day is of, by its clause.

use super::*;

#[test]
fn what_is_put_off_to_a_day_comes() {
    for (code, body) in [
        ("de", "Der Betrieb wurde bis Freitag ausgesetzt."),
        ("de", "Der Prozess wurde auf Freitag vertagt."),
        ("fr", "Les cours ont été suspendus jusqu'à vendredi."),
        ("fr", "Le procès a été reporté à vendredi."),
        ("es", "El juicio fue aplazado hasta el viernes."),
        ("it", "Il processo è stato rinviato a venerdì."),
        ("pt", "As aulas foram suspensas até sexta-feira."),
        ("nl", "De lessen werden tot vrijdag geschrapt."),
        ("sv", "Undervisningen ställdes in till fredag."),
        ("nb", "Undervisningen ble innstilt til fredag."),
        ("da", "Undervisningen blev aflyst indtil fredag."),
        ("pl", "Rozprawa została odroczona do piątku."),
        ("ru", "Заседание было перенесено на пятницу."),
        ("tr", "Duruşma cuma gününe ertelendi."),
        ("cs", "Jednání bylo odročeno na pátek."),
    ] {
        assert_eq!(dates_in(code, body), ["2026-02-06"], "{body}");
    }
    assert_eq!(dates_in("de", "Die Messe dauerte bis Freitag."), ["2026-01-30"]);
}

#[test]
fn day_behind_a_past_verb_and_its_lead_was() {
    for (code, body, date) in [
        ("de", "Der Brand geschah am 20. Februar.", "2025-02-20"),
        ("de", "Der Brand ereignete sich am 20. Februar.", "2025-02-20"),
        ("es", "El incendio ocurri\u{f3} el 20 de febrero.", "2025-02-20"),
        ("sv", "Branden skedde den 20 februari.", "2025-02-20"),
        ("it", "Il rogo avvenne il 20 febbraio.", "2025-02-20"),
        ("de", "Die Messe beginnt am 20. Februar.", "2026-02-20"),
        ("de", "Sie sagte, am 20. Februar werde gew\u{e4}hlt.", "2026-02-20"),
    ] {
        assert_eq!(dates_in(code, body), [date], "{code}: {body}");
    }
}

#[test]
fn past_verbs_tell_which_weekday_was() {
    for (code, body) in [
        ("pl", "Sąd skazał w piątek burmistrza."),
        ("cs", "Premiér v pátek oznámil rozpočet."),
        ("sk", "Premiér v piatok oznámil rozpočet."),
        ("hr", "Premijer je u petak najavio mjere."),
        ("ro", "Premierul a anunțat vineri bugetul."),
        ("el", "Ο πρωθυπουργός ανακοίνωσε την Παρασκευή μέτρα."),
        ("bg", "Премиерът обяви в петък мерките."),
        ("hu", "A miniszter pénteken bejelentette a tervet."),
        ("sv", "Polisen grep två män på fredagen."),
        ("nb", "Laget slo Varde fredag kveld."),
        ("da", "Instruktøren modtog fredag en pris."),
        ("nl", "De politie pakte vrijdag twee mannen op."),
        ("ru", "Банк Орланда в пятницу снизил ставку."),
        ("fr", "Le procès s'est ouvert vendredi à Orland."),
    ] {
        assert_eq!(dates_in(code, body), ["2026-01-30"], "{body}");
    }
    for (code, body) in [("ro", "A durat trei luni."), ("ro", "A primit 18 luni de închisoare.")] {
        assert_eq!(dates_in(code, body), [""; 0], "{body}");
    }
}

#[test]
fn tense_chooses_the_day_of_the_week() {
    for (body, date) in [
        ("The museum opens on Tuesday.", "2026-02-03"),
        ("The hearing will start on Thursday, a clerk said.", "2026-02-05"),
        ("Crews are to return on Monday.", "2026-02-02"),
        ("On Monday, ministers will meet again.", "2026-02-02"),
        ("Ministers met on Monday and will meet again.", "2026-01-26"),
        ("A clerk said on Thursday that the museum will open.", "2026-01-29"),
        ("The road was closed on Friday.", "2026-01-30"),
        ("She flew to Oslo on Friday.", "2026-01-30"),
        ("The vote is expected on Wednesday.", "2026-02-04"),
        ("Members vote on Sunday.", "2026-02-01"),
        ("They decided to postpone the match on Monday.", "2026-01-26"),
        ("The judge set a hearing for Thursday.", "2026-02-05"),
        ("The council voted to raise fares starting Monday.", "2026-02-02"),
        ("The masks went on show in Varde on Thursday.", "2026-01-29"),
        ("It helped Holm beat Feld by 90 runs on Tuesday.", "2026-01-27"),
        ("Brokers saw the crown fall on Thursday.", "2026-01-29"),
        ("Snow made the officials call off play on Monday.", "2026-01-26"),
        ("The ferry stopped during the fourth stage on Monday.", "2026-01-26"),
        ("She has until noon on Thursday to reply.", "2026-02-05"),
        ("The mayor gave the dockers until Friday to reply.", "2026-02-06"),
        ("The storm lasted until Friday.", "2026-01-30"),
        ("The judge adjourned the case until Thursday.", "2026-02-05"),
        ("The march was pushed back to Monday.", "2026-02-02"),
        ("She worked there until Friday.", "2026-01-30"),
        ("Police asked for calm ahead of Friday's march.", "2026-02-06"),
        ("It averts a strike that was to start on Friday.", "2026-02-06"),
        ("The service expects snow from Thursday.", "2026-02-05"),
        ("The second award follows on Friday.", "2026-02-06"),
        ("She set a record on Thursday.", "2026-01-29"),
        ("The hearing was set for Monday.", "2026-02-02"),
        ("The road will remain closed until Friday.", "2026-02-06"),
        ("Ferries have been cancelled until Sunday.", "2026-02-01"),
        ("A curfew was imposed until Tuesday.", "2026-02-03"),
        ("The council closed the pool until Monday.", "2026-02-02"),
        ("The mayor ordered flags lowered until Sunday.", "2026-02-01"),
        ("The fire raged until Friday.", "2026-01-30"),
        ("She stayed in hospital until Thursday.", "2026-01-29"),
        ("He was on remand until Thursday.", "2026-01-29"),
        ("The storm had been forecast to reach Varde on Monday.", "2026-02-02"),
        ("The launch was scheduled for Friday.", "2026-02-06"),
        ("She was due in court on Monday.", "2026-02-02"),
        ("The ferry was meant to sail on Monday.", "2026-02-02"),
        ("They sank the ferry on Tuesday last week.", "2026-01-20"),
        ("The hall opens on Friday next week.", "2026-02-06"),
    ] {
        let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
        assert_eq!(dates, [date], "{body}");
    }
}

#[test]
fn weekday_in_characters_needs_a_sure_verb() {
    for (code, body) in [
        ("ja", "市は月曜日に開くと発表した。"),
        ("zh", "渡轮周一离港，周二返回。"),
        ("ko", "시는 월요일에 연다고 밝혔다."),
        ("zh", "飞船被送上月球。"),
    ] {
        assert_eq!(dates_in(code, body), [""; 0], "{body}");
    }
}

#[test]
fn year_follows_what_was_or_is_set() {
    // The publication is of 31 January 2026.
    for (body, date) in [
        ("He died Nov. 3.", "2025-11-03"),
        ("She died on December 9 at her home.", "2025-12-09"),
        ("The law, in effect since Aug. 1, bans smoking.", "2025-08-01"),
        ("Prices have doubled since Oct. 2.", "2025-10-02"),
        ("Police found the body Oct. 30.", "2025-10-30"),
        ("The crash on 5 December killed six people.", "2025-12-05"),
        ("The court set a hearing for June 12.", "2026-06-12"),
        ("A trial date of Nov. 9 was set.", "2026-11-09"),
        ("The case was posted to November 12.", "2026-11-12"),
        ("The council voted to raise rates beginning Nov. 1.", "2026-11-01"),
        ("She announced her resignation, effective Nov. 30.", "2026-11-30"),
        ("The board approved a rise effective Jan. 1.", "2026-01-01"),
        ("The line suspended ferries until Oct. 10.", "2026-10-10"),
    ] {
        let dates: Vec<String> = found(body).into_iter().map(|found| found.1).collect();
        assert_eq!(dates, [date], "{body}");
    }
}

#[test]
fn day_in_brackets_says_which_weekday() {
    for (code, body, date) in [
        ("pt", "O ministro chegou na segunda (2) a Varde.", "2026-02-02"),
        ("pt", "A ponte caiu na sexta-feira (23).", "2026-01-23"),
        ("id", "Kapal tenggelam Selasa (27/1) malam.", "2026-01-27"),
    ] {
        assert_eq!(dates_in(code, body), [date], "{body}");
    }
    assert_ne!(dates_in("pt", "A ponte caiu na sexta-feira (22)."), ["2026-01-22"]);
    assert_eq!(dates_in("hr", "Pala je u petak (16. siječnja)."), ["2026-01-16"]);
}
