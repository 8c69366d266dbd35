//! The program itself: import, export, token, vocabulary, configuration, and how it fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use innocap_testkit::Instance;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The program as it was built beside these tests.
pub fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("the test program has a path");
    path.pop();
    path.pop();
    path.push("innocap");
    assert!(path.exists(), "{} is missing: cargo xtask test builds it", path.display());
    path
}

pub fn run_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).env("INNOCAP_DATA_DIR", data).env("INNOCAP_LOG", "warn").env_remove("INNOCAP_DATABASE_URL");
    command.envs(variables.iter().copied());
    command.output().expect("the program runs")
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    run_with(data, arguments, &[])
}

pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines() -> String {
    let solution = json!({
        "organisation": {"name": "Alarm AB", "kind": "company", "country": "SE"},
        "kind": "product",
        "texts": [{"language": "en", "title": "Safety alarm for elderly people", "summary": "An alarm."}],
        "source": {"name": "a list", "id": "1"}
    });
    let challenge = json!({
        "organisation": {"name": "Vadsø kommune", "kind": "public-body", "country": "NO"},
        "texts": [{"language": "nb", "title": "Trygghetsalarm", "summary": "Alarm for eldre."}]
    });
    format!("{solution}\n\n{{broken\n{challenge}\n{{\"type\": \"solution\", \"kind\": \"product\"}}\n")
}

#[test]
fn an_import_keeps_the_good_lines_and_names_the_bad_ones() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, lines()).unwrap();
    let data = folder.path().join("data");
    let first = run(&data, &["import", file.to_str().unwrap()]);
    assert!(first.status.success(), "{}", err(&first));
    assert!(out(&first).contains("4 lines: 2 new, 0 changed, 0 unchanged, 2 refused"), "{}", out(&first));
    assert!(err(&first).contains("line 3: not valid JSON"), "{}", err(&first));
    assert!(err(&first).contains("line 5: ") && err(&first).contains("/texts"), "{}", err(&first));
}

#[test]
fn an_export_is_complete_and_imports_again_unchanged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, lines()).unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    run(&first, &["import", file.to_str().unwrap()]);
    let exported = folder.path().join("export.jsonl");
    let export = run(&first, &["export", exported.to_str().unwrap()]);
    assert!(out(&export).contains("4 records"), "{}{}", out(&export), err(&export));
    let again = run(&second, &["import", exported.to_str().unwrap()]);
    assert!(out(&again).contains("4 lines: 4 new"), "{}{}", out(&again), err(&again));
    let same = run(&second, &["import", exported.to_str().unwrap()]);
    assert!(out(&same).contains("0 new, 0 changed, 4 unchanged"), "{}", out(&same));
    let without_times = |text: &str| -> Vec<Value> {
        let mut rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        for row in &mut rows {
            for name in ["created", "updated", "version"] {
                row.as_object_mut().unwrap().remove(name);
            }
        }
        rows
    };
    let original = std::fs::read_to_string(&exported).unwrap();
    assert_eq!(without_times(&original), without_times(&out(&run(&second, &["export"]))));
}

