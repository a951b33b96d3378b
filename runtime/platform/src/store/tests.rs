//! The file, its lock, its messages, and the writer's groups.

use super::testing::Folder;
use super::{Location, Options, Store, StoreError};

fn message(options: &Options) -> String {
    match Store::open(options) {
        Err(StoreError::Unusable(message)) => message,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it opened"),
    }
}

fn numbers(store: &Store) -> Vec<i64> {
    let read = store.read(|reader| {
        let mut select = reader.connection().prepare_cached("SELECT n FROM t ORDER BY n")?;
        Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?)
    });
    read.unwrap()
}

fn with_table(store: &Store) {
    store.write(|tx| tx.execute("CREATE TABLE t (n INTEGER)", [])).wait().unwrap();
}

#[test]
fn what_was_answered_is_there_after_reopening() {
    let folder = Folder::new();
    let options = Options::file(folder.path().join("a b%?#.db"));
    let store = Store::open(&options).unwrap();
    with_table(&store);
    store.write(|tx| tx.execute("INSERT INTO t VALUES (7)", [])).wait().unwrap();
    assert_eq!((numbers(&store), store.boot()), (vec![7], 1));
    drop(store);
    let store = Store::open(&options).unwrap();
    assert_eq!((numbers(&store), store.boot()), (vec![7], 2));
    assert!(folder.path().join("a b%?#.db").exists());
}

#[test]
fn a_failing_write_is_undone_alone() {
    for options in [Options::memory(), Folder::new().options()] {
        let Ok(store) = Store::open(&options) else { continue };
        with_table(&store);
        let writes: Vec<_> = (0..100)
            .map(|n| {
                store.write(move |tx| {
                    tx.execute("INSERT INTO t VALUES (?)", [n])?;
                    if n % 3 == 0 { Err(StoreError::Conflict) } else { Ok(n) }
                })
            })
            .collect();
        let answers: Vec<_> = writes.into_iter().map(|write| write.wait()).collect();
        for (n, answer) in answers.into_iter().enumerate() {
            let expected = if n % 3 == 0 { Err(StoreError::Conflict) } else { Ok(n as i64) };
            assert_eq!(answer, expected);
        }
        assert_eq!(numbers(&store), (0..100).filter(|n| n % 3 != 0).collect::<Vec<i64>>());
    }
}

#[test]
fn a_fault_in_a_write_does_not_end_the_writer() {
    let store = Store::open(&Options::memory()).unwrap();
    with_table(&store);
    let faulty = store.write(|tx| -> Result<(), StoreError> {
        tx.execute("INSERT INTO t VALUES (1)", [])?;
        panic!("on purpose")
    });
    assert!(matches!(faulty.wait(), Err(StoreError::Failed(_))));
    store.write(|tx| tx.execute("INSERT INTO t VALUES (2)", [])).wait().unwrap();
    assert_eq!(numbers(&store), vec![2]);
}

#[test]
fn a_snapshot_does_not_move() {
    let folder = Folder::new();
    let store = folder.open();
    with_table(&store);
    let insert = |n: i64| store.write(move |tx| tx.execute("INSERT INTO t VALUES (?)", [n])).wait().unwrap();
    insert(1);
    let count = |connection: &rusqlite::Connection| {
        connection.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (before, after) = store
        .read(|reader| {
            reader.snapshot(|reader| {
                let before = count(reader.connection());
                insert(2);
                Ok((before, count(reader.connection())))
            })
        })
        .unwrap();
    assert_eq!((before, after), (1, 1));
    assert_eq!(numbers(&store), vec![1, 2]);
}

#[test]
fn what_follows_a_commit_comes_in_its_order() {
    let store = Store::open(&Options::memory()).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let writes: Vec<_> = (0..50)
        .map(|n| {
            let sender = sender.clone();
            store.write_then(move |_| Ok(n), move |n| sender.send(*n).unwrap())
        })
        .collect();
    let answers: Vec<i32> = writes.into_iter().map(|write| write.wait().unwrap()).collect();
    drop(sender);
    assert_eq!(answers, (0..50).collect::<Vec<i32>>());
    assert_eq!(receiver.iter().collect::<Vec<i32>>(), (0..50).collect::<Vec<i32>>());
}

#[test]
fn a_second_owner_is_told_who_has_the_file() {
    let folder = Folder::new();
    let store = folder.open();
    let refused = message(&folder.options());
    assert!(refused.contains("in use by another running program"), "{refused}");
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    drop(store);
    folder.open();
}

#[test]
fn every_way_not_to_open_has_its_message() {
    let folder = Folder::new();
    let refused = message(&Options::file(folder.path().join("absent/app.db")));
    assert!(refused.contains("does not exist") && refused.contains("--database"), "{refused}");

    let text = folder.path().join("notes.db");
    std::fs::write(&text, "just some notes, longer than a header would be. ".repeat(50)).unwrap();
    let refused = message(&Options::file(&text));
    assert!(refused.contains("notes.db is not a database"), "{refused}");

    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
    let refused = message(&Options::file(&foreign));
    assert!(refused.contains("belongs to another program"), "{refused}");

    let newer = folder.options();
    drop(Store::open(&newer).unwrap());
    let Location::File(path) = &newer.location else { panic!("a file") };
    rusqlite::Connection::open(path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = message(&newer);
    assert!(refused.contains("newer version of Dark (format 99)"), "{refused}");
}

#[test]
fn a_locked_file_says_so() {
    let folder = Folder::new();
    let options = folder.options();
    drop(Store::open(&options).unwrap());
    let Location::File(path) = &options.location else { panic!("a file") };
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = message(&options);
    assert!(refused.contains("locked by another program"), "{refused}");
}

/// Started by the next test in a process of its own: writes until it is killed, and says what was answered.
#[test]
#[ignore = "is the victim of a_killed_process_loses_nothing_and_blocks_nobody"]
fn writes_until_killed() {
    use std::io::Write;
    let Some(path) = std::env::var_os("DARK_STORE_VICTIM") else { return };
    let store = Store::open(&Options::file(path)).unwrap();
    with_table(&store);
    for n in 0.. {
        store.write(move |tx| tx.execute("INSERT INTO t VALUES (?)", [n])).wait().unwrap();
        writeln!(std::io::stderr(), "answered {n}").unwrap();
    }
}

#[test]
fn a_killed_process_loses_nothing_and_blocks_nobody() {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new();
    let path = folder.path().join("victim.db");
    let mut victim = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "store::tests::writes_until_killed", "--nocapture"])
        .env("DARK_STORE_VICTIM", &path)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stderr.take().unwrap()).lines();
    let answered = |line: &str| line.strip_prefix("answered ").and_then(|n| n.parse::<i64>().ok());
    let mut last = None;
    for line in lines.by_ref() {
        last = answered(&line.unwrap()).or(last);
        if last >= Some(20) {
            break;
        }
    }
    assert!(message(&Options::file(&path)).contains(&format!("process {}", victim.id())));
    victim.kill().unwrap();
    victim.wait().unwrap();
    last = lines.map_while(Result::ok).filter_map(|line| answered(&line)).last().or(last);
    let store = Store::open(&Options::file(&path)).unwrap();
    assert!(numbers(&store).len() as i64 > last.unwrap());
}
