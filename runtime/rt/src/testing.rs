//! For this crate's tests: heaps of both modes, type descriptors as the compiler would write them, and random numbers.

use ::std::ptr::null;
use ::std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use ::std::sync::{Arc, Mutex};

use dark_abi::{CaseInfo, FieldInfo, Header, IMMORTAL, Kind, SLOTS_MAX, StaticSlice, StaticStr, TypeInfo, flags};

use crate::invocation::{Environment, Failure, FailureKind, Fault, Hooks, Invocation};
use crate::memory::{Heap, HeapMode};
use crate::value::{Ty, make_aggregate, make_case};
use crate::{list, text};

const LIMIT_BYTES: usize = 1 << 30;

/// Runs a check in a heap of each mode, and sees to it that it gives everything back.
pub(crate) fn each_heap(check: impl Fn(&mut Heap)) {
    for mode in [HeapMode::Region, HeapMode::System] {
        let mut heap = Heap::new(mode, LIMIT_BYTES);
        check(&mut heap);
        assert_eq!(heap.live_objects(), 0, "objects are left in {mode:?}");
    }
}

/// Tells the failure and stops the thread for good: no frame of it may be unwound.
struct Tells(Mutex<Sender<Failure>>);

impl Hooks for Tells {
    fn leave(&self, invocation: *mut Invocation) -> ! {
        // SAFETY: the running invocation.
        let failure = unsafe { (*invocation).failure.take() };
        if let (Some(failure), Ok(sender)) = (failure, self.0.lock()) {
            let _ = sender.send(failure);
        }
        loop {
            ::std::thread::park();
        }
    }

    fn interrupt(&self, _: *mut Invocation) -> Result<(), Fault> {
        Err(Failure::new(FailureKind::Deadline, "the time is up"))
    }
}

/// Runs code in an invocation on a thread of its own: its result, or how it failed.
pub(crate) fn invoke<T: Send + 'static>(
    code: impl FnOnce(&mut Invocation) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (failures, failed) = channel();
    let (results, done) = channel();
    ::std::thread::spawn(move || {
        let hooks: &'static Tells = Box::leak(Box::new(Tells(Mutex::new(failures))));
        let heap = Heap::new(HeapMode::System, LIMIT_BYTES);
        let mut invocation = Invocation::with_heap(heap, hooks, Arc::new(Environment::standard()));
        let result = code(&mut invocation);
        let _ = results.send(result);
    });
    loop {
        if let Ok(failure) = failed.try_recv() {
            return Err(failure);
        }
        match done.recv_timeout(::std::time::Duration::from_millis(1)) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the code panicked"),
        }
    }
}

/// Random numbers that are the same in each run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn leaked<T>(items: Vec<T>) -> StaticSlice<T> {
    let items = items.leak();
    StaticSlice { first: items.as_ptr(), len: items.len() }
}

fn name(text: &str) -> StaticStr {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    StaticStr { bytes: text.as_ptr(), len: text.len() }
}

fn blank(kind: Kind, shown: &str) -> TypeInfo {
    TypeInfo {
        kind,
        flags: 0,
        slots: 1,
        box_bytes: 0,
        name: name(shown),
        element: null(),
        fields: leaked(Vec::new()),
        cases: leaked(Vec::new()),
    }
}

fn leak(ty: TypeInfo) -> Ty {
    Box::leak(Box::new(ty))
}

/// A type without parts, named like its kind.
pub(crate) fn scalar(kind: Kind) -> Ty {
    let mut ty = blank(kind, &format!("{kind:?}"));
    if matches!(kind, Kind::Int128 | Kind::UInt128 | Kind::Uuid) {
        ty.slots = 2;
    }
    if matches!(kind, Kind::Int | Kind::Char | Kind::String | Kind::Blob) {
        ty.flags = flags::COUNTED;
    }
    leak(ty)
}

fn shown(ty: Ty) -> String {
    // SAFETY: a leaked text.
    unsafe { crate::invocation::static_text(&ty.name) }.to_owned()
}

pub(crate) fn list_of(element: Ty) -> Ty {
    let shown = format!("List<{}>", shown(element));
    leak(TypeInfo { flags: flags::COUNTED, element, ..blank(Kind::List, &shown) })
}

pub(crate) fn dict_of(value: Ty) -> Ty {
    let shown = format!("Dict<{}>", shown(value));
    leak(TypeInfo { flags: flags::COUNTED, element: value, ..blank(Kind::Dict, &shown) })
}

/// Fields from an offset on, and the slots they take.
fn lay_out(parts: &[(&str, Ty)], mut offset: u32) -> (Vec<FieldInfo>, u32) {
    let start = offset;
    let mut fields = Vec::new();
    for (field, ty) in parts {
        fields.push(FieldInfo { name: name(field), ty: *ty, offset });
        offset += ty.slots * 8;
    }
    (fields, (offset - start) / 8)
}

fn counted(parts: &[(&str, Ty)]) -> u32 {
    parts.iter().fold(0, |all, (_, ty)| all | ty.flags & flags::COUNTED)
}

fn aggregate(kind: Kind, shown: &str, parts: &[(&str, Ty)]) -> Ty {
    let (_, slots) = lay_out(parts, 0);
    if slots as usize <= SLOTS_MAX {
        let (fields, slots) = lay_out(parts, 0);
        return leak(TypeInfo { flags: counted(parts), slots, fields: leaked(fields), ..blank(kind, shown) });
    }
    let (fields, slots) = lay_out(parts, 8);
    let flags = flags::BOXED | flags::COUNTED;
    leak(TypeInfo { flags, box_bytes: 8 + slots * 8, fields: leaked(fields), ..blank(kind, shown) })
}

