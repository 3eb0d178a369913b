//! What the writer promises: one transaction for whatever waits, and an answer to each that is true.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_queued_is_answered_before_closing_ends() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let mut running = tokio::task::JoinSet::new();
    for number in 0..500 {
        let tokens = database.stores().tokens;
        running.spawn(async move { tokens.spend(&spending(number), NOON).await });
    }
    let first = running.join_next().await.unwrap().unwrap();
    assert_eq!(first.unwrap(), Spent::Now);
    tokio::task::spawn_blocking(move || database.close().unwrap()).await.unwrap();
    let answered = running.join_all().await;
    let spent = answered.iter().filter(|answer| matches!(answer, Ok(Spent::Now))).count();
    let refused = answered.iter().filter(|answer| matches!(answer, Err(StoreError::Unavailable(_)))).count();
    assert_eq!(spent + refused, 499);
    let kept: u32 = Connection::open(folder.path().join("store.db"))
        .unwrap()
        .query_row("SELECT count(*) FROM ledger", [], |row| row.get(0))
        .unwrap();
    assert_eq!(usize::try_from(kept).unwrap(), spent + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_may_write_while_the_server_is_busy() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let server = open(&path);
    let mut running = tokio::task::JoinSet::new();
    for runner in 0..32_u32 {
        let tokens = server.stores().tokens;
        running.spawn(async move {
            for number in 0..u32::MAX >> 5 {
                tokens.spend(&spending((runner << 27) | number), NOON).await.unwrap();
            }
        });
    }
    let revision = server.stores().sites.revision().await.unwrap();
    let command_line = open(&path);
    for number in 1..=5 {
        command_line.stores().sites.add(&site(number)).await.unwrap().unwrap();
    }
    command_line.close().unwrap();
    assert_eq!(server.stores().sites.all().await.unwrap().len(), 5);
    assert_ne!(server.stores().sites.revision().await.unwrap(), revision);
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_leaves_its_batch_alone() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let writer = &database.writer;
    let tokens = database.stores().tokens;
    let held = hold(writer).await;
    let before = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.spend(&spending(1), NOON).await }
    });
    let failing = tokio::spawn({
        let writer = writer.clone();
        async move {
            writer
                .whole(|connection| {
                    connection.execute("DELETE FROM ledger", [])?;
                    connection.execute("INSERT INTO ledger_horizon VALUES (1, 7)", [])?;
                    Ok(())
                })
                .await
        }
    });
    let panicking = tokio::spawn({
        let writer = writer.clone();
        async move {
            writer
                .whole(|connection| -> Result<(), error::Fault> {
                    connection.execute("DELETE FROM ledger", [])?;
                    panic!("a bug, made on purpose by a test")
                })
                .await
        }
    });
    let after = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.spend(&spending(2), NOON).await }
    });
    gathered(writer, 4).await;
    held.send(()).unwrap();

    assert_eq!(before.await.unwrap().unwrap(), Spent::Now);
    assert!(matches!(failing.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(panicking.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert_eq!(after.await.unwrap().unwrap(), Spent::Now);
    for number in [1, 2] {
        assert_eq!(tokens.spend(&spending(number), NOON).await.unwrap(), Spent::Already);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_lost_is_answered_to_all_and_spends_nothing() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let tokens = database.stores().tokens;
    let held = hold(&database.writer).await;
    let spent = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.spend(&spending(1), NOON).await }
    });
    gathered(&database.writer, 1).await;
    // What a full disk does to a transaction.
    let lost = tokio::spawn({
        let writer = database.writer.clone();
        async move { writer.once(|transaction| Ok(transaction.execute_batch("ROLLBACK")?)).await }
    });
    gathered(&database.writer, 2).await;
    let behind = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.spend(&spending(2), NOON).await }
    });
    gathered(&database.writer, 3).await;
    held.send(()).unwrap();
    assert!(matches!(spent.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(lost.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(behind.await.unwrap(), Err(StoreError::Unavailable(_))));
    for number in [1, 2] {
        assert_eq!(tokens.spend(&spending(number), NOON).await.unwrap(), Spent::Now);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gave_up_waiting_has_spent_nothing() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let tokens = database.stores().tokens;
    let held = hold(&database.writer).await;
    let impatient = tokio::time::timeout(Duration::from_millis(20), tokens.spend(&spending(1), NOON)).await;
    assert!(impatient.is_err());
    held.send(()).unwrap();
    assert_eq!(tokens.spend(&spending(1), NOON).await.unwrap(), Spent::Now);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spends_come_in_between_the_steps_of_a_purge() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let tokens = database.stores().tokens;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..2_000 {
        let tokens = tokens.clone();
        running.spawn(async move { tokens.spend(&spending(number), NOON).await.unwrap() });
    }
    running.join_all().await;
    let held = hold(&database.writer).await;
    let purging = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.purge(u32::MAX, NOON.plus(1_000)).await.unwrap() }
    });
    gathered(&database.writer, 1).await;
    let rows_left = tokio::spawn({
        let writer = database.writer.clone();
        async move {
            writer
                .once(|transaction| {
                    Ok(transaction
                        .query_row("SELECT count(*) FROM ledger", [], |row| row.get::<_, u32>(0))?)
                })
                .await
        }
    });
    gathered(&database.writer, 2).await;
    held.send(()).unwrap();
    assert_eq!(rows_left.await.unwrap().unwrap(), 2_000 - 128);
    assert_eq!(purging.await.unwrap(), 2_000);
}

/// Waits until so many jobs wait for the writer.
async fn gathered(writer: &Writer, jobs: usize) {
    for _ in 0..60_000 {
        if writer.waiting() >= jobs {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{jobs} jobs never waited");
}

/// Keeps the writer busy until told otherwise, so that what follows gathers behind it.
async fn hold(writer: &Arc<Writer>) -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel();
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let writer = writer.clone();
    tokio::spawn(async move {
        writer
            .once(move |_| {
                begun.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            })
            .await
    });
    beginning.await.unwrap();
    release
}
