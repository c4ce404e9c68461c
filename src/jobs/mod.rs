//! Workers over the inbox and the outbox: what was taken on is worked, and what is owed is sent, whatever happens to this
//! process meanwhile.
//!
//! Each queue has one task that takes rows by lease and hands each to a task of its own, a bounded number at a time. A row
//! that takes longer has its lease renewed; when the process ends, the lease runs out and another process, or this one
//! after its start, takes the row up. Workers wake when this process adds something, and look a few times a second for what
//! others added or what became due.

mod inbox;
mod outbox;

use std::{error::Error, future::poll_fn, sync::Arc, task::Poll, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
};

use crate::{
    app::{App, MOST_OPEN},
    clock::{Clock, Moment},
    platforms::{slack::Slack, teams::Teams},
    store::StoreError,
};

/// A row whose process has ended is taken up after this long at the latest.
const LEASE: Duration = Duration::from_millis(1200);
/// A row that takes longer is kept by a sign of life this often: two may be missed.
const RENEW_EVERY: Duration = Duration::from_millis(400);
/// Rows of other processes, and rows that become due, wait no longer than this.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A queue with nothing to take now is not searched more often than this, however often somebody adds to it.
const BREATH: Duration = Duration::from_millis(20);
/// A database that does not answer is asked again after this.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two counts of what is open.
const COUNT_EVERY: Duration = Duration::from_millis(500);

/// What every worker needs.
#[derive(Debug, Clone)]
struct Parts {
    app: Arc<App>,
    slack: Arc<Slack>,
    teams: Arc<Teams>,
    clock: Clock,
}

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    stop: [watch::Sender<bool>; 2],
    tasks: [JoinHandle<()>; 2],
    counting: JoinHandle<()>,
}

impl Workers {
    /// Starts them.
    #[must_use]
    pub fn start(app: Arc<App>, slack: Arc<Slack>, teams: Arc<Teams>, clock: Clock) -> Self {
        let parts = Parts { app, slack, teams, clock };
        let (stop_inbox, inbox_stopped) = watch::channel(false);
        let (stop_outbox, outbox_stopped) = watch::channel(false);
        let tasks = [
            tokio::spawn(inbox::run(parts.clone(), inbox_stopped)),
            tokio::spawn(outbox::run(parts.clone(), outbox_stopped)),
        ];
        Self { stop: [stop_inbox, stop_outbox], tasks, counting: tokio::spawn(count_open(parts)) }
    }

    /// Works and sends what is due now, and ends. What cannot be done in time is done after the next start.
    pub async fn finish(self, time: Duration) {
        self.counting.abort();
        let Self { stop, tasks, .. } = self;
        let handles: Vec<_> = tasks.iter().map(JoinHandle::abort_handle).collect();
        let all = async {
            // First the inbox, because it adds to the outbox.
            for (stop, task) in stop.into_iter().zip(tasks) {
                // An error says that the task has ended already.
                let _ = stop.send(true);
                if let Err(error) = task.await {
                    tracing::error!(error = &error as &dyn Error, "a worker ended early");
                }
            }
        };
        if tokio::time::timeout(time, all).await.is_err() {
            tracing::info!("some answers go out after the next start");
            handles.iter().for_each(tokio::task::AbortHandle::abort);
        }
    }
}

/// Whether there was a row to take.
enum Found {
    Row,
    Nothing,
}

/// Takes rows until it is told to stop and there is nothing left to do now. `take` gets a place among the `places` and
/// starts a task that holds it; `woken` ends when this process has added something.
async fn take_turns<T, W>(
    places: usize,
    mut stopped: watch::Receiver<bool>,
    mut take: impl FnMut(OwnedSemaphorePermit) -> T,
    mut woken: impl FnMut() -> W,
) where
    T: Future<Output = Result<Found, StoreError>>,
    W: Future<Output = ()>,
{
    let free = Arc::new(Semaphore::new(places));
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&free).acquire_owned().await else { return };
        match take(place).await {
            Ok(Found::Row) => {}
            Ok(Found::Nothing) if *stopped.borrow() => break,
            Ok(Found::Nothing) => {
                tokio::time::sleep(BREATH).await;
                tokio::select! {
                    () = woken() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    // An error says that nobody can tell us to stop any more, which is the end as well.
                    _ = stopped.changed() => {}
                }
            }
            Err(_) if *stopped.borrow() => break,
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "a queue cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // What is still in work ends by itself.
    let all = u32::try_from(places).unwrap_or(u32::MAX);
    let _ = free.acquire_many(all).await;
}