#[test]
fn rows_of_another_form_come_in_through_a_mapping() {
    let folder = TempDir::new().unwrap();
    let csv = folder.path().join("rows.csv");
    std::fs::write(
        &csv,
        "nr,navn,beskrivelse,land,koder\n1,Brøyting,\"Brøyter, strør og salter\",no,90620000;nonsense\n2,,tom,no,\n",
    )
    .unwrap();
    let mapping = folder.path().join("mapping.toml");
    std::fs::write(
        &mapping,
        r#"
kind = "solution"
[constants]
kind = "service"
"organisation.name" = "Vei AS"
"organisation.kind" = "company"
"source.name" = "min liste"
"texts.0.language" = "nb"
[fields]
"source.id" = { from = "nr" }
"texts.0.title" = { from = "navn" }
"texts.0.description" = { from = "beskrivelse" }
delivery = { from = "land", map = { no = "NO" }, list = true }
cpv = { from = "koder", split = ";", valid = "cpv" }
"#,
    )
    .unwrap();
    let data = folder.path().join("data");
    let result = run(&data, &["import", csv.to_str().unwrap(), "--mapping", mapping.to_str().unwrap(), "--no-index"]);
    assert!(
        out(&result).contains("2 lines: 1 new, 0 changed, 0 unchanged, 1 refused"),
        "{}{}",
        out(&result),
        err(&result)
    );
    let exported = out(&run(&data, &["export"]));
    let solution: Value = serde_json::from_str(exported.lines().last().unwrap()).unwrap();
    assert_eq!(solution["cpv"], json!(["90620000"]));
    assert_eq!(solution["delivery"], json!(["NO"]));
    assert_eq!(solution["texts"][0]["description"], "Brøyter, strør og salter");
    std::fs::write(&mapping, "kind = \"solution\"\n[fields]\n\"x\" = { form = \"nr\" }\n").unwrap();
    let wrong = run(&data, &["import", csv.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("form"), "{}", err(&wrong));
}

#[test]
fn a_suggestion_on_the_command_line_is_the_answer_of_the_api() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, lines()).unwrap();
    let data = folder.path().join("data");
    run(&data, &["import", file.to_str().unwrap()]);
    let text = run(&data, &["suggest", "alarm for elderly people", "--country", "SE"]);
    assert!(out(&text).contains("Safety alarm for elderly people"), "{}{}", out(&text), err(&text));
    assert!(out(&text).contains("Verdict:"));
    let answer = run(&data, &["suggest", "alarm for elderly people", "--json"]);
    let answer: Value = serde_json::from_str(&out(&answer)).unwrap();
    for member in ["verdict", "ranking_version", "query_language", "suggestions"] {
        assert!(answer.get(member).is_some(), "{member}");
    }
    let suggestion = &answer["suggestions"][0];
    for member in ["solution", "score", "reasons", "against", "match_language"] {
        assert!(suggestion.get(member).is_some(), "{member}");
    }
    assert_eq!(suggestion["solution"]["organisation"]["name"], "Alarm AB");
    let wrong = run(&data, &["suggest", "alarm", "--country", "ZZ"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("/country"), "{}", err(&wrong));
}

#[test]
fn labels_are_imported_from_json_lines_and_from_the_eforms_sdk() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let lines = folder.path().join("cpv.jsonl");
    std::fs::write(&lines, "{\"code\": \"85312000\", \"label\": {\"fr\": \"Services sociaux\"}}\n{\"code\": \"99999999\", \"label\": {}}\n").unwrap();
    let result = run(&data, &["vocabulary", "import", lines.to_str().unwrap()]);
    assert!(out(&result).contains("1 labels of 1 codes stored, 1 lines refused"), "{}{}", out(&result), err(&result));
    let xml = folder.path().join("code_ga.xml");
    std::fs::write(
        &xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<properties>\n<entry key=\"code|name|cpv.85312000\">Seirbhísí &amp; cúram</entry>\n<entry key=\"code|name|other.1\">x</entry>\n</properties>\n",
    )
    .unwrap();
    let result = run(&data, &["vocabulary", "import", xml.to_str().unwrap()]);
    assert!(out(&result).contains("1 labels of 1 codes stored"), "{}{}", out(&result), err(&result));
    std::fs::write(&xml, "<properties><entry").unwrap();
    let broken = run(&data, &["vocabulary", "import", xml.to_str().unwrap()]);
    assert!(!broken.status.success());
    assert!(err(&broken).contains("XML"), "{}", err(&broken));
}

