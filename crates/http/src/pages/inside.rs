//! The desks inside an organisation: members and invitations, API clients, how it stands with the service, its part of
//! the audit log.

use actix_web::{HttpRequest, HttpResponse, web};

use innocap_app::{AppError, AuditQuery};
use innocap_domain::{Organisation, OrganisationId, Role, Scope};
use serde_json::{Value, json};

use super::desk::{Act, Desk, Line, Section, after, done, kind_name, list_pairs, minute, text};
use super::forms::Field;
use super::layout::Choice;
use super::operator::audit::audit_section;
use super::texts::InterfaceTexts;
use super::visitor::{SafeForm, SignedIn, Visitor};
use crate::api::records::id;
use crate::problem::Problem;
use crate::server::State;

type One = web::Path<String>;
type Two = web::Path<(String, String)>;

/// What somebody is in an organisation.
pub(super) fn role_name(texts: &InterfaceTexts, role: &str) -> String {
    match role {
        "owner" => texts.get("role-owner"),
        "editor" => texts.get("role-editor"),
        _ => texts.get("role-viewer"),
    }
}

fn roles(texts: &InterfaceTexts, chosen: &str, form: &str) -> Field {
    let choice = |role: &Role| Choice::new(role.as_str(), role_name(texts, role.as_str()), chosen);
    let choices = Role::ALL.iter().map(choice).collect();
    Field::new("role", "select", texts.get("field-role"), "").choosing(choices).of_form(form)
}

/// A desk of an organisation, with the ways to the others.
pub(super) async fn desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
    title: &str,
) -> Result<Desk, Problem> {
    let texts = InterfaceTexts::of(request);
    let (record, _) = state.innocap.find_whole::<Organisation>(visitor.actor(), organisation).await?;
    let name = record.content.name;
    let mut desk = Desk::new(texts, visitor, String::new())?;
    desk.title = format!("{name}: {}", desk.texts.get(title));
    let owner = visitor.actor().is_operator() || visitor.actor().role_in(organisation) == Some(Role::Owner);
    let mut way = |address: String, label: &str| desk.ways.push((desk.texts.to(&address), desk.texts.get(label)));
    way(format!("/organisations/{organisation}"), "inside-public");
    way(format!("/organisations/{organisation}/members"), "members-title");
    way(format!("/organisations/{organisation}/standing"), "standing-title");
    if owner {
        way(format!("/organisations/{organisation}/edit"), "inside-edit");
        way(format!("/organisations/{organisation}/clients"), "clients-title");
        way(format!("/organisations/{organisation}/webhooks"), "webhooks-title");
        way(format!("/organisations/{organisation}/audit"), "audit-title");
    }
    Ok(desk)
}

async fn members_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
) -> Result<Desk, Problem> {
    let (innocap, caller) = (&state.innocap, &visitor.caller);
    let mut desk = desk(state, visitor, request, organisation, "members-title").await?;
    let texts = &desk.texts;
    let owner = caller.actor.role_in(organisation) == Some(Role::Owner) || caller.actor.is_operator();
    let own = caller.person().map(|id| id.to_string());
    let line = |member: &Value| {
        let (name, person, role) = (text(&member["name"]), text(&member["person"]), text(&member["role"]));
        let mut facts = vec![role_name(texts, &role), text(&member["email"]), minute(&text(&member["since"]))];
        facts.retain(|fact| !fact.is_empty());
        let action = format!("/organisations/{organisation}/members/{person}");
        let mut acts = Vec::new();
        if owner {
            let change = Act::new(action.clone(), texts.get("save"), &name).hiding("do", "role");
            acts.push(change.asking(roles(texts, &role, &person)));
        }
        let is_self = own.as_deref() == Some(person.as_str());
        if owner || is_self {
            let label = if is_self { "member-leave" } else { "remove" };
            acts.push(Act::new(action, texts.get(label), &name).hiding("do", "remove"));
        }
        Line { title: name, facts, acts, ..Line::default() }
    };
    let members = innocap.members(caller, organisation).await?;
    let lines = members.iter().map(line).collect();
    let mut sections = vec![Section { lines, ..Section::default() }];
    if owner {
        let open = innocap.invitations(caller, organisation).await?;
        let line = |invitation: &Value| {
            let email = text(&invitation["email"]);
            let until = texts.with("invitation-until", "day", text(&invitation["expires"])[..10].to_owned());
            let facts = vec![role_name(texts, &text(&invitation["role"])), until];
            let action = format!("/organisations/{organisation}/invitations/{}", text(&invitation["id"]));
            let acts = vec![Act::new(action, texts.get("remove"), &email)];
            Line { title: email, facts, acts, ..Line::default() }
        };
        let email = Field::new("email", "email", texts.get("field-email"), "off").of_form("invite");
        let action = format!("/organisations/{organisation}/invitations");
        let invite = Act::new(action, texts.get("invite-button"), "").loud().asking(email);
        sections.push(Section {
            heading: texts.get("invitations-title"),
            lead: texts.get("invitations-lead"),
            lines: open.iter().map(line).collect(),
            act: Some(invite.asking(roles(texts, "editor", "invite"))),
            ..Section::default()
        });
    }
    desk.sections = sections;
    Ok(desk)
}

