//! Parts of a program, and what decides the code of each.

use dark_ir::core::{App, Const, Expr, Function, FunctionId, Location, Op, Operand, Param, Program, Var};
use dark_ir::layout::compute_layouts;
use dark_ir::parts::{Grain, Part, content, needing, split};
use dark_ir::types::{Definition, Scalar, Special, Type, TypeId, Types};
use std::collections::BTreeSet;
use std::sync::Arc;

fn place() -> Location {
    Location { file: Arc::from("a.dark"), line: 1, column: 1, function: None }
}

/// `symbol (x: T) : T = callee x`, or `x` without a callee.
fn function(symbol: &str, group: &str, ty: TypeId, callee: Option<u32>) -> Function {
    let body = match callee {
        None => Expr::Value(Operand::Var(Var(0))),
        Some(callee) => Expr::Let {
            var: Var(1),
            op: Op::Call { function: FunctionId(callee), arguments: vec![Operand::Var(Var(0))], location: place() },
            body: Box::new(Expr::Value(Operand::Var(Var(1)))),
        },
    };
    Function {
        symbol: symbol.into(),
        name: symbol.into(),
        group: group.into(),
        params: vec![Param { var: Var(0), borrowed: false }],
        result: ty,
        body,
        location: place(),
        vars: vec![ty, ty],
        places: Vec::new(),
        sql: None,
        stage: None,
        tail_called: false,
        recursive: true,
        captures: None,
        value_of: None,
    }
}

/// Three functions, each calling the one before, in three groups; `extra` types come first.
fn program(extra: u32, fields: usize) -> Program {
    let mut types = Types::default();
    let int = types.intern(Type::Sized(Scalar::Int64));
    (0..extra).for_each(|count| {
        types.intern(Type::Tuple(vec![int; count as usize + 2]));
    });
    let (nominal, _) = types.nominal("App.Point", "App.Point", Special::None);
    types.define(nominal, Definition::Record((0..fields).map(|it| (format!("f{it}"), int)).collect()));
    let point = types.intern(Type::Nominal(nominal));
    let layouts = compute_layouts(&types);
    types.set_layouts(layouts);
    let functions = vec![
        function("a.first", "a", point, None),
        function("b.second", "b", point, Some(0)),
        function("c.third", "c", int, None),
    ];
    Program { types, functions, externs: Vec::new(), globals: Vec::new(), dbs: Vec::new(), app: App::default() }
}

fn contents(program: &Program) -> Vec<(String, Vec<u8>)> {
    let parts = split(program, Grain::Functions(1));
    parts.iter().map(|part| (part.name.clone(), content(program, part))).collect()
}

/// The parts that differ.
fn changed(before: &Program, after: &Program) -> Vec<String> {
    let (before, after) = (contents(before), contents(after));
    let other = after.into_iter().filter(|part| !before.contains(part));
    other.map(|(name, _)| name).collect()
}

#[test]
fn parts_hold_every_function_once() {
    let program = program(0, 2);
    for grain in [Grain::Whole, Grain::Functions(1), Grain::Functions(32)] {
        let parts = split(&program, grain);
        let own: Vec<FunctionId> = parts.iter().flat_map(|part| part.own.clone()).collect();
        assert_eq!(own.len(), 3);
        assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(parts.iter().filter(|part| part.app).count(), 1);
    }
}

#[test]
fn numbers_of_other_types_and_functions_do_not_matter() {
    let before = program(0, 2);
    let mut after = program(5, 2);
    assert_eq!(changed(&before, &after), Vec::<String>::new());
    // A function in front of all others moves their numbers.
    let int = after.functions[2].result;
    after.functions.push(function("a.earlier", "a", int, None));
    after.functions.swap(0, 3);
    let Expr::Let { op: Op::Call { function, .. }, .. } = &mut after.functions[1].body else { panic!("a call") };
    *function = FunctionId(3);
    assert!(!changed(&before, &after).contains(&"b 1".to_owned()));
}

#[test]
fn a_changed_body_changes_no_caller() {
    let before = program(0, 2);
    let mut after = before.clone();
    after.functions[0].body = Expr::Let {
        var: Var(1),
        op: Op::Field { value: Operand::Var(Var(0)), index: 0 },
        body: Box::new(Expr::Value(Operand::Var(Var(0)))),
    };
    assert_eq!(changed(&before, &after), ["a 1"]);
}

#[test]
fn a_callees_convention_and_type_matter_to_callers() {
    let before = program(0, 2);
    let mut after = before.clone();
    after.functions[0].tail_called = true;
    assert_eq!(changed(&before, &after), ["a 1", "b 1"]);
    let mut after = before.clone();
    after.functions[0].location.line = 7;
    assert_eq!(changed(&before, &after), ["a 1"], "where it stands does not");
}

#[test]
fn a_changed_layout_reaches_everything_that_has_the_type() {
    assert_eq!(changed(&program(0, 2), &program(0, 5)), ["a 1", "b 1"]);
}

#[test]
fn constants_are_told_apart() {
    let with = |constant: Const| {
        let mut program = program(0, 2);
        program.functions[2].body = Expr::Value(Operand::Const(constant));
        contents(&program)
    };
    let int = program(0, 2).functions[2].result;
    let all = [
        Const::Int(1, int),
        Const::Int(2, int),
        Const::SmallInt(1),
        Const::Float(0.0),
        Const::Float(-0.0),
        Const::Text(Arc::from("1"), int),
        Const::BigInt(Arc::from("1")),
        Const::Bool(true),
        Const::Bool(false),
        Const::Unit,
    ];
    let found: BTreeSet<Vec<u8>> = all.iter().map(|it| with(it.clone()).remove(2).1).collect();
    assert_eq!(found.len(), all.len());
}

#[test]
fn who_needs_a_function_is_found_through_callers() {
    let found = needing(&program(0, 2), FunctionId(0));
    assert!(found.contains(&FunctionId(0)) && found.contains(&FunctionId(1)) && !found.contains(&FunctionId(2)));
}

#[test]
fn shared_functions_are_those_of_other_parts() {
    let program = program(0, 2);
    let parts: Vec<Part> = split(&program, Grain::Functions(1));
    assert_eq!(parts[0].shared, [FunctionId(0)]);
    assert!(parts[1].shared.is_empty() && parts[2].shared.is_empty());
}