#[test]
fn settings_come_from_flags_then_variables_then_a_file_and_secrets_stay_hidden() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("innocap.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1111\"\nlog = \"debug\"\nworkers = 3\n").unwrap();
    let data = folder.path().join("data");
    let config = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut all = vec!["--config", file.to_str().unwrap()];
        all.extend(arguments);
        all.push("config");
        let output = run_with(&data, &all, variables);
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    assert!(config(&[], &[]).contains("INNOCAP_LISTEN=127.0.0.1:1111\nINNOCAP_WORKERS=3\n"));
    let by_variable = config(&[], &[("INNOCAP_LISTEN", "127.0.0.1:2222")]);
    assert!(by_variable.contains("INNOCAP_LISTEN=127.0.0.1:2222"), "{by_variable}");
    let by_flag = config(&["--listen", "127.0.0.1:3333"], &[("INNOCAP_LISTEN", "127.0.0.1:2222")]);
    assert!(by_flag.contains("INNOCAP_LISTEN=127.0.0.1:3333"), "{by_flag}");
    let secret =
        config(&[], &[("INNOCAP_DATABASE_URL", "postgres://u:hunter2@db/x"), ("INNOCAP_EMBEDDINGS_TOKEN", "hunter3")]);
    assert!(!secret.contains("hunter"), "{secret}");
    std::fs::write(&file, "lissten = \"x\"\n").unwrap();
    let unknown = run(&data, &["--config", file.to_str().unwrap(), "config"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("no setting named lissten"), "{}", err(&unknown));
}

#[test]
fn the_example_of_the_settings_is_in_step() {
    let folder = TempDir::new().unwrap();
    let printed = out(&run(folder.path(), &["config", "--example"]));
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env.example")).unwrap();
    assert_eq!(printed, committed, "write it anew: innocap config --example > .env.example");
}

#[test]
fn an_unreachable_database_a_file_that_is_none_and_a_folder_in_use_end_with_a_clear_message() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let unreachable = run_with(&data, &["migrate"], &[("INNOCAP_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x")]);
    assert!(!unreachable.status.success() && !err(&unreachable).contains("hunter2"), "{}", err(&unreachable));
    assert!(err(&unreachable).starts_with("innocap: "), "{}", err(&unreachable));
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("innocap.db"), "this is no database, whatever its name says. ".repeat(100)).unwrap();
    let corrupt = run(&data, &["migrate"]);
    assert!(!corrupt.status.success());
    assert!(err(&corrupt).contains("not a database"), "{}", err(&corrupt));
    assert!(std::fs::read_to_string(data.join("innocap.db")).unwrap().starts_with("this is no database"));
}

