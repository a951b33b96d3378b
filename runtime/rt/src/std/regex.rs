//! `Stdlib.Regex`: patterns of .NET's flavour, on code points.
//!
//! The engine (fancy-regex) runs in linear time what has neither look-around nor back references, and counts its steps
//! otherwise: a pattern that goes back too often is a failure, not a machine that hangs. `native` brings the few forms
//! that the engine reads otherwise than .NET into its own.

use ::std::borrow::Cow;
use ::std::cell::RefCell;
use ::std::rc::Rc;

use dark_abi::{Context, List, Str};
use fancy_regex::{Captures, Error, Match, Regex, RegexBuilder, RuntimeError};

use super::results::{texts, write_option};
use crate::invocation::{Failure, Fault, run};
use crate::memory::Heap;
use crate::text::{self, Growing};

/// Of a compiled pattern.
const PATTERN_BYTES_MAX: usize = 4 << 20;
/// Compiled patterns that a thread keeps.
const KEPT: usize = 64;

/// A compiled pattern; whether it is for inputs that end with a line break.
struct Compiled {
    pattern: Box<str>,
    ends_with_break: bool,
    regex: Rc<Regex>,
}

thread_local! {
    /// Those that are used often move to the front.
    static COMPILED: RefCell<Vec<Compiled>> = RefCell::default();
}

/// The pattern as the engine reads it. `$` also matches before a line break at the very end of the input, which matters
/// only where there is one; in a class a bracket is a character, and `-[` takes characters out. With `(?n)` in front only
/// groups with a name are captured.
fn native(pattern: &str, ends_with_break: bool) -> Cow<'_, str> {
    let many_lines = pattern.split("(?").skip(1).any(|rest| {
        rest.split([')', ':']).next().is_some_and(|flags| {
            flags.split('-').next().is_some_and(|on| on.contains('m')) && flags.chars().all(|c| "imsxn-".contains(c))
        })
    });
    let ends = ends_with_break && !many_lines;
    let (flags, pattern) = only_named(pattern).map_or((None, pattern), |(flags, rest)| (Some(flags), rest));
    let differs = flags.is_some() || pattern.contains('[') || (ends && pattern.contains('$'));
    if !differs {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(pattern.len() + 16);
    if let Some(flags) = flags.as_ref().filter(|flags| !flags.is_empty()) {
        out.push_str(&format!("(?{flags})"));
    }
    // How many classes are open: those that take characters out lie inside of others.
    let mut depth = 0_u32;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '[' if depth == 0 => {
                depth = 1;
                open_class(&mut out, &mut chars);
            }
            '-' if depth > 0 && chars.peek() == Some(&'[') => {
                chars.next();
                depth += 1;
                out.push_str("--");
                open_class(&mut out, &mut chars);
            }
            ']' if depth > 0 => {
                depth -= 1;
                out.push(c);
            }
            '[' | '&' | '~' if depth > 0 => out.extend(['\\', c]),
            '$' if depth == 0 && ends => out.push_str(r"(?=\n?\z)"),
            '(' if depth == 0 && flags.is_some() && chars.peek() != Some(&'?') => out.push_str("(?:"),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The other flags and the rest of a pattern that begins with flags among which is `n`.
fn only_named(pattern: &str) -> Option<(String, &str)> {
    let (flags, rest) = pattern.strip_prefix("(?")?.split_once(')')?;
    let is_flags = flags.chars().all(|flag| "imsxn".contains(flag));
    (is_flags && flags.contains('n')).then(|| (flags.replace('n', ""), rest))
}

/// Writes the start of a class, where a closing bracket is a character.
fn open_class(out: &mut String, rest: &mut ::std::iter::Peekable<::std::str::Chars<'_>>) {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if rest.next_if_eq(&']').is_some() {
        out.push_str(r"\]");
    }
}

