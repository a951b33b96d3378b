//! What the runtime's structures live in: an invocation with its heap, and the descriptors of their types.

use std::sync::Arc;

use dark_abi::{Kind, TypeInfo, flags};
use dark_rt::{Environment, Fault, Heap, HeapMode, Hooks, Invocation};

const LIMIT_BYTES: usize = 8 << 30;

pub static INT64: TypeInfo = TypeInfo::plain(Kind::Int64, 0, "Int64");
pub static STRING: TypeInfo = TypeInfo::plain(Kind::String, flags::COUNTED, "String");
pub static LIST: TypeInfo = collection(Kind::List, &INT64, "List<Int64>");
pub static DICT: TypeInfo = collection(Kind::Dict, &INT64, "Dict<Int64>");
pub static TEXTS: TypeInfo = collection(Kind::List, &STRING, "List<String>");

const fn collection(kind: Kind, element: &'static TypeInfo, name: &'static str) -> TypeInfo {
    TypeInfo { element, ..TypeInfo::plain(kind, flags::COUNTED, name) }
}

/// A failure of the runtime ends the bench: nothing here may fail.
struct Ends;

impl Hooks for Ends {
    fn leave(&self, invocation: *mut Invocation) -> ! {
        // SAFETY: the running invocation.
        let failure = unsafe { (*invocation).failure.take() };
        failed(failure.map_or_else(String::new, |it| it.message))
    }

    fn interrupt(&self, _: *mut Invocation) -> Result<(), Fault> {
        Ok(())
    }
}

fn failed(message: String) -> ! {
    eprintln!("bench: the runtime failed: {message}");
    std::process::exit(1)
}

/// A new invocation with an empty heap.
pub fn invocation() -> Box<Invocation> {
    let heap = Heap::new(HeapMode::Region, LIMIT_BYTES);
    Invocation::with_heap(heap, &Ends, Arc::new(Environment::standard()))
}

/// What the runtime made.
#[inline]
pub fn made<T>(result: Result<T, Fault>) -> T {
    result.unwrap_or_else(|fault| failed(fault.message))
}

/// Random numbers that are the same in each run.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Places below n in no order, so many that neither caches nor the processor's guesses know them; used round and round.
pub struct Places(Vec<u32>);

impl Places {
    pub fn below(n: usize) -> Places {
        let mut numbers = Numbers::new(n as u64);
        Places((0..n.clamp(1 << 16, 1 << 20)).map(|_| numbers.below(n) as u32).collect())
    }

    /// So many, the same from each start.
    pub fn take(&self, count: usize) -> impl Iterator<Item = usize> {
        self.0.iter().cycle().take(count).map(|it| *it as usize)
    }
}
