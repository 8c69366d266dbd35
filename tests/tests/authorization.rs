//! Every operation of the contract, as everyone who might call it: what they get is what the table of permissions says
//! of the action that the contract names for it.

use innocap_access::{Action, Actor, Decision, Owner, Target, decide};
use innocap_app::Caller;
use innocap_domain::{
    HarvestFormat, HarvestSettings, Membership, OrganisationKind, RecordKind, Role, Scope, ServiceRole, Status,
};
use innocap_testkit::{Client, Contract, Instance};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, sourced};

/// Operations about what the caller has proved by what they send, whoever they are: the table lets everyone try.
/// What they answer without the right code is looked at where accounts are tested.
const PROVEN_BY_CONTENT: [u16; 5] = [200, 202, 400, 410, 429];

/// A source that is harvested.
const SOURCE: &str = "releases";

struct Who {
    name: &'static str,
    client: Client,
    actor: Actor,
}

struct Scene {
    instance: Instance,
    own: String,
    other: String,
    /// A published solution, where an operation is about two records.
    suggested: String,
    callers: Vec<Who>,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let own = instance.organisation("Own", "public-body", "SE");
        let other = instance.organisation("Other", "public-body", "SE");
        instance.trusted(&own);
        instance.trusted(&other);
        let suggested = instance.published("solutions", &alarm_solution(&other));
        let mut callers = vec![Who { name: "anonymous", client: instance.anonymous(), actor: Actor::Anonymous }];
        let mut person = |name: &'static str, at: Option<(&String, Role)>, service_role: ServiceRole| {
            let email = format!("{name}@example.org");
            let id = instance.person_id(&email, service_role);
            let client = match at {
                Some((organisation, role)) => instance.member_as(organisation, &email, role),
                None => instance.person(&email, service_role),
            };
            let memberships = at
                .map(|(organisation, role)| Membership { organisation: organisation.parse().unwrap(), role })
                .into_iter()
                .collect();
            callers.push(Who {
                name,
                client,
                actor: Actor::Person { id, email_confirmed: true, service_role, memberships },
            });
        };
        person("signed-in", None, ServiceRole::None);
        person("viewer", Some((&own, Role::Viewer)), ServiceRole::None);
        person("editor", Some((&own, Role::Editor)), ServiceRole::None);
        person("owner", Some((&own, Role::Owner)), ServiceRole::None);
        person("other-owner", Some((&other, Role::Owner)), ServiceRole::None);
        person("moderator", None, ServiceRole::Moderator);
        person("operator", None, ServiceRole::Operator);
        for (name, scopes) in [("client", Scope::ALL), ("client-without-scope", &[Scope::WebhooksManage])] {
            let (client, id) = instance.api_client_with_id(&own, scopes);
            let actor = Actor::Client { id, organisation: own.parse().unwrap(), scopes: scopes.to_vec() };
            callers.push(Who { name, client, actor });
        }
        // Its address is refused, so that nothing is asked.
        let source = HarvestSettings {
            name: SOURCE.to_owned(),
            format: HarvestFormat::Ocds,
            address: "http://127.0.0.1:9/".to_owned(),
            mapping: None,
            licence: None,
            interval: None,
            allow_private: false,
            whole: false,
        };
        instance.block_on(instance.innocap().add_harvest_source(&Caller::shell(), source)).unwrap();
        Self { instance, own, other, suggested, callers }
    }

    fn owner(&self, organisation: &str) -> Owner {
        let kind = OrganisationKind::PublicBody;
        Owner { id: organisation.parse().unwrap(), kind, verified: true, suspended: false }
    }

    /// A fresh record that the operation is about.
    fn record(&self, path: &str, published: bool) -> String {
        let operator = self.instance.operator();
        if path.contains("/organisations") {
            return self.own.clone();
        }
        let (resource, mut body) = if path.contains("/challenges/") {
            ("challenges", alarm_challenge(&self.own))
        } else {
            ("solutions", alarm_solution(&self.own))
        };
        if path.ends_with("/publiccode.yml") {
            body["kind"] = "open-source-software".into();
        }
        let id = operator.post(&format!("/api/v1/{resource}"), &body).expect(201).id();
        if published {
            operator.send("POST", &format!("/api/v1/{resource}/{id}/publish"), &[], None).expect(200);
        }
        id
    }

    /// Something that waits, belongs to the organisation, or has come about, for an operation that ends it.
    fn thing(&self, operation: &str, parameter: &str) -> String {
        let owner = self.instance.member(&self.own);
        let inside = format!("/api/v1/organisations/{}", self.own);
        let fresh = uuid();
        match (operation, parameter) {
            ("changeMember" | "removeMember", _) => {
                let email = format!("member-{fresh}@example.org");
                self.instance.member_as(&self.own, &email, Role::Viewer);
                self.instance.person_id(&email, ServiceRole::None).to_string()
            }
            ("withdrawInvitation", _) => {
                let invitation = json!({"email": format!("invited-{fresh}@example.org"), "role": "viewer"});
                owner.post(&format!("{inside}/invitations"), &invitation).expect(201).id()
            }
            (_, "client") => {
                let client = json!({"name": "case system", "scopes": ["challenges:read"]});
                owner.post(&format!("{inside}/clients"), &client).expect(201).id()
            }
            (_, "webhook") => {
                let webhook = json!({"address": "https://example.org/hook", "events": ["challenge.published"]});
                owner.post(&format!("{inside}/webhooks"), &webhook).expect(201).id()
            }
            ("decideReview", _) => {
                // A person enters an organisation, which then waits.
                let person = self.instance.person(&format!("founder-{fresh}@example.org"), ServiceRole::None);
                let body = json!({"name": format!("New {fresh}"), "kind": "company"});
                let id = person.post("/api/v1/organisations", &body).expect(201).id();
                self.waiting("reviews", &id)
            }
            ("decideReport", _) => {
                let report = json!({"reason": "spam"});
                self.instance.reported(self.suggested.parse().unwrap(), &report);
                self.waiting("reports", &self.suggested)
            }
            ("decideDuplicate", _) => {
                let other = self.record("/solutions/", true).parse().unwrap();
                let pair = (self.suggested.parse().unwrap(), other, "text");
                let registry = self.instance.innocap().registry();
                let proposed = registry.propose_duplicates(vec![pair], self.instance.clock().now());
                assert_eq!(self.instance.block_on(proposed).unwrap(), 1);
                let open = self.instance.operator().get("/api/v1/duplicates").expect(200).body;
                open["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
            }
            ("setServiceRole" | "suspendPerson" | "restorePerson", _) => {
                let email = format!("somebody-{fresh}@example.org");
                let id = self.instance.person_id(&email, ServiceRole::None).to_string();
                if operation == "restorePerson" {
                    let address = format!("/api/v1/people/{id}/suspend");
                    self.instance.operator().post(&address, &json!({"reason": "a test"})).expect(204);
                }
                id
            }
            ("retryMail" | "deleteMail", _) => {
                let address = format!("{inside}/invitations");
                let email = format!("invited-{fresh}@example.org");
                owner.post(&address, &json!({"email": email, "role": "viewer"})).expect(201);
                let mails = self.instance.operator().get("/api/v1/outbox?state=queued").expect(200).body;
                mails["items"][0]["id"].as_str().unwrap().to_owned()
            }
            _ => fresh,
        }
    }

    fn waiting(&self, queue: &str, record: &str) -> String {
        let mut address = format!("/api/v1/{queue}?limit=100");
        loop {
            let page = self.instance.operator().get(&address).expect(200).body;
            let items = page["items"].as_array().unwrap();
            if let Some(found) = items.iter().rev().find(|item| item["record"] == record) {
                return found["id"].as_str().unwrap().to_owned();
            }
            let cursor = page["next_cursor"].as_str().expect("it waits");
            address = format!("/api/v1/{queue}?limit=100&cursor={cursor}");
        }
    }

    /// The address of an operation's path, about things of its own.
    fn address(&self, operation: &str, path: &str, published: bool, who: &Who) -> String {
        let mut address = path.to_owned();
        if path.contains("/organisations/{id}") {
            address = address.replace("{id}", &self.own);
        } else if path.contains("/challenges/{id}") || path.contains("/solutions/{id}") {
            address = address.replace("{id}", &self.record(path, published));
        }
        address = address
            .replace("{solution}", &self.suggested)
            .replace("{scheme}", "cpv")
            .replace("{code}", "85312000")
            .replace("{file}", "solutions.jsonl");
        for parameter in ["id", "person", "invitation", "client", "webhook"] {
            let placeholder = format!("{{{parameter}}}");
            if address.contains(&placeholder) {
                address = address.replace(&placeholder, &self.thing(operation, parameter));
            }
        }
        if address.contains("{name}") {
            address = address.replace("{name}", SOURCE);
        }
        let operator = self.instance.operator();
        if let Some((webhook, _)) = address.clone().split_once("/deliveries/{delivery}") {
            let ping = operator.send("POST", &format!("{webhook}/ping"), &[], None).expect(202).id();
            address = address.replace("{delivery}", &ping);
        }
        match operation {
            // What is taken away has been put there, and what is taken back has been given first.
            "takeFromShortlist" => drop(operator.put(&address, &json!({}))),
            "withdrawFeedback" => drop(who.client.put(&address, &self.body("giveFeedback"))),
            "restoreChallenge" | "restoreSolution" | "restoreOrganisation" => {
                let suspend = address.replace("/restore", "/suspend");
                operator.post(&suspend, &json!({"reason": "a test"})).expect(204);
            }
            _ => {}
        }
        address
    }

    /// Puts back what an operation has done to what all share.
    fn mend(&self, operation: &str) {
        let operator = self.instance.operator();
        let own = format!("/api/v1/organisations/{}", self.own);
        let why = json!({"reason": "a test"});
        match operation {
            "suspendOrganisation" | "restoreOrganisation" => {
                operator.post(&format!("{own}/restore"), &why);
            }
            _ if operation.contains("Webhook") || operation.contains("Deliver") || operation == "replayParked" => {
                // There are at most so many.
                let there = operator.get(&format!("{own}/webhooks")).expect(200).body;
                for webhook in there["items"].as_array().unwrap() {
                    let id = webhook["id"].as_str().unwrap();
                    operator.send("DELETE", &format!("{own}/webhooks/{id}"), &[], None).expect(204);
                }
            }
            "unverifyOrganisation" => drop(operator.send("POST", &format!("{own}/verify"), &[], None)),
            "archiveOrganisation" => drop(operator.send("POST", &format!("{own}/publish"), &[], None)),
            _ => {}
        }
    }

    fn body(&self, operation: &str) -> Value {
        match operation {
            "giveFeedback" => json!({"relevant": true}),
            "putOnShortlist" => json!({"note": "ask what it costs"}),
            "closeChallenge" => json!({"outcome": "adopted"}),
            "createOrganisation" => json!({"name": "New", "kind": "company", "country": "SE"}),
            "replaceOrganisation" => json!({"name": "Own", "kind": "public-body", "country": "SE"}),
            "createChallenge" | "replaceChallenge" => alarm_challenge(&self.own),
            "createSolution" | "replaceSolution" => alarm_solution(&self.own),
            "importRecords" => sourced(&alarm_solution(&self.own), "walk", "1"),
            "suggest" => json!({"text": "an alarm for elderly people"}),
            "patchOrganisation" => json!({"website": "https://example.org/"}),
            "changeMember" => json!({"role": "editor"}),
            "setServiceRole" => json!({"service_role": "none"}),
            "updateMe" => json!({"name": "Somebody"}),
            "invite" => json!({"email": format!("invited-{}@example.org", uuid()), "role": "viewer"}),
            "createClient" | "changeClient" => json!({"name": "case system", "scopes": ["challenges:read"]}),
            "createWebhook" => json!({"address": "https://example.org/hook", "events": ["match.created"]}),
            "changeWebhook" => json!({"description": "case system"}),
            "replayParked" => json!({"since": "2026-01-01T00:00:00Z"}),
            "decideReview" => json!({"decision": "approved"}),
            "decideReport" => json!({"outcome": "dismissed"}),
            "decideDuplicate" => json!({"decision": "different"}),
            "reportOrganisation" | "reportChallenge" | "reportSolution" => json!({"reason": "spam"}),
            _ if operation.starts_with("patch") => json!({"functions": ["health"]}),
            _ => json!({"reason": "no longer offered"}),
        }
    }

    /// What the table is asked about: the action of the contract and what it is done to.
    fn target(&self, operation: &str, path: &str, action: Action, published: bool) -> Target {
        use Action as A;
        let own = self.owner(&self.own);
        let of_kind = |kind| {
            let status = if published { Status::Published } else { Status::Draft };
            Target::Record {
                kind,
                status,
                suspended: operation.starts_with("restore"),
                in_review: false,
                owner: Some(own),
            }
        };
        match action {
            A::ReadAccount | A::ChangeAccount | A::EraseAccount => unreachable!("asked for each caller"),
            A::ReadShortlist | A::ChangeShortlist => of_kind(RecordKind::Challenge),
            A::Read | A::Change | A::Publish | A::Archive | A::Suggest | A::GiveFeedback | A::Report => {
                if path.contains("/challenges/") && operation != "challengesForSolution" {
                    of_kind(RecordKind::Challenge)
                } else if path.contains("/solutions/") {
                    of_kind(RecordKind::Solution)
                } else {
                    let (kind, status) = (RecordKind::Organisation, Status::Published);
                    Target::Record { kind, status, suspended: false, in_review: false, owner: Some(own) }
                }
            }
            A::Suspend | A::Restore if path.contains("/organisations/") => Target::Organisation(own),
            A::Suspend | A::Restore if path.contains("/challenges/") => of_kind(RecordKind::Challenge),
            A::Suspend | A::Restore => of_kind(RecordKind::Solution),
            A::Create => {
                let (kind, owner) = match operation {
                    "createChallenge" => (RecordKind::Challenge, Some(own)),
                    "createSolution" => (RecordKind::Solution, Some(own)),
                    _ => (RecordKind::Organisation, None),
                };
                Target::Record { kind, status: Status::Draft, suspended: false, in_review: false, owner }
            }
            _ if path.starts_with("/api/v1/organisations/{id}/") => Target::Organisation(own),
            _ => Target::Service,
        }
    }
}

