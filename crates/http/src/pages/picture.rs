//! Demand and supply by public function and place: maps of tiles and a matrix, each drawn and as a table.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use innocap_app::{AnsweredNeed, Answers, Pair, Phrases, Picture, cut};
use innocap_domain::suggestion::Verdict;
use innocap_domain::{Labels, Scheme};

use super::cards::place_name;
use super::layout::render;
use super::locale::sort_key;
use super::seats::{COUNTRIES, REGIONS, Seat, regions};
use super::texts::InterfaceTexts;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::server::State;

/// Width and height that a tile takes, in pixels.
const TILE: (i32, i32) = (106, 80);
/// Least width, and height, that a field of the matrix takes, and the width before the fields, in pixels.
const FIELD: (i32, i32) = (54, 30);
const BEFORE: i32 = 250;
/// The longest bar, in pixels.
const LONGEST: i32 = 400;
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
    region_figures: Vec<(String, Figures)>,
    matrix: Drawing<Line>,
    /// The width of a field of the matrix.
    field: i32,
    rows: Vec<Row>,
    /// Needs for which nothing is delivered: function, country, and how many.
    gaps: Vec<(String, String, Figure)>,
    /// What is known to answer the needs: over all, by public function, by country; nothing while it is worked out.
    answered: Option<Answered>,
}

/// How many needs have which answer.
struct Answered {
    /// The verdicts as the columns are called.
    verdicts: Vec<String>,
    /// The day it was worked out.
    day: String,
    all: Vec<Figure>,
    functions: Drawing<Bar>,
    function_rows: Vec<(String, Vec<Figure>)>,
    country_rows: Vec<(String, Vec<Figure>)>,
}

