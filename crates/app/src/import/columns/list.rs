//! Which columns there are: of each kind of record, in the order of the template, with what is said of them.

use super::Cell::{self, Boolean, Further, Integer, Json, List, Text};
use super::Column;

/// The states that a row may ask for.
const STATES: &str = "draft, published or archived; for an existing record left as it is where empty";

const fn column(
    name: &'static str,
    path: &'static str,
    cell: Cell,
    meaning: &'static str,
    example: &'static str,
) -> Column {
    Column { name, path, cell, meaning, example, required: false }
}

const fn required(column: Column) -> Column {
    Column { required: true, ..column }
}

const ID: Column = column(
    "id",
    "id",
    Text,
    "The record's identifier here (UUID), as an export has it; or empty, and its source finds it",
    "",
);
const SOURCE_NAME: Column = column(
    "source_name",
    "source.name",
    Text,
    "The catalogue that the row comes from; with source_id it finds the record again",
    "our-catalogue",
);
const SOURCE_ID: Column = column("source_id", "source.id", Text, "The identifier in that catalogue", "1001");
const SOURCE_URL: Column =
    column("source_url", "source.url", Text, "Where it can be read there", "https://catalogue.example.org/1001");
const SOURCE_LICENCE: Column =
    column("source_licence", "source.licence", Text, "Under which terms it may be reused", "CC-BY-4.0");
const STATUS: Column = column("status", "status", Text, STATES, "published");
const STATUS_REASON: Column =
    column("status_reason", "status_reason", Text, "Why it is archived, where status is archived", "");
const ORGANISATION: Column =
    column("organisation", "organisation", Text, "Whose it is, by identifier here; or by the columns that follow", "");
const ORGANISATION_NAME: Column = column(
    "organisation_name",
    "organisation.name",
    Text,
    "Its name; with the country it finds the organisation",
    "Exempel kommun",
);
const ORGANISATION_KIND: Column = column(
    "organisation_kind",
    "organisation.kind",
    Text,
    "public-body, company, higher-education or association",
    "public-body",
);
const ORGANISATION_COUNTRY: Column =
    column("organisation_country", "organisation.country", Text, "Its country (ISO 3166-1)", "SE");
const NUMBER_SCHEME: Column = column(
    "organisation_number_scheme",
    "organisation.number.scheme",
    Text,
    "The register of its number, as SE-ON",
    "",
);
const NUMBER_VALUE: Column = column(
    "organisation_number",
    "organisation.number.value",
    Text,
    "Its number there; it finds the organisation whatever its name",
    "",
);
const LANGUAGE: Column =
    required(column("language", "texts.0.language", Text, "The language of the texts (BCP 47)", "sv"));
const TITLE: Column =
    required(column("title", "texts.0.title", Text, "What it is, in a line", "Trygghetslarm för äldre"));
const SUMMARY: Column = column(
    "summary",
    "texts.0.summary",
    Text,
    "One or two sentences",
    "Ett larm som bärs på kroppen och når hemtjänsten.",
);
const DESCRIPTION: Column = column("description", "texts.0.description", Text, "The whole text", "");
const KEYWORDS: Column = column("keywords", "texts.0.keywords", List, "Words to find it by", "larm|hemtjänst");
const MORE_TEXTS: Column = column(
    "more_texts",
    "texts",
    Further,
    "Further language versions: a JSON list of objects with language, title, summary, description, keywords",
    "",
);
const CPV: Column = column("cpv", "cpv", List, "Procurement codes (CPV 2008)", "35121700");
const FUNCTIONS: Column =
    column("functions", "functions", List, "Public functions, as /api/v1/vocabularies/function lists them", "soc-pro");
const COUNTRY: Column = column("country", "country", Text, "Country (ISO 3166-1)", "SE");
const REGION: Column = column("region", "region", Text, "Region (NUTS or ISO 3166-2)", "");

