//! Webhooks when the program is killed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use innocap_app::Clock;
use innocap_domain::{Challenge, OrganisationId, Status};
use innocap_registry::Write;
use innocap_testkit::{Backend, Instance, free_port};

use crate::program::program;
use crate::receiver::{Receiver, Reply, status};
use crate::support::alarm_challenge;
use crate::webhooks::{Hook, lenient};

const EVENTS: usize = 400;

/// Challenges written into the registry at once, all with the same text.
fn write_challenges(instance: &Instance, organisation: OrganisationId, count: usize) {
    let document = alarm_challenge(&organisation.to_string());
    let content: Challenge = serde_json::from_value(document).expect("a challenge");
    let write =
        || Write::Create { id: None, status: Status::Published, content: content.clone(), at: Clock::system().now() };
    let writes = (0..count).map(|_| write()).collect();
    let written = instance.block_on(instance.innocap().registry().write_all(writes)).expect("a batch");
    assert!(written.iter().all(Result::is_ok));
}

/// The real program on a folder of data.
fn serve(data: &Path, database: Option<&str>) -> Child {
    let mut command = Command::new(program());
    command.args(["serve", "--webhooks-allow-private", "--log", "error"]);
    command.arg(format!("--data-dir={}", data.display())).arg(format!("--listen=127.0.0.1:{}", free_port()));
    command.args(database.map(|url| format!("--database-url={url}")));
    command.env_remove("INNOCAP_DATABASE_URL").stdout(Stdio::null()).spawn().expect("the program runs")
}

/// SIGKILL: nothing is written or given back.
fn kill(mut child: Child) {
    child.kill().expect("it was running");
    child.wait().expect("it has ended");
}

/// The identifiers of all deliveries of a webhook, the earliest first.
fn logged(hook: &Hook) -> Vec<String> {
    let (mut log, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = hook.owner.get(&hook.path(&format!("/deliveries?limit=100{cursor}"))).expect(200).body;
        log.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    log.reverse();
    log
}

#[test]
fn nothing_is_lost_when_the_program_is_killed_in_the_midst_of_delivering() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(instance) = Instance::at(Clock::system(), backend, &lenient()) else { continue };
        let town = instance.organisation("Boden", "public-body", "SE");
        let receiver = Receiver::new();
        receiver.answer(|_, _| status(503));
        let mut hook = Hook::new(&instance, &town, &receiver, &["challenge.published"]);
        write_challenges(&instance, town.parse().unwrap(), EVENTS);
        receiver.wait_for(1, Duration::from_secs(10));
        let database = instance.database_url().map(str::to_owned);
        let mut refused = 0;
        let instance = instance.restart(|data| {
            // The server has stopped: what it tried is noted.
            refused = receiver.received().len();
            receiver.answer(|_, _| Reply { after: Duration::from_millis(4), ..status(200) });
            for _ in 0..2 {
                let child = serve(data, database.as_deref());
                // On PostgreSQL the turn of whoever was killed has to run out first.
                receiver.wait_for(receiver.received().len() + 60, Duration::from_secs(60));
                kill(child);
            }
            let child = serve(data, database.as_deref());
            let started = Instant::now();
            let taken = || receiver.received().split_off(refused).iter().map(|m| m.id().to_owned()).collect();
            loop {
                let distinct: BTreeSet<String> = taken();
                if distinct.len() == EVENTS {
                    break;
                }
                assert!(started.elapsed() < Duration::from_secs(60), "{} of {EVENTS} arrived", distinct.len());
                std::thread::sleep(Duration::from_millis(50));
            }
            // What was sent last is noted before it ends.
            std::thread::sleep(Duration::from_millis(500));
            kill(child);
        });
        let taken = receiver.received().split_off(refused);
        assert!(taken.iter().all(|message| message.signed_by(&hook.secret) == 1));
        let mut first_times: Vec<&str> = Vec::new();
        for message in &taken {
            if !first_times.contains(&message.id()) {
                first_times.push(message.id());
            }
        }
        let twice = taken.len() - EVENTS;
        assert!(twice <= 200, "what comes again after each kill is at most what was sent in one go: {twice}");
        hook.owner = instance.member(&town);
        assert_eq!(first_times, logged(&hook), "in the order in which it happened");
    }
}
