//! Operations that are emitted inline (or as one entry-point call) instead of calling a function. Resolved once, from
//! the declaration's `[<Intrinsic "name">]` and the operators; every `match` on `Intrinsic` is exhaustive.

/// Names in comments: as written in `[<Intrinsic "…">]`. Types: of the operands, concrete after specialisation.
/// Ownership: operands are borrowed unless the comment says *own*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Intrinsic {
    /// `add` … `negate`: any integer type or Float, decided by the operand type.
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Negate,
    /// `bit_and` …, `shift_left` …: sized integers only; the count of a shift is taken modulo the width.
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    /// `less` …: any number type, DateTime.
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `equal`, `not_equal`: any type without functions.
    Equal,
    NotEqual,
    /// `compare`: Int64 -1, 0, 1 in the order of `List.sort`.
    Compare,
    /// `repr`
    Repr,
    /// The comparison of a test: String, empty when actual (0) equals expected (1), else actual's printed form.
    TestCompare,
    BoolNot,
    BoolAnd,
    BoolOr,
    /// `string_concat`: *own* first text, one or more borrowed ones that follow it.
    StringConcat,
    /// `list_cons element list`: *own*, *own*.
    ListCons,
    /// `list_push list element`: *own*, *own*.
    ListPush,
    /// `list_tail list`: *own*; the list is not empty.
    ListTail,
    /// `list_append a b`: *own*, *own*.
    ListAppend,
    /// `list_length`: Int64.
    ListLength,
    /// `list_get_unchecked list index`: a part of the list, as a field is of a record.
    ListGet,
    /// `list_set_unchecked list index element`: *own* list and element.
    ListSet,
    /// Whether nobody else has the list or its buffer: then it may be changed in place. Inserted by `passes::alone`.
    ListIsSole,
    /// Another element at an index of a list that nobody else has: Unit; *own* element. Inserted by `passes::alone`.
    ListPut,
    /// `list_slice_unchecked list start length`: *own* list.
    ListSlice,
    DictLength,
    DictContains,
    /// `dict_get_unchecked dict key`: a part of the dict.
    DictGet,
    /// `dict_set dict key value`: *own* all.
    DictSet,
    /// `dict_remove dict key`: *own* dict.
    DictRemove,
    /// Parts of the dict.
    DictKeyAt,
    DictValueAt,
    /// `int_convert`: between any two integer types, wrapping; from `Int` its low bits.
    IntConvert,
    /// `int_to_index`: the Int64 of an `Int` that is a small number, else -1, which is no index.
    IntToIndex,
    /// Whether an `Int` is a small number, and the Int64 of one that is. Inserted by `passes::machine`, as are the next ones.
    IntIsSmall,
    SmallInt,
    /// Whether the sum, difference, product of two Int64 is an Int64.
    SumFits,
    DifferenceFits,
    ProductFits,
    /// The Int64 of which such a truth, its operand, says that it is one.
    Fitted,
    FloatOfInt64,
    FloatToInt64,
    FloatSqrt,
    FloatFloor,
    FloatCeiling,
    FloatRound,
    FloatTruncate,
    FloatAbsolute,
    /// `unwrap`: of Option or Result; *own*; fails.
    Unwrap,
    /// `function_entry f`: Int64, the address of an `EntryFn` that calls a function of this type; the first slot of its
    /// arguments is the function, which is consumed.
    FunctionEntry,
    /// `emit worker event`: the worker operand is a string constant with its name.
    Emit,
    /// `waiting worker`: the events of its queue, as a list; the operand as in `emit`; fails.
    Waiting,
    /// `query_expression f`: the function as SQL over a row, with its parameters: `(String * List<String>)`. Gone after
    /// `query`.
    QueryExpression,
}

/// What an intrinsic does with an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    Borrow,
    Own,
}

