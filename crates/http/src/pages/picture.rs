//! Demand and supply by public function and place: maps of tiles and a matrix, each drawn and as a table.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{Pair, Picture, cut};
use innocap_domain::{Labels, Scheme};

use super::cards::place_name;
use super::layout::render;
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// Where a place's tile lies: its code, column and row.
type Seat = (&'static str, i32, i32);

/// The countries of the Northern Periphery and Arctic and their neighbours, roughly as they lie.
const COUNTRIES: &[Seat] = &[
    ("GL", 1, 0),
    ("CA", 0, 1),
    ("IS", 2, 1),
    ("NO", 4, 1),
    ("SE", 5, 1),
    ("FI", 6, 1),
    ("FO", 3, 2),
    ("DK", 4, 2),
    ("IE", 2, 3),
    ("GB", 3, 3),
];

/// Their northern and peripheral regions (NUTS 3, ISO 3166-2), roughly as they lie.
const REGIONS: &[Seat] = &[
    ("NO0B2", 4, 0),
    ("GL", 0, 1),
    ("NO072", 5, 1),
    ("NO073", 6, 1),
    ("IS", 1, 2),
    ("NO071", 4, 2),
    ("SE332", 5, 2),
    ("FI1D7", 6, 2),
    ("CA-NL", 0, 3),
    ("FO", 2, 3),
    ("GB-ZET", 3, 3),
    ("NO060", 4, 3),
    ("SE331", 5, 3),
    ("FI1D9", 6, 3),
    ("FI1D8", 7, 3),
    ("GB-ORK", 2, 4),
    ("NO0A3", 4, 4),
    ("SE322", 5, 4),
    ("SE321", 6, 4),
    ("FI1D5", 7, 4),
    ("FI1DB", 8, 4),
    ("FI1DC", 9, 4),
    ("GB-ELS", 1, 5),
    ("GB-HLD", 2, 5),
    ("NO0A2", 4, 5),
    ("FI198", 7, 5),
    ("FI1DA", 8, 5),
    ("IE042", 0, 6),
    ("IE041", 1, 6),
    ("IE053", 0, 7),
    ("IE051", 1, 7),
];

/// Width and height that a tile takes, in pixels.
const TILE: (i32, i32) = (106, 80);
/// Least width, and height, that a field of the matrix takes, and the width before the fields, in pixels.
const FIELD: (i32, i32) = (54, 30);
const BEFORE: i32 = 250;
/// What a character of a number takes, with the room beside it, in pixels.
const DIGIT: i32 = 8;
/// Characters of one line in a tile.
const LINE: usize = 14;

#[derive(Template)]
#[template(path = "picture.html")]
struct Page {
    texts: InterfaceTexts,
    total: Figures,
    map: Drawing<Tile>,
    /// The countries of the tables: code and name, and the numbers of each, whatever the function.
    countries: Vec<(String, String, Figures)>,
    regions: Drawing<Tile>,
    region_needs: Vec<(String, Figure)>,
    matrix: Drawing<Line>,
    /// The width of a field of the matrix.
    field: i32,
    rows: Vec<Row>,
    /// Needs for which nothing is delivered: function, country, and how many.
    gaps: Vec<(String, String, Figure)>,
}

/// A number, and the list that it counts.
struct Figure {
    number: i64,
    text: String,
    href: String,
}

/// Open needs and solutions.
struct Figures {
    needs: Figure,
    solutions: Figure,
}

/// What is drawn, and how large it is.
struct Drawing<T> {
    width: i32,
    height: i32,
    parts: Vec<T>,
}

/// A place on a map.
struct Tile {
    x: i32,
    y: i32,
    /// The name in lines, each with its height and whether it is written smaller to have room.
    name: Vec<(i32, bool, String)>,
    number: String,
    class: String,
}

/// A public function drawn.
struct Line {
    y: i32,
    name: String,
    fields: Vec<Field>,
}

/// A public function in a country, drawn.
struct Field {
    x: i32,
    number: String,
    class: String,
}

/// A public function as a row of the table.
struct Row {
    name: String,
    all: Figures,
    cells: Vec<Figures>,
}

pub(crate) async fn page(
    state: web::Data<State>,
    _visitor: Visitor,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let picture = state.innocap.picture().await?;
    let (texts, labels) = (InterfaceTexts::of(&request), state.innocap.labels());
    let view = PictureView { picture: &picture, texts: &texts, labels: &labels };
    let codes = view.codes();
    let (matrix, field) = view.matrix(&codes);
    let page = Page {
        total: view.figures(picture.total, "", ""),
        map: map(COUNTRIES, |code| view.country_tile(code)),
        countries: view.countries(&codes),
        regions: map(REGIONS, |code| view.region_tile(code)),
        region_needs: REGIONS.iter().map(|(code, ..)| view.needs_in(code)).collect(),
        matrix,
        field,
        rows: view.rows(&codes),
        gaps: view.gaps(),
        texts,
    };
    render(&page, page.texts.code())
}

/// The picture, and for whom it is drawn.
struct PictureView<'a> {
    picture: &'a Picture,
    texts: &'a InterfaceTexts,
    labels: &'a Labels,
}

