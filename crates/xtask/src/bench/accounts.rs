//! `cargo xtask bench accounts`: what knowing who asks costs a request, whether people signing in stand in the way of
//! others, and whether the time of an answer tells that an account exists.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::load::{self, Latencies, Target};
use super::{Report, Server, challenges, path, suggestions_of};
use crate::root;

/// Requests of each kind of caller.
const READS: usize = 3_000;
/// Requests for suggestions a second, and of one measurement.
const SUGGESTIONS: (f64, usize) = (50.0, 3_000);
/// People who sign in a second.
const SIGN_INS: f64 = 20.0;
/// Accounts that are tried with a wrong password, and as many that do not exist.
const STRANGERS: usize = 100;
/// Failures that an account has free before it is slowed down.
const TRIES: usize = 3;

/// An account of the demo, as it prints them: its name and its password.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) secret: String,
}

/// Measures, prints, and writes `docs/benchmarks-accounts.md`.
///
/// # Errors
/// Which step failed.
pub(super) fn run() -> Result<(), String> {
    let data = root().join("target/bench/accounts");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).map_err(|e| e.to_string())?;
    let mut report = Report::new(
        "# Benchmarks of accounts\n\nAs printed by `cargo xtask bench accounts`. The demo runs as a child process on an empty folder and \
         is asked over HTTP on\nthe same machine; the load generator shares its cores.\n\n",
    );
    let printed = data.join("printed.txt");
    let server = demo(&data, &printed)?;
    let base = &server.base;
    let municipality = account(&printed, "municipality")?;
    let integrator = account(&printed, "integrator")?;
    knowing_who_asks(base, &municipality, &integrator, &mut report)?;
    signing_in_beside(base, &municipality, &mut report)?;
    existence(base, &mut report)?;
    report.write("docs/benchmarks-accounts.md")
}

/// The demo, believing what a proxy says of addresses, so that the load comes from as many as are needed.
pub(crate) fn demo(data: &Path, printed: &Path) -> Result<Server, String> {
    demo_on(data, printed, &[("INNOCAP_BEHIND_PROXY", "true")])
}

/// The demo with further settings.
pub(crate) fn demo_on(data: &Path, printed: &Path, settings: &[(&str, &str)]) -> Result<Server, String> {
    let output = File::create(printed).map_err(|e| e.to_string())?;
    Server::spawn(
        |listen| {
            vec![
                "demo".into(),
                "--log".into(),
                "error".into(),
                "--data-dir".into(),
                path(data).unwrap_or_default().into(),
                "--listen".into(),
                listen.into(),
            ]
        },
        settings,
        output.into(),
    )
}

/// The account that stands in the demo's list under `what`.
pub(crate) fn account(printed: &Path, what: &str) -> Result<Account, String> {
    let text = std::fs::read_to_string(printed).map_err(|e| e.to_string())?;
    let words =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).find_map(|words| match words[..] {
            [first, name, secret] if first == what => {
                Some(Account { name: name.to_owned(), secret: secret.to_owned() })
            }
            _ => None,
        });
    words.ok_or_else(|| format!("the demo has printed no account of the {what}"))
}

fn field(answer: &str, name: &str) -> Result<String, String> {
    let answer: Value = serde_json::from_str(answer).map_err(|e| e.to_string())?;
    answer[name].as_str().map(str::to_owned).ok_or_else(|| format!("the answer has no {name}"))
}

