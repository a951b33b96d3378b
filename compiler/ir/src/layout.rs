//! How values lie in registers and memory: the table in `dark_abi`, computed for every type of a program.
//!
//! A tuple, record or enum is boxed when it has more than three slots or contains itself through fields of tuples,
//! records and enums. What contains itself is found as the cycles of the graph "has a field of type" (Tarjan, "Depth-first
//! search and linear graph algorithms", SIAM J. Comput. 1(2), 1972).

use crate::types::{Definition, Layout, Scalar, Type, TypeId, Types};

const SLOTS_MAX: u32 = 3;
const SLOT_BYTES: u32 = 8;
const HEADER_BYTES: u32 = 8;

/// The layout of every type, by `TypeId`.
pub fn compute_layouts(types: &Types) -> Vec<Layout> {
    let recursive = recursive_types(types);
    let mut layouts: Vec<Option<Layout>> = vec![None; types.len()];
    for id in types.ids() {
        layout(types, &recursive, &mut layouts, id);
    }
    layouts.into_iter().map(|layout| layout.unwrap_or(POINTER)).collect()
}

/// A counted pointer.
const POINTER: Layout = Layout { slots: 1, boxed: false, box_bytes: 0, counted: true };

fn plain(slots: u32) -> Layout {
    Layout { slots, boxed: false, box_bytes: 0, counted: false }
}

/// The fields of each alternative of an aggregate; one alternative for tuples and records.
fn alternatives(types: &Types, id: TypeId) -> Option<(Vec<Vec<TypeId>>, bool)> {
    match types.get(id) {
        Type::Tuple(parts) => Some((vec![parts.clone()], false)),
        Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
            Definition::Record(fields) => Some((vec![fields.iter().map(|(_, ty)| *ty).collect()], false)),
            Definition::Enum(cases) => Some((cases.iter().map(|case| case.fields.clone()).collect(), true)),
            Definition::Pending => None,
        },
        _ => None,
    }
}

fn layout(types: &Types, recursive: &[bool], layouts: &mut [Option<Layout>], id: TypeId) -> Layout {
    if let Some(known) = layouts[id.0 as usize] {
        return known;
    }
    let computed = match types.get(id) {
        Type::Unit | Type::Bool | Type::Float | Type::DateTime | Type::Db(_) => plain(1),
        Type::Sized(Scalar::Int128 | Scalar::UInt128) | Type::Uuid => plain(2),
        Type::Sized(_) => plain(1),
        Type::Int
        | Type::Char
        | Type::String
        | Type::Blob
        | Type::List(_)
        | Type::Dict(_)
        | Type::Stream(_)
        | Type::Function(..) => POINTER,
        Type::Tuple(_) | Type::Nominal(_) => aggregate(types, recursive, layouts, id),
    };
    layouts[id.0 as usize] = Some(computed);
    computed
}

fn aggregate(types: &Types, recursive: &[bool], layouts: &mut [Option<Layout>], id: TypeId) -> Layout {
    let Some((alternatives, is_enum)) = alternatives(types, id) else { return POINTER };
    if recursive[id.0 as usize] {
        // A pointer already while its own fields are looked at.
        layouts[id.0 as usize] = Some(POINTER);
    }
    let (mut most, mut counted) = (0, false);
    for fields in &alternatives {
        let parts: Vec<Layout> = fields.iter().map(|field| layout(types, recursive, layouts, *field)).collect();
        most = most.max(parts.iter().map(|part| part.slots).sum());
        counted |= parts.iter().any(|part| part.counted);
    }
    let slots = (most + u32::from(is_enum)).max(1);
    if slots <= SLOTS_MAX && !recursive[id.0 as usize] {
        return Layout { slots, boxed: false, box_bytes: 0, counted };
    }
    Layout { slots: 1, boxed: true, box_bytes: HEADER_BYTES + most * SLOT_BYTES, counted: true }
}