fn compile(pattern: &str, input: &str) -> Result<Rc<Regex>, Fault> {
    let ends_with_break = input.ends_with('\n');
    COMPILED.with_borrow_mut(|compiled| {
        let is_known = |it: &Compiled| *it.pattern == *pattern && it.ends_with_break == ends_with_break;
        if let Some(at) = compiled.iter().position(is_known) {
            if at > 0 {
                compiled.swap(at, at / 2);
            }
            return Ok(Rc::clone(&compiled[at / 2].regex));
        }
        let built = RegexBuilder::new(&native(pattern, ends_with_break)).delegate_size_limit(PATTERN_BYTES_MAX).build();
        let regex = Rc::new(built.map_err(|error| invalid(pattern, &error))?);
        compiled.truncate(KEPT - 1);
        // In the middle, so that several new ones do not take each other's place.
        let middle = compiled.len() / 2;
        compiled.insert(middle, Compiled { pattern: pattern.into(), ends_with_break, regex: Rc::clone(&regex) });
        Ok(regex)
    })
}

fn invalid(pattern: &str, error: &Error) -> Fault {
    let message = error.to_string();
    // Some messages draw the pattern first; the reason is on the last line.
    let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Failure::message(format!("Invalid regex pattern `{pattern}`: {reason}"))
}

fn failed(error: Error) -> Fault {
    match error {
        Error::RuntimeError(RuntimeError::BacktrackLimitExceeded) => Failure::message("Regex timeout"),
        other => Failure::message(format!("The regex could not be matched: {other}")),
    }
}

/// All matches, leftmost first, without overlaps; behind an empty one the search goes on one character later.
fn all<'t, M>(
    input: &'t str,
    find: impl Fn(usize) -> Result<Option<M>, Error>,
    whole: impl Fn(&M) -> Option<Match<'t>>,
) -> Result<Vec<M>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at <= input.len() {
        let Some(one) = find(at).map_err(failed)? else { break };
        let Some(place) = whole(&one) else { break };
        at = place.end();
        if place.start() == place.end() {
            at += input[at..].chars().next().map_or(1, char::len_utf8);
        }
        found.push(one);
    }
    Ok(found)
}

/// All matches with their groups.
fn matches<'t>(regex: &Regex, input: &'t str) -> Result<Vec<Captures<'t, str>>, Fault> {
    all(input, |at| regex.captures_from_pos(input, at), |captures| captures.get(0))
}

/// All matches as a whole, which costs less.
fn places<'t>(regex: &Regex, input: &'t str) -> Result<Vec<Match<'t>>, Fault> {
    all(input, |at| regex.find_from_pos(input, at), |place| Some(*place))
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_is_match(context: *mut Context, input: *const Str, pattern: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern) = (text::as_str(input), text::as_str(pattern));
        run(context, |_| compile(pattern, input)?.is_match(input).map_err(failed))
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_find(
    context: *mut Context,
    input: *const Str,
    pattern: *const Str,
    result: *mut u64,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern) = (text::as_str(input), text::as_str(pattern));
        write_option(context, result, |invocation| {
            let regex = compile(pattern, input)?;
            match regex.find(input).map_err(failed)? {
                Some(found) => Ok(Some(text::new(&mut invocation.heap, found.as_str())? as u64)),
                None => Ok(None),
            }
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_find_all(
    context: *mut Context,
    input: *const Str,
    pattern: *const Str,
) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern) = (text::as_str(input), text::as_str(pattern));
        run(context, |invocation| {
            let found = places(&*compile(pattern, input)?, input)?;
            texts(&mut invocation.heap, found.iter().map(|place| place.as_str()))
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_split(context: *mut Context, input: *const Str, pattern: *const Str) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern) = (text::as_str(input), text::as_str(pattern));
        run(context, |invocation| {
            let regex = compile(pattern, input)?;
            let (found, numbers) = (matches(&regex, input)?, group_numbers(&regex));
            texts(&mut invocation.heap, pieces(input, &found, &numbers).into_iter())
        })
    }
}

