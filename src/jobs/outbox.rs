//! The outbox: what is owed is sent, at the pace that its platform allows.

use std::error::Error;

use tokio::sync::watch;

use super::{Found, LEASE, Parts, keep, take_turns};
use crate::{
    app::{GivenUp, Sent, deliveries},
    clock::Moment,
    ids::Platform,
    retry,
    store::{Again, ClaimedDelivery, DeliveryEnd, StoreError},
};

/// Calls on their way at once. A platform that hangs holds one for ten seconds.
const PLACES: usize = 32;

/// Some twenty minutes of failures. What waits because the platform said so counts only against its expiry.
const MOST_FAILURES: u32 = 12;

pub(super) async fn run(parts: Parts, stopped: watch::Receiver<bool>) {
    let take = |place| {
        let parts = &parts;
        async move {
            let claimed_at = parts.clock.moment();
            let Some(delivery) = parts.app.store().claim_delivery(claimed_at, LEASE).await? else {
                return Ok(Found::Nothing);
            };
            let parts = parts.clone();
            tokio::spawn(async move {
                let number = delivery.number();
                if let Err(error) = send(&parts, delivery, claimed_at).await {
                    // The lease runs out, and somebody takes it up, in doubt.
                    tracing::warn!(number, error = &error as &dyn Error, "the end of a delivery was not written down");
                }
                // The next one of the same lane may go.
                parts.app.intake().owes();
                drop(place);
            });
            Ok(Found::Row)
        }
    };
    take_turns(PLACES, stopped, take, || parts.app.intake().delivery()).await;
}

async fn send(parts: &Parts, delivery: ClaimedDelivery, claimed_at: Moment) -> Result<(), StoreError> {
    let store = parts.app.store();
    let now = || parts.clock.moment();
    let (lease, number, failures) = (&delivery.lease, delivery.number(), delivery.failures.saturating_add(1));
    // Whoever waits for it is told, if the platform's side knows of somebody.
    let give_up = async |end: DeliveryEnd<'_>, why: GivenUp| {
        // Who lost the lease says nothing: somebody else may be just about to deliver it.
        if !store.renew_delivery(lease, now().plus(LEASE)).await? {
            return Ok(());
        }
        let word = match delivery.platform {
            Platform::Slack => parts.slack.owed_for_giving_up(&delivery.workspace, &delivery.payload, why).await,
            Platform::Teams => parts.teams.owed_instead(&delivery.workspace, &delivery.payload, why),
        };
        let word = deliveries(delivery.platform, &delivery.workspace, word, now());
        if store.end_delivery_and_owe(lease, end, &word, now()).await? && !word.is_empty() {
            parts.app.intake().owes();
        }
        Ok(())
    };
    if delivery.expires_at <= now() {
        tracing::warn!(number, "a delivery became too late");
        return give_up(DeliveryEnd::Expired, GivenUp::TooLate).await;
    }
    let renew = || store.renew_delivery(lease, now().plus(LEASE));
    let sending = async {
        match delivery.platform {
            Platform::Slack => {
                parts.slack.send_owed(&delivery.workspace, &delivery.payload, number, delivery.in_doubt).await
            }
            Platform::Teams => parts.teams.send_owed(&delivery.workspace, &delivery.payload, delivery.in_doubt).await,
        }
    };
    let Some(sent) = keep(sending, claimed_at, now, renew).await else { return Ok(()) };
    match sent {
        Sent::Arrived => {
            let after = match delivery.platform {
                Platform::Slack => parts.slack.owed_after(&delivery.payload),
                Platform::Teams => Vec::new(),
            };
            let after = deliveries(delivery.platform, &delivery.workspace, after, now());
            store.end_delivery_and_owe(lease, DeliveryEnd::Delivered, &after, now()).await.map(drop)
        }
        Sent::TooLate => {
            tracing::warn!(number, "the platform says that a delivery is too late");
            give_up(DeliveryEnd::Expired, GivenUp::TooLate).await
        }
        Sent::Unwanted => {
            tracing::info!(number, "an answer is not sent: its message was taken back");
            store.end_delivery(lease, DeliveryEnd::Expired).await.map(drop)
        }
        Sent::Never(reason) => {
            tracing::warn!(number, workspace = %delivery.workspace, reason, "a delivery can never arrive");
            give_up(DeliveryEnd::Dead(&reason), GivenUp::Refused).await
        }
        Sent::TooLong(reason) => {
            tracing::warn!(number, workspace = %delivery.workspace, reason, "a delivery is too long");
            give_up(DeliveryEnd::Dead(&reason), GivenUp::TooLong).await
        }
        Sent::Later { retry_after: None, reason, .. } if failures >= MOST_FAILURES => {
            tracing::warn!(number, failures, reason, "a delivery was given up");
            give_up(DeliveryEnd::Dead(&reason), GivenUp::TooLate).await
        }
        Sent::Later { retry_after, in_doubt, reason } => {
            let chance = retry::chance();
            let hold_rate_until = retry_after.map(|wait| now().plus(wait));
            // What was held back together comes back within a second and not at once.
            let due_at = match hold_rate_until {
                Some(until) => until.plus(retry::wait(1, chance)),
                None => now().plus(retry::wait(failures, chance)),
            };
            // Its end is told when it has come, not when its turn would have been.
            let due_at = due_at.min(delivery.expires_at);
            tracing::info!(number, failures, reason, "a delivery is tried again");
            let is_failure = hold_rate_until.is_none();
            let again = Again { due_at, hold_rate_until, is_failure, in_doubt, reason: &reason };
            store.retry_delivery(lease, again).await
        }
        Sent::Busy { in_doubt, reason } => {
            // Tries that are no failures make the wait longer all the same.
            let due_at = now().plus(retry::wait(delivery.attempt, retry::chance())).min(delivery.expires_at);
            tracing::info!(number, attempt = delivery.attempt, reason, "the platform has no time for a delivery");
            let again = Again { due_at, hold_rate_until: None, is_failure: false, in_doubt, reason: &reason };
            store.retry_delivery(lease, again).await
        }
    }
}
