//! Code as the compiler would write it, in Rust: it compares its stack pointer with the limit at entries and loops.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::ptr::null;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use dark_abi::Context;

use super::*;

/// What compiled code does at each entry and back-edge.
#[inline(always)]
fn check(context: *mut Context) {
    let here = 0_u8;
    let limit = unsafe { AtomicU64::from_ptr(&raw mut (*context).stack_limit) };
    if (&raw const here as u64) < limit.load(Ordering::Relaxed) {
        fail_unless(interrupt());
    }
}

thread_local! {
    static REASON: Cell<Option<Stop>> = const { Cell::new(None) };
}

fn fail_unless<T>(result: Result<T, Stop>) -> T {
    match result {
        Ok(value) => value,
        Err(stop) => {
            REASON.set(Some(stop));
            leave()
        }
    }
}

fn in_ms(ms: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(ms))
}

/// Runs a body to its end.
async fn run<T>(deadline: Option<Instant>, body: impl FnOnce(*mut Context) -> T) -> Result<T, (Ended, Option<Stop>)> {
    let mut context = Context { stack_limit: 0, location: null() };
    let context = &raw mut context;
    let (mut body, mut result) = (Some(body), None);
    let mut once = || result = body.take().map(|body| body(context));
    REASON.set(None);
    let ended = unsafe { Drive::new(context, deadline, &mut once) }.await;
    match (ended, result) {
        (Ended::Returned, Some(result)) => Ok(result),
        (ended, _) => Err((ended, REASON.take())),
    }
}

fn endless(context: *mut Context) -> u64 {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns + 1);
        check(context);
        if turns == u64::MAX {
            return turns;
        }
    }
}

#[inline(never)]
fn deep(context: *mut Context, frames: u64) -> u64 {
    check(context);
    let room = black_box([frames; 24]);
    match frames {
        0 => 0,
        _ => 1 + black_box(deep(context, frames - 1)) + black_box(room[3] - frames),
    }
}

#[test]
fn a_body_returns_what_it_computes() {
    assert_eq!(block_on(run(None, |_| 41 + 1)).unwrap().unwrap(), 42);
}

#[test]
fn waiting_lets_others_run() {
    block_on(async {
        let order = Rc::new(RefCell::new(Vec::new()));
        let runs = [30_u64, 10, 20].map(|ms| {
            let order = order.clone();
            tokio::task::spawn_local(run(None, move |_| {
                fail_unless(try_wait(tokio::time::sleep(Duration::from_millis(ms))));
                order.borrow_mut().push(ms);
            }))
        });
        for run in runs {
            assert!(run.await.unwrap().is_ok());
        }
        assert_eq!(*order.borrow(), [10, 20, 30]);
    })
    .unwrap();
}

#[test]
fn an_endless_loop_ends_at_its_deadline_and_others_go_on() {
    block_on(async {
        let begun = Instant::now();
        let looping = tokio::task::spawn_local(run(in_ms(300), endless));
        let mut longest = Duration::ZERO;
        for _ in 0..8 {
            let before = Instant::now();
            run(None, |_| fail_unless(try_wait(tokio::time::sleep(Duration::from_millis(5))))).await.unwrap();
            longest = longest.max(before.elapsed());
        }
        let ended = looping.await.unwrap().unwrap_err();
        assert!(matches!(ended, (Ended::Left, Some(Stop::Deadline))), "{ended:?}");
        assert!(begun.elapsed() >= Duration::from_millis(300));
        assert!(longest < Duration::from_millis(200), "a neighbour waited {longest:?}");
    })
    .unwrap();
}

