//! Searching a small index.

use super::*;
use crate::document::{Batch, Document, DocumentText};

#[test]
fn a_filter_finds_the_same_whether_it_looks_at_each_record_or_at_the_top() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = Index::<u32>::open(folder.path(), "test", 4).unwrap();
    let mut batch = Batch::new(1);
    for number in 0..600u32 {
        let text = DocumentText {
            language: Some(Language::En),
            title: format!("Bridge {}", "snow ".repeat(number as usize % 7)),
            ..DocumentText::default()
        };
        let id = Uuid::from_u128(u128::from(number) + 1);
        batch.upserts.push(Document { id, texts: vec![text], labels: Vec::new(), facts: number });
    }
    index.apply(batch).unwrap();
    let text =
        QueryText { language: Some(Language::En), near: false, parts: vec![("snow on the bridge".to_owned(), 1.0)] };
    let query = Query { texts: vec![text], vector: None };
    let value = |features: &Features| features.words;
    // Few pass, so that the first look at the top is not enough.
    let rare = |_: Uuid, number: &u32| number % 97 == 5;
    let found = |filter: Filter<'_, u32>| {
        let hits = index.search(&query, 5, &filter, &value);
        (hits.considered, hits.hits.into_iter().map(|hit| hit.facts).collect::<Vec<_>>())
    };
    let (looked_at, each) = found(Filter::Each(&rare));
    assert_eq!(each.len(), 5);
    assert_eq!(looked_at, 7);
    assert_eq!(found(Filter::Top(&rare)), (600, each));
    let all = index.search(&query, 600, &Filter::All, &value).hits;
    assert_eq!(all.len(), 600);
    assert!(all.windows(2).all(|pair| pair[0].value >= pair[1].value));
}

fn text(language: Language, near: bool, words: &str) -> QueryText {
    QueryText { language: Some(language), near, parts: vec![(words.to_owned(), 1.0)] }
}

fn index_of(texts: &[(Language, &str, &str)]) -> (tempfile::TempDir, Index<u32>) {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = Index::<u32>::open(folder.path(), "test", 4).unwrap();
    let mut batch = Batch::new(1);
    for (number, (language, title, body)) in (0u32..).zip(texts) {
        let text = DocumentText {
            language: Some(*language),
            title: (*title).to_owned(),
            body: (*body).to_owned(),
            ..DocumentText::default()
        };
        let labels = vec![(Language::Fi, "Aurauspalvelut".to_owned()), (Language::Fi, "Kadunpito".to_owned())];
        let id = Uuid::from_u128(u128::from(number) + 1);
        batch.upserts.push(Document { id, texts: vec![text], labels, facts: number });
    }
    index.apply(batch).unwrap();
    (folder, index)
}

fn features(index: &Index<u32>, texts: Vec<QueryText>, number: u32) -> Features {
    let query = Query { texts, vector: None };
    let hits = index.search(&query, 100, &Filter::All, &|features| features.words).hits;
    hits.into_iter().find(|hit| hit.facts == number).unwrap().features
}

#[test]
fn a_need_read_in_a_neighbouring_language_meets_its_words_there() {
    let (_folder, index) =
        index_of(&[(Language::Da, "Sensorer i biblioteket", "Varsler"), (Language::Fi, "Kirjasto", "Anturit")]);
    let read = || vec![text(Language::Nb, false, "sensorer"), text(Language::Da, true, "sensorer")];
    let danish = features(&index, read(), 0);
    assert_eq!(danish.kinship, Kinship::Near);
    assert!(danish.words > 0.0 && danish.title > 0.0, "{danish:?}");
    let finnish = features(&index, read(), 1);
    assert_eq!((finnish.kinship, finnish.words), (Kinship::Other, 0.0));
}

#[test]
fn one_word_met_of_three_counts_for_less_than_ten_of_thirty() {
    let words: Vec<String> = (0..30).map(|i| format!("term{i:02}")).collect();
    let (_folder, index) = index_of(&[
        (Language::En, "", &words[0]),
        (Language::En, "", &words[..10].join(" ")),
        (Language::En, "", "something else altogether"),
    ]);
    let short = features(&index, vec![text(Language::En, false, &words[..3].join(" "))], 0);
    let long = features(&index, vec![text(Language::En, false, &words.join(" "))], 1);
    assert!(short.words < long.words, "{} {}", short.words, long.words);
    assert!(short.title > 0.0, "a text without a title stands for it");
}

#[test]
fn the_labels_of_codes_are_met_in_the_language_of_the_need() {
    let (_folder, index) = index_of(&[(Language::Sv, "Vinterväghållning", "Plogning av gator")]);
    let met = features(&index, vec![text(Language::Fi, false, "kadunpito talvella")], 0);
    assert!(met.labels > 0.0 && met.kinship == Kinship::Other, "{met:?}");
    assert_eq!(features(&index, vec![text(Language::Fi, false, "kirjasto")], 0).labels, 0.0);
}