fn uuid() -> String {
    innocap_domain::SolutionId::new().to_string()
}

/// The action that the contract names.
fn action(name: &str) -> Action {
    let camel = |action: &Action| {
        let text = format!("{action:?}");
        text[..1].to_lowercase() + &text[1..]
    };
    *Action::ALL.iter().find(|action| camel(action) == name).unwrap_or_else(|| panic!("{name} is no action"))
}

/// Whether an answer is what a decision comes to over HTTP.
fn fits(decision: Decision, status: u16, operation: &str, published: bool) -> bool {
    match decision {
        // A draft has no providers to talk with, and nothing to close.
        Decision::Allow if !published && ["beginDialogue", "closeChallenge", "renewSolution"].contains(&operation) => {
            status == 409
        }
        // Whether it proves anything is another matter.
        Decision::Allow if operation == "proveDomain" => [204, 409].contains(&status),
        // All callers of this walk come from one address, which is slowed down.
        Decision::Allow if operation.starts_with("report") => (200..300).contains(&status) || status == 429,
        Decision::Allow => (200..300).contains(&status),
        Decision::Hide => status == 404,
        Decision::Forbid(_) => status == 403,
        Decision::SignIn => status == 401,
    }
}

/// What an account's operations answer, which need something of the caller's own that this walk does not have.
fn fits_account(who: &Who, status: u16) -> bool {
    match who.actor {
        Actor::Anonymous => status == 401,
        Actor::Client { .. } => status == 403,
        _ => ![401, 403, 500].contains(&status),
    }
}

