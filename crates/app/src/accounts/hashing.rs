//! The threads that hash passwords. Some tens of milliseconds and 19 MiB each, a few at a time, on what the cores have
//! left: whoever asks for suggestions does not wait for those who sign in.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::AppError;

type Job = Box<dyn FnOnce() + Send>;

/// A few threads and the work that waits for them.
pub(super) struct Hashers {
    jobs: SyncSender<Job>,
}

impl Hashers {
    /// So many threads, for which at most so much work waits.
    pub(super) fn new(threads: usize, waiting: usize) -> Self {
        let (jobs, taken) = sync_channel::<Job>(waiting);
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let taken = Arc::clone(&taken);
            std::thread::spawn(move || work_off(&taken));
        }
        Self { jobs }
    }

    /// Has work done by one of the threads.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where too much waits already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let (tell, told) = oneshot::channel();
        // Whoever asked may be gone by the time it is done.
        let job = Box::new(move || drop(tell.send(work())));
        self.jobs.try_send(job).map_err(|_| AppError::Unavailable {
            public: "too many people sign in just now",
            detail: "passwords wait to be hashed".to_owned(),
        })?;
        told.await.map_err(|_| AppError::Internal("hashing a password broke down".to_owned()))
    }
}

/// Until there is nobody left who could send work.
fn work_off(taken: &Mutex<Receiver<Job>>) {
    #[cfg(target_os = "linux")]
    step_back();
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
        let hashers = Arc::new(Hashers::new(1, 1));
        let ask = |work: Box<dyn FnOnce() -> u8 + Send>| {
            let hashers = Arc::clone(&hashers);
            tokio::spawn(async move { hashers.run(work).await })
        };
        let (begin, begun) = oneshot::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let first = ask(Box::new(move || {
            begin.send(()).expect("the test waits");
            ended.recv().expect("the test goes on");
            1
        }));
        // The first runs, the second waits, the third is one too many.
        begun.await.expect("it begins");
        let second = ask(Box::new(|| 2));
        tokio::task::yield_now().await;
        assert!(matches!(hashers.run(|| 3).await, Err(AppError::Unavailable { .. })));
        end.send(()).expect("it waits");
        assert_eq!((first.await.unwrap().unwrap(), second.await.unwrap().unwrap()), (1, 2));
        // One that breaks down takes nobody along.
        assert!(hashers.run(|| panic!("a test")).await.is_err());
        assert_eq!(hashers.run(|| 4).await.unwrap(), 4);
    }
}
