//! Which handler serves a path: the most specific of those that fit.
//!
//! Routes are compared segment by segment from the left; at the first difference a literal beats a variable, and a
//! variable beats nothing. A variable at the end takes all that is left. The routes of a method form a tree with one
//! level per segment; walking it with the literal first finds the most specific route first.
//!
//! ```text
//! /todos        todos ─┬─ (here)
//! /todos/:id           ├─ :  (here: takes the rest)
//! /todos/:id/done      │  └─ done (here)
//! /todos/new           └─ new (here)
//! ```

use std::borrow::Cow;
use std::collections::HashMap;

/// What a route leads to: a handler's number.
pub(crate) type Target = usize;

#[derive(Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    variable: Option<Box<Node>>,
    /// The route that ends here.
    target: Option<Target>,
}

#[derive(Default)]
pub(crate) struct Router {
    methods: HashMap<Box<str>, Node>,
}

/// A route that fits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) target: Target,
    /// The values of the route's variables, in its order.
    pub(crate) variables: Vec<String>,
}

/// The names of a route's variables, in its order.
pub(crate) fn variables(route: &str) -> impl Iterator<Item = &str> {
    route.split('/').filter_map(|segment| segment.strip_prefix(':'))
}

impl Router {
    /// Adds a route; of two that say the same, the first one counts.
    pub(crate) fn add(&mut self, method: &str, route: &str, target: Target) {
        let mut node = self.methods.entry(method.into()).or_default();
        for segment in route.split('/').filter(|segment| !segment.is_empty()) {
            node = match segment.starts_with(':') {
                true => node.variable.get_or_insert_default(),
                false => node.literals.entry(segment.into()).or_default(),
            };
        }
        node.target.get_or_insert(target);
    }

    /// The most specific route for the path that has these segments.
    pub(crate) fn find(&self, method: &str, segments: &[Cow<'_, str>]) -> Option<Match> {
        let mut places = Vec::new();
        let (target, takes_rest) = walk(self.methods.get(method)?, segments, 0, &mut places)?;
        let mut variables: Vec<String> =
            places.iter().filter_map(|&place| segments.get(place)).map(|segment| segment.to_string()).collect();
        if let (true, Some(value), Some(&place)) = (takes_rest, variables.last_mut(), places.last()) {
            for segment in segments.iter().skip(place + 1) {
                value.push('/');
                value.push_str(segment);
            }
        }
        Some(Match { target, variables })
    }
}

/// The most specific route below a node for the segments from `at` on, and whether its last variable takes several.
/// `places` are the segments that the variables stand at. Each node is visited once at most.
fn walk(node: &Node, segments: &[Cow<'_, str>], at: usize, places: &mut Vec<usize>) -> Option<(Target, bool)> {
    let Some(segment) = segments.get(at) else { return node.target.map(|target| (target, false)) };
    let literal = node.literals.get(segment.as_ref());
    if let Some(found) = literal.and_then(|next| walk(next, segments, at + 1, places)) {
        return Some(found);
    }
    let next = node.variable.as_ref()?;
    places.push(at);
    let longer = walk(next, segments, at + 1, places);
    let found = longer.or_else(|| next.target.map(|target| (target, true)));
    if found.is_none() {
        places.pop();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::path::segments;

    /// The route that serves a path, with the values of its variables.
    fn served<'a>(routes: &[&'a str], path: &str) -> Option<(&'a str, Vec<String>)> {
        let mut router = Router::default();
        routes.iter().enumerate().for_each(|(target, route)| router.add("GET", route, target));
        let found = router.find("GET", &segments(path).unwrap())?;
        Some((routes[found.target], found.variables))
    }

    fn route_of<'a>(routes: &[&'a str], path: &str) -> Option<&'a str> {
        served(routes, path).map(|(route, _)| route)
    }

    #[test]
    fn a_route_serves_its_own_path_only() {
        let cases = [
            ("/", "/", true),
            ("/", "/a", false),
            ("/a", "/a", true),
            ("/a", "/", false),
            ("/a", "/a/b", false),
            ("/a/b", "/a", false),
            ("/hello/:x", "/hello/you", true),
            ("/hello/:x", "/hello/", false),
            ("/hello/:x", "/hello", false),
            ("/:x", "/", false),
            ("/:x", "/a", true),
            ("/:x", "/a/b", true),
            ("/:x/b", "/a/b", true),
            ("/:x/b", "/a/c/b", false),
            ("/a:b", "/axb", false),
            ("/a:b", "/a:b", true),
            ("/A", "/a", false),
        ];
        for (route, path, expected) in cases {
            assert_eq!(route_of(&[route], path).is_some(), expected, "{route} for {path}");
        }
    }

    #[test]
    fn variables_take_a_segment_and_the_last_one_the_rest() {
        let values = |route: &str, path: &str| served(&[route], path).unwrap().1;
        assert_eq!(values("/u/:id", "/u/7"), ["7"]);
        assert_eq!(values("/a/:rest", "/a/b/c/d"), ["b/c/d"]);
        assert_eq!(values("/:a/x/:b", "/1/x/2/3"), ["1", "2/3"]);
        assert_eq!(values("/:a/:b/end", "/1/2/end"), ["1", "2"]);
        assert_eq!(values("/u/:id", "/u/a%2Fb"), ["a/b"]);
        assert_eq!(variables("/:a/x/:b").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn the_most_specific_route_serves() {
        let cases: [(&[&str], &str, &str); 11] = [
            (&["/:a/b/c", "/a/:b/c", "/a/b/:c"], "/a/b/c", "/a/b/:c"),
            // A literal beats a variable.
            (&["/:x", "/a"], "/a", "/a"),
            (&["/a/:x", "/a/b"], "/a/b", "/a/b"),
            // The first difference from the left decides.
            (&["/:x/b/c/d", "/a/:y/:z/:w"], "/a/b/c/d", "/a/:y/:z/:w"),
            (&["/:x/:y/c", "/:x/b/:z"], "/a/b/c", "/:x/b/:z"),
            // A longer route beats a shorter one.
            (&["/:x", "/:x/:y"], "/a/b", "/:x/:y"),
            (&["/a/:x", "/a/:x/c"], "/a/b/c", "/a/:x/c"),
            (&["/a/:x", "/a/:x/:y/:z"], "/a/b/c/d/e", "/a/:x/:y/:z"),
            // What looks better and does not fit in the end is given up.
            (&["/a/b/x", "/a/:y/c"], "/a/b/c", "/a/:y/c"),
            (&["/a/b/x", "/:rest"], "/a/b/c", "/:rest"),
            (&["/:x/y", "/:x"], "/a/b", "/:x"),
        ];
        for (routes, path, expected) in cases {
            assert_eq!(route_of(routes, path), Some(expected), "{path} among {routes:?}");
            let reversed: Vec<&str> = routes.iter().rev().copied().collect();
            assert_eq!(route_of(&reversed, path), Some(expected), "{path} among {reversed:?}");
        }
    }

    #[test]
    fn a_choice_given_up_leaves_no_variable() {
        assert_eq!(served(&["/:x/:y/end", "/:rest"], "/a/b/c"), Some(("/:rest", vec!["a/b/c".to_owned()])));
    }

    #[test]
    fn methods_do_not_mix_and_any_word_is_one() {
        let mut router = Router::default();
        router.add("GET", "/a", 0);
        router.add("PURGE", "/a", 1);
        let path = segments("/a").unwrap();
        assert_eq!(router.find("PURGE", &path).unwrap().target, 1);
        assert_eq!(router.find("POST", &path), None);
    }
}
