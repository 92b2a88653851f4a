//! A map of the places: drawn here, nothing fetched.
//!
//! Equirectangular with its standard parallel at the middle of the view, zoomed to the places but
//! never closer than [`LEAST_SPAN`] degrees, because the land behind it is coarse. Places on both
//! sides of the date line get the whole world.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::land::LAND;
use super::names::Kind;
use super::value::{list, number, text};

/// Size of the drawing: about that of the card in pixels, on a desk and on a phone, so that labels are as large as
/// the style says.
const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 220.0;
/// Degrees of longitude seen at the least.
const LEAST_SPAN: f64 = 36.0;
/// Height of a label, and the mean width of one of its characters.
const LABEL: (f64, f64) = (12.0, 6.6);
/// Kilometres in a degree of latitude.
const KM_PER_DEGREE: f64 = 111.2;

/// A place with a position.
struct Spot<'a> {
    index: usize,
    name: &'a str,
    lat: f64,
    lon: f64,
    mentions: usize,
}

/// Degrees to the drawing.
struct View {
    west: f64,
    north: f64,
    /// Units per degree of longitude and of latitude.
    scale: (f64, f64),
}

impl View {
    fn of(spots: &[Spot<'_>]) -> Self {
        let bounds = |of: fn(&Spot<'_>) -> f64| {
            let values = spots.iter().map(of);
            (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN, f64::max))
        };
        let (south, north) = bounds(|s| s.lat);
        let (west, east) = bounds(|s| s.lon);
        let middle = f64::midpoint(south, north);
        let squeeze = middle.clamp(-75.0, 75.0).to_radians().cos();
        // Degrees of longitude in the view: room around the places on all sides.
        let by_height = 1.5 * (north - south) * (WIDTH / HEIGHT) / squeeze;
        let span = (1.5 * (east - west)).max(by_height).max(LEAST_SPAN / squeeze);
        let (squeeze, span) = if span >= 300.0 { (0.85, 360.0) } else { (squeeze, span) };
        let x = WIDTH / span;
        let y = x / squeeze;
        let tall = HEIGHT / y;
        let west = if span >= 360.0 {
            -180.0
        } else {
            (f64::midpoint(west, east) - span / 2.0).clamp(-180.0, 180.0 - span)
        };
        let north = (middle + tall / 2.0).clamp(-90.0 + tall.min(180.0), 90.0);
        Self { west, north, scale: (x, y) }
    }

    fn x(&self, lon: f64) -> f64 {
        (lon - self.west) * self.scale.0
    }

    fn y(&self, lat: f64) -> f64 {
        (self.north - lat) * self.scale.1
    }
}

/// The card with the map; empty without places whose position is known.
pub(super) fn places(record: &Value) -> Markup {
    let spots: Vec<Spot<'_>> = list(record, "/tags/entities")
        .iter()
        .enumerate()
        .filter(|(_, entity)| Kind::of(entity) == Kind::Place)
        .filter_map(|(index, entity)| {
            Some(Spot {
                index,
                name: text(entity, "/name")?,
                lat: number(entity, "/lat").filter(|lat| lat.abs() <= 90.0)?,
                lon: number(entity, "/lon").filter(|lon| lon.abs() <= 180.0)?,
                mentions: list(entity, "/mentions").len(),
            })
        })
        .collect();
    html! {
        @if !spots.is_empty() {
            section.card aria-labelledby="map" {
                h2 #map { "Places" }
                (draw(&spots))
                p.note { "Land is a rough sketch. A dot leads to its name in the list." }
            }
        }
    }
}

fn draw(spots: &[Spot<'_>]) -> Markup {
    let view = View::of(spots);
    let labels = labels(&view, spots);
    html! {
        svg.map viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="group" aria-label="Map of the places" {
            rect.sea width=(WIDTH) height=(HEIGHT) {}
            path.land fill-rule="evenodd" d=(land(&view)) {}
            path.grid d=(graticule(&view)) {}
            (scale_bar(&view))
            @for (spot, label) in spots.iter().zip(labels) {
                @let (x, y) = (view.x(spot.lon), view.y(spot.lat));
                @let radius = 3.0 + (spot.mentions as f64).sqrt().min(5.0);
                a href={ "#name-" (spot.index) } {
                    title { (spot.name) }
                    circle.spot cx=(near(x)) cy=(near(y)) r=(near(radius)) {}
                    @if let Some((lx, ly, anchor)) = label {
                        text.label x=(near(lx)) y=(near(ly)) text-anchor=(anchor) { (short(spot.name)) }
                    }
                }
            }
        }
    }
}

/// How long some round number of kilometres is in the middle of the view. Nothing on a map of the whole world, whose
/// scale is another one at each latitude.
fn scale_bar(view: &View) -> Markup {
    let middle = view.north - HEIGHT / view.scale.1 / 2.0;
    let per_km = view.scale.0 / (KM_PER_DEGREE * middle.to_radians().cos());
    let fits = |km: &f64| km * per_km <= WIDTH / 4.0;
    let km = [2000.0, 1000.0, 500.0, 200.0, 100.0].into_iter().find(fits);
    let is_world = WIDTH / view.scale.0 > 180.0;
    html! {
        @if let Some(km) = km.filter(|_| !is_world) {
            g.scale {
                path d=(PreEscaped(format!("M8 {0}v4h{1:.1}v-4", HEIGHT - 12.0, km * per_km))) {}
                text x="8" y=(HEIGHT - 16.0) { (km) " km" }
            }
        }
    }
}

fn near(value: f64) -> PreEscaped<String> {
    PreEscaped(format!("{value:.1}"))
}

fn short(name: &str) -> String {
    let mut out: String = name.chars().take(24).collect();
    if out.len() < name.len() {
        out.push('…');
    }
    out
}

fn land(view: &View) -> String {
    let mut path = String::new();
    for outline in LAND {
        for (at, (lon, lat)) in outline.iter().enumerate() {
            let (x, y) = (view.x(f64::from(*lon) / 10.0), view.y(f64::from(*lat) / 10.0));
            path.push_str(&format!("{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" }));
        }
        path.push('Z');
    }
    path
}