/// What stands between the matches, with their groups in between.
fn pieces<'t>(input: &'t str, found: &[Captures<'t, str>], numbers: &[usize]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for captures in found {
        let Some(whole) = captures.get(0) else { continue };
        pieces.push(&input[start..whole.start()]);
        pieces.extend(numbers.iter().skip(1).filter_map(|index| captures.get(*index)).map(|group| group.as_str()));
        start = whole.end();
    }
    pieces.push(&input[start..]);
    pieces
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_replace(
    context: *mut Context,
    input: *const Str,
    pattern: *const Str,
    replacement: *const Str,
) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern, replacement) = (text::as_str(input), text::as_str(pattern), text::as_str(replacement));
        run(context, |invocation| {
            let regex = compile(pattern, input)?;
            let Some(found) = regex.find(input).map_err(failed)? else {
                return text::new(&mut invocation.heap, input);
            };
            let replaced = [&input[..found.start()], replacement, &input[found.end()..]].concat();
            text::new(&mut invocation.heap, &replaced)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_regex_replace_all(
    context: *mut Context,
    input: *const Str,
    pattern: *const Str,
    replacement: *const Str,
) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        let (input, pattern, replacement) = (text::as_str(input), text::as_str(pattern), text::as_str(replacement));
        run(context, |invocation| {
            let regex = compile(pattern, input)?;
            replace_all(&mut invocation.heap, &regex, input, replacement)
        })
    }
}

fn replace_all<'t>(heap: &mut Heap, regex: &Regex, input: &'t str, replacement: &'t str) -> Result<*mut Str, Fault> {
    let parts = parts(replacement, regex);
    let (mut out, mut start) = (Growing::new(heap, input.len()), 0);
    let mut replace = |whole: Match<'t>, group: &dyn Fn(usize) -> &'t str| {
        out.push_str(&input[start..whole.start()]);
        start = whole.end();
        for part in &parts {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Group(index) => group(*index),
                Part::Before => &input[..whole.start()],
                Part::After => &input[whole.end()..],
                Part::Input => input,
            });
        }
        if out.is_refused() { Err(Failure::memory()) } else { Ok(()) }
    };
    if parts.iter().any(|part| matches!(part, Part::Group(index) if *index > 0)) {
        for captures in matches(regex, input)? {
            let Some(whole) = captures.get(0) else { continue };
            replace(whole, &|index| captures.get(index).map_or("", |group| group.as_str()))?;
        }
    } else {
        for whole in places(regex, input)? {
            replace(whole, &|_| whole.as_str())?;
        }
    }
    out.push_str(&input[start..]);
    out.finish()
}

/// The engine's groups in the order of .NET's numbers: those with a name come behind the others.
fn group_numbers(regex: &Regex) -> Vec<usize> {
    let names: Vec<Option<&str>> = regex.capture_names().collect();
    let mut numbers: Vec<usize> = (0..names.len()).collect();
    numbers.sort_by_key(|index| names[*index].is_some());
    numbers
}

/// A part of a replacement.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Group(usize),
    Before,
    After,
    Input,
}

/// The parts of a replacement in .NET's form; what names no group is text.
fn parts<'a>(replacement: &'a str, regex: &Regex) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some(at) = rest.find('$') {
        parts.push(Part::Text(&rest[..at]));
        rest = &rest[at..];
        let (part, len) = special(rest, regex).unwrap_or((Part::Text("$"), 1));
        parts.push(part);
        rest = &rest[len..];
    }
    parts.push(Part::Text(rest));
    parts
}