pub(crate) async fn members(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    members_desk(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// Back to the members, or to them with what was wrong.
async fn members_taken(
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    organisation: OrganisationId,
    taken: Result<(), AppError>,
) -> Result<HttpResponse, Problem> {
    let desk = members_desk(state, &sent.visitor, request, organisation);
    let path = format!("/organisations/{organisation}/members");
    after(state, sent, request, &path, desk, taken.map(|()| None)).await
}

pub(crate) async fn change_member(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &sent.visitor.caller);
    let (organisation, person) = (id(&path.0)?, id(&path.1)?);
    let leaves = sent.form.text("do") == "remove" && caller.person() == Some(person);
    let taken = match sent.form.text("do") {
        "remove" => innocap.remove_member(caller, organisation, person).await,
        "role" => innocap.change_member(caller, organisation, person, &json!({ "role": sent.form.text("role") })).await,
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    };
    if leaves && taken.is_ok() {
        return Ok(done(&request, "/account"));
    }
    members_taken(&state, &sent, &request, organisation, taken).await
}

pub(crate) async fn invite(
    state: web::Data<State>,
    sent: SafeForm,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path)?;
    let document = json!({ "email": sent.form.text("email"), "role": sent.form.text("role") });
    let taken = state.innocap.invite(&sent.visitor.caller, organisation, &document).await.map(drop);
    members_taken(&state, &sent, &request, organisation, taken).await
}

pub(crate) async fn withdraw_invitation(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path.0)?;
    let taken = state.innocap.withdraw_invitation(&sent.visitor.caller, organisation, id(&path.1)?).await;
    members_taken(&state, &sent, &request, organisation, taken).await
}

async fn clients_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
) -> Result<Desk, Problem> {
    let mut desk = desk(state, visitor, request, organisation, "clients-title").await?;
    let texts = &desk.texts;
    let clients = state.innocap.clients(&visitor.caller, organisation).await?;
    let lines = clients.iter().map(|client| {
        let scopes: Vec<_> = client.scopes.iter().map(|scope| scope.as_str()).collect();
        let used = client.used.map(|used| texts.with("client-used", "day", minute(&used.to_rfc3339())));
        let used = used.unwrap_or_else(|| texts.get("client-unused"));
        let act = |what: &str, label: &str| {
            let action = format!("/organisations/{organisation}/clients/{}", client.id);
            Act::new(action, texts.get(label), &client.name).hiding("do", what)
        };
        Line {
            title: client.name.clone(),
            facts: vec![client.id.to_string(), used],
            notes: vec![scopes.join(" ")],
            acts: vec![act("secret", "client-renew"), act("delete", "remove")],
            ..Line::default()
        }
    });
    let choices = Scope::ALL.iter().map(|scope| Choice::new(scope.as_str(), scope.as_str().to_owned(), "")).collect();
    let name = Field::new("name", "text", texts.get("client-name"), "off").of_form("client").within(100);
    let scopes = Field::new("scopes", "checkboxes", texts.get("client-scopes"), "").choosing(choices);
    let create = Act::new(format!("/organisations/{organisation}/clients"), texts.get("client-create"), "").loud();
    let section = Section {
        lead: texts.get("clients-lead"),
        lines: lines.collect(),
        act: Some(create.asking(name).asking(scopes)),
        ways: vec![(texts.to("/api/v1/docs"), texts.get("api-documentation"))],
        ..Section::default()
    };
    desk.sections.push(section);
    Ok(desk)
}

