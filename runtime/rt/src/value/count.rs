//! Reference counts: taking another reference to a value, giving one up, and freeing what nobody refers to.
//!
//! Freeing is iterative. Objects whose last reference is gone wait in `Heap::dead`; a long list or dict waits in
//! pieces, so that the waiting room holds no more than the nesting is deep.

use dark_abi::{Buffer, Closure, Elements, Header, IMMORTAL, Kind, List, Str};

use super::{Ty, base, fields_of, is_boxed, is_counted, object};
use crate::dict::{self, Dict};
use crate::list;
use crate::memory::Heap;
use crate::{number, text};

/// What still has to be freed. Its last reference is gone.
#[derive(Debug, Clone, Copy)]
pub enum Dead {
    /// A boxed tuple, record or enum case.
    Boxed(*mut u8, Ty),
    /// The elements of a buffer from that index on are still to be dropped, then the buffer is to be freed.
    Buffer(*mut Buffer, u64),
    /// The entries or children of a dict's node from that index on, then the node.
    Node(dict::DeadNode),
    /// The captures, then the closure; a stream is one as well.
    Closure(*mut Closure),
}

/// Takes another reference to an object.
///
/// # Safety
/// It is alive.
#[inline]
pub(crate) unsafe fn retain(object: *mut Header) {
    // SAFETY: promised by the caller.
    unsafe {
        if (*object).count < IMMORTAL {
            (*object).count += 1;
        }
    }
}

/// Gives up a reference to an object; whether that was the last one.
///
/// # Safety
/// It is alive.
#[inline]
unsafe fn release(object: *mut Header) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        match (*object).count {
            1 => true,
            count => {
                if count < IMMORTAL {
                    (*object).count = count - 1;
                }
                false
            }
        }
    }
}

/// Takes another reference to everything counted in a value's slots.
///
/// # Safety
/// The slots hold a value of that type.
#[inline]
pub unsafe fn dup(slots: *const u64, ty: Ty) {
    if is_counted(ty) {
        // SAFETY: promised by the caller.
        unsafe { dup_counted(slots, ty) };
    }
}

unsafe fn dup_counted(slots: *const u64, ty: Ty) {
    // SAFETY: promised by the caller of `dup`.
    unsafe {
        match ty.kind {
            Kind::Int => number::retain(*slots),
            Kind::Char | Kind::String | Kind::Blob | Kind::List | Kind::Dict | Kind::Function | Kind::Stream => {
                let object = object::<Header>(slots);
                if !object.is_null() {
                    retain(object);
                }
            }
            Kind::Tuple | Kind::Record | Kind::Enum if is_boxed(ty) => retain(object::<Header>(slots)),
            Kind::Tuple | Kind::Record | Kind::Enum => {
                for field in fields_of(slots, ty) {
                    dup(base(slots, ty).add(field.offset as usize).cast(), super::ty(field.ty));
                }
            }
            _ => {}
        }
    }
}

/// Takes another reference to each of so many values that stand one after the other.
///
/// # Safety
/// They are values of that type.
pub(crate) unsafe fn retain_slots(first: *const u64, values: usize, ty: Ty) {
    if !is_counted(ty) {
        return;
    }
    if ty.kind == Kind::Int {
        // Most are small.
        // SAFETY: promised by the caller.
        for words in unsafe { ::std::slice::from_raw_parts(first, values) }.chunks(WORDS_AT_ONCE) {
            if !all_small(words) {
                // SAFETY: promised by the caller.
                words.iter().for_each(|word| unsafe { number::retain(*word) });
            }
        }
        return;
    }
    for i in 0..values {
        // SAFETY: promised by the caller.
        unsafe { dup_counted(first.add(i * ty.slots as usize), ty) };
    }
}

/// Gives up the references of a value.
///
/// # Safety
/// The slots hold a value of that type, made by this heap's invocation, which nobody uses afterwards.
#[inline]
pub unsafe fn drop_value(heap: &mut Heap, slots: *const u64, ty: Ty) {
    if is_counted(ty) {
        let waiting = heap.dead.len();
        // SAFETY: promised by the caller.
        unsafe {
            release_slots(heap, slots, ty);
            bury(heap, waiting);
        }
    }
}

/// Gives up the references of values that stand one after the other.
///
/// # Safety
/// As `drop_value`, for each of them.
pub(crate) unsafe fn release_elements(heap: &mut Heap, first: *const u64, values: usize, ty: Ty) {
    if !is_counted(ty) {
        return;
    }
    for start in (0..values).step_by(WORDS_AT_ONCE) {
        let end = values.min(start + WORDS_AT_ONCE);
        // SAFETY: promised by the caller; a number has one slot.
        let small = || unsafe { all_small(::std::slice::from_raw_parts(first.add(start), end - start)) };
        if ty.kind == Kind::Int && small() {
            continue;
        }
        for i in start..end {
            // SAFETY: promised by the caller.
            unsafe { drop_value(heap, first.add(i * ty.slots as usize), ty) };
        }
    }
}

