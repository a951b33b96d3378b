//! Datastores on plain text rows: own writes, transactions, conflicts, and the comparison of types.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Datastore, Definition, KEY_BYTES_MAX, Session, Shape, TypeShape, Written, open_datastores};
use crate::queue::{Consumer, ConsumerKey, Queue, QueueSettings};
use crate::store::testing::{Folder, HandClock, Seeded};
use crate::store::{Store, StoreError};

fn plain(name: &str) -> Shape {
    Shape::Plain(name.to_owned())
}

fn option(name: &str) -> Shape {
    Shape::Option(Box::new(plain(name)))
}

fn record(fields: &[(&str, Shape)]) -> TypeShape {
    let fields = fields.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone())).collect();
    let types = BTreeMap::from([("Row".to_owned(), Definition::Record(fields))]);
    TypeShape { root: Shape::Named("Row".to_owned()), types }
}

struct World {
    store: Store,
    queue: Arc<Queue>,
    table: Arc<Datastore>,
    _folder: Folder,
}

impl World {
    fn new() -> World {
        let folder = Folder::new();
        let store = folder.open();
        let worker = Consumer { key: ConsumerKey::Worker("Shop.ship".to_owned()), runs_here: true };
        let clock = Arc::new(HandClock::at(1_000));
        let queue = Queue::start(&store, QueueSettings::default(), vec![worker], clock, Arc::new(Seeded::new(1)));
        let opened = open_datastores(&store, vec![("Shop.Rows".to_owned(), record(&[("n", plain("Int64"))]))]);
        World { queue: queue.unwrap(), table: opened.unwrap().remove(0), store, _folder: folder }
    }

    fn session(&self) -> Session {
        Session::new(self.store.clone(), self.queue.clone())
    }

    fn set(&self, key: &str, value: &str) {
        self.session().set(&self.table, key, value.to_owned()).unwrap().wait().unwrap();
    }

    fn get(&self, key: &str) -> Option<String> {
        self.session().get(&self.table, key).unwrap()
    }

    fn waiting(&self) -> i64 {
        self.queue.counts(&ConsumerKey::Worker("Shop.ship".to_owned())).unwrap().waiting
    }
}

#[test]
fn rows_are_set_read_and_deleted() {
    let world = World::new();
    let mut session = world.session();
    let table = &world.table;
    assert_eq!(session.get(table, "a").unwrap(), None);
    for (key, value) in [("b", "2"), ("a", "1"), ("A", "3"), ("ä🎈", "4")] {
        world.set(key, value);
    }
    assert_eq!(session.get(table, "ä🎈").unwrap().as_deref(), Some("4"));
    assert_eq!(session.keys(table).unwrap(), ["A", "a", "b", "ä🎈"]);
    assert_eq!(session.count(table).unwrap(), 4);
    let keys = ["b", "x", "b"].map(str::to_owned);
    assert_eq!(session.get_many(table, &keys).unwrap(), [Some("2".into()), None, Some("2".into())]);
    assert!(!session.set_if_absent(table, "a", "9".into()).unwrap().wait().unwrap());
    assert!(session.set_if_absent(table, "c", "5".into()).unwrap().wait().unwrap());
    let deleted = session.delete_many(table, vec!["a".into(), "x".into(), "c".into()]).unwrap().wait().unwrap();
    assert_eq!((deleted, session.count(table).unwrap()), (2, 3));
    session.delete(table, "x").unwrap().wait().unwrap();
    session.delete_all(table).wait().unwrap();
    assert_eq!(session.scan(table).unwrap(), []);
}

#[test]
fn keys_have_a_length() {
    let world = World::new();
    let mut session = world.session();
    let long = "k".repeat(KEY_BYTES_MAX + 1);
    let refused =
        |result: Result<Written<()>, StoreError>| result.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused(session.set(&world.table, "", "1".into())).contains("is empty"));
    assert!(refused(session.set(&world.table, &long, "1".into())).contains("at most 1024"));
    world.set(&long[1..], "1");
}

#[test]
fn under_what_cannot_be_a_key_there_is_nothing() {
    let world = World::new();
    let table = &world.table;
    world.set("a", "1");
    for key in [String::new(), "k".repeat(KEY_BYTES_MAX + 1)] {
        let mut session = world.session();
        for in_transaction in [false, true] {
            if in_transaction {
                session.begin();
            }
            assert_eq!(session.get(table, &key), Ok(None));
            assert_eq!(session.contains(table, &key), Ok(false));
            assert_eq!(session.get_many(table, &[key.clone(), "a".into()]), Ok(vec![None, Some("1".into())]));
            session.delete(table, &key).unwrap().wait().unwrap();
            assert_eq!(session.delete_many(table, vec![key.clone()]).unwrap().wait(), Ok(0));
        }
        session.commit().wait().unwrap();
    }
    assert_eq!(world.get("a"), Some("1".into()));
}

#[test]
fn a_transaction_sees_its_own_writes_and_nobody_else_does() {
    let world = World::new();
    let table = &world.table;
    world.set("a", "1");
    world.set("b", "2");
    let mut session = world.session();
    session.begin();
    session.set(table, "c", "3".into()).unwrap().wait().unwrap();
    session.delete(table, "a").unwrap().wait().unwrap();
    session.emit("Shop.ship", "\"c\"".into()).unwrap().wait().unwrap();
    assert_eq!(session.scan(table).unwrap(), [("b".into(), "2".into()), ("c".into(), "3".into())]);
    assert_eq!((session.count(table).unwrap(), session.keys(table).unwrap().len()), (2, 2));
    assert_eq!((world.get("a"), world.get("c"), world.waiting()), (Some("1".into()), None, 0));
    session.commit().wait().unwrap();
    assert_eq!((world.get("a"), world.get("c"), world.waiting()), (None, Some("3".into()), 1));
}