#[test]
fn everyone_may_do_exactly_what_the_table_says() {
    let scene = Scene::new();
    let (mut faults, mut walked) = (Vec::new(), 0);
    for (method, path, description) in Contract::committed().operations() {
        let operation = description["operationId"].as_str().unwrap();
        let named = description["x-action"].as_str().unwrap_or_else(|| panic!("{operation} names no action"));
        // Whoever sees the queue decides about what waits in it, but for their own organisation.
        let action = if operation == "decideReview" { Action::ListReviews } else { action(named) };
        for published in [true, false] {
            for who in &scene.callers {
                // Who has erased their account is of no use to the rest of the walk; that is tested with accounts.
                if operation == "eraseMe" && matches!(who.actor, Actor::Person { .. }) {
                    continue;
                }
                let address = scene.address(operation, &path, published, who);
                let body = scene.body(operation).to_string();
                let media_type = match (method.as_str(), operation) {
                    ("patch", _) => "application/merge-patch+json",
                    (_, "importRecords") => "application/jsonl",
                    _ => "application/json",
                };
                let answer = match method.as_str() {
                    "get" => who.client.get(&address),
                    other => {
                        who.client.send(&other.to_uppercase(), &address, &[("content-type", media_type)], Some(&body))
                    }
                };
                scene.mend(operation);
                let status = answer.status;
                walked += 1;
                let holds = match action {
                    Action::Authenticate => PROVEN_BY_CONTENT.contains(&status) || [415, 422].contains(&status),
                    Action::ReadAccount | Action::ChangeAccount | Action::EraseAccount | Action::AcceptInvitation => {
                        fits_account(who, status)
                    }
                    _ => {
                        let target = scene.target(operation, &path, action, published);
                        fits(decide(&who.actor, action, &target), status, operation, published)
                    }
                };
                if !holds {
                    let (name, text) = (who.name, &answer.text);
                    faults.push(format!("{operation} ({named}) as {name}, published {published}: {status} {text}"));
                }
            }
        }
    }
    assert!(walked > 1_500, "every operation was walked, {walked} times");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn drafts_are_listed_for_their_own_organisation_only() {
    let scene = Scene::new();
    scene.record("/solutions/", false);
    let (anonymous, operator) = (scene.instance.anonymous(), scene.instance.operator());
    let (own, other) = (scene.instance.member(&scene.own), scene.instance.member(&scene.other));
    anonymous.get("/api/v1/solutions?status=draft").expect(401);
    assert_eq!(other.get("/api/v1/solutions?status=draft").expect(200).body["total"], 0);
    other.get(&format!("/api/v1/solutions?status=draft&organisation={}", scene.own)).expect(403);
    assert_eq!(own.get("/api/v1/solutions?status=draft").expect(200).body["total"], 1);
    assert_eq!(operator.get("/api/v1/solutions?status=draft").expect(200).body["total"], 1);
}

#[test]
fn a_record_cannot_be_handed_to_another_organisation() {
    let scene = Scene::new();
    let id = scene.record("/solutions/", false);
    let other = scene.instance.organisation("Third", "company", "SE");
    let own = scene.instance.member(&scene.own);
    own.patch(&format!("/api/v1/solutions/{id}"), &json!({"organisation": other})).expect(403);
    own.post("/api/v1/solutions", &alarm_solution(&other)).expect(403);
}

#[test]
fn a_token_that_is_none_is_refused_even_for_reading() {
    let scene = Scene::new();
    for header in ["Bearer nonsense".to_owned(), "Basic dTpw".to_owned()] {
        let answer = scene.instance.anonymous().send("GET", "/api/v1/solutions", &[("authorization", &header)], None);
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").is_some());
    }
}
