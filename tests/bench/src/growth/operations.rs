//! The operations of lists and dicts for which `docs/performance.md` promises a cost that does not depend on the size, or on its
//! logarithm only. What each does stands in `tests/bench/growth`.

/// What is promised.
#[derive(Debug, Clone, Copy)]
pub enum Cost {
    /// O(1) for an element, amortised where the table of the document says so.
    Flat,
    /// O(log n) for an entry.
    Logarithm,
}

#[derive(Debug)]
pub struct Operation {
    /// The program below `tests/bench/growth`.
    pub program: &'static str,
    pub name: &'static str,
    pub cost: Cost,
    /// What is larger takes more memory than a small machine has.
    pub size_max: u64,
}

const fn list(name: &'static str) -> Operation {
    Operation { program: "lists", name, cost: Cost::Flat, size_max: 10_000_000 }
}

const fn dict(name: &'static str) -> Operation {
    Operation { program: "dicts", name, cost: Cost::Logarithm, size_max: 10_000_000 }
}

pub const OPERATIONS: &[Operation] = &[
    list("pushBack"),
    list("push"),
    list("pushBack, shared"),
    list("queue"),
    list("append behind"),
    list("append in front"),
    list("getAt"),
    list("setAt"),
    list("head and tail"),
    list("length and drop"),
    list("last and dropLast"),
    list("fold"),
    list("map"),
    list("filter"),
    list("reverse"),
    list("interpose"),
    list("unzip and zip"),
    list("flatten"),
    dict("dict set, new keys"),
    dict("dict get"),
    dict("dict set, known keys"),
    dict("dict set, shared"),
    dict("dict set and remove"),
    dict("dict toList"),
    dict("dict map"),
    Operation { program: "dicts", name: "text ++", cost: Cost::Flat, size_max: 10_000_000 },
];
