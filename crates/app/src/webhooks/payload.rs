//! What is sent to a webhook: identifiers and links, by which its receiver reads what it may see. Nothing of persons.

use innocap_domain::{EventData, EventRecord, RecordKind, WebhookEvent};
use serde_json::{Map, Value, json};

use crate::Innocap;

impl Innocap {
    /// The body that an event is sent as: the same in each try.
    pub(super) fn payload(&self, event: &WebhookEvent) -> Value {
        let EventData { organisation, challenge, solution, own, score, verdict, ranking_version, webhook } =
            &event.data;
        let mut data = Map::new();
        let records = [
            ("organisation", RecordKind::Organisation, organisation),
            ("challenge", RecordKind::Challenge, challenge),
            ("solution", RecordKind::Solution, solution),
        ];
        for (name, kind, record) in records {
            data.extend(record.map(|record| (name.to_owned(), self.linked(kind, &record))));
        }
        data.extend(own.map(|own| ("own".to_owned(), json!(own))));
        data.extend(score.map(|score| ("score".to_owned(), json!(score))));
        data.extend(verdict.map(|verdict| ("verdict".to_owned(), json!(verdict))));
        data.extend(ranking_version.as_ref().map(|version| ("ranking_version".to_owned(), json!(version))));
        data.extend(webhook.map(|webhook| ("webhook".to_owned(), json!(webhook))));
        json!({ "type": event.kind, "timestamp": event.at, "data": data })
    }

    fn linked(&self, kind: RecordKind, record: &EventRecord) -> Value {
        let page = self.record_link(kind, record.id);
        let path = page.strip_prefix(self.public_url()).unwrap_or_default();
        let mut linked = json!({ "id": record.id, "version": record.version });
        if let Some(organisation) = record.organisation {
            linked["organisation"] = json!(organisation);
        }
        linked["url"] = json!(format!("{}/api/v1{path}", self.public_url()));
        linked["page"] = json!(page);
        linked
    }
}
