//! Names in other cases than the nominative, by hand.

use super::*;

fn told(folder: &str, name: &str) -> String {
    nominative(folder, name).unwrap_or_else(|| name.to_owned())
}

#[test]
fn forms_of_one_name_have_its_nominative() {
    for (folder, name, forms) in [
        ("ru", "Иван Вардунов", "Ивана Вардунова, Ивану Вардунову, Иваном Вардуновым"),
        ("ru", "Ольга Вардинская", "Ольги Вардинской, Ольгу Вардинскую, Ольгой Вардинской"),
        ("ru", "Игорь Орланчук", "Игоря Орланчука, Игорем Орланчуком"),
        ("ru", "Пётр Ильич Вардин", "Петра Ильича Вардина, Петру Ильичу Вардину"),
        ("ru", "Анна Вардова-Орланская", "Анны Вардовой-Орланской"),
        ("uk", "Ольга Вардинська", "Ольги Вардинської, Ользі Вардинській, Ольгу Вардинську"),
        ("uk", "Микола Варденко", "Миколи Варденка, Миколі Варденку, Миколою Варденком"),
        ("uk", "Марія Варденко", "Марії Варденко, Марію Варденко, Марією Варденко"),
        ("pl", "Tomasz Vardelski", "Tomasza Vardelskiego, Tomaszem Vardelskim, Tomaszu Vardelskim"),
        ("pl", "Marcin Vardek", "Marcina Vardka, Marcinowi Vardkowi, Marcinem Vardkiem"),
        ("pl", "Joanna Vardelska", "Joanny Vardelskiej, Joannie Vardelskiej, Joanną Vardelską"),
        ("pl", "Magdalena Vardoniak", "Magdaleny Vardoniak, Magdaleną Vardoniak"),
        ("pl", "Marek Vardelski", "Marka Vardelskiego"),
        ("cs", "Tomáš Vardal", "Tomáše Vardala, Tomášem Vardalem"),
        ("cs", "Petr Vardíček", "Petra Vardíčka, Petrovi Vardíčkovi, Petrem Vardíčkem"),
        ("cs", "Jana Vardelová", "Jany Vardelové, Janě Vardelové, Janou Vardelovou"),
        ("sk", "Peter Vardák", "Petra Vardáka, Petrovi Vardákovi, Petrom Vardákom"),
        ("sk", "Zuzana Vardová", "Zuzany Vardovej, Zuzane Vardovej, Zuzanu Vardovú"),
        ("hr", "Marko Vardić", "Marka Vardića, Marku Vardiću, Markom Vardićem"),
        ("hr", "Ana Vardelić", "Ane Vardelić, Ani Vardelić, Anu Vardelić, Anom Vardelić"),
        ("hr", "Nikola Vardić", "Nikole Vardića, Nikoli Vardiću, Nikolom Vardićem"),
        ("hu", "Varde Béla", "Varde Bélának, Varde Bélát, Varde Bélával"),
        ("hu", "Varde István", "Varde Istvánt, Varde Istvánnal, Varde Istvánhoz"),
        ("fi", "Matti Vardonen", "Matti Vardosen, Matti Vardoselle, Matti Vardoseen"),
        ("fi", "Anna Vardela", "Anna Vardelan, Anna Vardelalle, Anna Vardelaa"),
        ("el", "Νίκος Βαρδόπουλος", "Νίκου Βαρδόπουλου, Νίκο Βαρδόπουλο"),
        ("el", "Μαρία Βαρδίου", "Μαρίας Βαρδίου"),
        ("ro", "Elena Vardescu", "Elenei Vardescu"),
    ] {
        for form in forms.split(", ") {
            assert_eq!(told(folder, form), name);
        }
        assert_eq!(nominative(folder, name), None);
    }
}

#[test]
fn what_several_may_be_called_stays() {
    for (folder, name) in [
        // Александр or Александра.
        ("ru", "Александра Вардова"),
        // Варденец or Варденц.
        ("ru", "Ивана Варденца"),
        // Of no one case.
        ("ru", "Ивана Вардовым"),
        // A given name that is not known.
        ("ru", "Орлана Вардова"),
        ("ru", "Иван Вардова"),
        // Vard or Varda, Vardelek or Vardelk.
        ("cs", "Pavlovi Vardovi"),
        ("pl", "Adama Vardelka"),
        // Marek or Mark.
        ("pl", "Marka Vardena"),
        // Names of other languages, as they stand.
        ("sk", "Anne Varden"),
        ("pl", "Marty Varden"),
        ("hr", "Kate Varden"),
        ("fi", "Erik Vardsen"),
        // A lone word, and too many.
        ("pl", "Tomaszem"),
        ("pl", "Tomaszem Janem Adamem Pawłem Vardelskim"),
        ("xx", "Ивана Вардова"),
    ] {
        assert_eq!(nominative(folder, name), None, "{name}");
    }
}

#[test]
fn given_names_have_endings_of_their_language() {
    for code in lang::languages_with(LIST) {
        let cases = cases_of(code).unwrap();
        for (kind, sex) in [("men", MEN), ("women", WOMEN), ("people", MEN | WOMEN)] {
            for name in lang::of_kind(code, LIST, kind).flat_map(str::split_whitespace) {
                assert!(cases.names.contains_key(&(name, sex)), "{code}: {name}");
            }
        }
    }
}