/// The same public record, asked for by nobody known, by a person and by a program, in turn on one connection.
fn knowing_who_asks(base: &str, person: &Account, program: &Account, report: &mut Report) -> Result<(), String> {
    let target = Target::new();
    let sign_in = json!({"email": person.name, "password": person.secret});
    let of_person = field(&target.post(&format!("{base}/api/v1/sign-in"), &sign_in)?, "access_token")?;
    let grant = [
        ("grant_type", "client_credentials"),
        ("client_id", program.name.as_str()),
        ("client_secret", program.secret.as_str()),
    ];
    let of_program = field(&target.form(&format!("{base}/oauth/token"), &grant)?, "access_token")?;
    let challenge = challenges(base)?.swap_remove(0);
    let url = format!("{base}/api/v1/challenges/{challenge}");
    let callers = [("nobody known", None), ("a person", Some(of_person)), ("a program", Some(of_program))];
    let mut taken = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..READS {
        for (place, (_, token)) in callers.iter().enumerate() {
            let started = Instant::now();
            target.get_as(&url, token.as_deref())?;
            // The first requests fill what is remembered.
            if round >= READS / 10 {
                taken[place].push(started.elapsed());
            }
        }
    }
    let taken = taken.map(Latencies::new);
    for ((who, _), latencies) in callers.iter().zip(&taken) {
        report.latencies(&format!("one challenge, asked for by {who}, {} in turn", READS - READS / 10), latencies);
    }
    let added = |place: usize| milliseconds(taken[place].quantile(0.5)) - milliseconds(taken[0].quantile(0.5));
    report.row(
        "what knowing who asks adds at p50: a person, a program",
        &format!("{:.3} ms, {:.3} ms", added(1), added(2)),
    );
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Suggestions, first by themselves and then while people sign in.
fn signing_in_beside(base: &str, person: &Account, report: &mut Report) -> Result<(), String> {
    let challenges = challenges(base)?;
    let (rate, count) = SUGGESTIONS;
    let urls: Vec<String> = challenges.iter().cycle().take(count).map(|id| suggestions_of(base, id)).collect();
    load::sequential(urls.iter().take(challenges.len()).cloned())?;
    let ask = || load::at_rate(rate, count, |target, i| target.get(&urls[i]));
    let alone = ask()?;
    report.latencies(&format!("suggestions for a stored challenge, {count} at {rate}/s"), &alone);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "thousands"
    )]
    let people = (count as f64 / rate * SIGN_INS) as usize;
    let url = format!("{base}/api/v1/sign-in");
    let body = json!({"email": person.name, "password": person.secret});
    let (beside, signed_in) = std::thread::scope(|scope| {
        // Each from an address of its own, as people do.
        let signing_in = scope.spawn(|| load::at_rate(SIGN_INS, people, |target, i| target.post_from(&url, &body, i)));
        (ask(), signing_in.join())
    });
    let beside = beside?;
    let signed_in = signed_in.map_err(|_| "the thread of sign-ins broke down".to_owned())??;
    report.latencies(&format!("the same while people sign in, {SIGN_INS}/s"), &beside);
    report.latencies(&format!("signing in meanwhile, {people} at {SIGN_INS}/s"), &signed_in);
    let times = milliseconds(beside.quantile(0.99)) / milliseconds(alone.quantile(0.99));
    report.row("p99 of suggestions while people sign in, as a multiple of that without", &format!("{times:.2}"));
    Ok(())
}

/// How long it takes to be refused, told or sent a mail, for addresses with an account and without one, in turn.
fn existence(base: &str, report: &mut Report) -> Result<(), String> {
    let target = Target::new();
    let post = |path: &str, body: &Value, from: usize| {
        let started = Instant::now();
        // A refusal is an answer here as well.
        let _ = target.post_from(&format!("{base}{path}"), body, from);
        started.elapsed()
    };
    let mut from = 1 << 20;
    let mut next = || {
        from += 1;
        from
    };
    let address = |known: bool, i: usize| format!("{}{i}@people.innocap.example", if known { "known" } else { "new" });
    let account = |email: String| json!({"email": email, "name": "Somebody", "language": "en", "password": "nine tall trees by a lake"});
    for i in 0..STRANGERS {
        target.post_from(&format!("{base}/api/v1/accounts"), &account(address(true, i)), next())?;
    }
    let mut pair = |report: &mut Report, what: &str, tries: usize, path: &str, body: &dyn Fn(bool, usize) -> Value| {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for i in 0..STRANGERS {
            for _ in 0..tries {
                with.push(post(path, &body(true, i), next()));
                without.push(post(path, &body(false, i), next()));
            }
        }
        let (with, without) = (Latencies::new(with), Latencies::new(without));
        report.latencies(&format!("{what}, for an address with an account"), &with);
        report.latencies(&format!("{what}, for one without"), &without);
    };
    pair(
        report,
        "a wrong password",
        TRIES,
        "/api/v1/sign-in",
        &|known, i| json!({"email": address(known, i), "password": "not the password"}),
    );
    pair(
        report,
        "asking for a new password",
        1,
        "/api/v1/accounts/reset",
        &|known, i| json!({"email": address(known, i)}),
    );
    pair(report, "signing up", 1, "/api/v1/accounts", &|known, i| account(address(known, i)));
    Ok(())
}