impl<'a> PictureView<'a> {
    fn place(&self, code: &str) -> String {
        place_name(self.labels, code, self.texts.language())
    }

    fn function(&self, code: &str) -> String {
        self.labels.label(Scheme::Function, code, self.texts.language()).unwrap_or(code).to_owned()
    }

    /// The countries of the tables: those of the map, then all others that have needs, each by name.
    fn codes(&self) -> Vec<&'a str> {
        let seated: BTreeSet<&str> = COUNTRIES.iter().map(|(code, ..)| *code).collect();
        let others = self.picture.countries_in_need().filter(|code| !seated.contains(code));
        let mut codes: Vec<&str> = seated.iter().copied().chain(others).collect();
        codes.sort_by_key(|code| (!seated.contains(code), self.place(code).to_lowercase()));
        codes
    }

    fn countries(&self, codes: &[&str]) -> Vec<(String, String, Figures)> {
        let country =
            |code: &&str| ((*code).to_owned(), self.place(code), self.figures(self.picture.country(code), "", code));
        codes.iter().map(country).collect()
    }

    fn needs(&self, number: i64, query: &[(&str, &str)]) -> Figure {
        let href = self.texts.to(&address("/challenges", query));
        Figure { number, text: self.texts.count("needs-found", number), href }
    }

    fn figures(&self, pair: Pair, function: &str, country: &str) -> Figures {
        let query = [("function", function), ("country", country)];
        let href = self.texts.to(&address("/solutions", &query));
        let text = self.texts.count("start-solutions", pair.solutions);
        Figures { needs: self.needs(pair.needs, &query), solutions: Figure { number: pair.solutions, text, href } }
    }

    /// A tile's name, its numbers, and how it is coloured.
    fn country_tile(&self, code: &str) -> (String, String, String) {
        let pair = self.picture.country(code);
        (self.place(code), format!("{} / {}", pair.needs, pair.solutions), class(pair.needs, pair.is_gap()))
    }

    fn region_tile(&self, code: &str) -> (String, String, String) {
        let needs = self.count_in(code);
        (self.place(code), needs.to_string(), class(needs, false))
    }

    /// Needs of a country or, by a longer code, of a region.
    fn count_in(&self, code: &str) -> i64 {
        if code.len() == 2 { self.picture.country(code).needs } else { self.picture.needs_in_region(code) }
    }

    fn needs_in(&self, code: &str) -> (String, Figure) {
        let parameter = if code.len() == 2 { "country" } else { "region" };
        (self.place(code), self.needs(self.count_in(code), &[(parameter, code)]))
    }

    /// The public functions drawn in lines, and how wide their fields have to be for their numbers.
    fn matrix(&self, codes: &[&str]) -> (Drawing<Line>, i32) {
        let field = |function: &str, country: &&str| {
            let pair = self.picture.cell(function, country);
            let number = format!("{} / {}", pair.needs, pair.solutions);
            let number = if pair == Pair::default() { String::new() } else { number };
            Field { x: 0, number, class: class(pair.needs, pair.is_gap()) }
        };
        let line = |(row, function): (usize, &String)| Line {
            y: FIELD.1 * pixels(row + 1),
            name: self.function(function),
            fields: codes.iter().map(|country| field(function, country)).collect(),
        };
        let mut parts: Vec<Line> = self.picture.functions.keys().enumerate().map(line).collect();
        let longest = parts.iter().flat_map(|line| &line.fields).map(|field| pixels(field.number.len())).max();
        let width = (longest.unwrap_or_default() * DIGIT).max(FIELD.0);
        for line in &mut parts {
            for (column, field) in line.fields.iter_mut().enumerate() {
                field.x = BEFORE + width * pixels(column);
            }
        }
        let height = FIELD.1 * pixels(parts.len() + 1);
        (Drawing { width: BEFORE + width * pixels(codes.len()), height, parts }, width)
    }

    fn rows(&self, codes: &[&str]) -> Vec<Row> {
        let cell =
            |function: &str, country: &str| self.figures(self.picture.cell(function, country), function, country);
        let row = |(function, pair): (&String, &Pair)| Row {
            name: self.function(function),
            all: self.figures(*pair, function, ""),
            cells: codes.iter().map(|country| cell(function, country)).collect(),
        };
        self.picture.functions.iter().map(row).collect()
    }

    fn gaps(&self) -> Vec<(String, String, Figure)> {
        let gap = |(function, country, needs): (&str, &str, i64)| {
            let figure = self.needs(needs, &[("function", function), ("country", country)]);
            (self.function(function), self.place(country), figure)
        };
        self.picture.gaps().into_iter().map(gap).collect()
    }
}