/// The part that begins with this dollar sign, and its length.
fn special<'a>(text: &'a str, regex: &Regex) -> Option<(Part<'a>, usize)> {
    let numbers = group_numbers(regex);
    let numbered = |digits: &str| digits.parse::<usize>().ok().and_then(|number| numbers.get(number).copied());
    let part = match text.as_bytes().get(1)? {
        b'$' => Part::Text("$"),
        b'&' => Part::Group(0),
        b'`' => Part::Before,
        b'\'' => Part::After,
        b'+' => Part::Group(numbers.last().copied().unwrap_or(0)),
        b'_' => Part::Input,
        b'{' => {
            let name = &text[2..2 + text[2..].find('}')?];
            let named = regex.capture_names().position(|known| known == Some(name));
            let group = named.or_else(|| numbered(name))?;
            return Some((Part::Group(group), name.len() + 3));
        }
        _ => {
            let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
            let group = numbered(&text[1..=digits])?;
            return Some((Part::Group(group), digits + 1));
        }
    };
    Some((part, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &str, pattern: &str) -> Vec<String> {
        let regex = compile(pattern, input).expect("a pattern");
        let found = matches(&regex, input).expect("few steps");
        let found: Vec<String> = found.iter().map(|captures| captures[0].to_owned()).collect();
        let places = places(&regex, input).expect("few steps");
        assert!(places.iter().map(|place| place.as_str()).eq(found.iter().map(String::as_str)));
        found
    }

    #[test]
    fn compiled_patterns_are_kept_and_found_again() {
        for round in 0..3 {
            for number in 0..2 * KEPT {
                let regex = compile(&format!("^{number}$"), "").expect("a pattern");
                assert!(regex.is_match(&number.to_string()).expect("few steps"), "{round} {number}");
            }
            for _ in 0..3 {
                let regex = compile("often", if round == 0 { "\n" } else { "" }).expect("a pattern");
                assert_eq!(regex.as_str(), "often");
            }
        }
        COMPILED.with_borrow(|compiled| assert_eq!(compiled.len(), KEPT));
    }

    #[test]
    fn empty_matches_count() {
        assert_eq!(all("a1", r"\d*"), ["", "1", ""]);
        assert_eq!(all("äb", ""), ["", "", ""]);
    }

    #[test]
    fn classes_take_characters_out() {
        assert_eq!(all("abcde", "[a-e-[bd]]"), ["a", "c", "e"]);
        assert_eq!(all("a[b]", r"[[\]]"), ["[", "]"]);
        assert_eq!(all("]a", "[]a]"), ["]", "a"]);
        assert_eq!(all("a&&b", "[a&&b]"), ["a", "&", "&", "b"]);
    }

    #[test]
    fn the_end_may_be_before_a_line_break() {
        assert_eq!(all("ab\n", "b$"), ["b"]);
        assert_eq!(all("b\nb", "b$"), ["b"]);
        assert_eq!(all("b\nb\n", "(?m)b$"), ["b", "b"]);
        assert_eq!(all("a$\n", r"\$"), ["$"]);
        assert_eq!(all("a$\n", "[$]"), ["$"]);
    }

    #[test]
    fn a_pattern_that_goes_back_for_ever_fails() {
        let input = "a".repeat(60);
        let regex = compile(r"^(?:a(?=a*)|aa(?=a*))+c$", &input).expect("a pattern");
        assert!(regex.is_match(&input).map_err(failed).is_err_and(|fault| fault.message == "Regex timeout"));
        assert!(compile("(", "").is_err_and(|fault| fault.message.starts_with("Invalid regex pattern `(`: ")));
    }

    #[test]
    fn replacements_name_groups() {
        let regex = compile("(a)(?<x>b)", "").expect("a pattern");
        let group = |text| special(text, &regex).map(|(part, len)| (part, &text[len..]));
        assert_eq!(group("$1-"), Some((Part::Group(1), "-")));
        assert_eq!(group("${x}-"), Some((Part::Group(2), "-")));
        assert_eq!(group("${2}"), Some((Part::Group(2), "")));
        assert_eq!(group("$+"), Some((Part::Group(2), "")));
        assert_eq!(group("$3"), None);
        assert_eq!(group("$12"), None);
        assert_eq!(group("${y}"), None);
        assert_eq!(group("$"), None);
        assert_eq!(group("$é"), None);
    }
}
