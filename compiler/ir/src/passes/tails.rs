//! Which functions need the calling convention of guaranteed tail calls.
//!
//! Only a circle of tail calls can grow the stack without end where the program does not: those calls take no stack. All
//! other calls are ordinary ones, whose convention is cheaper. Calls of closures may lead to the code of any closure, so
//! all of that is one node of the graph. Circles are found as strongly connected components (Tarjan, SIAM J. Comput. 1(2),
//! 1972); a call of the function itself is a loop and needs no call at all.
//!
//! The symbol says which convention a function has, so that objects of another build are never called in the wrong way.

use crate::core::{Expr, FunctionId, Op, Operand, Program};

/// Sets `tail_called`.
pub fn run(program: &mut Program) {
    // The last node stands for the code of all closures.
    let closures = program.functions.len();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); closures + 1];
    for (index, function) in program.functions.iter().enumerate() {
        tail_calls(&function.body, true, closures, &mut edges[index]);
        edges[index].retain(|to| *to != index);
        if function.captures.is_some() {
            edges[closures].push(index);
        }
    }
    let components = components(&edges);
    let mut sizes = vec![0; edges.len()];
    components.iter().for_each(|component| sizes[*component] += 1);
    for (function, component) in program.functions.iter_mut().zip(components) {
        function.tail_called = sizes[component] > 1 || function.captures.is_some();
        if function.tail_called {
            function.symbol.push_str("'t");
        }
    }
}

fn tail_calls(expr: &Expr, tail: bool, closures: usize, out: &mut Vec<usize>) {
    match expr {
        Expr::Let { var, op, body } => {
            if tail && matches!(&**body, Expr::Value(Operand::Var(result)) if result == var) {
                match op {
                    Op::Call { function: FunctionId(id), .. } => out.push(*id as usize),
                    Op::CallClosure { .. } => out.push(closures),
                    _ => {}
                }
            }
            tail_calls(body, tail, closures, out);
        }
        Expr::LetExpr { value, body, .. } => {
            tail_calls(value, false, closures, out);
            tail_calls(body, tail, closures, out);
        }
        _ => crate::children::exprs(expr).into_iter().for_each(|child| tail_calls(child, tail, closures, out)),
    }
}

/// The number of each node's component.
fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut search = Search {
        edges,
        index: vec![None; edges.len()],
        low: vec![0; edges.len()],
        on_stack: vec![false; edges.len()],
        stack: Vec::new(),
        next: 0,
        component: vec![0; edges.len()],
        found: 0,
    };
    for node in 0..edges.len() {
        if search.index[node].is_none() {
            search.visit(node);
        }
    }
    search.component
}

struct Search<'a> {
    edges: &'a [Vec<usize>],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    component: Vec<usize>,
    found: usize,
}

impl Search<'_> {
    fn enter(&mut self, node: usize) {
        self.index[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
    }

    /// With a stack of its own: chains of calls may be long.
    fn visit(&mut self, root: usize) {
        self.enter(root);
        let mut open = vec![(root, 0)];
        while let Some((node, at)) = open.pop() {
            if let Some(&to) = self.edges[node].get(at) {
                open.push((node, at + 1));
                match self.index[to] {
                    None => {
                        self.enter(to);
                        open.push((to, 0));
                    }
                    Some(index) if self.on_stack[to] => self.low[node] = self.low[node].min(index),
                    Some(_) => {}
                }
                continue;
            }
            if Some(self.low[node]) == self.index[node] {
                while let Some(member) = self.stack.pop() {
                    self.on_stack[member] = false;
                    self.component[member] = self.found;
                    if member == node {
                        break;
                    }
                }
                self.found += 1;
            }
            if let Some((above, _)) = open.last() {
                self.low[*above] = self.low[*above].min(self.low[node]);
            }
        }
    }
}
