//! `innocap suggest`: a need on the command line, the answer in the terminal or as JSON.

use std::io::Read;

use innocap_app::{Ask, Clock, Phrases};
use innocap_domain::Language;
use serde_json::{Value, json};

use super::{print, report};
use crate::cli::{Settings, Suggest};
use crate::{Failure, bundle, wiring};

pub async fn run(settings: &Settings, options: Suggest) -> Result<(), Failure> {
    let ask = Ask::read(&document(&options)?).map_err(|e| Failure { message: e.to_string(), code: 2 })?;
    let reader = Language::from_tag(&options.answer_in).unwrap_or(Language::En);
    let innocap = wiring::start(settings, Clock::system()).await?;
    if innocap.registry().last_change().await? == 0 {
        eprintln!("The registry is empty: the bundled catalogue is loaded.");
        bundle::load(&innocap).await?;
    }
    innocap.catch_up().await?;
    let answer = innocap.suggest(ask).await?;
    if options.json {
        let answer = innocap.phrase(answer, reader);
        return print(&format!("{}\n", serde_json::to_string_pretty(&answer)?));
    }
    print(&report::answer(&answer, &Phrases::new(reader, &innocap.labels())))
}

/// The document that the API would be sent.
fn document(options: &Suggest) -> Result<Value, Failure> {
    let text = if options.text == "-" {
        let mut text = String::new();
        std::io::stdin().take(1_000_000).read_to_string(&mut text)?;
        text
    } else {
        options.text.clone()
    };
    let mut document = json!({
        "text": text,
        "limit": options.limit,
        "delivered_here": options.delivered_here,
        "collapse": !options.raw,
        "mix": !options.raw,
    });
    for (name, value) in [("language", &options.language), ("country", &options.country), ("region", &options.region)] {
        if let Some(value) = value {
            document[name] = json!(value);
        }
    }
    document["cpv"] = json!(options.cpv);
    document["functions"] = json!(options.function);
    document["wants"] = json!({"kinds": options.kind, "trl_at_least": options.trl_at_least});
    Ok(document)
}
