//! The inbox: what was taken on is answered, and the answer owed.

use std::error::Error;

use tokio::sync::watch;

use super::{Found, LEASE, Parts, keep, take_turns};
use crate::{
    app::{Intent, Job, NotRead, Owed, Work, deliveries},
    clock::Moment,
    ids::Platform,
    retry,
    store::{ClaimedEvent, StoreError},
};

/// Events in work at once. An answer takes less than a millisecond of one core; more places only wait for the database.
const PLACES: usize = 8;

/// An event that was taken up more often than this without an end is what ends its processes.
const MOST_ATTEMPTS: u32 = 5;

pub(super) async fn run(parts: Parts, stopped: watch::Receiver<bool>) {
    let take = |place| {
        let parts = &parts;
        async move {
            let claimed_at = parts.clock.moment();
            let Some(event) = parts.app.store().claim_event(claimed_at, LEASE).await? else {
                return Ok(Found::Nothing);
            };
            let parts = parts.clone();
            tokio::spawn(async move {
                let lease = event.lease;
                let id = event.id.clone();
                if let Err(error) = work(&parts, event, claimed_at).await {
                    // The lease runs out, and somebody takes it up.
                    tracing::warn!(request = %id, ?lease, error = &error as &dyn Error, "an event was not ended");
                }
                drop(place);
            });
            Ok(Found::Row)
        }
    };
    take_turns(PLACES, stopped, take, || parts.app.intake().event()).await;
}

async fn work(parts: &Parts, event: ClaimedEvent, claimed_at: Moment) -> Result<(), StoreError> {
    let store = parts.app.store();
    let (lease, attempt) = (event.lease, event.attempt);
    if attempt > MOST_ATTEMPTS {
        tracing::error!(request = %event.id, attempt, "an event was given up: it never came to an end");
        // Whoever sees that it is worked at sees no more of it.
        if let (Platform::Slack, Ok(Job::V1(Work::Answer(request)))) =
            (event.platform, serde_json::from_str(&event.payload))
        {
            let owed = parts.slack.owed_for_burying(&request);
            let now = parts.clock.moment();
            if let Err(error) = parts.app.owe(event.platform, &event.workspace, owed, now).await {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "an event that was given up still looks as if it were worked at"
                );
            }
        }
        return store.bury_event(lease, "it never came to an end").await;
    }
    let Ok(Job::V1(job)) = serde_json::from_str(&event.payload) else {
        tracing::error!(request = %event.id, "an event was given up: it was written by another version");
        return store.bury_event(lease, "it was written by another version").await;
    };
    // A task of its own, so that a panic ends this event and not the worker.
    let answered = tokio::spawn(answer(parts.clone(), event.platform, job, attempt));
    let now = || parts.clock.moment();
    let renew = || store.renew_event(lease, now().plus(LEASE));
    let Some(answered) = keep(answered, claimed_at, now, renew).await else { return Ok(()) };
    let again_at = || now().plus(retry::wait(event.failures.saturating_add(1), retry::chance()));
    match answered {
        Ok(Ok(owed)) => {
            let owed = deliveries(event.platform, &event.workspace, owed, now());
            if store.finish_event(lease, &owed, now()).await? {
                parts.app.intake().owes();
            }
            Ok(())
        }
        Ok(Err(error)) => {
            tracing::warn!(request = %event.id, attempt, error = &error as &dyn Error, "an event is worked again");
            store.retry_event(lease, again_at(), "what holds for its channel could not be read").await
        }
        Err(panic) => {
            tracing::error!(request = %event.id, attempt, error = &panic as &dyn Error, "an event could not be worked");
            store.retry_event(lease, again_at(), "it could not be worked").await
        }
    }
}

async fn answer(parts: Parts, platform: Platform, work: Work, attempt: u32) -> Result<Vec<Owed>, NotRead> {
    match (platform, work) {
        (Platform::Slack, Work::Answer(request)) if matches!(request.intent, Intent::PassOn { .. }) => {
            parts.slack.work_overheard(&request).await
        }
        (Platform::Slack, Work::Answer(request)) => Ok(parts.slack.work(&request, attempt).await),
        (Platform::Teams, Work::Answer(request)) => Ok(parts.teams.work(&request).await),
        (Platform::Slack, Work::Tell(word)) => Ok(parts.slack.owed_word(&word)),
        (Platform::Teams, Work::Tell(word)) => Ok(parts.teams.owed_word(&word).await),
    }
}
