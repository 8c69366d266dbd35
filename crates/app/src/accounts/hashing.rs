//! The threads that hash passwords. Some tens of milliseconds and 19 MiB each, a few at a time, below everything else in
//! priority: whoever asks for suggestions does not wait for those who sign in.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::AppError;

type Job = Box<dyn FnOnce() + Send>;

/// The lowest priority there is (nice(2)): a thread that has anything else to do goes first.
#[cfg(target_os = "linux")]
const NICEST: i32 = 19;

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
    // On Linux this is the priority of the calling thread alone (nice(2), "C library/kernel differences").
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICEST) {
        tracing::warn!(%error, "passwords are hashed at the priority of everything else");
    }
    loop {
        let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if std::panic::catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("hashing a password broke down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_too_much_of_it_is_refused() {
        let hashers = Hashers::new(1, 1);
        assert_eq!(hashers.run(|| 6 * 7).await.unwrap(), 42);
        let (begin, begun) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let busy = hashers.run(move || {
            begin.send(()).unwrap();
            let _ = ended.recv();
        });
        let mut busy = std::pin::pin!(busy);
        // The first runs, the second waits, the third is one too many.
        assert!(futures_poll(busy.as_mut()).await.is_none());
        begun.recv().unwrap();
        let mut second = std::pin::pin!(hashers.run(|| 2));
        assert!(futures_poll(second.as_mut()).await.is_none());
        assert!(matches!(hashers.run(|| 3).await, Err(AppError::Unavailable { .. })));
        end.send(()).unwrap();
        busy.await.unwrap();
        assert_eq!(second.await.unwrap(), 2);
        // One that breaks down takes nobody along.
        assert!(hashers.run(|| panic!("a test")).await.is_err());
        assert_eq!(hashers.run(|| 4).await.unwrap(), 4);
    }

    /// What a future has come to by now.
    async fn futures_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
