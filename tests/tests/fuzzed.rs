//! The running program under requests that Schemathesis makes up from the contract: right ones, nearly right ones, wrong
//! ones. Whoever asks, no answer may be a fault of the server or one that the contract does not describe.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use innocap_neighbours::install_schemathesis;
use innocap_testkit::Client;
use serde_json::json;

use crate::demo::Demo;

/// Requests made up for one operation, the same ones each time.
const EXAMPLES: u32 = 3;
/// The contract's own examples, and what is made up.
const SHORT: &str = "--phases=examples,fuzzing";
/// Beside these each value at and beyond the limits of its schema: some seventy requests for an operation.
const LONG: &str = "--phases=examples,coverage,fuzzing";

/// Who asks, with their token, and the demo's own things that they ask about.
struct Who {
    name: &'static str,
    token: Option<String>,
    organisation: String,
    phases: &'static str,
}

fn person(client: &Client, demo: &Demo, what: &str) -> String {
    let account = &demo.accounts[what];
    let body = json!({"email": account["name"], "password": account["secret"]});
    client.post("/api/v1/sign-in", &body).expect(200).body["access_token"].as_str().unwrap().to_owned()
}

fn program(client: &Client, demo: &Demo) -> String {
    let account = &demo.accounts["integrator"];
    let (id, secret) = (account["name"].as_str().unwrap(), account["secret"].as_str().unwrap());
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let media_type = [("content-type", "application/x-www-form-urlencoded")];
    client.send("POST", "/oauth/token", &media_type, Some(&form)).expect(200).body["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// What of each kind there is to be asked about: made-up identifiers would find nothing.
fn settings(client: &Client, who: &Who) -> String {
    let one = |list: &str| client.get(&format!("/api/v1/{list}?limit=1")).expect(200).body["items"][0]["id"].clone();
    let mut text = String::new();
    for (path, id) in [
        ("^/api/v1/challenges/\\\\{id\\\\}", one("challenges")),
        ("^/api/v1/solutions/\\\\{id\\\\}", one("solutions")),
        ("^/api/v1/organisations/\\\\{id\\\\}", json!(who.organisation)),
    ] {
        let _ =
            write!(text, "\n[[operations]]\ninclude-path-regex = \"{path}\"\nparameters = {{ \"path.id\" = {id} }}\n");
    }
    text
}

/// Lets one caller ask for a while; what Schemathesis has against the answers.
fn fuzz(python: &Path, demo: &Demo, who: &Who) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(demo.base.clone(), who.token.clone());
    let file = folder.path().join("schemathesis.toml");
    fs::write(&file, settings(&client, who)).unwrap();
    let checks = [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ];
    let mut command = Command::new(python.with_file_name("st"));
    command.arg("--config-file").arg(&file).arg("run").arg(format!("{}/api/v1/openapi.json", demo.base));
    command.args([who.phases, "--generation-deterministic", "--no-shrink", "--no-color"]);
    command.args(["--warnings=off", "--request-timeout=60"]);
    command.args(["--suppress-health-check=all", "--continue-on-failure"]);
    command.arg(format!("--max-examples={EXAMPLES}")).arg(format!("--checks={}", checks.join(",")));
    if let Some(token) = &who.token {
        command.arg("--header").arg(format!("Authorization: Bearer {token}"));
    }
    command.env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/contract"));
    let output = command.current_dir(folder.path()).output().map_err(|e| e.to_string())?;
    let told = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        assert!(told.contains("Test cases:"), "it has asked: {told}");
        return Ok(());
    }
    let told: String = told.chars().take(20_000).collect();
    Err(format!("── as {}\n{told}\n{}", who.name, String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn no_answer_is_a_fault_or_a_surprise_whoever_asks_for_whatever() {
    let python = install_schemathesis().unwrap_or_else(|why| panic!("{why}"));
    let open = ["--rate-address=0", "--rate-person=0", "--rate-client=0", "--rate-pages=0"];
    let demo = Demo::start(&open);
    let anyone = Client::new(demo.base.clone(), None);
    let organisation = |name: &str| {
        let found = anyone.get(&format!("/api/v1/organisations?q={name}")).expect(200).body;
        found["items"][0]["id"].as_str().expect("it is there").to_owned()
    };
    let (buyer, provider): (String, String) = (organisation("Demo%20municipality"), organisation("Demo%20company"));
    let who =
        |name, token, organisation: &String, phases| Who { name, token, organisation: organisation.clone(), phases };
    let (owner, operator) = (person(&anyone, &demo, "municipality"), person(&anyone, &demo, "operator"));
    let callers = [
        who("nobody", None, &buyer, SHORT),
        who("an owner", Some(owner), &buyer, SHORT),
        who("an API client", Some(program(&anyone, &demo)), &buyer, SHORT),
        who("an operator", Some(operator), &provider, LONG),
    ];
    let failures: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = callers.iter().map(|who| scope.spawn(|| fuzz(&python, &demo, who))).collect();
        asking.into_iter().filter_map(|thread| thread.join().unwrap().err()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert_eq!(anyone.get("/health/ready").expect(200).body, json!({"status": "ready"}));
}
