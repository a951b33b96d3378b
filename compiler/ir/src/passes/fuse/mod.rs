//! Lists between two functions over lists are not made: `fold (map xs f) 0 g` becomes one loop over `xs`.
//!
//! The functions are those of the library that say what they do with the elements (`[<Fuses>]`, `stages`). A chain of them,
//! in which each list goes to the next one and nowhere else, becomes a function that calls itself for each element of the
//! first list and hands it through all stages (`emit`). `specialise` and `inline` make straight code of their functions
//! afterwards. Other than in Gill, Launchbury and Peyton Jones, "A short cut to deforestation" (FPCA 1993), and in Coutts,
//! Leshchinskiy and Stewart, "Stream fusion: from lists to streams to nothing at all" (ICFP 2007), the stages are known by
//! name: nothing has to be rewritten until producers and consumers meet, and what is left alone is what it was.
//!
//! Dark is strict: without this pass a stage is done with all elements before the next one begins. So that nobody sees the
//! difference, at most one stage of a chain may do more than compute its value (`effects`), nothing else that does may stand
//! between its place and that of the chain's end, and no stage behind it may leave off before the last element.
//!
//! Example: `filter (map xs f) p |> length` becomes `loop xs 0 (length xs) 0 f p`.
//!
//! Small functions around a stage (`List.zipShortest`, `Int64.sum`) become part of their callers first. Runs first of all, as
//! stages are called by their names only here.

mod effects;
mod emit;
mod wrappers;

use crate::children::{all, exprs, operands, own_operands};
use crate::core::{Expr, FunctionId, Location, Op, Operand, Program, Var};
use crate::stages::Stage;
use crate::types::{Scalar, Type, TypeId};
use effects::{Codes, Effects};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rewrites every function.
pub fn run(program: &mut Program) {
    if !program.functions.iter().any(|it| it.stage.is_some()) {
        return;
    }
    wrappers::run(program);
    let found: Vec<Vec<Chain>> = {
        let mut effects = Effects::new(program);
        (0..program.functions.len()).map(|index| chains(program, index, &mut effects)).collect()
    };
    let Some(int64) = program.types.find(&Type::Sized(Scalar::Int64)) else { return };
    let applies = emit::applies(program);
    for (index, chains) in found.into_iter().enumerate().filter(|(_, chains)| !chains.is_empty()) {
        let mut loops = FxHashMap::default();
        let mut gone = FxHashSet::default();
        for (number, chain) in chains.iter().enumerate() {
            if let Some((function, starts)) = emit::function(program, &applies, index, number, chain) {
                let id = FunctionId(program.functions.len() as u32);
                program.functions.push(function);
                gone.extend(chain.calls[1..].iter().map(|call| call.var));
                loops.insert(chain.calls[0].var, (id, starts));
            }
        }
        emit::replace(&mut program.functions[index], int64, &loops, &gone);
    }
}

/// A call of a stage.
#[derive(Debug, Clone)]
struct Call {
    var: Var,
    stage: Stage,
    function: FunctionId,
    arguments: Vec<Operand>,
    location: Location,
    /// Nothing but its value.
    quiet: bool,
    /// Which straight piece of code it stands in, and how much that is more than its value stands in front of it there.
    block: usize,
    behind: usize,
}

/// Stages that become one loop.
#[derive(Debug)]
struct Chain {
    /// The last one first.
    calls: Vec<Call>,
}

/// The chains of a function, the last one first. No call is part of two.
fn chains<'p>(program: &'p Program, index: usize, effects: &mut Effects<'p>) -> Vec<Chain> {
    let function = &program.functions[index];
    let calls_any = all(&function.body).any(|expr| stage_of(program, expr).is_some());
    if !calls_any {
        return Vec::new();
    }
    let codes = effects::codes(&function.body);
    let mut scan = Scan { program, effects, codes, calls: Vec::new(), blocks: 0 };
    scan.block(&function.body);
    let uses = uses(&function.body);
    let by_var: FxHashMap<Var, Call> = scan.calls.iter().map(|call| (call.var, call.clone())).collect();
    let mut gone = FxHashSet::default();
    let mut found = Vec::new();
    for call in scan.calls.iter().rev() {
        if gone.contains(&call.var) || call.stage == Stage::Range {
            continue;
        }
        let chain = chain(call, &by_var, &uses);
        if chain.calls.len() > 1 {
            gone.extend(chain.calls.iter().map(|call| call.var));
            found.push(chain);
        }
    }
    found
}

fn stage_of(program: &Program, expr: &Expr) -> Option<Stage> {
    match expr {
        Expr::Let { op: Op::Call { function, .. }, .. } => program.functions[function.0 as usize].stage,
        _ => None,
    }
}

/// From the last stage upwards, as far as nobody sees it.
fn chain(last: &Call, calls: &FxHashMap<Var, Call>, uses: &FxHashMap<Var, usize>) -> Chain {
    let mut chain = vec![last.clone()];
    let mut stops = last.stage.may_stop();
    let mut loud = !last.quiet;
    let mut at = last;
    while let Some(Operand::Var(list)) = at.arguments.first() {
        let Some(call) = calls.get(list).filter(|call| call.stage.passes_on() && uses.get(list) == Some(&1)) else {
            break;
        };
        // What is between, but for the stage itself.
        let moves = call.block == last.block && last.behind == call.behind + 1;
        if at.stage == Stage::Range || !call.quiet && (loud || stops || !moves) {
            break;
        }
        stops |= call.stage.may_stop();
        loud |= !call.quiet;
        chain.push(call.clone());
        at = call;
    }
    Chain { calls: chain }
}

/// How often each variable is used.
fn uses(expr: &Expr) -> FxHashMap<Var, usize> {
    let mut uses = FxHashMap::default();
    let mut note = |operand: &Operand| {
        if let Operand::Var(var) = operand {
            *uses.entry(*var).or_default() += 1;
        }
    };
    for expr in all(expr) {
        own_operands(expr).for_each(&mut note);
        if let Expr::Let { op, .. } = expr {
            operands(op).for_each(&mut note);
        }
    }
    uses
}

/// Collects the calls of stages.
struct Scan<'a, 'p> {
    program: &'p Program,
    effects: &'a mut Effects<'p>,
    codes: Codes,
    calls: Vec<Call>,
    blocks: usize,
}

impl Scan<'_, '_> {
    fn block(&mut self, expr: &Expr) {
        self.blocks += 1;
        let block = self.blocks;
        let mut behind = 0;
        let mut at = expr;
        loop {
            match at {
                Expr::Let { var, op, body } => {
                    let quiet = self.effects.is_quiet(op, &self.codes);
                    if let (Some(stage), Op::Call { function, arguments, location }) = (stage_of(self.program, at), op)
                    {
                        let (arguments, location) = (arguments.clone(), location.clone());
                        let function = *function;
                        self.calls.push(Call { var: *var, stage, function, arguments, location, quiet, block, behind });
                    }
                    behind += usize::from(!quiet);
                    at = body;
                }
                Expr::LetExpr { value, body, .. } => {
                    self.block(value);
                    // Whatever it does.
                    behind += 1;
                    at = body;
                }
                other => return exprs(other).for_each(|child| self.block(child)),
            }
        }
    }
}

/// The type of an argument of a stage.
fn argument_type(program: &Program, call: &Call, index: usize) -> Option<TypeId> {
    let function = &program.functions[call.function.0 as usize];
    function.params.get(index).map(|param| function.vars[param.var.0 as usize])
}
