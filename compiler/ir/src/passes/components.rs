//! Strongly connected components of a graph: the nodes that lie on circles together. After Tarjan, "Depth-first search and
//! linear graph algorithms" (SIAM J. Comput. 1(2), 1972).

/// The components of a graph.
#[derive(Debug)]
pub struct Components {
    /// The number of each node's component; those that lead nowhere else come first.
    pub numbers: Vec<usize>,
    sizes: Vec<usize>,
}

impl Components {
    /// Whether a node lies on a circle with others.
    pub fn is_circle(&self, node: usize) -> bool {
        self.sizes[self.numbers[node]] > 1
    }
}

/// The components of a graph that is given by each node's edges.
pub fn of(edges: &[Vec<usize>]) -> Components {
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
    let numbers = search.component;
    let mut sizes = vec![0; edges.len()];
    numbers.iter().for_each(|number| sizes[*number] += 1);
    Components { numbers, sizes }
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
