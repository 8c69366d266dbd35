//! Many records at once: imports with their templates, exports, and the change feed by which a full copy is kept up.

use std::time::Duration;

use actix_web::http::header::{self, ContentEncoding, HeaderName};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::{Stream, StreamExt, stream};
use innocap_app::import::{Form, template as csv_template, template_line};
use innocap_app::{AppError, ExportQuery, FeedQuery, ImportOptions, Packing, Piece};
use innocap_domain::limits::{IMPORT_BYTES, NAME};
use innocap_domain::{RecordKind, Violation, Violations};
use tokio::sync::mpsc;

use crate::extract::{Caller, Pairs};
use crate::problem::Problem;
use crate::server::State;

const JSON_LINES: &str = "application/jsonl";
const CSV: &str = "text/csv; charset=utf-8; header=present";
/// Where to follow the change feed from, to keep up what an export holds.
const CURSOR: HeaderName = HeaderName::from_static("x-changes-cursor");
/// Pieces of a body that wait to be read.
const PIECES: usize = 8;
/// How long a body may be silent before its sender is taken to be gone.
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes that are still taken of a body that nobody reads any more: its sender may look at the answer only then.
const PASSED_OVER: usize = 16 * 1024 * 1024;

/// What an address asks an import to do.
fn import_options(pairs: &Pairs, form: Form) -> Result<ImportOptions, Problem> {
    let (mut options, mut faults) = (ImportOptions { form, ..ImportOptions::default() }, Vec::new());
    let mut fault = |name: &str, code, detail: String| {
        let pointer = format!("/{}", name.chars().take(80).collect::<String>());
        faults.push(Violation { pointer, code, detail, nearest: Vec::new() });
    };
    for (name, value) in &pairs.0 {
        match name.as_str() {
            "kind" => match RecordKind::parse(value) {
                Ok(kind) => options.kind = Some(kind),
                Err(error) => fault(name, "invalid_code", error.to_string()),
            },
            "source" if value.is_empty() || value.chars().count() > NAME => {
                fault(name, "too_long", format!("expected 1 to {NAME} characters"));
            }
            "source" => options.source = Some(value.clone()),
            "organisation" => match value.parse() {
                Ok(id) => options.organisation = Some(id),
                Err(error) => fault(name, "invalid_code", format!("{error}")),
            },
            "from_line" => match value.parse() {
                Ok(line) => options.from_line = line,
                Err(_) => fault(name, "wrong_type", "expected a number".to_owned()),
            },
            "dry_run" => match value.as_str() {
                "true" => options.dry_run = true,
                "false" => options.dry_run = false,
                _ => fault(name, "wrong_type", "expected true or false".to_owned()),
            },
            _ => fault(name, "unknown_field", "this parameter is not known here".to_owned()),
        }
    }
    if faults.is_empty() { Ok(options) } else { Err(Problem::of_query(AppError::Invalid(Violations(faults)))) }
}

/// The form and the packing of a body.
fn form_of(request: &HttpRequest) -> Result<(Form, Packing), Problem> {
    let refuse = |detail: &str| Problem::new("unsupported_media_type", detail);
    let form = match request.content_type().to_ascii_lowercase().as_str() {
        "application/jsonl" | "application/x-ndjson" | "application/x-jsonlines" => Form::JsonLines,
        "text/csv" => Form::Csv,
        "application/json" => return Err(refuse("an import is application/jsonl, an object a line, or text/csv")),
        _ => return Err(refuse("expected Content-Type: application/jsonl, application/x-ndjson or text/csv")),
    };
    let packed = request.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default());
    match packed.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "identity") => Ok((form, Packing::None)),
        Some("gzip" | "x-gzip") => Ok((form, Packing::Gzip)),
        Some(_) => Err(refuse("a body is packed with gzip or not at all")),
    }
}