/// Which aggregates contain themselves.
fn recursive_types(types: &Types) -> Vec<bool> {
    let mut search = Search {
        types,
        index: vec![None; types.len()],
        low: vec![0; types.len()],
        on_stack: vec![false; types.len()],
        stack: Vec::new(),
        next: 0,
        recursive: vec![false; types.len()],
    };
    for id in types.ids() {
        if search.index[id.0 as usize].is_none() {
            search.visit(id);
        }
    }
    search.recursive
}

/// Tarjan's strongly connected components. The depth is that of written type definitions.
struct Search<'a> {
    types: &'a Types,
    index: Vec<Option<u32>>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<TypeId>,
    next: u32,
    recursive: Vec<bool>,
}

impl Search<'_> {
    fn visit(&mut self, id: TypeId) {
        let at = id.0 as usize;
        self.index[at] = Some(self.next);
        self.low[at] = self.next;
        self.next += 1;
        self.stack.push(id);
        self.on_stack[at] = true;
        let fields = alternatives(self.types, id).map(|(all, _)| all.concat()).unwrap_or_default();
        for field in &fields {
            let to = field.0 as usize;
            match self.index[to] {
                None => {
                    self.visit(*field);
                    self.low[at] = self.low[at].min(self.low[to]);
                }
                Some(index) if self.on_stack[to] => self.low[at] = self.low[at].min(index),
                Some(_) => {}
            }
        }
        if self.index[at] == Some(self.low[at]) {
            self.component(id, fields.contains(&id));
        }
    }

    /// Takes a finished component off the stack; alone it is recursive only with a field of its own type.
    fn component(&mut self, root: TypeId, self_loop: bool) {
        let mut members = Vec::new();
        while let Some(member) = self.stack.pop() {
            self.on_stack[member.0 as usize] = false;
            members.push(member);
            if member == root {
                break;
            }
        }
        if members.len() > 1 || self_loop {
            for member in members {
                self.recursive[member.0 as usize] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Case, Special};

    fn enumeration(types: &mut Types, name: &str, cases: Vec<Vec<TypeId>>) -> TypeId {
        let (nominal, _) = types.nominal(name, name, Special::None);
        let cases = cases.into_iter().map(|fields| Case { name: "C".into(), fields }).collect();
        types.define(nominal, Definition::Enum(cases));
        types.intern(Type::Nominal(nominal))
    }

    #[test]
    fn small_aggregates_stay_in_registers_and_wide_ones_are_boxed() {
        let mut types = Types::default();
        let int = types.intern(Type::Sized(Scalar::Int64));
        let text = types.intern(Type::String);
        let option = enumeration(&mut types, "Option<Int64>", vec![vec![int], vec![]]);
        let pair = types.intern(Type::Tuple(vec![int, text]));
        let wide = types.intern(Type::Tuple(vec![int, text, pair]));
        let layouts = compute_layouts(&types);
        let of = |id: TypeId| layouts[id.0 as usize];
        assert_eq!(of(option), Layout { slots: 2, boxed: false, box_bytes: 0, counted: false });
        assert_eq!(of(pair), Layout { slots: 2, boxed: false, box_bytes: 0, counted: true });
        assert_eq!(of(wide), Layout { slots: 1, boxed: true, box_bytes: 8 + 4 * 8, counted: true });
    }

    #[test]
    fn what_contains_itself_is_boxed_and_lists_break_the_circle() {
        let mut types = Types::default();
        let (nominal, _) = types.nominal("Tree", "Tree", Special::None);
        let tree = types.intern(Type::Nominal(nominal));
        let case = |fields| Case { name: "C".into(), fields };
        types.define(nominal, Definition::Enum(vec![case(vec![]), case(vec![tree, tree])]));
        let (rose, _) = types.nominal("Rose", "Rose", Special::None);
        let rose_ty = types.intern(Type::Nominal(rose));
        let children = types.intern(Type::List(rose_ty));
        types.define(rose, Definition::Record(vec![("children".into(), children)]));
        let layouts = compute_layouts(&types);
        assert_eq!(layouts[tree.0 as usize].box_bytes, 8 + 16);
        assert!(layouts[tree.0 as usize].boxed && !layouts[rose_ty.0 as usize].boxed);
    }
}