/// Does work while the lease on its row is held, and renews that from time to time; `None` when somebody else has taken the row, and
/// then nothing more is done for it.
///
/// A process may stand still for longer than its lease lasts, and go on in the middle of the work as if nothing had been. So the clock
/// is asked before each step, and a step that comes late waits until the lease is known to be held. What cannot be closed is the time
/// between this look at the clock and the call's way out of the machine.
async fn keep<T, R: Future<Output = Result<bool, StoreError>>>(
    work: impl Future<Output = T>,
    claimed_at: Moment,
    now: impl Fn() -> Moment,
    mut renew: impl FnMut() -> R,
) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut renewed_at = claimed_at;
    loop {
        let late_from = renewed_at.plus(RENEW_EVERY);
        let step = poll_fn(|context| match now() >= late_from {
            true => Poll::Ready(None),
            false => work.as_mut().poll(context).map(Some),
        });
        tokio::select! {
            biased;
            ended = step => {
                if ended.is_some() {
                    return ended;
                }
            }
            () = tokio::time::sleep(RENEW_EVERY) => {}
        }
        renewed_at = now();
        match renew().await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!("somebody else has taken a row whose work stood still");
                return None;
            }
            // Whoever can take the row needs the same database.
            Err(error) => tracing::warn!(error = &error as &dyn Error, "a lease was not renewed"),
        }
    }
}

/// Keeps the figure by which new work is refused, and learns what other instances wrote.
async fn count_open(parts: Parts) {
    let store = parts.app.store();
    let mut last_read = parts.clock.now();
    loop {
        let now = parts.clock.now();
        let counted = async {
            let events = store.open_events(MOST_OPEN).await?;
            let deliveries = store.open_deliveries(MOST_OPEN).await?;
            // A clock may differ by seconds between instances, and a choice bears the time it was asked for, which may be a
            // retry ago when it is written.
            let since = last_read.minus(Duration::from_secs(15 * 60));
            store.read_preferences_again(since).await?;
            store.read_known_again(since).await?;
            Ok::<u32, StoreError>(events.saturating_add(deliveries))
        };
        match counted.await {
            Ok(open) => {
                last_read = now;
                parts.app.intake().set_open(open);
            }
            Err(error) => tracing::warn!(error = &error as &dyn Error, "open work cannot be counted"),
        }
        tokio::time::sleep(COUNT_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        future::{poll_fn, ready},
        task::Poll,
        time::Duration,
    };

    use super::{LEASE, RENEW_EVERY, keep};
    use crate::clock::Moment;

    const START: Moment = Moment::from_unix_millis(1_700_000_000_000);

    /// What happens to work of two steps that was claimed this long ago, when its process stands still between them, and the lease is
    /// held or not: the result, and what was done in which order.
    async fn done(
        claimed_ago: Duration,
        standstill: Duration,
        is_held: bool,
    ) -> (Option<&'static str>, Vec<&'static str>) {
        let (clock, log) = (Cell::new(START.plus(claimed_ago)), RefCell::new(Vec::new()));
        let mut steps = ["call", "prepare"].into_iter().collect::<Vec<_>>();
        let work = poll_fn(|context| {
            log.borrow_mut().extend(steps.pop());
            if steps.is_empty() {
                return Poll::Ready("arrived");
            }
            clock.set(clock.get().plus(standstill));
            context.waker().wake_by_ref();
            Poll::Pending
        });
        let renew = || {
            log.borrow_mut().push("renew");
            ready(Ok(is_held))
        };
        let result = keep(work, START, || clock.get(), renew).await;
        (result, log.into_inner())
    }

    #[tokio::test]
    async fn who_stood_still_asks_for_the_lease_before_going_on() {
        const NO_TIME: Duration = Duration::ZERO;
        let just_in_time = RENEW_EVERY - Duration::from_millis(1);
        for (claimed_ago, standstill, is_held, result, log) in [
            (NO_TIME, NO_TIME, true, Some("arrived"), vec!["prepare", "call"]),
            (NO_TIME, just_in_time, true, Some("arrived"), vec!["prepare", "call"]),
            (NO_TIME, RENEW_EVERY, true, Some("arrived"), vec!["prepare", "renew", "call"]),
            (NO_TIME, LEASE, true, Some("arrived"), vec!["prepare", "renew", "call"]),
            (NO_TIME, LEASE, false, None, vec!["prepare", "renew"]),
            // The database took its time over the claim.
            (LEASE, NO_TIME, true, Some("arrived"), vec!["renew", "prepare", "call"]),
            (LEASE, NO_TIME, false, None, vec!["renew"]),
        ] {
            assert_eq!(done(claimed_ago, standstill, is_held).await, (result, log), "{claimed_ago:?} {standstill:?}");
        }
    }
}