fn graticule(view: &View) -> String {
    let span = WIDTH / view.scale.0;
    let step = [5.0, 10.0, 20.0].into_iter().find(|step| span / step <= 10.0).unwrap_or(30.0);
    let mut path = String::new();
    let mut lon = -180.0;
    while lon <= 180.0 {
        path.push_str(&format!("M{0:.1} 0V{HEIGHT}", view.x(lon)));
        lon += step;
    }
    let mut lat = -90.0 + (90.0 % step);
    while lat <= 90.0 {
        path.push_str(&format!("M0 {0:.1}H{WIDTH}", view.y(lat)));
        lat += step;
    }
    path
}

type Label = (f64, f64, &'static str);

/// A spot for each label where it hides no other one: right, left, above, below, then the corners; the most named
/// place first. A label without room is left out (its dot still tells the name).
fn labels(view: &View, spots: &[Spot<'_>]) -> Vec<Option<Label>> {
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(spots[at].mentions));
    let mut taken: Vec<[f64; 4]> = spots
        .iter()
        .map(|s| {
            let (x, y) = (view.x(s.lon), view.y(s.lat));
            [x - 5.0, y - 5.0, x + 5.0, y + 5.0]
        })
        .collect();
    let mut labels = vec![None; spots.len()];
    for at in order {
        let (x, y) = (view.x(spots[at].lon), view.y(spots[at].lat));
        let width = short(spots[at].name).chars().count() as f64 * LABEL.1;
        let tries = [
            (x + 10.0, y + 4.0, "start", x + 9.0),
            (x - 10.0, y + 4.0, "end", x - 9.0 - width),
            (x, y - 11.0, "middle", x - width / 2.0),
            (x, y + 19.0, "middle", x - width / 2.0),
            (x, y - 11.0, "end", x - width),
            (x, y + 19.0, "end", x - width),
            (x, y - 11.0, "start", x),
            (x, y + 19.0, "start", x),
        ];
        for (lx, ly, anchor, left) in tries {
            let area = [left, ly - LABEL.0, left + width, ly + 3.0];
            let inside = area[0] >= 0.0 && area[1] >= 0.0 && area[2] <= WIDTH && area[3] <= HEIGHT;
            let free = taken
                .iter()
                .all(|t| area[2] < t[0] || t[2] < area[0] || area[3] < t[1] || t[3] < area[1]);
            if inside && free {
                taken.push(area);
                labels[at] = Some((lx, ly, anchor));
                break;
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(name: &str, lat: f64, lon: f64) -> Spot<'_> {
        Spot { index: 0, name, lat, lon, mentions: 1 }
    }

    #[test]
    fn every_place_is_in_view() {
        let cases = [
            vec![(59.9, 10.7)],
            vec![(90.0, 180.0)],
            vec![(-90.0, -180.0)],
            vec![(50.4, 30.5), (55.7, 37.6), (24.4, 54.4), (39.8, -98.5)],
            vec![(-41.0, 174.0), (64.0, -150.0)],
            vec![(-77.8, 166.7), (78.2, 15.6)],
        ];
        for case in cases {
            let spots: Vec<_> = case.iter().map(|(lat, lon)| spot("x", *lat, *lon)).collect();
            let view = View::of(&spots);
            for s in &spots {
                let (x, y) = (view.x(s.lon), view.y(s.lat));
                assert!((-0.1..=WIDTH + 0.1).contains(&x), "{case:?}: x {x}");
                assert!((-0.1..=HEIGHT + 0.1).contains(&y), "{case:?}: y {y}");
            }
        }
    }

    #[test]
    fn labels_do_not_cover_each_other() {
        let spots: Vec<_> =
            (0..12).map(|n| spot("Lillehammer", 61.0 + f64::from(n) * 0.01, 10.5)).collect();
        let labels = labels(&View::of(&spots), &spots);
        let shown = labels.iter().flatten().count();
        assert!((1..=8).contains(&shown), "{shown}");
    }
}
