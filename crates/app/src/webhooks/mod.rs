//! Webhooks: programs of organisations that are told what happens, by the Standard Webhooks specification. What owners
//! do stands in `manage` and `log`, what is sent in `payload`, the sending in `deliver`, and the looking for matches
//! that somebody wants to be told of in `matches`.

mod deliver;
mod log;
mod manage;
mod matches;
mod payload;

use innocap_exchange::{ClientError, WebhookSender};
use tokio::sync::Notify;

use crate::Innocap;

pub use log::DeliveryQuery;

/// What webhooks need of the settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhookOptions {
    /// Whether webhooks may be at private addresses and without encryption.
    pub allow_private: bool,
}

/// What a running Innocap holds for webhooks.
pub(crate) struct Webhooks {
    sender: WebhookSender,
    /// Something was queued that the counter of the registry does not tell of.
    queued: Notify,
}

impl Webhooks {
    pub(crate) fn new(options: WebhookOptions) -> Result<Self, ClientError> {
        Ok(Self { sender: WebhookSender::new(options.allow_private)?, queued: Notify::new() })
    }
}

impl Innocap {
    /// Lets what was queued be sent without waiting for the next look at the queue.
    fn wake_webhooks(&self) {
        self.webhooks_state().queued.notify_one();
    }
}
