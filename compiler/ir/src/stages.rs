//! What a function of the library does with the elements of a list, one after the other: `[<Fuses "…">]`. `passes::fuse`
//! makes one loop of several. The code of the function itself is what it is without that pass.

/// Names in comments: as written in `[<Fuses "…">]`, with the arguments behind the list. The list is always the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// `range lowest highest`: no list, but two `Int`s; makes the elements.
    Range,
    /// `map f`
    Map,
    /// `indexedMap f`
    IndexedMap,
    /// `filter f`
    Filter,
    /// `filterMap f`
    FilterMap,
    /// `take count`: an `Int`.
    Take,
    /// `map2 other f`: as far as both lists go.
    Map2,
    /// `fold first f`
    Fold,
    /// `iter f`
    Iter,
    /// `length`: an `Int`.
    Length,
    /// `any f`
    Any,
    /// `all f`
    All,
    /// `findFirst f`: an option.
    FindFirst,
    /// `head`: an option.
    Head,
    /// `flatten`: of lists, one list.
    Flatten,
}

impl Stage {
    pub fn from_name(name: &str) -> Option<Stage> {
        use Stage::*;
        Some(match name {
            "range" => Range,
            "map" => Map,
            "indexedMap" => IndexedMap,
            "filter" => Filter,
            "filterMap" => FilterMap,
            "take" => Take,
            "map2" => Map2,
            "fold" => Fold,
            "iter" => Iter,
            "length" => Length,
            "any" => Any,
            "all" => All,
            "findFirst" => FindFirst,
            "head" => Head,
            "flatten" => Flatten,
            _ => return None,
        })
    }

    /// Whether its result is a list.
    pub fn makes_list(self) -> bool {
        use Stage::*;
        match self {
            Range | Map | IndexedMap | Filter | FilterMap | Take | Map2 | Flatten => true,
            Fold | Iter | Length | Any | All | FindFirst | Head => false,
        }
    }

    /// Whether it gives its elements on one by one, so that the next stage can take them.
    pub fn passes_on(self) -> bool {
        self.makes_list() && self != Stage::Flatten
    }

    /// Whether it may be done before it has seen all elements.
    pub fn may_stop(self) -> bool {
        use Stage::*;
        matches!(self, Take | Map2 | Any | All | FindFirst | Head)
    }

    /// How many values its function is called with, if it has one. It is the last argument.
    pub fn function_arity(self) -> Option<usize> {
        use Stage::*;
        match self {
            Map | Filter | FilterMap | Iter | Any | All | FindFirst => Some(1),
            IndexedMap | Map2 | Fold => Some(2),
            Range | Take | Length | Head | Flatten => None,
        }
    }
}
