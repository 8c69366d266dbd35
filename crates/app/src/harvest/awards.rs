//! Awards: who got a contract becomes evidence for a solution of theirs, where one is known that the contract can be about.
//! Where none is, the supplier is entered and the report says so: a contract names no product.

use innocap_domain::{
    Challenge, CpvCode, Deployment, HarvestItem, Id, OrganisationId, Outcome, Record, Solution, Status, limits,
};
use innocap_registry::{Filter, Write};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::found::{Award, cut};
use super::writer::Writer;
use crate::error::AppError;

/// Solutions of one supplier that are looked through.
const OF_ONE_SUPPLIER: usize = 200;
/// Digits of a CPV code that two have to share to be of one class.
const CLASS: usize = 4;
/// Letters from which a word of a title tells something.
const TELLING: usize = 4;

impl Writer<'_> {
    /// Takes an award.
    pub(super) async fn award(&mut self, address: &str, award: Award) -> Result<(), AppError> {
        if !award.supplier.is_body() {
            // Not the name: it is what must not be kept.
            self.report.note(
                &award.id,
                "the supplier has neither a number in a register nor a name that is a body's: it may be a person, and is not kept",
            );
            return Ok(());
        }
        if award.buyer.is_none() && award.place.country.is_none() {
            self.report.note(&award.id, "the award names neither a buyer nor a place");
            return Ok(());
        }
        let document = award.supplier.document(award.supplier.kind_of_supplier());
        let (innocap, origin) = (self.innocap, self.origin);
        let entered = self.organisations.find_or_enter(innocap, origin, &document, !self.dry).await;
        let supplier = match entered {
            Ok(supplier) => supplier,
            Err(error @ (AppError::Unavailable { .. } | AppError::Internal(_))) => return Err(error),
            Err(error) => {
                self.report.refuse(&award.id, error.to_string());
                return Ok(());
            }
        };
        let evidence = evidence(&award, &self.origin.name);
        let digest = Sha256::digest(json!([evidence, supplier]).to_string().as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let registry = self.innocap.registry();
        let known = registry.harvest_items(&self.origin.name, "award", vec![award.id.clone()]).await?;
        let known = known.into_values().next();
        if known.as_ref().is_some_and(|known| known.digest == digest && known.record.is_some()) {
            self.report.unchanged += 1;
            return Ok(());
        }
        let solution = match known.as_ref().and_then(|known| known.record) {
            Some(id) => registry.find::<Solution>(Id::from_uuid(id)).await?,
            None => self.solution_of(supplier, &award).await?,
        };
        let replaced = known.and_then(|known| known.evidence);
        match &solution {
            Some(record) => {
                self.add_deployment(record, &evidence, replaced.as_ref()).await?;
                self.report.deployments += 1;
            }
            None => self.report.note(
                &award.id,
                format!("no solution of the supplier {supplier} is known that this contract can be about"),
            ),
        }
        let item = HarvestItem {
            kind: "award".to_owned(),
            id: award.id,
            record: solution.map(|record| record.id.uuid()),
            address: address.to_owned(),
            digest,
            stamp: None,
            seen: self.run,
            gone: None,
            evidence: Some(evidence),
        };
        if !self.dry {
            registry.put_harvest_items(&self.origin.name, &[item]).await?;
        }
        Ok(())
    }

    /// The one published solution of a supplier that a contract is about: it shares a class of CPV with the contract, and
    /// where several do, the most words of its title stand in the contract's. Where that does not tell one from the
    /// others, none.
    async fn solution_of(&self, supplier: OrganisationId, award: &Award) -> Result<Option<Record<Solution>>, AppError> {
        let filter = Filter { statuses: vec![Status::Published], organisation: Some(supplier), ..Filter::default() };
        let offers = self.innocap.registry().list::<Solution>(&filter, None, OF_ONE_SUPPLIER).await?;
        let mut fitting: Vec<(usize, Record<Solution>)> = offers
            .into_iter()
            .filter(|offer| of_one_class(&offer.content.cpv, &award.cpv))
            .map(|offer| (shared_words(&offer.content, &award.title), offer))
            .collect();
        fitting.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        let tied = fitting.len() > 1 && fitting[0].0 == fitting[1].0;
        Ok(if tied { None } else { fitting.into_iter().next().map(|(_, offer)| offer) })
    }

    /// Adds a deployment to a solution, in place of what the same award said before.
    async fn add_deployment(
        &self,
        record: &Record<Solution>,
        evidence: &Value,
        replaced: Option<&Value>,
    ) -> Result<(), AppError> {
        let read = |value: &Value| serde_json::from_value::<Deployment>(value.clone()).ok();
        let Some(deployment) = read(evidence) else { return Ok(()) };
        let mut content = record.content.clone();
        if let Some(replaced) = replaced.and_then(read) {
            content.deployments.retain(|known| *known != replaced);
        }
        if self.dry || content.deployments.contains(&deployment) || content.deployments.len() >= limits::DEPLOYMENTS {
            return Ok(());
        }
        content.deployments.push(deployment);
        let at = self.innocap.clock().now();
        let write = Write::Update { id: record.id, expected_version: None, content: Some(content), status: None, at };
        self.innocap.registry().write(write).await?;
        Ok(())
    }

    /// Closes a need of this source that a contract has met.
    pub(super) async fn met(&mut self, id: &str) -> Result<(), AppError> {
        let registry = self.innocap.registry();
        let known = registry.harvest_items(&self.origin.name, "challenge", vec![id.to_owned()]).await?;
        let Some(record) = known.get(id).and_then(|item| item.record) else { return Ok(()) };
        let Some(record) = registry.find::<Challenge>(Id::from_uuid(record)).await? else { return Ok(()) };
        if !record.status.is_open() {
            return Ok(());
        }
        if !self.dry {
            let content = Challenge { outcome: Some(Outcome::Procured), ..record.content };
            let write = Write::Update {
                id: record.id,
                expected_version: Some(record.version),
                content: Some(content),
                status: Some((Status::Closed, None)),
                at: self.innocap.clock().now(),
            };
            registry.write(write).await?;
        }
        self.report.changed += 1;
        Ok(())
    }
}

