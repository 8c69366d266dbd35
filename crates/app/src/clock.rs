//! The one place where time is read.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time; to the microsecond, which is what both databases keep.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands until it is turned.
    pub fn standing_at(time: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(time))))
    }

    /// Sets a standing clock; the system's clock is left alone.
    pub fn turn_to(&self, time: DateTime<Utc>) {
        if let Some(standing) = &self.0 {
            *standing.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = time;
        }
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Some(standing) => *standing.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            None => Utc::now().trunc_subsecs(6),
        }
    }
}