pub(crate) fn tuple(parts: &[Ty]) -> Ty {
    let names: Vec<String> = parts.iter().map(|ty| shown(ty)).collect();
    let parts: Vec<(&str, Ty)> = parts.iter().map(|ty| ("", *ty)).collect();
    aggregate(Kind::Tuple, &format!("({})", names.join(" * ")), &parts)
}

pub(crate) fn record(shown: &str, parts: &[(&str, Ty)]) -> Ty {
    aggregate(Kind::Record, shown, parts)
}

pub(crate) fn option_of(ty: Ty) -> Ty {
    let shown = format!("Stdlib.Option.Option<{}>", shown(ty));
    let option = enumeration(&shown, &[("Some", &[ty]), ("None", &[])]);
    leak(TypeInfo { flags: option.flags | flags::OPTION, ..copied(option) })
}

pub(crate) fn result_of(ok: Ty, error: Ty) -> Ty {
    let shown = format!("Stdlib.Result.Result<{}, {}>", shown(ok), shown(error));
    let result = enumeration(&shown, &[("Ok", &[ok]), ("Error", &[error])]);
    leak(TypeInfo { flags: result.flags | flags::RESULT, ..copied(result) })
}

/// An enum; boxed when its cases need more than three slots.
pub(crate) fn enumeration(shown: &str, cases: &[(&str, &[Ty])]) -> Ty {
    let parts: Vec<(&str, Vec<(&str, Ty)>)> =
        cases.iter().map(|(case, tys)| (*case, tys.iter().map(|ty| ("", *ty)).collect())).collect();
    let most = parts.iter().map(|(_, fields)| lay_out(fields, 8).1).max().unwrap_or(0);
    if most as usize + 1 > SLOTS_MAX {
        return boxed_enumeration(shown, &parts, most);
    }
    let all = parts.iter().fold(0, |all, (_, fields)| all | counted(fields));
    let cases = parts
        .iter()
        .map(|(case, fields)| CaseInfo { name: name(case), fields: leaked(lay_out(fields, 8).0), constant: null() })
        .collect();
    leak(TypeInfo { flags: all, slots: most + 1, cases: leaked(cases), ..blank(Kind::Enum, shown) })
}

fn boxed_enumeration(shown: &str, parts: &[(&str, Vec<(&str, Ty)>)], most: u32) -> Ty {
    let cases = (0_u32..)
        .zip(parts)
        .map(|(word, (case, fields))| {
            let constant: *const Header = match fields.is_empty() {
                true => Box::leak(Box::new(Header { count: IMMORTAL, word })),
                false => null(),
            };
            CaseInfo { name: name(case), fields: leaked(lay_out(fields, 8).0), constant }
        })
        .collect();
    let flags = flags::BOXED | flags::COUNTED;
    leak(TypeInfo { flags, box_bytes: 8 + most * 8, cases: leaked(cases), ..blank(Kind::Enum, shown) })
}

/// `type Chain = | End | Link of <head>, Chain`: a type that contains itself.
pub(crate) fn chain_of(head: Ty) -> Ty {
    let ty: &'static mut TypeInfo = Box::leak(Box::new(blank(Kind::Enum, "Chain")));
    let own: *mut TypeInfo = ty;
    let link = vec![
        FieldInfo { name: name(""), ty: head, offset: 8 },
        FieldInfo { name: name(""), ty: own, offset: 8 + head.slots * 8 },
    ];
    let end: &'static Header = Box::leak(Box::new(Header { count: IMMORTAL, word: 0 }));
    let cases = vec![
        CaseInfo { name: name("End"), fields: leaked(Vec::new()), constant: end },
        CaseInfo { name: name("Link"), fields: leaked(link), constant: null() },
    ];
    // SAFETY: nobody else has it yet.
    unsafe {
        (*own).flags = flags::BOXED | flags::COUNTED;
        (*own).box_bytes = 8 + head.slots * 8 + 8;
        (*own).cases = leaked(cases);
        &*own
    }
}

fn copied(ty: Ty) -> TypeInfo {
    // SAFETY: descriptors are plain data that is never freed.
    unsafe { ::std::ptr::read(ty) }
}

/// A string's slot.
pub(crate) fn string(heap: &mut Heap, content: &str) -> u64 {
    text::new(heap, content).expect("room") as usize as u64
}

/// A list's slot, of its elements' slots.
pub(crate) fn list(heap: &mut Heap, slots: &[u64], element: Ty) -> u64 {
    let len = slots.len() / element.slots as usize;
    // SAFETY: the tests give slots of that type.
    unsafe { list::make(heap, slots.as_ptr(), len, element) }.expect("room") as usize as u64
}

/// A tuple or record.
pub(crate) fn aggregate_of(heap: &mut Heap, ty: Ty, slots: &[u64]) -> Vec<u64> {
    let mut result = vec![0; ty.slots as usize];
    // SAFETY: the tests give slots of the fields' types.
    unsafe { make_aggregate(heap, ty, slots, result.as_mut_ptr()) }.expect("room");
    result
}

/// An enum case.
pub(crate) fn case(heap: &mut Heap, ty: Ty, index: usize, slots: &[u64]) -> Vec<u64> {
    let mut result = vec![0; ty.slots as usize];
    // SAFETY: the tests give slots of the case's types.
    unsafe { make_case(heap, ty, index, slots, result.as_mut_ptr()) }.expect("room");
    result
}