#[test]
fn waiting_ends_at_the_deadline() {
    let dropped = Rc::new(Cell::new(false));
    struct Noticed(Rc<Cell<bool>>);
    impl Drop for Noticed {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let noticed = Noticed(dropped.clone());
    let wait = move |_| {
        let stopped = try_wait(async move {
            let _noticed = noticed;
            std::future::pending::<()>().await
        });
        fail_unless(stopped)
    };
    let ended = block_on(run(in_ms(20), wait)).unwrap().unwrap_err();
    assert!(matches!(ended, (Ended::Left, Some(Stop::Deadline))), "{ended:?}");
    assert!(dropped.get(), "the future is dropped on its stack");
}

#[test]
fn a_million_frames_fit_and_endless_recursion_fails() {
    block_on(async {
        assert_eq!(run(None, |context| deep(context, 1_000_000)).await.unwrap(), 1_000_000);
        let ended = run(None, |context| deep(context, u64::MAX)).await.unwrap_err();
        assert!(matches!(ended, (Ended::Left, Some(Stop::Stack))), "{ended:?}");
        assert_eq!(run(None, |context| deep(context, 10)).await.unwrap(), 10);
    })
    .unwrap();
}

#[test]
fn a_panic_is_an_end_like_another() {
    let ended = block_on(run(None, |_| panic!("broken {}", 1))).unwrap().unwrap_err();
    assert!(matches!(&ended.0, Ended::Panicked(message) if message == "broken 1"), "{ended:?}");
    let fault = |_| fail_unless(try_wait(async { panic!("in the future") }));
    let ended = block_on(run(None, fault)).unwrap().unwrap_err();
    assert!(matches!(ended, (Ended::Left, Some(Stop::Fault))), "{ended:?}");
}

#[test]
fn what_the_body_captured_outlives_a_failure() {
    let owned = Rc::new(());
    let held = owned.clone();
    let ended = block_on(async move {
        let mut context = Context { stack_limit: 0, location: null() };
        let mut body = || {
            assert_eq!(Rc::strong_count(&held), 2);
            leave()
        };
        unsafe { Drive::new(&raw mut context, None, &mut body) }.await
    });
    assert!(matches!(ended.unwrap(), Ended::Left));
    assert_eq!(Rc::strong_count(&owned), 1);
}

#[test]
fn a_hundred_thousand_runs_in_every_way_they_end() {
    set_stack_sizes(StackSizes { stack_bytes: 4 << 20, stacks_max: 64 });
    block_on(async {
        let mut ends = [0_u32; 4];
        for round in 0..100_000_u32 {
            match round % 4 {
                0 => assert_eq!(run(None, |_| round).await.unwrap(), round),
                1 => assert!(matches!(run(None, |_| leave()).await, Err::<(), _>((Ended::Left, _)))),
                2 => {
                    // Dropped while it waits.
                    let pending = run(None, |_| fail_unless(try_wait(std::future::pending::<()>())));
                    let mut pending = pin!(pending);
                    let polled = pending.as_mut().poll(&mut std::task::Context::from_waker(Waker::noop()));
                    assert!(polled.is_pending());
                }
                _ => drop(run(None, |_| ())),
            }
            ends[(round % 4) as usize] += 1;
        }
        assert_eq!(ends, [25_000; 4]);
        assert!(run(None, |_| ()).await.is_ok(), "no stack is lost");
    })
    .unwrap();
}

#[test]
fn a_loop_that_nobody_wants_any_more_is_stopped() {
    block_on(async {
        let looping = tokio::time::timeout(Duration::from_millis(40), run(None, endless)).await;
        assert!(looping.is_err());
        assert_eq!(REASON.take(), Some(Stop::Cancelled));
    })
    .unwrap();
}

#[test]
fn without_a_stack_the_run_says_so() {
    set_stack_sizes(StackSizes { stack_bytes: 4 << 20, stacks_max: 1 });
    block_on(async {
        let waiting = tokio::task::spawn_local(run(in_ms(50), |_| fail_unless(try_wait(std::future::pending::<()>()))));
        tokio::task::yield_now().await;
        assert!(matches!(run(None, |_| ()).await, Err((Ended::NoStack, _))));
        assert!(waiting.await.unwrap().is_err());
        assert!(run(None, |_| ()).await.is_ok());
    })
    .unwrap();
}

#[test]
fn ten_thousand_wait_at_once() {
    block_on(async {
        let sleep = || run(None, |_| fail_unless(try_wait(tokio::time::sleep(Duration::from_millis(200)))));
        let runs: Vec<_> = (0..10_000).map(|_| tokio::task::spawn_local(sleep())).collect();
        for run in runs {
            assert!(run.await.unwrap().is_ok());
        }
    })
    .unwrap();
}