#[test]
fn the_first_operator_is_made_at_the_shell_beside_a_running_server() {
    let instance = Instance::new();
    let data = instance.data_dir();
    let shell = |arguments: &[&str]| {
        let output = run(&data, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let added = shell(&["user", "add", "first@example.org", "--name", "First", "--role", "operator"]);
    assert!(added.contains("/reset?code=icc_"), "{added}");
    let twice = run(&data, &["user", "add", "First@Example.org", "--name", "First"]);
    assert!(!twice.status.success());
    assert!(shell(&["user", "list"]).contains("first@example.org\toperator"));
    let organisation = instance.organisation("Alarm AB", "company", "SE");
    shell(&["organisation", "add-member", &organisation, "first@example.org", "--role", "viewer"]);
    assert!(shell(&["organisation", "members", &organisation]).contains("first@example.org\tviewer"));
    let client = shell(&["organisation", "client", &organisation, "--name", "case", "--scope", "solutions:read"]);
    assert!(client.contains("client_id=") && client.contains("client_secret=ick_"), "{client}");
    shell(&["user", "suspend", "first@example.org", "--reason", "a test"]);
    shell(&["user", "restore", "first@example.org"]);
    assert!(shell(&["keys", "rotate"]).contains("signs now"));
    assert!(shell(&["audit", "list"]).contains("key.rotate"));
    assert!(shell(&["audit", "verify"]).contains("all as they were written"));
    shell(&["user", "erase", "first@example.org"]);
    assert!(!shell(&["user", "list"]).contains("first@example.org"));
    assert!(shell(&["audit", "verify"]).contains("all as they were written"));
}

#[test]
fn a_collection_is_measured_and_its_run_written() {
    let folder = TempDir::new().unwrap();
    let collection = folder.path().join("small");
    std::fs::create_dir_all(collection.join("qrels")).unwrap();
    std::fs::write(
        collection.join("corpus.jsonl"),
        "{\"_id\": \"a\", \"title\": \"Snow clearance\", \"text\": \"Ploughs clear roads of snow.\", \"language\": \"en\"}\n{\"_id\": \"b\", \"title\": \"School meals\", \"text\": \"Lunch for pupils.\", \"language\": \"en\"}\n",
    )
    .unwrap();
    std::fs::write(
        collection.join("queries.jsonl"),
        "{\"_id\": \"q\", \"text\": \"Snöröjning av vägar\", \"language\": \"sv\"}\n",
    )
    .unwrap();
    std::fs::write(collection.join("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq\ta\t1\n").unwrap();
    let run_file = folder.path().join("run.txt");
    let data = folder.path().join("data");
    let result = run(&data, &["evaluate", collection.to_str().unwrap(), "--json", "--run", run_file.to_str().unwrap()]);
    let figures: Value = serde_json::from_str(&out(&result)).unwrap_or_else(|_| panic!("{}", err(&result)));
    for key in [
        "collection",
        "split",
        "ranker",
        "queries",
        "documents",
        "ndcg_at_10",
        "ndcg_at_10_low",
        "ndcg_at_10_high",
        "mrr_at_10",
        "map",
        "recall_at_100",
        "by_language",
        "seconds",
    ] {
        assert!(figures.get(key).is_some(), "{key}");
    }
    assert_eq!(
        (&figures["ndcg_at_10"], &figures["queries"], &figures["documents"]),
        (&json!(1.0), &json!(1), &json!(2))
    );
    assert!(figures["by_language"].get("sv").is_some());
    assert!(std::fs::read_to_string(&run_file).unwrap().starts_with("q Q0 a 1 "));
    let folder_name = collection.to_str().unwrap();
    let all = run(&data, &["evaluate", folder_name, folder_name, "--ranker", "all", "--ablate", "--labels"]);
    for row in [
        "| words ",
        "| embedding ",
        "| rrf ",
        "| meaning ",
        "| full  ",
        "| full without meaning ",
        "| full without labels ",
        "| full without comparison token by token ",
    ] {
        assert_eq!(out(&all).matches(row).count(), 2, "{row}: {}{}", out(&all), err(&all));
    }
    let against = run(&data, &["evaluate", folder_name, "--against", run_file.to_str().unwrap()]);
    assert!(out(&against).contains("is +0.0000 to it, p = 1.0000"), "{}{}", out(&against), err(&against));
    std::fs::write(collection.join("qrels/dev.tsv"), "q a\n").unwrap();
    let broken = run(&data, &["evaluate", collection.to_str().unwrap()]);
    assert!(err(&broken).contains("dev.tsv, line 1"), "{}", err(&broken));
}

#[test]
fn scores_and_verdicts_are_held_against_judgements() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.jsonl");
    let need = |id: &str, title: &str| {
        json!({
            "organisation": {"name": "Vadsø kommune", "kind": "public-body", "country": "NO"},
            "texts": [{"language": "nb", "title": title}],
            "source": {"name": "a list", "id": id}
        })
    };
    let needs = format!("{}\n{}\n", need("alarm", "Trygghetsalarm for eldre"), need("bridge", "Rehabilitering av bru"));
    std::fs::write(&file, lines() + &needs).unwrap();
    let data = folder.path().join("data");
    run(&data, &["import", file.to_str().unwrap()]);
    let judgements = folder.path().join("judgements.jsonl");
    let rows = [("alarm", "1", 3), ("bridge", "1", 0), ("gone", "1", 1)]
        .map(|(need, solution, grade)| json!({"need": need, "solution": solution, "grade": grade}).to_string());
    std::fs::write(&judgements, rows.join("\n")).unwrap();
    let judgements = judgements.to_str().unwrap();
    let table = run(&data, &["calibrate", judgements]);
    assert!(out(&table).contains("2 of 3 judgements are of records here"), "{}{}", out(&table), err(&table));
    for how in [&[][..], &["--titles"]] {
        let cases = folder.path().join("cases.jsonl");
        let wanted = ["calibrate", judgements, "--json", "--cases", cases.to_str().unwrap()];
        let figures = run(&data, &[&wanted[..], how].concat());
        let figures: Value = serde_json::from_str(&out(&figures)).unwrap_or_else(|_| panic!("{}", err(&figures)));
        assert_eq!((&figures["needs"], &figures["with_good"]), (&json!(2), &json!(1)));
        assert_eq!(figures["none_without_good"], json!(2), "a bridge is not answered with an alarm");
        let cases = std::fs::read_to_string(cases).unwrap();
        assert_eq!(cases.lines().count(), 2);
    }
    let few = run(&data, &["tune", judgements]);
    assert!(err(&few).contains("fewer than 5 needs"), "{}", err(&few));
    std::fs::write(folder.path().join("bad.jsonl"), "{\"need\": \"alarm\"}\n").unwrap();
    let bad = run(&data, &["calibrate", folder.path().join("bad.jsonl").to_str().unwrap()]);
    assert!(err(&bad).contains("bad.jsonl, line 1"), "{}", err(&bad));
}

/// An embedding endpoint on this machine that knows one thing: which texts are about alarms. Gives its address and
/// counts what it is asked.
fn endpoint() -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/embeddings", listener.local_addr().unwrap());
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            let vector = |text: &str| {
                let text = text.to_lowercase();
                let about_alarms = text.contains("alarm") || text.contains("turvapuhel");
                if about_alarms { [1.0, 0.1, 0.0, 0.0] } else { [0.0, 0.1, 1.0, 0.0] }
            };
            let texts = body["input"].as_array().unwrap();
            count.fetch_add(texts.len(), std::sync::atomic::Ordering::SeqCst);
            let rows = texts
                .iter()
                .enumerate()
                .map(|(index, text)| json!({"index": index, "embedding": vector(text.as_str().unwrap())}));
            let answer = json!({"data": rows.collect::<Vec<_>>()}).to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
        }
    });
    (url, asked)
}