pub(super) const ORGANISATIONS: &[Column] = &[
    ID,
    SOURCE_NAME,
    SOURCE_ID,
    SOURCE_URL,
    SOURCE_LICENCE,
    STATUS,
    STATUS_REASON,
    required(column("name", "name", Text, "Its name", "Exempel kommun")),
    required(column("kind", "kind", Text, "public-body, company, higher-education or association", "public-body")),
    column("size", "size", Text, "A company's size: micro, small, medium or large", ""),
    COUNTRY,
    REGION,
    column("number_scheme", "number.scheme", Text, "The register of its number, as SE-ON", ""),
    column("number", "number.value", Text, "Its number there", ""),
    column("population", "population", Integer, "Inhabitants, of a public body with a territory", "12000"),
    column("urbanisation", "urbanisation", Text, "cities, towns or rural, of a public body with a territory", "rural"),
    column("website", "website", Text, "Its page", "https://www.example.org"),
];

pub(super) const CHALLENGES: &[Column] = &[
    ID,
    SOURCE_NAME,
    SOURCE_ID,
    SOURCE_URL,
    SOURCE_LICENCE,
    STATUS,
    STATUS_REASON,
    ORGANISATION,
    ORGANISATION_NAME,
    ORGANISATION_KIND,
    ORGANISATION_COUNTRY,
    NUMBER_SCHEME,
    NUMBER_VALUE,
    LANGUAGE,
    TITLE,
    SUMMARY,
    DESCRIPTION,
    KEYWORDS,
    MORE_TEXTS,
    CPV,
    FUNCTIONS,
    COUNTRY,
    REGION,
    column("published", "published", Text, "The day it was first made public", "2026-11-02"),
    column("deadline", "deadline", Text, "The day by which answers are wanted", "2027-01-31"),
    column(
        "wants_trl_at_least",
        "wants.trl_at_least",
        Integer,
        "At least this technology readiness level, 1 to 9",
        "7",
    ),
    column("wants_languages", "wants.languages", List, "In one of these languages", "sv|fi"),
    column("wants_kinds", "wants.kinds", List, "One of these kinds of solution", ""),
    column("wants_works_offline", "wants.works_offline", Boolean, "It must work without a connection", ""),
    column(
        "wants_bandwidth_at_most_kbit",
        "wants.bandwidth_at_most_kbit",
        Integer,
        "The connection there is, in kbit/s",
        "",
    ),
    column(
        "wants_remote_support",
        "wants.remote_support",
        Boolean,
        "Set-up and support must be possible from afar",
        "true",
    ),
    column("outcome", "outcome", Text, "How it ended: piloted, procured, adopted, none or withdrawn", ""),
];

pub(super) const SOLUTIONS: &[Column] = &[
    ID,
    SOURCE_NAME,
    SOURCE_ID,
    SOURCE_URL,
    SOURCE_LICENCE,
    STATUS,
    STATUS_REASON,
    ORGANISATION,
    ORGANISATION_NAME,
    ORGANISATION_KIND,
    ORGANISATION_COUNTRY,
    NUMBER_SCHEME,
    NUMBER_VALUE,
    required(column(
        "kind",
        "kind",
        Text,
        "product, service, open-source-software, research-result, expertise or test-bed",
        "product",
    )),
    LANGUAGE,
    TITLE,
    SUMMARY,
    DESCRIPTION,
    KEYWORDS,
    MORE_TEXTS,
    column("trl", "trl", Integer, "Technology readiness level, 1 to 9", "9"),
    CPV,
    FUNCTIONS,
    column("delivery", "delivery", List, "Where it is delivered: countries and regions, or *", "SE|NO"),
    column("languages", "languages", List, "The languages that it, or those behind it, speak", "sv|en"),
    column("works_offline", "requirements.works_offline", Boolean, "Whether it works without a connection", "true"),
    column(
        "least_bandwidth_kbit",
        "requirements.least_bandwidth_kbit",
        Integer,
        "The least bandwidth it works with, in kbit/s",
        "64",
    ),
    column("remote_setup", "requirements.remote_setup", Boolean, "Whether it can be set up from afar", ""),
    column("remote_support", "requirements.remote_support", Boolean, "Whether it is supported from afar", "true"),
    column("staff_on_site", "requirements.staff_on_site", Boolean, "Whether it needs staff on site", "false"),
    column("licence", "licence", Text, "Its licence (SPDX)", ""),
    column("link", "link", Text, "Its page", "https://www.example.org/larm"),
    column(
        "deployments",
        "deployments",
        Json,
        "Who runs it already: a JSON list of objects with organisation, country, region, population, urbanisation, since, outcome",
        "",
    ),
];
