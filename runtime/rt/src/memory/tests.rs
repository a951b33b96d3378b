//! Limits, reuse, and giving everything back.

use super::*;

fn each_mode(check: impl Fn(Heap)) {
    for mode in [HeapMode::Region, HeapMode::System] {
        check(Heap::new(mode, 1 << 20));
    }
}

#[test]
fn a_freed_object_is_used_again() {
    let mut heap = Heap::new(HeapMode::Region, 1 << 20);
    for bytes in [1, 16, 17, 1024, 1025, 3000, 32 * 1024] {
        let first = heap.allocate(bytes);
        unsafe { heap.free(first, bytes) };
        assert_eq!(heap.allocate(bytes), first, "{bytes}");
    }
}

#[test]
fn objects_do_not_overlap() {
    each_mode(|mut heap| {
        let sizes = [16, 24, 40, 1000, 1024, 1500, 5000, 40_000, 16, 100];
        let mut objects = Vec::new();
        for round in 0..4_u8 {
            for (i, bytes) in sizes.into_iter().enumerate() {
                let object = heap.allocate(bytes);
                assert!(!object.is_null() && (object as usize).is_multiple_of(16));
                unsafe { object.write_bytes(round * 16 + i as u8, bytes) };
                objects.push((object, bytes, round * 16 + i as u8));
            }
        }
        for (object, bytes, byte) in &objects {
            let contents = unsafe { ::std::slice::from_raw_parts(*object, *bytes) };
            assert!(contents.iter().all(|it| it == byte));
        }
        assert_eq!(heap.live_objects(), objects.len() as u64);
        for (object, bytes, _) in objects {
            unsafe { heap.free(object, bytes) };
        }
        assert_eq!(heap.live_objects(), 0);
    });
}

#[test]
fn the_limit_holds_and_is_not_reached_by_what_is_freed() {
    each_mode(|mut heap| {
        for _ in 0..100_000 {
            let object = heap.allocate(100_000);
            assert!(!object.is_null());
            unsafe { heap.free(object, 100_000) };
        }
        let mut taken = 0;
        while !heap.allocate(64).is_null() {
            taken += 64;
        }
        assert!((1 << 19..=1 << 20).contains(&taken), "{taken}");
        assert!(heap.allocate(usize::MAX / 2).is_null());
        assert!(heap.reserved_bytes() <= heap.limit_bytes());
    });
}

#[test]
fn the_next_region_gets_the_chunks_of_the_last() {
    let mut heap = Heap::new(HeapMode::Region, 1 << 20);
    let first = heap.allocate(64);
    drop(heap);
    let mut heap = Heap::new(HeapMode::Region, 1 << 20);
    assert_eq!(heap.allocate(64), first);
}

#[test]
fn the_rest_of_a_chunk_is_not_lost() {
    let mut heap = Heap::new(HeapMode::Region, 3 * 64 * 1024);
    // 40 KiB used, then 30 KiB needs a second chunk; small objects fit into what the first had left.
    heap.allocate(30 * 1024);
    heap.allocate(2 * 1024);
    heap.allocate(30 * 1024);
    heap.allocate(30 * 1024);
    let reserved = heap.reserved_bytes();
    for _ in 0..25 {
        heap.allocate(1024);
    }
    assert_eq!(heap.reserved_bytes(), reserved);
}

#[test]
fn objects_are_not_much_larger_than_they_have_to_be() {
    let mut before = 0;
    for bytes in 1..=32 * 1024 {
        let has = room(bytes);
        assert!(has >= bytes && has - bytes < (bytes / 4).max(16) && has.is_multiple_of(16), "{bytes}: {has}");
        assert!(has >= before, "{bytes}: {has}");
        before = has;
    }
    assert_eq!(
        [1024, 1025, 1281, 2048, 2840, 32 * 1024, 40_000].map(room),
        [1024, 1280, 1536, 2048, 3072, 32 * 1024, 40_000]
    );
}

#[test]
fn the_last_object_of_a_chunk_grows_where_it_lies() {
    let mut heap = Heap::new(HeapMode::Region, 1 << 20);
    let first = heap.allocate(1000);
    unsafe {
        assert_eq!(heap.resize(first, 1000, 16, 5000), first);
        let second = heap.allocate(64);
        assert!(second as usize >= first as usize + 5000, "behind what it has now");
        assert!(!heap.stretch(first, 5000, 6000), "another one is behind it");
        assert!(heap.stretch(second, 64, 16 * 1024));
        assert!(!heap.stretch(second, 16 * 1024, 64 * 1024), "larger than what the chunk has left");
    }
    assert_eq!(heap.live_objects(), 2);
}

#[test]
fn later_chunks_are_larger() {
    let mut heap = Heap::new(HeapMode::Region, 64 << 20);
    // Seven fit into a chunk of 64 KiB beside something small.
    for _ in 0..2000 {
        assert!(!heap.allocate(8 * 1024).is_null() && !heap.allocate(32).is_null());
    }
    let used = 2000 * (8 * 1024 + 32);
    assert!(heap.reserved_bytes() < used + used / 16, "{} of {used}", heap.reserved_bytes());
}
