//! The database's shape, step by step. A published step never changes and uses no type of the program.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;

const STEPS: &[&str] = &[
    include_str!("steps/001.sql"),
    include_str!("steps/002.sql"),
    include_str!("steps/003.sql"),
    include_str!("steps/004.sql"),
    include_str!("steps/005.sql"),
    include_str!("steps/006.sql"),
    include_str!("steps/007.sql"),
    include_str!("steps/008.sql"),
    include_str!("steps/009.sql"),
    include_str!("steps/010.sql"),
    include_str!("steps/011.sql"),
    include_str!("steps/012.sql"),
    include_str!("steps/013.sql"),
    include_str!("steps/014.sql"),
];

/// The version this program knows.
pub fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Brings the database to the known version, one transaction a step with the version inside.
pub fn climb(db: &mut Connection) -> Result<(), StoreError> {
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known() {
        return Err(StoreError::Newer { found, known: known() });
    }
    for (sql, version) in STEPS.iter().zip(1_u32..).filter(|(_, version)| *version > found) {
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
    Ok(())
}