/// Elements of a list that are looked at together.
const WORDS_AT_ONCE: usize = 256;

/// Whether nothing has to be done with any of these numbers. Without a branch for each: the machine takes several at once.
fn all_small(words: &[u64]) -> bool {
    number::is_small(words.iter().fold(u64::MAX, |common, word| common & word))
}

/// Frees a boxed object without references, and gives up those it holds.
///
/// # Safety
/// It is an object of that boxed type which nobody uses afterwards.
pub unsafe fn free_boxed(heap: &mut Heap, object: *mut u8, ty: Ty) {
    // SAFETY: promised by the caller.
    unsafe { free_dead(heap, Dead::Boxed(object, ty)) };
}

/// Frees a closure without references, and gives up its captures.
///
/// # Safety
/// Nobody uses it afterwards.
pub unsafe fn free_closure(heap: &mut Heap, closure: *mut Closure) {
    // SAFETY: promised by the caller.
    unsafe { free_dead(heap, Dead::Closure(closure)) };
}

/// Frees something without references, and all that it alone held.
///
/// # Safety
/// Nobody uses it afterwards.
pub(crate) unsafe fn free_dead(heap: &mut Heap, dead: Dead) {
    let waiting = heap.dead.len();
    heap.dead.push(dead);
    // SAFETY: promised by the caller.
    unsafe { bury(heap, waiting) };
}

/// Gives up the references in a value's slots; what has none left waits.
unsafe fn release_slots(heap: &mut Heap, slots: *const u64, ty: Ty) {
    // SAFETY: promised by the callers.
    unsafe {
        match ty.kind {
            Kind::Int => number::drop_word(heap, *slots),
            Kind::Char | Kind::String | Kind::Blob => {
                let str = object::<Str>(slots);
                if !str.is_null() && release(str.cast()) {
                    text::free(heap, str);
                }
            }
            Kind::List => {
                let list = object::<List>(slots);
                if !list.is_null() && release(list.cast()) {
                    release_list(heap, list);
                }
            }
            Kind::Dict => {
                let dict = object::<Dict>(slots);
                if !dict.is_null() && release(dict.cast()) {
                    let root = dict::free_head(heap, dict);
                    release_node(heap, root);
                }
            }
            Kind::Function | Kind::Stream => {
                let closure = object::<Closure>(slots);
                if !closure.is_null() && release(closure.cast()) {
                    heap.dead.push(Dead::Closure(closure));
                }
            }
            Kind::Tuple | Kind::Record | Kind::Enum if is_boxed(ty) => {
                let boxed = object::<u8>(slots);
                if release(boxed.cast()) {
                    heap.dead.push(Dead::Boxed(boxed, ty));
                }
            }
            Kind::Tuple | Kind::Record | Kind::Enum => release_fields(heap, slots, ty),
            _ => {}
        }
    }
}

unsafe fn release_fields(heap: &mut Heap, slots: *const u64, ty: Ty) {
    // SAFETY: promised by the callers.
    unsafe {
        for field in fields_of(slots, ty) {
            let field_ty = super::ty(field.ty);
            if is_counted(field_ty) {
                release_slots(heap, base(slots, ty).add(field.offset as usize).cast(), field_ty);
            }
        }
    }
}

/// The list's window is gone; its buffer loses a reference.
unsafe fn release_list(heap: &mut Heap, window: *mut List) {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*window).buffer;
        heap.free(window.cast(), size_of::<List>());
        if release(buffer.cast()) {
            heap.dead.push(Dead::Buffer(buffer, (*buffer).low));
        }
    }
}

/// A reference to a node of a dict is gone.
pub(crate) unsafe fn release_node(heap: &mut Heap, node: dict::DeadNode) {
    // SAFETY: promised by the callers.
    unsafe {
        if release(node.header()) {
            heap.dead.push(Dead::Node(node));
        }
    }
}

/// Frees what waits above that many.
unsafe fn bury(heap: &mut Heap, waiting: usize) {
    while heap.dead.len() > waiting {
        let Some(dead) = heap.dead.pop() else { return };
        // SAFETY: its last reference is gone.
        unsafe {
            match dead {
                Dead::Boxed(boxed, ty) => {
                    let slot = boxed as usize as u64;
                    release_fields(heap, &raw const slot, ty);
                    heap.free(boxed, ty.box_bytes as usize);
                }
                Dead::Closure(closure) => {
                    let mut captured_slots = 0;
                    if !(*closure).captures.is_null() {
                        let captures = super::ty((*closure).captures);
                        captured_slots = captures.slots as usize;
                        if is_counted(captures) {
                            release_slots(heap, closure.add(1).cast(), captures);
                        }
                    }
                    heap.free(closure.cast(), size_of::<Closure>() + captured_slots * 8);
                }
                Dead::Buffer(buffer, next) => bury_buffer(heap, buffer, next),
                Dead::Node(node) => bury_node(heap, node),
            }
        }
    }
}

