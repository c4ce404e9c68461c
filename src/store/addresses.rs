//! How often the addresses that deliveries bring along may have been used. Hashes of addresses and no texts.

use super::{Store, StoreError, pool::on};
use crate::clock::Timestamp;

impl Store {
    /// Counts one more use of an address, unless there were `most` already: then `false`. Counted before the call, so that a process
    /// that ends in the middle of it cannot use the address once more than is allowed.
    ///
    /// # Errors
    /// The database does not answer; then it is not counted.
    pub async fn use_address(&self, address: &str, most: u32, forgotten_at: Timestamp) -> Result<bool, StoreError> {
        let counted = on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO address_uses (address, uses, forgotten_at) VALUES ($1, 1, $3) ON CONFLICT (address) DO UPDATE SET \
                 uses = address_uses.uses + 1, forgotten_at = excluded.forgotten_at WHERE address_uses.uses < $2",
            )
            .bind(address)
            .bind(i64::from(most))
            .bind(forgotten_at.unix_seconds())
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(counted == 1)
    }

    /// Takes a use back that cannot have been one.
    ///
    /// # Errors
    /// The database does not answer; then one use fewer is left.
    pub async fn give_back_address(&self, address: &str) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("UPDATE address_uses SET uses = uses - 1 WHERE address = $1 AND uses > 0")
                .bind(address)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Forgets addresses that nobody may use any more.
    pub(super) async fn expire_addresses(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM address_uses WHERE forgotten_at <= $1")
                .bind(now.unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
