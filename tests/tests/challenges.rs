//! Challenges through the API.

use innocap_testkit::on_every_backend;
use serde_json::json;

use crate::support::alarm_challenge;

#[test]
fn a_challenge_is_drafted_changed_published_and_archived() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        instance.trusted(&organisation);
        let member = instance.member(&organisation);
        let created = member.post("/api/v1/challenges", &alarm_challenge(&organisation)).expect(201);
        assert_eq!(created.body["status"], "draft");
        assert_eq!(created.header("etag"), Some("\"1\""));
        let address = created.header("location").unwrap().to_owned();
        assert_eq!(created.body["organisation"]["name"], "Vadsø kommune");

        let patched = member.patch(&address, &json!({"functions": ["soc-pro", "health"], "cpv": null})).expect(200);
        assert_eq!(patched.body["functions"], json!(["soc-pro", "health"]));
        assert!(patched.body.get("cpv").is_none());

        member.send("POST", &format!("{address}/publish"), &[("if-match", "\"1\"")], None).expect(412);
        let published = member.send("POST", &format!("{address}/publish"), &[("if-match", "\"2\"")], None).expect(200);
        assert_eq!(published.body["status"], "published");

        let archive = format!("{address}/archive");
        let without = member.post(&archive, &json!({})).expect(422);
        assert_eq!(without.body["errors"][0]["pointer"], "/reason");
        let archived = member.post(&archive, &json!({"reason": "bought"})).expect(200);
        assert_eq!((&archived.body["status"], &archived.body["status_reason"]), (&json!("archived"), &json!("bought")));
    });
}

#[test]
fn what_was_read_can_be_sent_back_as_it_is() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let member = instance.member(&organisation);
        let created = member.post("/api/v1/challenges", &alarm_challenge(&organisation)).expect(201);
        let address = format!("/api/v1/challenges/{}", created.id());
        let read = member.get(&address).expect(200);
        let replaced = member.put(&address, &read.body).expect(200);
        assert_eq!(replaced.body["texts"], read.body["texts"]);
        assert_eq!(replaced.body["version"], 2);
    });
}

#[test]
fn a_challenge_known_already_is_not_sent_again() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let id = instance.published("challenges", &alarm_challenge(&organisation));
        let address = format!("/api/v1/challenges/{id}");
        let tag = instance.anonymous().get(&address).expect(200).header("etag").unwrap().to_owned();
        let again = instance.anonymous().send("GET", &address, &[("if-none-match", &tag)], None).expect(304);
        assert!(again.text.is_empty());
    });
}

#[test]
fn a_challenge_without_any_text_about_it_is_not_published() {
    on_every_backend(|instance| {
        let organisation = instance.organisation("Vadsø kommune", "public-body", "NO");
        let member = instance.member(&organisation);
        let body = json!({"organisation": organisation, "texts": [{"language": "nb", "title": "Noe"}]});
        let id = member.post("/api/v1/challenges", &body).expect(201).id();
        let refused = member.send("POST", &format!("/api/v1/challenges/{id}/publish"), &[], None).expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/texts/0/description");
    });
}