pub(crate) async fn clients(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    clients_desk(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

/// The clients, with a secret that is shown this once, or with what was wrong.
async fn clients_taken(
    state: &State,
    sent: &SafeForm,
    request: &HttpRequest,
    organisation: OrganisationId,
    taken: Result<Option<(String, String)>, AppError>,
) -> Result<HttpResponse, Problem> {
    let desk = clients_desk(state, &sent.visitor, request, organisation);
    let path = format!("/organisations/{organisation}/clients");
    let shown = |(client, secret)| format!("client_id={client}\nclient_secret={secret}");
    after(state, sent, request, &path, desk, taken.map(|made| made.map(shown))).await
}

pub(crate) async fn create_client(
    state: web::Data<State>,
    sent: SafeForm,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path)?;
    let scopes: Vec<&str> = sent.form.all("scopes").collect();
    let document = json!({ "name": sent.form.text("name"), "scopes": scopes });
    let made = state.innocap.create_client(&sent.visitor.caller, organisation, &document).await;
    let made = made.map(|new| Some((new.client.id.to_string(), new.secret)));
    clients_taken(&state, &sent, &request, organisation, made).await
}

pub(crate) async fn change_client(
    state: web::Data<State>,
    sent: SafeForm,
    path: Two,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (innocap, caller) = (&state.innocap, &sent.visitor.caller);
    let (organisation, client) = (id(&path.0)?, id(&path.1)?);
    let taken = match sent.form.text("do") {
        "delete" => innocap.delete_client(caller, organisation, client).await.map(|()| None),
        "secret" => {
            let renewed = innocap.renew_client_secret(caller, organisation, client).await;
            renewed.map(|new| Some((new.client.id.to_string(), new.secret)))
        }
        _ => return Err(Problem::new("invalid_query", "the form does not say what to do")),
    };
    clients_taken(&state, &sent, &request, organisation, taken).await
}

async fn standing_desk(
    state: &State,
    visitor: &Visitor,
    request: &HttpRequest,
    organisation: OrganisationId,
) -> Result<Desk, Problem> {
    let mut desk = desk(state, visitor, request, organisation, "standing-title").await?;
    let texts = &desk.texts;
    let standing = state.innocap.standing_view(&visitor.caller, organisation).await?;
    let mut lines = Vec::new();
    let verified = &standing["verified"];
    lines.push(if verified.is_object() {
        let by = match verified["domain"].as_str() {
            Some(domain) => texts.with("standing-by-domain", "domain", domain.to_owned()),
            None => texts.get("standing-by-operator"),
        };
        Line {
            title: texts.get("standing-verified"),
            facts: vec![by, minute(&text(&verified["at"]))],
            ..Line::default()
        }
    } else {
        Line {
            title: texts.get("standing-unverified"),
            notes: vec![texts.get("standing-unverified-means")],
            ..Line::default()
        }
    });
    if standing["suspended"].is_object() {
        let notes = vec![text(&standing["suspended"]["reason"])];
        lines.push(Line { title: texts.get("standing-suspended"), notes, ..Line::default() });
    }
    let owner = visitor.actor().role_in(organisation) == Some(Role::Owner);
    let prove = (owner && !verified.is_object()).then(|| {
        let action = format!("/organisations/{organisation}/standing");
        Act::new(action, texts.get("standing-prove"), "").loud()
    });
    let lead = if prove.is_some() { texts.get("standing-prove-lead") } else { String::new() };
    let whole = Section { lead, lines, act: prove, ..Section::default() };
    let review = |review: &Value| {
        let kind = innocap_domain::RecordKind::parse(review["record_kind"].as_str().unwrap_or_default());
        let decision = match review["decision"].as_str() {
            Some("approved") => texts.get("review-approved"),
            Some(_) => texts.get("review-refused"),
            None => texts.get("review-waits"),
        };
        let title = kind.map(|kind| kind_name(texts, kind)).unwrap_or_default();
        let notes = review["reason"].as_str().map(str::to_owned).into_iter().collect();
        Line { title, facts: vec![decision, minute(&text(&review["created"]))], notes, ..Line::default() }
    };
    let lines = standing["reviews"].as_array().into_iter().flatten().map(review).collect();
    let heading = texts.get("reviews-title");
    let reviews = Section { heading, lines, empty: texts.get("nothing-here"), ..Section::default() };
    desk.sections = vec![whole, reviews];
    Ok(desk)
}

pub(crate) async fn standing(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    standing_desk(&state, &visitor, &request, id(&path)?).await?.answer(&state.innocap, &visitor)
}

pub(crate) async fn prove_domain(
    state: web::Data<State>,
    sent: SafeForm,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path)?;
    match state.innocap.prove_domain(&sent.visitor.caller, organisation).await {
        Ok(()) => Ok(done(&request, &format!("/organisations/{organisation}/standing"))),
        Err(error) => {
            let mut desk = standing_desk(&state, &sent.visitor, &request, organisation).await?;
            desk.conflict = "standing-not-proved";
            desk.refused(error, request.path(), &sent.form, &state.innocap, &sent.visitor)
        }
    }
}

pub(crate) async fn audit(
    state: web::Data<State>,
    SignedIn(visitor): SignedIn,
    path: One,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organisation = id(&path)?;
    let mut desk = desk(&state, &visitor, &request, organisation, "audit-title").await?;
    let query = AuditQuery::parse(&list_pairs(&desk.texts))?;
    let page = state.innocap.organisation_audit(&visitor.caller, organisation, &query).await?;
    let way = format!("/organisations/{organisation}/audit");
    desk.sections.push(audit_section(&desk.texts, &way, page));
    desk.answer(&state.innocap, &visitor)
}
