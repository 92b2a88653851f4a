//! Numbers as the countries of a language write them.

use super::*;

type Given = (f64, Option<f64>, String);

fn read_at(code: &str, body: &str, home: Option<&[u8; 2]>) -> Vec<Given> {
    let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
    let found = amounts(&text, LanguageCode::parse(code).unwrap(), home.copied(), None);
    found.into_iter().map(|a| (a.value, a.upper, a.unit.or(a.object).unwrap_or_default())).collect()
}

#[test]
fn marks_of_numbers_follow_the_publishers_land() {
    for (code, home, body, value, of) in [
        ("es", Some(b"MX"), "El faro costó 4,350 pesos.", 4350.0, "MXN"),
        ("es", Some(b"MX"), "El faro costó 4,350.5 millones de pesos.", 4_350_500_000.0, "MXN"),
        ("es", Some(b"ES"), "Pesa 4,350 kilos.", 4.35, "kg"),
        ("es", None, "Llegaron 4,350,000 personas.", 4.35e6, "personas"),
        ("de", Some(b"CH"), "Der Turm kostet 4'350 Franken.", 4350.0, "CHF"),
        ("de", Some(b"CH"), "Der Turm kostet 43.50 Franken.", 43.5, "CHF"),
        ("de", Some(b"CH"), "Der Turm kostet 43,5 Millionen Franken.", 43.5e6, "CHF"),
        ("de", None, "Der Turm kostet 43,- Euro.", 43.0, "EUR"),
        ("en", Some(b"ZA"), "The lamp costs R4 350,50.", 4350.5, "ZAR"),
        ("en", None, "The lamp costs Rs 4,35,000.", 435_000.0, "INR"),
        ("en", None, "Some 4,35,00,000 people came.", 4.35e7, "people"),
        ("ms", None, "Lampu itu RM4,350.", 4350.0, "MYR"),
    ] {
        assert_eq!(read_at(code, body, home), [(value, None, of.to_owned())], "{code}: {body}");
    }
    // Of a fraction in one land, of thousands in the other.
    for body in ["El faro costó 4,350 pesos.", "Costó 4.3.5 pesos."] {
        assert_eq!(read_at("es", body, None), [], "{body}");
    }
    assert_eq!(land_of("es-MX"), Some(*b"MX"));
    assert_eq!(land_of("es-ES"), None);
}
