//! `innocap vocabulary import`: labels of official lists.

use innocap_app::Clock;
use innocap_domain::{LanguageTag, Scheme};

use super::print;
use crate::cli::{Settings, Vocabulary, VocabularyImport};
use crate::{Failure, wiring};

/// Faults shown; the rest is counted.
const SHOWN: usize = 20;

pub async fn run(settings: &Settings, command: Vocabulary) -> Result<(), Failure> {
    let Vocabulary::Import(options) = command;
    let text =
        std::fs::read_to_string(&options.file).map_err(|e| Failure::new(format!("{}: {e}", options.file.display())))?;
    let name = options.file.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let innocap = wiring::start(settings, Clock::system()).await?;
    let is_xml = options.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
    let result = if is_xml {
        let told = options.language.clone().or_else(|| name.strip_prefix("code_").map(str::to_owned));
        let language = told
            .and_then(|tag| LanguageTag::parse(&tag).ok())
            .and_then(|tag| tag.language())
            .ok_or_else(|| usage("say in which language the labels are: --language sv"))?;
        innocap.import_eforms_labels(language, &text).await?
    } else {
        innocap.import_labels(scheme(&options, &name)?, &text).await?
    };
    for (line, why) in result.refused.iter().take(SHOWN) {
        eprintln!("line {line}: {why}");
    }
    print(&format!(
        "{} labels of {} codes stored, {} lines refused\n",
        result.labels,
        result.codes,
        result.refused.len()
    ))
}

fn scheme(options: &VocabularyImport, name: &str) -> Result<Scheme, Failure> {
    let word = options.scheme.clone().unwrap_or_else(|| match name {
        "nuts" => "region".to_owned(),
        "main-activity" => "function".to_owned(),
        other => other.to_owned(),
    });
    Scheme::parse(&word).map_err(|_| usage("say what the codes are: --scheme cpv, region or function"))
}

fn usage(text: &str) -> Failure {
    Failure { message: text.to_owned(), code: 2 }
}
