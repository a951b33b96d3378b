//! Texts: what programs do with them, for any `Text`. In the mixed text each character is one code point of one to three bytes,
//! so that structures which know no more than code points count the same.

mod others;
mod own;

use dark_rt::Invocation;

use super::measure::{Bench, Cell, Clock, allocated_bytes};
use super::world::{Numbers, Places, invocation};

/// A text as programs see it: an operation takes the text and gives the one after it.
trait Text: Sized {
    const NAME: &'static str;
    /// Whether its memory is the invocation's, not the system allocator's.
    const IN_HEAP: bool = false;
    /// The longest text that is built by many appends: who copies each time does not come to an end.
    const APPENDS_MAX: usize = usize::MAX;

    fn new(world: &mut Invocation, text: &str) -> Self;
    fn append(self, world: &mut Invocation, piece: &Self) -> Self;
    fn at(&self, world: &mut Invocation, index: usize) -> char;
    fn slice(&self, world: &mut Invocation, from: usize, to: usize) -> Self;
    /// The pieces between separators, each a text, with another separator between them.
    fn separated(&self, world: &mut Invocation, before: &Self, after: &Self) -> Self;
    fn content(&self) -> String;
    /// The same text once more.
    fn share(&self) -> Self;
    fn release(self, _: &mut Invocation) {}
}

const ASCII: [&str; 8] =
    ["server, ", "request ", "value12 ", "of lists", ", order ", "(total) ", "invoice ", "2026-11-"];
const MIXED: [&str; 8] =
    ["größe, x", "ключ 12 ", "naïve, s", "データ on ", "plain ab", "€ 12,50 ", "čaj, tea", "ordered "];

pub fn fill(bench: &mut Bench, size: usize) -> Result<(), String> {
    measure::<own::Own>(bench, size)?;
    measure::<ropey::Rope>(bench, size)?;
    measure::<std::rc::Rc<str>>(bench, size)?;
    measure::<String>(bench, size)
}

/// Pieces of eight characters in no order, of at least so many characters together.
fn pieces(of: &[&'static str; 8], size: usize) -> Vec<&'static str> {
    let mut numbers = Numbers::new(5);
    (0..size.div_ceil(8)).map(|_| of[numbers.below(8)]).collect()
}

fn digest(text: &str) -> u64 {
    text.bytes().fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

fn finish<T: Text>(world: &mut Invocation, text: T) -> u64 {
    let sum = digest(&text.content());
    text.release(world);
    sum
}

fn measure<T: Text>(bench: &mut Bench, size: usize) -> Result<(), String> {
    let cell = |operation| Cell { operation, candidate: T::NAME, size };
    let mut invocation = invocation();
    let world = &mut *invocation;
    let plain: Vec<T> = pieces(&ASCII, size).into_iter().map(|it| T::new(world, it)).collect();

    if size <= T::APPENDS_MAX {
        bench.measure(cell("append of eight characters, from nothing"), plain.len(), |repeats, clock| {
            build(world, clock, repeats, |world| {
                let nothing = T::new(world, "");
                plain.iter().fold(nothing, |text, piece| text.append(world, piece))
            })
        })?;
    }
    let ascii = pieces(&ASCII, size).concat();
    let whole = T::new(world, &ascii);
    bench.measure(cell("append of eight characters, the text is kept"), 10, |repeats, clock| {
        build(world, clock, repeats, |world| {
            let mut last = whole.share().append(world, &plain[0]);
            for piece in plain.iter().cycle().take(9) {
                let joined = whole.share().append(world, piece);
                std::mem::replace(&mut last, joined).release(world);
            }
            last
        })
    })?;
    let (comma, semicolon) = (T::new(world, ", "), T::new(world, "; "));
    let count = ascii.split(", ").count();
    bench.measure(cell("split and join, a piece"), count, |repeats, clock| {
        build(world, clock, repeats, |world| whole.separated(world, &comma, &semicolon))
    })?;
    whole.release(world);
    let mixed = pieces(&MIXED, size).concat();
    reads::<T>(
        bench,
        world,
        &ascii,
        cell("character at a random index, ASCII"),
        cell("slice of 20 characters, ASCII"),
    )?;
    reads::<T>(
        bench,
        world,
        &mixed,
        cell("character at a random index, mixed"),
        cell("slice of 20 characters, mixed"),
    )?;
    let bytes = bytes_of_a_character::<T>(size, bench.plan.kept_elements);
    bench.table.put(cell("memory, bytes a character, ASCII"), bytes);
    Ok(())
}

/// Characters and parts of a text, in no order.
fn reads<T: Text>(
    bench: &mut Bench,
    world: &mut Invocation,
    content: &str,
    character: Cell,
    slice: Cell,
) -> Result<(), String> {
    let size = content.chars().count();
    let text = T::new(world, content);
    let places = Places::below(size);
    bench.measure(character, 10, |repeats, clock| {
        clock.time(|| {
            let characters = places.take(repeats * 10).map(|at| text.at(world, at));
            characters.fold(0_u64, |sum, it| sum.wrapping_mul(3).wrapping_add(u64::from(it)))
        })
    })?;
    let places = Places::below(size - 20);
    bench.measure(slice, 10, |repeats, clock| {
        let mut last = T::new(world, "");
        clock.time(|| {
            for at in places.take(repeats * 10) {
                let part = text.slice(world, at, at + 20);
                std::mem::replace(&mut last, part).release(world);
            }
        });
        finish(world, last)
    })?;
    text.release(world);
    Ok(())
}

/// Makes a text again and again; the time is with the drop of all but the last.
fn build<T: Text>(
    world: &mut Invocation,
    clock: &mut Clock,
    repeats: usize,
    build: impl Fn(&mut Invocation) -> T,
) -> u64 {
    let mut last = T::new(world, "");
    clock.time(|| {
        for _ in 0..repeats {
            let built = build(world);
            std::mem::replace(&mut last, built).release(world);
        }
    });
    finish(world, last)
}

/// Of texts that are built by appends, until they have so many characters together.
fn bytes_of_a_character<T: Text>(size: usize, characters: usize) -> f64 {
    let copies = (characters / size).max(1);
    let mut texts: Vec<T> = Vec::with_capacity(copies);
    let mut invocation = invocation();
    let world = &mut *invocation;
    let plain: Vec<T> = pieces(&ASCII, size).into_iter().map(|it| T::new(world, it)).collect();
    let content = pieces(&ASCII, size).concat();
    let bytes = |world: &Invocation| if T::IN_HEAP { world.heap.reserved_bytes() } else { allocated_bytes() };
    let before = bytes(world);
    for _ in 0..copies {
        let nothing = T::new(world, "");
        texts.push(match size <= T::APPENDS_MAX {
            true => plain.iter().fold(nothing, |text, piece| text.append(world, piece)),
            false => T::new(world, &content),
        });
    }
    let after = bytes(world);
    texts.into_iter().for_each(|text| text.release(world));
    after.saturating_sub(before) as f64 / (copies * content.len()) as f64
}