pub(crate) async fn import(
    state: web::Data<State>,
    caller: Caller,
    pairs: Pairs,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (hand_on, body) = mpsc::channel(PIECES);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > IMPORT_BYTES) {
        return Err(Problem::new("too_large", format!("an import may hold {IMPORT_BYTES} bytes; send it in parts")));
    }
    // Whatever the answer is, the body is taken off the wire: who still sends does not look at it.
    actix_web::rt::spawn(pass_on(payload, hand_on));
    state.innocap.may_import(caller.actor())?;
    let (form, packing) = form_of(&request)?;
    let options = import_options(&pairs, form)?;
    let report = state.innocap.import_stream(caller.0, options, packing, body).await?;
    let pieces = stream::unfold(report, |mut report| async {
        match report.next().await {
            Ok(Some(piece)) => Some((Ok(web::Bytes::from(piece)), report)),
            Ok(None) => None,
            Err(error) => Some((Err(Problem::from(error)), report)),
        }
    });
    Ok(HttpResponse::Ok()
        .content_type(JSON_LINES)
        // Each line is to be read when it is written; packing would keep it back.
        .insert_header(ContentEncoding::Identity)
        .streaming(pieces))
}

/// Hands a body on, piece by piece, as fast as they are taken.
async fn pass_on(mut payload: web::Payload, hand_on: mpsc::Sender<Piece<web::Bytes>>) {
    loop {
        let piece = match tokio::time::timeout(SILENCE, payload.next()).await {
            Ok(Some(Ok(bytes))) => Ok(bytes),
            Ok(Some(Err(error))) => Err(format!("the body broke off: {error}")),
            Ok(None) => return,
            Err(_) => Err(format!("nothing came for {} seconds", SILENCE.as_secs())),
        };
        let is_last = piece.is_err();
        if hand_on.send(piece).await.is_err() {
            break;
        }
        if is_last {
            return;
        }
    }
    drop(hand_on);
    let mut passed_over = 0;
    while let Ok(Some(Ok(bytes))) = tokio::time::timeout(SILENCE, payload.next()).await {
        passed_over += bytes.len();
        if passed_over > PASSED_OVER {
            return;
        }
    }
}

/// The kind and the form that a file's name says, such as `solutions.csv`.
fn file(name: &str) -> Result<(RecordKind, Form), Problem> {
    let unknown =
        || Problem::new("not_found", "there are organisations, challenges and solutions, each .jsonl and .csv");
    let (kind, form) = name.split_once('.').ok_or_else(unknown)?;
    let kind = match kind {
        "organisations" => RecordKind::Organisation,
        "challenges" => RecordKind::Challenge,
        "solutions" => RecordKind::Solution,
        _ => return Err(unknown()),
    };
    match form {
        "jsonl" => Ok((kind, Form::JsonLines)),
        "csv" => Ok((kind, Form::Csv)),
        _ => Err(unknown()),
    }
}

/// A file to keep, named as its address.
fn attachment(form: Form, name: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(match form {
        Form::JsonLines => JSON_LINES,
        Form::Csv => CSV,
    });
    response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    response
}

pub(crate) async fn template(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (kind, form) = file(&path)?;
    let body = match form {
        Form::JsonLines => template_line(kind)?,
        Form::Csv => csv_template(kind)?,
    };
    Ok(attachment(form, &path).body(body))
}

pub(crate) async fn export(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let (kind, form) = file(&path)?;
    let query = ExportQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let export = state.innocap.export_stream(caller.actor(), kind, form, query).await?;
    let mut response = attachment(form, &path);
    response.insert_header((CURSOR, export.cursor.as_str()));
    Ok(response.streaming(pages(export)))
}

fn pages(export: innocap_app::Export) -> impl Stream<Item = Result<web::Bytes, Problem>> {
    stream::unfold(export, |mut export| async {
        let page = export.next().await?;
        Some((page.map(web::Bytes::from).map_err(Problem::from), export))
    })
}

pub(crate) async fn changes(state: web::Data<State>, caller: Caller, pairs: Pairs) -> Result<HttpResponse, Problem> {
    let query = FeedQuery::parse(&pairs.0).map_err(Problem::of_query)?;
    let changes = state.innocap.changes(caller.actor(), &query).await.map_err(Problem::of_query)?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(changes))
}