/// An award as a deployment.
fn evidence(award: &Award, source: &str) -> Value {
    let deployment = Deployment {
        organisation: award.buyer.as_ref().map(|buyer| cut(&buyer.name, limits::NAME)),
        place: award.place.clone(),
        population: None,
        urbanisation: None,
        since: award.date.and_then(|date| date.to_string().parse().ok()),
        outcome: Some(cut(format!("Contract: {} ({source}, {})", award.title, award.id).trim(), limits::NOTE)),
    };
    json!(deployment)
}

/// Adds what awards are evidence of to the document of a solution.
pub(super) fn add_evidence(document: &mut Value, awards: &[HarvestItem]) {
    add_deployments(document, awards.iter().filter_map(|award| award.evidence.as_ref()));
}

/// Adds deployments to the document of a solution, each once.
pub(super) fn add_deployments<'d>(document: &mut Value, deployments: impl Iterator<Item = &'d Value>) {
    for deployment in deployments {
        if !document["deployments"].is_array() {
            document["deployments"] = json!([]);
        }
        let Some(listed) = document["deployments"].as_array_mut() else { return };
        if !listed.contains(deployment) && listed.len() < limits::DEPLOYMENTS {
            listed.push(deployment.clone());
        }
    }
}

fn of_one_class(offered: &[CpvCode], bought: &[CpvCode]) -> bool {
    let class = |code: &CpvCode| code.as_str().chars().take(CLASS).collect::<String>();
    offered.iter().any(|offered| bought.iter().any(|bought| class(offered) == class(bought)))
}

/// Words of a solution's titles that stand in the title of a contract.
fn shared_words(offer: &Solution, title: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= TELLING);
        words.map(str::to_owned).collect()
    };
    let bought = words(title);
    let mut offered: Vec<String> = offer.texts.versions().iter().flat_map(|version| words(&version.title)).collect();
    offered.sort_unstable();
    offered.dedup();
    offered.iter().filter(|word| bought.contains(word)).count()
}