#[test]
fn another_model_takes_the_place_of_the_one_in_the_program_and_vectors_never_mix() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, lines()).unwrap();
    let data = folder.path().join("data");
    run(&data, &["import", file.to_str().unwrap()]);
    let (url, asked) = endpoint();
    let remote = [("INNOCAP_EMBEDDINGS_URL", url.as_str()), ("INNOCAP_EMBEDDINGS_ALLOW_PRIVATE", "true")];
    let finnish = ["suggest", "Tarvitsemme turvapuhelimen ikäihmisille kotiin", "--language", "fi", "--json"];
    let answer = run_with(&data, &finnish, &remote);
    let parsed: Value = serde_json::from_str(&out(&answer)).unwrap_or_else(|_| panic!("{}", err(&answer)));
    let reasons = parsed["suggestions"][0]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "meaning"), "{parsed}");
    assert!(asked.load(std::sync::atomic::Ordering::SeqCst) > 2, "the listings are embedded anew, and the need");
    // Without leave to go to a private address nothing is asked, and the program says so.
    let refused = run_with(&data, &finnish, &remote[..1]);
    assert_eq!(refused.status.code(), Some(69), "{}", err(&refused));
    // Another file of the same architecture by path, and back to the one in the program: its vectors are still there.
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/language/model");
    let gguf = std::fs::read_dir(&model).unwrap().map(|entry| entry.unwrap().path());
    let gguf = gguf.into_iter().find(|path| path.extension().is_some_and(|end| end == "gguf")).unwrap();
    let tokenizer = model.join("tokenizer.json");
    let by_path =
        [("INNOCAP_MODEL_FILE", gguf.to_str().unwrap()), ("INNOCAP_TOKENIZER_FILE", tokenizer.to_str().unwrap())];
    let before = asked.load(std::sync::atomic::Ordering::SeqCst);
    for variables in [&by_path[..], &[]] {
        let answer = run_with(&data, &["suggest", "alarm for elderly people", "--json"], variables);
        let parsed: Value = serde_json::from_str(&out(&answer)).unwrap_or_else(|_| panic!("{}", err(&answer)));
        assert_eq!(parsed["suggestions"][0]["solution"]["organisation"]["name"], "Alarm AB");
    }
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), before);
}
