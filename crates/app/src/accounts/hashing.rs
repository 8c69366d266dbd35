//! The threads that hash passwords. Some tens of milliseconds and 19 MiB each, a few at a time, on what the cores have
//! left: whoever asks for suggestions does not wait for those who sign in. Where they have nothing left for long, one
//! thread takes its part of them as any other does, so that signing in takes seconds and not minutes.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::AppError;

type Job = Box<dyn FnOnce() + Send>;

/// When a thread may run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// When nothing else wants the core.
    Idle,
    /// As any other.
    Usual,
}

/// A few threads and the work that waits for them.
pub(super) struct Hashers {
    idle: SyncSender<Job>,
    usual: SyncSender<Job>,
    patience: Duration,
}

impl Hashers {
    /// So many threads that hash on what the cores have left, and one for what has waited for them so long; for either at
    /// most so much work waits.
    pub(super) fn new(threads: usize, waiting: usize, patience: Duration) -> Self {
        Self { idle: crew(threads, waiting, Turn::Idle), usual: crew(1, waiting, Turn::Usual), patience }
    }

    /// Has work done by one of the threads, or by a second one where the first does not come to it.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where too much waits already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn() -> T + Clone + Send + 'static,
    ) -> Result<T, AppError> {
        let told = match send(&self.idle, work.clone()) {
            Ok(told) => tokio::time::timeout(self.patience, told).await.ok(),
            Err(_) => None,
        };
        let told = match told {
            Some(told) => told,
            None => send(&self.usual, work)?.await,
        };
        told.map_err(|_| AppError::Internal("hashing a password broke down".to_owned()))
    }
}

/// Some threads that share a queue.
fn crew(threads: usize, waiting: usize, turn: Turn) -> SyncSender<Job> {
    let (jobs, taken) = sync_channel::<Job>(waiting);
    let taken = Arc::new(Mutex::new(taken));
    for _ in 0..threads {
        let taken = Arc::clone(&taken);
        std::thread::spawn(move || work_off(&taken, turn));
    }
    jobs
}

/// Puts work into a queue.
fn send<T: Send + 'static>(
    jobs: &SyncSender<Job>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<oneshot::Receiver<T>, AppError> {
    let (tell, told) = oneshot::channel();
    let job = Box::new(move || {
        // Whoever asked may be gone by the time it is its turn.
        if !tell.is_closed() {
            drop(tell.send(work()));
        }
    });
    jobs.try_send(job).map_err(|_| AppError::Unavailable {
        public: "too many people sign in just now",
        detail: "passwords wait to be hashed".to_owned(),
    })?;
    Ok(told)
}

/// Until there is nobody left who could send work.
fn work_off(taken: &Mutex<Receiver<Job>>, turn: Turn) {
    #[cfg(target_os = "linux")]
    if turn == Turn::Idle {
        step_back();
    }
    loop {
        let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if std::panic::catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("hashing a password broke down");
        }
    }
}

/// Leaves the cores to whatever else wants them (SCHED_IDLE, sched(7)): a thread of the usual policy that wakes takes the
/// core at once, where a merely nice one would end its slice first.
#[cfg(target_os = "linux")]
fn step_back() {
    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy::Normal, set_thread_priority_and_policy,
        thread_native_id,
    };
    // The policy has no priorities of its own; 0 is the only one that sched_setscheduler(2) takes.
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, Normal(Idle)) {
        tracing::warn!(?error, "passwords are hashed at the priority of everything else");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_too_much_of_it_is_refused() {
        let hashers = Arc::new(Hashers::new(1, 1, Duration::from_secs(3_600)));
        let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
        let gate = Arc::new(tokio::sync::Mutex::new(()));
        let closed = gate.lock().await;
        let ask = |name: u8| {
            let (hashers, begin, gate) = (Arc::clone(&hashers), begin.clone(), Arc::clone(&gate));
            let work = move || {
                begin.send(name).expect("the test waits");
                drop(gate.blocking_lock());
                name
            };
            tokio::spawn(async move { hashers.run(work).await })
        };
        // One runs and one waits on idle time, one runs and one waits beside; the fifth is one too many.
        let mut asked = Vec::new();
        for (name, begins) in [(1, true), (2, false), (3, true), (4, false)] {
            asked.push(ask(name));
            if begins {
                assert_eq!(begun.recv().await, Some(name));
            }
            tokio::task::yield_now().await;
        }
        assert!(matches!(hashers.run(|| 5).await, Err(AppError::Unavailable { .. })));
        drop(closed);
        for (name, answer) in (1..).zip(asked) {
            assert_eq!(answer.await.unwrap().unwrap(), name);
        }
        // One that breaks down takes nobody along.
        assert!(hashers.run(|| -> u8 { panic!("a test") }).await.is_err());
        assert_eq!(hashers.run(|| 6).await.unwrap(), 6);
    }

    #[tokio::test]
    async fn what_idle_threads_do_not_come_to_is_done_by_another() {
        let hashers = Hashers::new(0, 1, Duration::ZERO);
        assert_eq!(hashers.run(|| 1).await.unwrap(), 1);
        assert_eq!(hashers.run(|| 2).await.unwrap(), 2, "the first one waits for an idle thread still");
    }
}
