//! A program in parts that are compiled apart: which functions belong together, and what decides the code of a part
//! (`content`).
//!
//! Functions of one module of the source that stand beside each other by name are one part. Where one part ends and the
//! next begins depends on the names of its functions alone, so that a new function changes one part and moves no other. The
//! last part has no functions: it is what the executable serves.

mod content;

pub use content::content;

use crate::children::{all, functions};
use crate::core::{Expr, FunctionId, Op, Program};
use crate::passes::entry_functions;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::hash::Hasher;

/// How large parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Everything is one part: nothing is lost between functions.
    Whole,
    /// Parts of about so many functions.
    Functions(u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// For people.
    pub name: String,
    /// What is compiled here.
    pub own: Vec<FunctionId>,
    /// Those of `own` that other parts use.
    pub shared: Vec<FunctionId>,
    /// Those of `own` that the runtime calls.
    pub entries: Vec<FunctionId>,
    /// What the executable serves stands here, and the values' places.
    pub app: bool,
    /// There are no other parts.
    pub alone: bool,
}

/// The parts of a program.
pub fn split(program: &Program, grain: Grain) -> Vec<Part> {
    let Grain::Functions(size) = grain else { return vec![whole(program)] };
    let mut groups: BTreeMap<&str, Vec<FunctionId>> = BTreeMap::new();
    for (index, function) in program.functions.iter().enumerate() {
        groups.entry(&function.group).or_default().push(FunctionId(index as u32));
    }
    let mut parts = Vec::new();
    for (group, mut functions) in groups {
        functions.sort_by(|a, b| symbol(program, *a).cmp(symbol(program, *b)));
        let mut open = Vec::new();
        let count = parts.len();
        for id in functions {
            open.push(id);
            if ends_part(symbol(program, id), size) {
                parts.push(part(group, parts.len() - count, std::mem::take(&mut open)));
            }
        }
        if !open.is_empty() {
            parts.push(part(group, parts.len() - count, open));
        }
    }
    connect(program, &mut parts);
    parts.push(Part { name: "what is served".into(), app: true, ..Part::default() });
    parts
}

fn whole(program: &Program) -> Part {
    Part {
        name: "program".into(),
        own: (0..program.functions.len() as u32).map(FunctionId).collect(),
        app: true,
        alone: true,
        ..Part::default()
    }
}

fn part(group: &str, number: usize, own: Vec<FunctionId>) -> Part {
    Part { name: format!("{group} {}", number + 1), own, ..Part::default() }
}

fn symbol(program: &Program, id: FunctionId) -> &str {
    program.functions.get(id.0 as usize).map_or("", |function| &function.symbol)
}

/// One of `size` names ends a part.
fn ends_part(symbol: &str, size: u64) -> bool {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(symbol.as_bytes());
    // The upper bits of this hash depend on every byte.
    (hasher.finish() >> 20).is_multiple_of(size.max(1))
}

/// Fills in what parts know of each other.
fn connect(program: &Program, parts: &mut [Part]) {
    let mut owner = vec![usize::MAX; program.functions.len()];
    for (number, part) in parts.iter().enumerate() {
        part.own.iter().for_each(|id| owner[id.0 as usize] = number);
    }
    let mut shared = vec![false; program.functions.len()];
    for (number, part) in parts.iter().enumerate() {
        let own = part.own.iter().filter_map(|id| program.functions.get(id.0 as usize));
        let used = own.flat_map(|it| functions(&it.body));
        used.filter(|id| owner.get(id.0 as usize).is_some_and(|owner| *owner != number))
            .for_each(|id| shared[id.0 as usize] = true);
    }
    let mut is_entry = vec![false; program.functions.len()];
    entry_functions(program).iter().for_each(|id| is_entry[id.0 as usize] = true);
    for part in parts {
        part.shared = part.own.iter().filter(|id| shared[id.0 as usize]).copied().collect();
        part.entries = part.own.iter().filter(|id| is_entry[id.0 as usize]).copied().collect();
    }
}

/// The functions that may run this one, itself included.
pub fn needing(program: &Program, wanted: FunctionId) -> FxHashSet<FunctionId> {
    let mut users: FxHashMap<FunctionId, Vec<FunctionId>> = FxHashMap::default();
    for (index, function) in program.functions.iter().enumerate() {
        let read = all(&function.body).filter_map(|expr| match expr {
            Expr::Let { op: Op::Global(id), .. } => program.globals.get(id.0 as usize).map(|global| global.init),
            _ => None,
        });
        let used = functions(&function.body).into_iter().chain(read);
        used.for_each(|id| users.entry(id).or_default().push(FunctionId(index as u32)));
    }
    let (mut found, mut open) = (FxHashSet::from_iter([wanted]), vec![wanted]);
    while let Some(id) = open.pop() {
        open.extend(users.get(&id).into_iter().flatten().filter(|user| found.insert(**user)));
    }
    found
}

/// The nodes of all functions: how much there is to compile.
pub fn weight(program: &Program) -> usize {
    program.functions.iter().map(|function| all(&function.body).count()).sum()
}

/// As `weight`, of some functions.
pub fn nodes(program: &Program, functions: &[FunctionId]) -> usize {
    let known = functions.iter().filter_map(|id| program.functions.get(id.0 as usize));
    known.map(|function| all(&function.body).count()).sum()
}