impl Intrinsic {
    pub fn from_name(name: &str) -> Option<Intrinsic> {
        use Intrinsic::*;
        Some(match name {
            "add" => Add,
            "subtract" => Subtract,
            "multiply" => Multiply,
            "divide" => Divide,
            "modulo" => Modulo,
            "power" => Power,
            "negate" => Negate,
            "bit_and" => BitAnd,
            "bit_or" => BitOr,
            "bit_xor" => BitXor,
            "shift_left" => ShiftLeft,
            "shift_right" => ShiftRight,
            "less" => Less,
            "less_equal" => LessEqual,
            "greater" => Greater,
            "greater_equal" => GreaterEqual,
            "equal" => Equal,
            "not_equal" => NotEqual,
            "compare" => Compare,
            "repr" => Repr,
            "bool_not" => BoolNot,
            "bool_and" => BoolAnd,
            "bool_or" => BoolOr,
            "string_concat" => StringConcat,
            "list_cons" => ListCons,
            "list_push" => ListPush,
            "list_tail" => ListTail,
            "list_append" => ListAppend,
            "list_length" => ListLength,
            "list_get_unchecked" => ListGet,
            "list_set_unchecked" => ListSet,
            "list_slice_unchecked" => ListSlice,
            "dict_length" => DictLength,
            "dict_contains" => DictContains,
            "dict_get_unchecked" => DictGet,
            "dict_set" => DictSet,
            "dict_remove" => DictRemove,
            "dict_key_at_unchecked" => DictKeyAt,
            "dict_value_at_unchecked" => DictValueAt,
            "int_convert" => IntConvert,
            "int_to_index" => IntToIndex,
            "float_of_int64" => FloatOfInt64,
            "float_to_int64_unchecked" => FloatToInt64,
            "float_sqrt" => FloatSqrt,
            "float_floor" => FloatFloor,
            "float_ceiling" => FloatCeiling,
            "float_round" => FloatRound,
            "float_truncate" => FloatTruncate,
            "float_absolute" => FloatAbsolute,
            "unwrap" => Unwrap,
            "function_entry" => FunctionEntry,
            "emit" => Emit,
            "waiting" => Waiting,
            "query_expression" => QueryExpression,
            _ => return None,
        })
    }

    /// Whether it yields a value of any operands, never fails, and owns none of them: then one whose result nobody uses can go.
    pub fn is_total(self) -> bool {
        use Intrinsic::*;
        matches!(
            self,
            Negate
                | BitAnd
                | BitOr
                | BitXor
                | ShiftLeft
                | ShiftRight
                | Less
                | LessEqual
                | Greater
                | GreaterEqual
                | BoolNot
                | BoolAnd
                | BoolOr
                | ListLength
                | ListGet
                | DictLength
                | DictGet
                | DictKeyAt
                | DictValueAt
                | IntToIndex
                | ListIsSole
                | IntIsSmall
                | SmallInt
                | SumFits
                | DifferenceFits
                | ProductFits
                | Fitted
                | FloatOfInt64
                | FloatToInt64
                | FloatSqrt
                | FloatFloor
                | FloatCeiling
                | FloatRound
                | FloatTruncate
                | FloatAbsolute
        )
    }

    /// Whether it may take longer than a few instructions, depending on its operands. `Equal` and `NotEqual`: of what is no
    /// number. What may have to copy a list tests the limit behind the copy.
    pub fn may_take_long(self) -> bool {
        use Intrinsic::*;
        match self {
            Power | Compare | Repr | TestCompare | StringConcat | ListAppend | ListSlice | DictGet | DictContains
            | DictSet | DictRemove | DictKeyAt | DictValueAt | Equal | NotEqual | Emit | Waiting | QueryExpression => {
                true
            }
            Add | Subtract | Multiply | Divide | Modulo | Negate | BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight
            | Less | LessEqual | Greater | GreaterEqual | BoolNot | BoolAnd | BoolOr | ListCons | ListPush
            | ListTail | ListLength | ListGet | ListSet | ListPut | ListIsSole | DictLength | IntConvert
            | IntToIndex | IntIsSmall | SmallInt | SumFits | DifferenceFits | ProductFits | Fitted | FloatOfInt64
            | FloatToInt64 | FloatSqrt | FloatFloor | FloatCeiling | FloatRound | FloatTruncate | FloatAbsolute
            | Unwrap | FunctionEntry => false,
        }
    }

    /// How operand `index` is passed.
    pub fn passing(self, index: usize) -> Passing {
        use Intrinsic::*;
        let own = match self {
            StringConcat | ListTail | ListSlice | DictRemove | Unwrap => index == 0,
            ListCons | ListPush | ListAppend | DictSet => true,
            ListSet => index != 1,
            ListPut => index == 2,
            Add | Subtract | Multiply | Divide | Modulo | Power | Negate | BitAnd | BitOr | BitXor | ShiftLeft
            | ShiftRight | Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual | Compare | Repr
            | TestCompare | BoolNot | BoolAnd | BoolOr | ListLength | ListGet | DictLength | DictContains | DictGet
            | DictKeyAt | DictValueAt | IntConvert | IntToIndex | ListIsSole | IntIsSmall | SmallInt | SumFits
            | DifferenceFits | ProductFits | Fitted | FloatOfInt64 | FloatToInt64 | FloatSqrt | FloatFloor
            | FloatCeiling | FloatRound | FloatTruncate | FloatAbsolute | FunctionEntry | Emit | Waiting
            | QueryExpression => false,
        };
        if own { Passing::Own } else { Passing::Borrow }
    }
}
