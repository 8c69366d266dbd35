//! What integrators are told works: the blocks of docs/integrators.md as they stand there, and clients that are generated
//! from the contract, each against the demo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use innocap_neighbours::{install_python_client, install_typescript_client};
use innocap_testkit::Instance;
use tempfile::TempDir;

use crate::demo::Demo;

const GUIDE: &str = include_str!("../../docs/integrators.md");

/// The blocks of a language in the guide, one after another.
fn blocks(language: &str) -> String {
    let fence = format!("\n```{language}\n");
    let blocks: Vec<&str> = GUIDE.split(&fence).skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() > 1, "the guide has blocks of {language}");
    blocks.join("\n")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a command says, which must succeed.
fn said(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().unwrap_or_else(|error| panic!("{name}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name} failed\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// As [`said`], with the demo's address and client handed on as the guide says.
fn said_of(demo: &Demo, command: &mut Command) -> String {
    let (id, secret) = integrator(demo);
    command.env("INNOCAP", &demo.base).env("INNOCAP_CLIENT", id).env("INNOCAP_SECRET", secret);
    // Nothing in between.
    said(command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1"))
}

fn integrator(demo: &Demo) -> (String, String) {
    let text = |member: &str| demo.accounts["integrator"][member].as_str().unwrap().to_owned();
    (text("name"), text("secret"))
}

/// A folder in which a program finds the packages that are installed beside the TypeScript client.
fn beside_packages(folder: &Path) -> TempDir {
    let beside = TempDir::new().unwrap();
    std::os::unix::fs::symlink(folder.join("node_modules"), beside.path().join("node_modules")).unwrap();
    fs::copy(folder.join("tsconfig.json"), beside.path().join("tsconfig.json")).unwrap();
    // What is compiled consists of modules.
    fs::write(beside.path().join("package.json"), "{\"type\": \"module\"}").unwrap();
    beside
}

#[test]
fn the_guide_gets_somebody_from_nothing_to_a_suggestion_in_each_of_its_languages() {
    let demo = Demo::start(&[]);
    let by_shell = said_of(&demo, Command::new("bash").args(["-euo", "pipefail", "-c", &blocks("sh")]));
    assert!(by_shell.contains("\"suggestions\": [") && by_shell.contains("\n0."), "{by_shell}");

    let by_python = said_of(&demo, Command::new("python3").args(["-c", &blocks("python")]));
    assert!(
        by_python.contains("\n0.") && by_python.contains("3 of ") && by_python.contains("Digital tillsyn"),
        "{by_python}"
    );

    let (folder, node) = install_typescript_client().unwrap();
    let beside = beside_packages(&folder);
    fs::write(beside.path().join("first.mts"), blocks("ts")).unwrap();
    said(Command::new(&node).arg("node_modules/typescript/bin/tsc").args(["-p", "."]).current_dir(beside.path()));
    let by_typescript = said_of(&demo, Command::new(&node).arg("first.mjs").current_dir(beside.path()));
    assert!(by_typescript.contains("\n0.") && by_typescript.contains("3 of "), "{by_typescript}");
}

#[test]
fn clients_that_are_generated_from_the_contract_compile_and_reach_their_goal() {
    let demo = Demo::start(&[]);
    let (id, secret) = integrator(&demo);
    let contract = root().join("api-spec/openapi.yaml");

    let (folder, node) = install_typescript_client().unwrap();
    let beside = beside_packages(&folder);
    fs::copy(folder.join("journey.ts"), beside.path().join("journey.ts")).unwrap();
    let generate = ["node_modules/openapi-typescript/bin/cli.js", "--default-non-nullable=false", "-o", "schema.d.ts"];
    said(Command::new(&node).args(generate).arg(&contract).current_dir(beside.path()));
    said(Command::new(&node).arg("node_modules/typescript/bin/tsc").args(["-p", "."]).current_dir(beside.path()));
    let journey = said(Command::new(&node).args(["journey.js", &demo.base, &id, &secret]).current_dir(beside.path()));
    assert!(journey.contains("journey done: 10, 10, ocds-000000-"), "{journey}");

    let python = install_python_client().unwrap();
    let (beside, scripts) = (TempDir::new().unwrap(), root().join("tests/clients/python"));
    let package = beside.path().join("innocap_client");
    said(
        Command::new(python.with_file_name("openapi-python-client"))
            .args(["generate", "--meta", "none", "--path"])
            .arg(&contract)
            .arg("--config")
            .arg(scripts.join("config.yaml"))
            .arg("--output-path")
            .arg(&package)
            .current_dir(beside.path()),
    );
    said(Command::new(&python).args(["-m", "compileall", "-q"]).arg(&package));
    let mut journey = Command::new(&python);
    journey.arg(scripts.join("journey.py")).arg(beside.path()).args([&demo.base, &id, &secret]);
    let journey = said(journey.env("NO_PROXY", "127.0.0.1"));
    assert!(journey.contains("journey done: 10, 10, ocds-000000-"), "{journey}");
}

#[test]
fn the_guide_is_served_beside_the_contract_and_names_addresses_that_are_there() {
    let instance = Instance::new();
    let client = instance.anonymous();
    let served = client.get("/integrators.md").expect(200);
    assert_eq!(served.header("content-type"), Some("text/markdown; charset=utf-8"));
    assert_eq!(served.text, GUIDE);
    assert!(client.get("/api/v1/docs").expect(200).text.contains("href=\"/integrators.md\""));
    let routed: Vec<&str> = innocap_http::ROUTES.iter().chain(innocap_http::PAGES).map(|(_, path)| *path).collect();
    // What its prose names between backticks; every other part between fences is a block.
    let prose = GUIDE.split("\n```").step_by(2).flat_map(str::lines);
    let named: Vec<&str> = prose.flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
    let addresses = named.iter().filter_map(|text| text.split(' ').find(|word| word.starts_with("/api/")));
    let addresses: Vec<&str> = addresses.collect();
    assert!(addresses.len() > 3, "{addresses:?}");
    for address in addresses {
        assert!(routed.contains(&address), "{address} is no address");
    }
}
