//! What an import writes for somebody who is no operator: what they could write as single records, by the same table of
//! permissions and with the same reviews. Who has 1,000 rows asks once for what would be asked 1,000 times.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use innocap_access::{Action, Owner, Target};
use innocap_domain::{Content, Id, Organisation, OrganisationId, Record, RecordKind, Status, limits};
use innocap_registry::{OwnerCase, RecordCase, Write};
use serde_json::Value;
use uuid::Uuid;

use super::{Became, Import, Line, Prepared, Refusal, refusal};
use crate::caller::allow;
use crate::error::AppError;
use crate::organisations;
use crate::records::Resource;

/// First listings of one organisation that an import puts before a moderator: who has seen these has seen enough to
/// decide, and the first approval lets the others pass.
const WAITING: i64 = 100;

/// What a row comes to, before it is written.
struct Decided<C> {
    line: u64,
    owner: OrganisationId,
    /// Nothing where the record stands there already, just so.
    write: Option<Write<C>>,
    /// The record as it is, where it is.
    before: Option<(Id<C>, Status)>,
    waits: bool,
    note: Option<Refusal>,
}

/// Whether a record may be shown now.
enum Publishing {
    Shown,
    /// A moderator is asked first.
    Waits,
    /// It stays as it is.
    Kept(Refusal),
}

/// The organisations that the rows of a batch belong to, and how they stand.
struct Owners(HashMap<OrganisationId, Option<OwnerCase>>);

impl Owners {
    fn target(&self, kind: RecordKind, status: Status, case: RecordCase, id: OrganisationId) -> Target {
        let found = self.0.get(&id).copied().flatten();
        let owner = found.map(|o| Owner { id, kind: o.kind, verified: o.verified, suspended: o.suspended });
        Target::Record { kind, status, suspended: case.suspended, in_review: case.in_review, owner }
    }
}

