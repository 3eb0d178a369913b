//! What is SQLite's own: opening, refusing, sharing a file, and failing.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::{
    ChallengeId, Consumed, FlowId, KeyRecord, Redemption, SiteId, SiteRecord, Spending, Spent, UnixMs,
};

mod writer;

const NOON: UnixMs = UnixMs(1_800_000_000_000);

mod contract {
    use super::*;

    crate::stamp_contract!({
        let folder = folder();
        let database = open(&folder.path().join("store.db"));
        (database.stores(), (database, folder))
    });

    crate::stamp_durable_contract!({
        let folder = folder();
        let mut database = None;
        move || {
            drop(database.take());
            database.insert(open(&folder.path().join("store.db"))).stores()
        }
    });
}

#[tokio::test]
async fn power_loss_durability_keeps_the_same_rules() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let database = Database::open(&path, Durability::PowerLoss).unwrap();
    let tokens = database.stores().tokens;
    assert_eq!(tokens.spend(&spending(1), NOON).await.unwrap(), Spent::Now);
    assert_eq!(tokens.spend(&spending(1), NOON).await.unwrap(), Spent::Already);
    database.close().unwrap();
}

#[test]
fn what_cannot_be_opened_is_told_in_one_line_that_says_what_to_do() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);

    let missing = refusal(&path("no/such/folder.db"));
    assert!(matches!(missing, DatabaseError::NotWritable { .. }), "{missing:?}");
    let directory = refusal(folder.path());
    assert!(matches!(directory, DatabaseError::NotWritable { .. }), "{directory:?}");

    std::fs::write(path("text.db"), "All happy families are alike. ".repeat(1_000)).unwrap();
    let text = refusal(&path("text.db"));
    assert!(matches!(text, DatabaseError::NotADatabase { .. }), "{text:?}");

    let other = Connection::open(path("other.db")).unwrap();
    other.execute_batch("CREATE TABLE customers (name TEXT)").unwrap();
    let foreign = refusal(&path("other.db"));
    assert!(matches!(foreign, DatabaseError::NotADatabase { .. }), "{foreign:?}");
    let tables: u32 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);

    drop(open(&path("newer.db")));
    Connection::open(path("newer.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let newer = refusal(&path("newer.db"));
    assert!(matches!(newer, DatabaseError::NewerSchema { found: 99, known: 4, .. }), "{newer:?}");

    for error in [missing, directory, text, foreign, newer] {
        let line = error.to_string();
        assert!(!line.contains('\n') && line.contains(folder.path().to_str().unwrap()), "{line}");
    }
}

#[tokio::test]
async fn a_file_of_the_first_schema_takes_the_others_and_keeps_what_it_holds() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let first = Connection::open(&path).unwrap();
    first.execute_batch(include_str!("../schema/0001_stores.sql")).unwrap();
    first
        .execute_batch(
            "INSERT INTO ledger VALUES (zeroblob(24), 0, 0, 4000000000000, 1, NULL, NULL);
             INSERT INTO signing_keys VALUES (3, x'07', 5);
             PRAGMA user_version = 1; PRAGMA application_id = 0x506f7274;",
        )
        .unwrap();
    drop(first);
    for _ in 0..2 {
        let database = open(&path);
        let stores = database.stores();
        let spent = Spending { challenge: ChallengeId([0; 24]), keep_until: NOON.plus(1_000), ..spending(0) };
        assert_eq!(stores.tokens.spend(&spent, NOON).await.unwrap(), Spent::Already);
        let key = KeyRecord { id: 3, sealed: vec![7], created_at: UnixMs(5) };
        assert_eq!(stores.signing_keys.all().await.unwrap(), [key]);
        stores.attempts.attempt(challenge(1), 9, NOON.plus(1_000), NOON).await.unwrap().unwrap();
        assert_eq!(stores.flows.consume(FlowId([1; 24]), NOON).await.unwrap(), Consumed::Unknown);
        database.close().unwrap();
    }
    let version: u32 =
        Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
}