#[test]
fn an_abandoned_transaction_leaves_neither_row_nor_event() {
    let world = World::new();
    let mut session = world.session();
    session.begin();
    session.set(&world.table, "a", "1".into()).unwrap().wait().unwrap();
    session.emit("Shop.ship", "1".into()).unwrap().wait().unwrap();
    drop(session);
    assert_eq!((world.get("a"), world.waiting()), (None, 0));
}

#[test]
fn a_changed_row_an_added_row_and_an_absent_one_conflict() {
    let changes: [fn(&World); 3] = [|w| w.set("a", "9"), |w| w.set("new", "9"), |w| w.set("absent", "9")];
    for (number, change) in changes.iter().enumerate() {
        let world = World::new();
        world.set("a", "1");
        let mut session = world.session();
        session.begin();
        match number {
            0 => drop(session.get(&world.table, "a").unwrap()),
            1 => drop(session.count(&world.table).unwrap()),
            _ => drop(session.get(&world.table, "absent").unwrap()),
        }
        session.set(&world.table, "out", "1".into()).unwrap().wait().unwrap();
        assert!(!session.is_stale().unwrap());
        change(&world);
        assert!(session.is_stale().unwrap());
        assert_eq!(session.commit().wait(), Err(StoreError::Conflict));
        assert_eq!(world.get("out"), None, "{number}");
        // Nothing sticks: the next try commits.
        session.begin();
        session.count(&world.table).unwrap();
        session.set(&world.table, "out", "1".into()).unwrap().wait().unwrap();
        assert_eq!(session.commit().wait(), Ok(()));
    }
}

#[test]
fn deleting_and_writing_again_is_a_change() {
    let world = World::new();
    world.set("a", "1");
    let mut session = world.session();
    session.begin();
    session.get(&world.table, "a").unwrap();
    world.session().delete(&world.table, "a").unwrap().wait().unwrap();
    world.set("a", "1");
    session.delete_all(&world.table).wait().unwrap();
    assert_eq!(session.commit().wait(), Err(StoreError::Conflict));
}

#[test]
fn an_inner_transaction_is_undone_alone() {
    let world = World::new();
    let table = &world.table;
    world.set("a", "1");
    let mut session = world.session();
    session.begin();
    session.set(table, "b", "2".into()).unwrap().wait().unwrap();
    session.begin();
    session.set(table, "b", "3".into()).unwrap().wait().unwrap();
    session.delete_all(table).wait().unwrap();
    session.set(table, "c", "4".into()).unwrap().wait().unwrap();
    session.emit("Shop.ship", "1".into()).unwrap().wait().unwrap();
    assert_eq!(session.keys(table).unwrap(), ["c"]);
    session.roll_back();
    assert_eq!(session.scan(table).unwrap(), [("a".into(), "1".into()), ("b".into(), "2".into())]);
    session.commit().wait().unwrap();
    assert_eq!((world.session().keys(table).unwrap(), world.waiting()), (vec!["a".into(), "b".into()], 0));
}

#[test]
fn increments_from_many_threads_are_all_counted() {
    let world = World::new();
    world.set("n", "0");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    loop {
                        let mut session = world.session();
                        session.begin();
                        let n: i64 = session.get(&world.table, "n").unwrap().unwrap().parse().unwrap();
                        session.set(&world.table, "n", (n + 1).to_string()).unwrap().wait().unwrap();
                        match session.commit().wait() {
                            Ok(()) => break,
                            Err(StoreError::Conflict) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            });
        }
    });
    assert_eq!(world.get("n"), Some("200".into()));
}

#[test]
fn a_new_option_field_needs_nothing() {
    let old = record(&[("n", plain("Int64"))]);
    assert_eq!(old.difference(&record(&[("note", option("String")), ("n", plain("Int64"))])), None);
}

#[test]
fn other_changes_are_named() {
    let old = record(&[("n", plain("Int64")), ("tags", Shape::List(Box::new(plain("String"))))]);
    let tags = || ("tags", Shape::List(Box::new(plain("String"))));
    let difference = |fields: &[(&str, Shape)]| old.difference(&record(fields)).unwrap();
    assert_eq!(difference(&[tags()]), "the field `n` of the row is gone");
    assert_eq!(difference(&[("n", plain("Float")), tags()]), "`n` of the row was Int64 and now is Float");
    assert!(difference(&[("n", plain("Int64")), tags(), ("m", plain("Bool"))]).contains("`m` of the row is new"));
    let ints = ("tags", Shape::List(Box::new(plain("Int"))));
    assert!(difference(&[("n", plain("Int64")), ints]).starts_with("an element of `tags` of the row was String"));
}

#[test]
fn a_type_that_does_not_fit_is_refused_while_there_are_rows() {
    let world = World::new();
    let declared = |shape: TypeShape| vec![("Shop.Rows".to_owned(), shape)];
    let text = || record(&[("n", plain("String"))]);
    world.set("a", "{\"n\":1}");
    let refused = open_datastores(&world.store, declared(text())).unwrap_err().to_string();
    assert!(refused.contains("Shop.Rows") && refused.contains("was Int64 and now is String"), "{refused}");
    let wider = record(&[("n", plain("Int64")), ("note", option("String"))]);
    open_datastores(&world.store, declared(wider.clone())).unwrap();
    // The wider type is now what the rows have.
    assert!(open_datastores(&world.store, declared(record(&[("n", plain("Int64"))]))).is_err());
    world.session().delete_all(&world.table).wait().unwrap();
    open_datastores(&world.store, declared(text())).unwrap();
}