/// The address of a list with a filter, without what is empty.
fn address(path: &str, query: &[(&str, &str)]) -> String {
    let said: Vec<_> = query.iter().filter(|(_, value)| !value.is_empty()).map(|(n, v)| format!("{n}={v}")).collect();
    if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
}

/// The colour by the number of needs, and the frame of a gap.
fn class(needs: i64, gap: bool) -> String {
    let level = match needs {
        ..1 => 0,
        1 => 1,
        2..5 => 2,
        5..10 => 3,
        10.. => 4,
    };
    format!("level-{level}{}", if gap { " gap" } else { "" })
}

fn map(seats: &[Seat], tell: impl Fn(&str) -> (String, String, String)) -> Drawing<Tile> {
    let tile = |(code, column, row): &Seat| {
        let (name, number, class) = tell(code);
        let name = lines(&name).into_iter().zip([20, 36]).map(|(line, y)| (y, is_long(&line), line)).collect();
        Tile { x: column * TILE.0 + 2, y: row * TILE.1 + 2, name, number, class }
    };
    let most = |of: fn(&Seat) -> i32| seats.iter().map(of).max().unwrap_or_default() + 1;
    Drawing {
        width: most(|seat| seat.1) * TILE.0,
        height: most(|seat| seat.2) * TILE.1,
        parts: seats.iter().map(tile).collect(),
    }
}

/// A name in at most two lines, broken where it has a joint.
fn lines(name: &str) -> Vec<String> {
    if !is_long(name) {
        return vec![name.to_owned()];
    }
    let mut joints = name.char_indices().filter(|(_, c)| matches!(c, ' ' | '-')).map(|(at, c)| at + c.len_utf8());
    let fitting = joints.rfind(|at| !is_long(name[..*at].trim_end()));
    let (first, rest) = name.split_at(fitting.unwrap_or_default());
    let two = [first.trim_end().to_owned(), cut(rest, LINE + 3)];
    two.into_iter().filter(|line| !line.is_empty()).collect()
}

fn is_long(line: &str) -> bool {
    line.chars().count() > LINE
}

/// A count of tiles or fields, to reckon with in pixels.
fn pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use innocap_domain::Language;

    use super::*;

    #[test]
    fn a_long_name_is_broken_at_its_joint() {
        assert_eq!(lines("Norrbotten"), ["Norrbotten"]);
        assert_eq!(lines("Pohjois-Pohjanmaa"), ["Pohjois-", "Pohjanmaa"]);
        assert_eq!(lines("Newfoundland and Labrador"), ["Newfoundland", "and Labrador"]);
    }

    #[test]
    fn no_two_tiles_lie_on_one_another_and_every_one_is_a_place() {
        for seats in [COUNTRIES, REGIONS] {
            let taken: BTreeSet<_> = seats.iter().map(|(_, column, row)| (column, row)).collect();
            assert_eq!(taken.len(), seats.len());
            for (code, ..) in seats {
                let label = Labels::bundled().label(Scheme::Region, code, Language::En);
                assert!(label.is_some(), "{code} has no name");
            }
        }
    }

    #[test]
    fn an_address_says_only_what_is_asked() {
        assert_eq!(address("/solutions", &[("function", ""), ("country", "NO")]), "/solutions?country=NO");
        assert_eq!(address("/solutions", &[("function", ""), ("country", "")]), "/solutions");
    }
}