unsafe fn bury_buffer(heap: &mut Heap, buffer: *mut Buffer, mut next: u64) {
    // SAFETY: promised by the caller.
    unsafe {
        let element = super::ty((*buffer).element);
        if is_counted(element) {
            let waiting = heap.dead.len();
            while next < (*buffer).high {
                release_slots(heap, Elements::of(buffer, next, element).at(0), element);
                next += 1;
                if heap.dead.len() > waiting {
                    heap.dead.insert(waiting, Dead::Buffer(buffer, next));
                    return;
                }
            }
        }
        list::free_buffer_block(heap, buffer);
    }
}

unsafe fn bury_node(heap: &mut Heap, mut node: dict::DeadNode) {
    let waiting = heap.dead.len();
    // SAFETY: promised by the caller.
    unsafe {
        while let Some(part) = node.next_part() {
            match part {
                dict::DeadPart::Child(child) => release_node(heap, child),
                dict::DeadPart::Entry(key, value, value_ty) => {
                    if release(key.cast()) {
                        text::free(heap, key);
                    }
                    if is_counted(value_ty) {
                        release_slots(heap, value, value_ty);
                    }
                }
            }
            if heap.dead.len() > waiting {
                heap.dead.insert(waiting, Dead::Node(node));
                return;
            }
        }
        node.free_block(heap);
    }
}

/// Makes a value and all that it holds immortal: other invocations may read it then.
///
/// # Safety
/// The slots hold a value of that type of this heap's invocation.
pub unsafe fn make_immortal(heap: &mut Heap, slots: *mut u64, ty: Ty) {
    let mut waiting = vec![Reached::Value(slots.cast_const(), ty)];
    while let Some(reached) = waiting.pop() {
        // SAFETY: what a value holds is alive.
        unsafe { immortalise(heap, &mut waiting, reached) };
    }
}

/// What `make_immortal` has still to look at.
enum Reached {
    Value(*const u64, Ty),
    Node(dict::DeadNode),
}

/// Sets an object's count; whether it was mortal.
unsafe fn set_immortal(heap: &mut Heap, object: *mut Header) -> bool {
    // SAFETY: promised by the caller of `make_immortal`.
    unsafe {
        if object.is_null() || (*object).count >= IMMORTAL {
            return false;
        }
        (*object).count = IMMORTAL;
    }
    heap.forget_object();
    true
}

unsafe fn immortalise(heap: &mut Heap, waiting: &mut Vec<Reached>, reached: Reached) {
    // SAFETY: promised by the caller of `make_immortal`.
    unsafe {
        let (slots, ty) = match reached {
            Reached::Value(slots, ty) => (slots, ty),
            Reached::Node(mut node) => {
                if set_immortal(heap, node.header()) {
                    while let Some(part) = node.next_part() {
                        match part {
                            dict::DeadPart::Child(child) => waiting.push(Reached::Node(child)),
                            dict::DeadPart::Entry(key, value, value_ty) => {
                                set_immortal(heap, key.cast());
                                waiting.push(Reached::Value(value, value_ty));
                            }
                        }
                    }
                }
                return;
            }
        };
        if !is_counted(ty) {
            return;
        }
        match ty.kind {
            Kind::Int if number::is_small(*slots) => {}
            Kind::Int | Kind::Char | Kind::String | Kind::Blob => {
                set_immortal(heap, object(slots));
            }
            Kind::List => {
                let window = object::<List>(slots);
                if set_immortal(heap, window.cast()) && set_immortal(heap, (*window).buffer.cast()) {
                    let buffer = (*window).buffer;
                    // No list grows into it; compiled code does not ask further.
                    (*buffer).capacity = (*buffer).high;
                    let element = super::ty((*buffer).element);
                    if is_counted(element) {
                        let (low, high) = ((*buffer).low, (*buffer).high);
                        let elements = Elements::of(buffer, low, element);
                        waiting.extend((0..(high - low) as usize).map(|i| Reached::Value(elements.at(i), element)));
                    }
                }
            }
            Kind::Dict => {
                let dict = object::<Dict>(slots);
                if set_immortal(heap, dict.cast()) {
                    waiting.push(Reached::Node(dict::root_of(dict)));
                }
            }
            Kind::Function | Kind::Stream => {
                let closure = object::<Closure>(slots);
                if set_immortal(heap, closure.cast()) && !(*closure).captures.is_null() {
                    waiting.push(Reached::Value(closure.add(1).cast(), super::ty((*closure).captures)));
                }
            }
            Kind::Tuple | Kind::Record | Kind::Enum => {
                let is_mortal = !is_boxed(ty) || set_immortal(heap, object(slots));
                let fields = if is_mortal { fields_of(slots, ty) } else { &[] };
                for field in fields {
                    let field_slots = base(slots, ty).add(field.offset as usize).cast();
                    waiting.push(Reached::Value(field_slots, super::ty(field.ty)));
                }
            }
            _ => {}
        }
    }
}