#[test]
fn a_file_that_another_process_holds_is_told_to_be_locked() {
    let folder = folder();
    let path = folder.path().join("store.db");
    drop(open(&path));
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").unwrap();
    let locked = refusal(&path);
    assert!(matches!(locked, DatabaseError::Locked { .. }), "{locked:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    database.stores().tokens.spend(&spending(1), NOON).await.unwrap();
    database.backup(&folder.path().join("copy.db")).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} has mode {mode:o}", entry.path());
        files += 1;
    }
    assert_eq!(files, 4, "the file, its log, its shared memory and the copy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_everything_and_overwrites_nothing() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    let stores = database.stores();
    stores.sites.add(&site(1)).await.unwrap().unwrap();
    stores.tokens.spend(&spending(1), NOON).await.unwrap();
    let flow = FlowId([1; 24]);
    assert!(stores.flows.finish(flow, b"verdict", NOON.plus(1_000), NOON).await.unwrap());

    let copy = folder.path().join("copy.db");
    database.backup(&copy).unwrap();
    stores.tokens.spend(&spending(2), NOON).await.unwrap();
    let again = database.backup(&copy);
    assert!(matches!(again, Err(DatabaseError::BackupExists { .. })), "{again:?}");
    let nowhere = database.backup(&folder.path().join("no/such/folder.db"));
    assert!(matches!(nowhere, Err(DatabaseError::NotWritable { .. })), "{nowhere:?}");

    let restored = open(&copy);
    let stores = restored.stores();
    assert_eq!(stores.sites.all().await.unwrap(), [site(1)]);
    assert_eq!(stores.tokens.spend(&spending(1), NOON).await.unwrap(), Spent::Already);
    assert_eq!(stores.tokens.spend(&spending(2), NOON).await.unwrap(), Spent::Now);
    assert_eq!(stores.flows.consume(flow, NOON).await.unwrap(), Consumed::Now(b"verdict".to_vec()));
}

#[tokio::test]
async fn closing_folds_in_the_log_and_leaves_one_file() {
    let folder = folder();
    let database = open(&folder.path().join("store.db"));
    database.stores().tokens.spend(&spending(1), NOON).await.unwrap();
    database.stores().sites.revision().await.unwrap();
    database.close().unwrap();
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store.db"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_both_spend_a_token() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let databases = [open(&path), open(&path)];
    let mut running = tokio::task::JoinSet::new();
    for number in 0..200 {
        for database in &databases {
            let tokens = database.stores().tokens;
            running.spawn(async move { tokens.spend(&spending(number), NOON).await.unwrap() });
        }
    }
    let answers = running.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Now).count(), 200);
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Already).count(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_open_a_new_file_at_once_agree() {
    for _ in 0..10 {
        let folder = folder();
        let path = folder.path().join("store.db");
        let opening =
            [path.clone(), path.clone()].map(|path| tokio::task::spawn_blocking(move || open(&path)));
        let mut databases = Vec::new();
        for opened in opening {
            databases.push(opened.await.unwrap());
        }
        let key = KeyRecord { id: 1, sealed: vec![1], created_at: NOON };
        assert!(databases[0].stores().signing_keys.add(&key).await.unwrap());
        assert!(!databases[1].stores().signing_keys.add(&key).await.unwrap());
    }
}

#[tokio::test]
async fn a_value_of_another_form_is_told_as_corrupt_without_its_content() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let database = open(&path);
    let stores = database.stores();
    stores.sites.add(&site(1)).await.unwrap().unwrap();
    stores.tokens.redeem(&redemption(1), NOON).await.unwrap();
    let vandal = Connection::open(&path).unwrap();
    vandal.execute("UPDATE sites SET secret_index = x'5ec2e7'", []).unwrap();
    vandal.execute("UPDATE ledger SET ordinal = 300", []).unwrap();
    vandal.execute("INSERT INTO flows VALUES (zeroblob(24), x'5ec2e7', -1)", []).unwrap();
    let sites = stores.sites.all().await;
    assert!(matches!(sites, Err(StoreError::Corrupt { what: "sites", .. })), "{sites:?}");
    assert!(!format!("{sites:?}").contains("5ec2"));
    let spent = stores.tokens.spend(&spending(1), NOON).await;
    assert!(matches!(spent, Err(StoreError::Corrupt { what: "ledger", .. })), "{spent:?}");
    let consumed = stores.flows.consume(FlowId([0; 24]), NOON).await;
    assert!(matches!(consumed, Err(StoreError::Corrupt { what: "flows", .. })), "{consumed:?}");
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(path: &Path) -> Database {
    Database::open(path, Durability::ProcessDeath).unwrap()
}

fn refusal(path: &Path) -> DatabaseError {
    Database::open(path, Durability::ProcessDeath).err().expect("it is refused")
}

fn redemption(number: u32) -> Redemption {
    Redemption {
        challenge: challenge(number),
        token_expires_at: NOON.plus(500),
        keep_until: NOON.plus(1_000),
        first_allowed: true,
        reissues: 3,
    }
}

fn spending(number: u32) -> Spending {
    let (challenge, keep_until) = (challenge(number), NOON.plus(1_000));
    Spending { challenge, ordinal: 0, keep_until, idempotency: None, receipt: Vec::new() }
}

fn challenge(number: u32) -> ChallengeId {
    let mut nonce = [0; 16];
    nonce[..4].copy_from_slice(&number.to_be_bytes());
    ChallengeId::new(NOON, nonce)
}

fn site(number: u8) -> SiteRecord {
    SiteRecord {
        id: SiteId([number; 16]),
        site_key: format!("pk_{number:032x}"),
        name: "A bakery".into(),
        secret_index: [number; 32],
        sealed_secret: vec![number; 80],
        sealed_signing_key: vec![number; 72],
        settings: "{}".into(),
        created_at: NOON,
    }
}