/// The needs of a public function, drawn as a bar by what answers them.
struct Bar {
    y: i32,
    name: String,
    /// Place, width and class of each piece.
    pieces: Vec<(i32, i32, &'static str)>,
    /// Those without an answer, of all.
    number: String,
    /// Where the number stands.
    end: i32,
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
    let picture = state.innocap.picture(&regions()).await?;
    let answers = state.innocap.answers().await?;
    let (texts, labels) = (InterfaceTexts::of(&request), state.innocap.labels());
    let view = PictureView { picture: &picture, texts: &texts, labels: &labels };
    let codes = view.codes();
    let (matrix, field) = view.matrix(&codes);
    let page = Page {
        total: view.figures(picture.total, "", ""),
        map: map(COUNTRIES, |code| view.country_tile(code)),
        countries: view.countries(&codes),
        regions: map(REGIONS, |code| view.region_tile(code)),
        region_figures: REGIONS.iter().map(|(code, ..)| view.figures_in(code)).collect(),
        matrix,
        field,
        rows: view.rows(&codes),
        gaps: view.gaps(),
        answered: view.answered(&answers),
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
        codes.sort_by_cached_key(|code| (!seated.contains(code), sort_key(self.texts.code(), &self.place(code))));
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
        (self.place(code), self.both(pair), class(pair.needs, pair.is_gap()))
    }

    fn region_tile(&self, code: &str) -> (String, String, String) {
        let pair = self.pair_in(code);
        (self.place(code), self.both(pair), class(pair.needs, pair.is_gap()))
    }

    /// Demand and supply of a country or, by a longer code, of a region.
    fn pair_in(&self, code: &str) -> Pair {
        if code.len() == 2 { self.picture.country(code) } else { self.picture.region(code) }
    }

    fn figures_in(&self, code: &str) -> (String, Figures) {
        let pair = self.pair_in(code);
        let query = [(if code.len() == 2 { "country" } else { "region" }, code)];
        let href = self.texts.to(&address("/solutions", &query));
        let text = self.texts.count("start-solutions", pair.solutions);
        let solutions = Figure { number: pair.solutions, text, href };
        (self.place(code), Figures { needs: self.needs(pair.needs, &query), solutions })
    }

    /// Demand and supply as a tile and a field have room for them.
    fn both(&self, pair: Pair) -> String {
        format!("{} / {}", self.texts.number(pair.needs), self.texts.number(pair.solutions))
    }

    /// What is known to answer the needs.
    fn answered(&self, answers: &Answers) -> Option<Answered> {
        let day = self.texts.day(&answers.at?.date_naive().to_string());
        let phrases = Phrases::new(self.texts.language(), self.labels);
        let functions = self.picture.functions.iter().filter(|(_, pair)| pair.needs > 0).map(|(code, _)| code.as_str());
        let mut countries: Vec<&str> = self.picture.countries_in_need().collect();
        countries.sort_by_cached_key(|code| sort_key(self.texts.code(), &self.place(code)));
        let function_rows: Vec<_> = functions
            .map(|code| {
                let of = |need: &AnsweredNeed| need.functions.iter().any(|function| function == code);
                (self.function(code), self.by_verdict(answers, &[("function", code)], of))
            })
            .collect();
        let country_row = |code: &str| {
            let of = |need: &AnsweredNeed| need.country.as_deref() == Some(code);
            (self.place(code), self.by_verdict(answers, &[("country", code)], of))
        };
        Some(Answered {
            verdicts: Verdict::ALL.into_iter().map(|verdict| phrases.verdict(verdict)).collect(),
            day,
            all: self.by_verdict(answers, &[], |_| true),
            functions: bars(&function_rows),
            country_rows: countries.into_iter().map(country_row).collect(),
            function_rows,
        })
    }

    /// The needs that `of` lets through by the verdict over their suggestions, each with its list.
    fn by_verdict(&self, answers: &Answers, query: &[(&str, &str)], of: impl Fn(&AnsweredNeed) -> bool) -> Vec<Figure> {
        let figure = |verdict: Verdict| {
            let count = answers.needs().filter(|need| need.verdict == verdict && of(need)).count();
            let mut query = query.to_vec();
            query.push(("verdict", verdict.as_str()));
            self.needs(i64::try_from(count).unwrap_or(i64::MAX), &query)
        };
        Verdict::ALL.into_iter().map(figure).collect()
    }

    /// The public functions drawn in lines, and how wide their fields have to be for their numbers.
    fn matrix(&self, codes: &[&str]) -> (Drawing<Line>, i32) {
        let field = |function: &str, country: &&str| {
            let pair = self.picture.cell(function, country);
            let number = if pair == Pair::default() { String::new() } else { self.both(pair) };
            Field { x: 0, number, class: class(pair.needs, pair.is_gap()) }
        };
        let line = |(row, function): (usize, &String)| Line {
            y: FIELD.1 * pixels(row + 1),
            name: self.function(function),
            fields: codes.iter().map(|country| field(function, country)).collect(),
        };
        let mut parts: Vec<Line> = self.picture.functions.keys().enumerate().map(line).collect();
        let longest =
            parts.iter().flat_map(|line| &line.fields).map(|field| pixels(field.number.chars().count())).max();
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

/// A bar for each public function, as long as it has needs, in pieces by what answers them.
fn bars(rows: &[(String, Vec<Figure>)]) -> Drawing<Bar> {
    let sum = |figures: &[Figure]| figures.iter().map(|figure| figure.number).sum::<i64>();
    let most = rows.iter().map(|(_, figures)| sum(figures)).max().unwrap_or_default().max(1);
    let width = |number: i64| i32::try_from(number * i64::from(LONGEST) / most).unwrap_or_default();
    let bar = |(row, (name, figures)): (usize, &(String, Vec<Figure>))| {
        let mut x = BEFORE;
        let pieces = figures.iter().zip(["fit", "partial", "none"]).map(|(figure, class)| {
            let piece = (x, width(figure.number), class);
            x += piece.1;
            piece
        });
        let pieces = pieces.collect();
        let none = figures.last().map_or(0, |figure| figure.number);
        Bar {
            y: FIELD.1 * pixels(row),
            name: name.clone(),
            pieces,
            number: format!("{none} / {}", sum(figures)),
            end: x + 8,
        }
    };
    Drawing {
        width: BEFORE + LONGEST + 90,
        height: FIELD.1 * pixels(rows.len()),
        parts: rows.iter().enumerate().map(bar).collect(),
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
    use super::*;

    #[test]
    fn a_long_name_is_broken_at_its_joint() {
        assert_eq!(lines("Norrbotten"), ["Norrbotten"]);
        assert_eq!(lines("Pohjois-Pohjanmaa"), ["Pohjois-", "Pohjanmaa"]);
        assert_eq!(lines("Newfoundland and Labrador"), ["Newfoundland", "and Labrador"]);
    }

    #[test]
    fn an_address_says_only_what_is_asked() {
        assert_eq!(address("/solutions", &[("function", ""), ("country", "NO")]), "/solutions?country=NO");
        assert_eq!(address("/solutions", &[("function", ""), ("country", "")]), "/solutions");
    }
}