impl Import<'_> {
    /// Writes challenges or solutions.
    pub(super) async fn write_by_rules<C: Resource>(
        &mut self,
        rows: Vec<Prepared<C>>,
        lines: &mut Vec<Line>,
    ) -> Result<(), AppError> {
        if rows.is_empty() {
            return Ok(());
        }
        let existing = self.existing(&rows).await?;
        let ids: Vec<Uuid> = existing.iter().flatten().map(|record| record.id.uuid()).collect();
        let cases = self.innocap.registry().record_cases(&ids).await?;
        let mut owners = Owners(HashMap::new());
        for row in rows.iter().zip(&existing) {
            let of_row = C::owner(Id::new(), &row.0.content);
            let of_record = row.1.as_ref().map(|record| C::owner(record.id, &record.content));
            for id in std::iter::once(of_row).chain(of_record) {
                if let Entry::Vacant(unknown) = owners.0.entry(id) {
                    unknown.insert(self.innocap.registry().owner_case(id).await?);
                }
            }
        }
        let mut decided = Vec::with_capacity(rows.len());
        for (row, before) in rows.into_iter().zip(existing) {
            let line = row.line;
            let case = before.as_ref().and_then(|record| cases.get(&record.id.uuid())).copied().unwrap_or_default();
            match self.decide(row, before, case, &mut owners) {
                Ok(one) => decided.push(one),
                Err(error) => lines.push(Line::refused(line, Some(C::KIND), refusal(error)?)),
            }
        }
        // The audit log names the organisation that is acted for, which is one in a transaction.
        let mut by_owner: HashMap<Option<OrganisationId>, Vec<Decided<C>>> = HashMap::new();
        for one in decided {
            let acted_for = self.caller.trace(Some(one.owner), self.innocap.clock().now()).on_behalf_of;
            by_owner.entry(acted_for).or_default().push(one);
        }
        for (owner, decided) in by_owner {
            self.carry_out(owner, decided, lines).await?;
        }
        Ok(())
    }

    /// The records that rows are about, by identifier, else by source.
    async fn existing<C: Content>(&self, rows: &[Prepared<C>]) -> Result<Vec<Option<Record<C>>>, AppError> {
        let registry = self.innocap.registry();
        let ids: Vec<Id<C>> = rows.iter().filter_map(|row| row.id).collect();
        let mut by_id: HashMap<Uuid, Record<C>> =
            registry.find_many(&ids).await?.into_iter().map(|record| (record.id.uuid(), record)).collect();
        let mut sources: HashMap<&str, Vec<String>> = HashMap::new();
        for source in rows.iter().filter_map(|row| row.content.source()) {
            sources.entry(&source.name).or_default().push(source.id.clone());
        }
        let mut by_source: HashMap<(String, String), Record<C>> = HashMap::new();
        for (name, ids) in sources {
            for record in registry.find_by_sources::<C>(name, ids).await? {
                if let Some(source) = record.content.source() {
                    by_source.insert((source.name.clone(), source.id.clone()), record);
                }
            }
        }
        let find = |row: &Prepared<C>| {
            row.id.and_then(|id| by_id.remove(&id.uuid())).or_else(|| {
                row.content.source().and_then(|source| by_source.remove(&(source.name.clone(), source.id.clone())))
            })
        };
        Ok(rows.iter().map(find).collect())
    }

    /// What a row comes to, as the single operations would have it.
    fn decide<C: Resource>(
        &self,
        row: Prepared<C>,
        before: Option<Record<C>>,
        case: RecordCase,
        owners: &mut Owners,
    ) -> Result<Decided<C>, AppError> {
        let at = self.innocap.clock().now();
        let actor = &self.caller.actor;
        let of_row = C::owner(Id::new(), &row.content);
        let new = owners.target(C::KIND, Status::Draft, RecordCase::default(), of_row);
        let Some(before) = before else {
            allow(actor, Action::Create, &new)?;
            let publishing = match row.status {
                None | Some(Status::Published) => Some(self.publishing(&row.content, &new, of_row, case, owners)),
                Some(Status::Draft) => None,
                Some(other) => return Err(no_beginning(other)),
            };
            let (status, waits, note) = outcome(publishing, Status::Draft)?;
            let write = Some(Write::Create { id: row.id, status, content: row.content, at });
            return Ok(Decided { line: row.line, owner: of_row, write, before: None, waits, note });
        };
        let owner = C::owner(before.id, &before.content);
        let target = owners.target(C::KIND, before.status, case, owner);
        allow(actor, Action::Change, &target).map_err(|error| match error {
            // Somebody else's, out of sight: that the source is taken is all that can be said.
            AppError::NotFound => AppError::Conflict("this source is another record's already".to_owned()),
            other => other,
        })?;
        if owner != of_row {
            allow(actor, Action::Create, &new)?;
        }
        if before.status.is_open() {
            row.content.ready_to_publish()?;
        }
        let changed = document(&before.content)? != document(&row.content)?;
        let (status, reason, waits, note) = match (row.status, before.status) {
            // Whom a moderator has refused changes something before asking again.
            (None, Status::Draft) if case.refused && !case.in_review && !changed => (Status::Draft, None, false, None),
            (None | Some(Status::Published), Status::Draft) | (Some(Status::Published), Status::Archived) => {
                let publishing = self.publishing(&row.content, &target, owner, case, owners);
                let (status, waits, note) = outcome(Some(publishing), before.status)?;
                let reason = before.status_reason.clone().filter(|_| status == before.status);
                (status, reason, waits, note)
            }
            (None, now) => (now, before.status_reason.clone(), false, None),
            (Some(wanted), now) if wanted == now => (now, before.status_reason.clone(), false, None),
            (Some(Status::Archived), _) => {
                allow(actor, Action::Archive, &target)?;
                if before.status == Status::Draft && !approved(owners, owner) {
                    let detail = "a moderator has not seen it yet: publish it first, or leave it a draft";
                    return Err(AppError::Conflict(detail.to_owned()));
                }
                let reason = row.reason.filter(|reason| reason.chars().count() <= limits::NOTE);
                let reason = reason.ok_or_else(|| {
                    let detail = format!("what is archived says why, in at most {} characters", limits::NOTE);
                    AppError::at("/status_reason", "required", detail)
                })?;
                (Status::Archived, Some(reason), false, None)
            }
            (Some(wanted), now) => {
                let detail = format!("it is {now} and does not become {wanted} by an import");
                (now, before.status_reason.clone(), false, Some(Refusal::new("conflict", detail)))
            }
        };
        let moved = status != before.status;
        let write = (changed || moved).then(|| Write::Update {
            id: before.id,
            expected_version: Some(before.version),
            content: changed.then_some(row.content),
            status: moved.then_some((status, reason)),
            at,
        });
        Ok(Decided { line: row.line, owner, write, before: Some((before.id, before.status)), waits, note })
    }

    /// Whether a record may be shown, as publishing it alone would have it.
    fn publishing<C: Resource>(
        &self,
        content: &C,
        target: &Target,
        owner: OrganisationId,
        case: RecordCase,
        owners: &mut Owners,
    ) -> Publishing {
        let allowed = allow(&self.caller.actor, Action::Publish, target).and_then(|()| content.ready_to_publish());
        if let Err(error) = allowed {
            return Publishing::Kept(Refusal::from(error));
        }
        let Target::Record { status: Status::Draft, .. } = target else { return Publishing::Shown };
        match owners.0.get_mut(&owner).and_then(Option::as_mut) {
            Some(standing) if standing.approved => Publishing::Shown,
            _ if case.in_review => Publishing::Waits,
            Some(standing) if standing.waiting < WAITING => {
                standing.waiting += 1;
                Publishing::Waits
            }
            _ => {
                let detail = "others of its organisation wait for a moderator: send it again when one of them is shown";
                Publishing::Kept(Refusal::new("conflict", detail))
            }
        }
    }

    /// Writes what was decided, in one transaction.
    async fn carry_out<C: Resource>(
        &mut self,
        owner: Option<OrganisationId>,
        decided: Vec<Decided<C>>,
        lines: &mut Vec<Line>,
    ) -> Result<(), AppError> {
        let trace = self.caller.trace(owner, self.innocap.clock().now());
        let (mut writes, mut rest) = (Vec::new(), Vec::with_capacity(decided.len()));
        for mut one in decided {
            let write = one.write.take();
            rest.push((one, write.is_some()));
            writes.extend(write);
        }
        let mut told = self.put(writes, &trace).await?.into_iter();
        let mut waiting = Vec::new();
        for (one, written) in rest {
            let line = match (written, one.before) {
                (true, _) => match told.next() {
                    Some(Ok(written)) => {
                        if one.waits {
                            waiting.push((written.record.id, one.owner));
                        }
                        self.line(one.line, written)
                    }
                    Some(Err(error)) => Line::refused(one.line, Some(C::KIND), refusal(error.into())?),
                    None => return Err(AppError::Internal("a write without a result".to_owned())),
                },
                (false, Some((id, status))) => {
                    if one.waits {
                        waiting.push((id, one.owner));
                    }
                    let (kind, id, status) = (Some(C::KIND), Some(id.uuid()), Some(status));
                    let outcome = Became::Unchanged;
                    Line { line: one.line, outcome, kind, id, status, waits: false, note: None, refusal: None }
                }
                (false, None) => return Err(AppError::Internal("a new record that is not written".to_owned())),
            };
            let taken = line.refusal.is_none();
            lines.push(Line { waits: taken && one.waits, note: one.note.filter(|_| taken), ..line });
        }
        if !self.options.dry_run && !waiting.is_empty() {
            self.innocap.registry().open_reviews(waiting, self.caller.person(), &trace).await?;
        }
        Ok(())
    }

    /// Writes an organisation, by the operations for a single one.
    pub(super) async fn organisation_by_rules(&mut self, row: Prepared<Organisation>) -> Result<Line, AppError> {
        let (line, kind) = (row.line, Some(RecordKind::Organisation));
        let done = |outcome, id: Option<Uuid>, status| {
            Ok(Line { line, outcome, kind, id, status: Some(status), waits: false, note: None, refusal: None })
        };
        let key = organisations::key(&row.content);
        match self.organisation(row).await {
            Ok((outcome, id, status, waits)) => {
                if let Some(id) = id {
                    self.known.insert(key, Some(Id::from_uuid(id)));
                }
                done(outcome, id, status).map(|line| Line { waits, ..line })
            }
            Err(error) => Ok(Line::refused(line, kind, refusal(error)?)),
        }
    }

    async fn organisation(
        &mut self,
        row: Prepared<Organisation>,
    ) -> Result<(Became, Option<Uuid>, Status, bool), AppError> {
        let innocap = self.innocap;
        let found = self.existing(std::slice::from_ref(&row)).await?.into_iter().next().flatten();
        let Some(before) = found else {
            let status = Status::Draft;
            if self.options.dry_run {
                let new = Target::Record {
                    kind: RecordKind::Organisation,
                    status,
                    suspended: false,
                    in_review: false,
                    owner: None,
                };
                allow(&self.caller.actor, Action::Create, &new)?;
                return Ok((Became::Created, None, status, true));
            }
            let (_, view) = innocap.create_as::<Organisation>(self.caller, row.id, document(&row.content)?).await?;
            let id = view.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            // A new organisation waits from its first moment.
            return Ok((Became::Created, id, status, true));
        };
        let (id, status) = (before.id, before.status);
        if row.status.is_some_and(|wanted| wanted != status) {
            let detail = format!("it is {status}; publish or archive an organisation by itself");
            return Err(AppError::Conflict(detail));
        }
        innocap.visible::<Organisation>(&self.caller.actor, Action::Change, id).await?;
        if before.content == row.content {
            return Ok((Became::Unchanged, Some(id.uuid()), status, false));
        }
        if !self.options.dry_run {
            innocap.replace(self.caller, id, Some(before.version), document(&row.content)?).await?;
        }
        Ok((Became::Updated, Some(id.uuid()), status, false))
    }
}

fn approved(owners: &Owners, owner: OrganisationId) -> bool {
    owners.0.get(&owner).copied().flatten().is_some_and(|standing| standing.approved)
}

/// The state that an attempt to publish leads to.
fn outcome(publishing: Option<Publishing>, now: Status) -> Result<(Status, bool, Option<Refusal>), AppError> {
    Ok(match publishing {
        None => (now, false, None),
        Some(Publishing::Shown) => (Status::Published, false, None),
        Some(Publishing::Waits) => (now, true, None),
        Some(Publishing::Kept(why)) => (now, false, Some(why)),
    })
}

fn no_beginning(status: Status) -> AppError {
    AppError::at(
        "/status",
        "not_applicable",
        format!("a new record is a draft or published, and does not begin {status}"),
    )
}

fn document(content: &impl Content) -> Result<Value, AppError> {
    serde_json::to_value(content).map_err(|e| AppError::Internal(e.to_string()))
}
