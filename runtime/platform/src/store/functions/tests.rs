//! What queries compute against what Dark's own operations compute, and the list of functions against the library's.

use rusqlite::{Connection, types::Value};

use super::{register, take_failure};

fn connection() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    register(&connection).unwrap();
    connection
}

fn value(connection: &Connection, sql: &str) -> Result<Value, String> {
    let value = connection.query_row(&format!("SELECT {sql}"), [], |row| row.get(0));
    value.map_err(|error| take_failure().unwrap_or_else(|| error.to_string()))
}

fn integer(connection: &Connection, sql: &str) -> i64 {
    match value(connection, sql) {
        Ok(Value::Integer(number)) => number,
        other => panic!("{sql}: {other:?}"),
    }
}

fn text(connection: &Connection, sql: &str) -> String {
    match value(connection, sql) {
        Ok(Value::Text(text)) => text,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn sized_integers_wrap_and_divide_as_in_dark() {
    let it = connection();
    assert_eq!(integer(&it, "dark_add(9223372036854775807, 1, 64)"), i64::MIN);
    assert_eq!(integer(&it, "dark_multiply(100, 3, 8)"), 44);
    assert_eq!(integer(&it, "dark_add(255, 1, -8)"), 0);
    assert_eq!(integer(&it, "dark_divide(-7, 2, 64)"), -3);
    assert_eq!(integer(&it, "dark_divide(-128, -1, 8)"), -128);
    assert_eq!(integer(&it, "dark_modulo(-8, 3, 64)"), 1);
    assert_eq!(integer(&it, "dark_power(3, 4, 64)"), 81);
    assert_eq!(integer(&it, "dark_negate(-128, 8)"), -128);
    assert_eq!(text(&it, "dark_add('18446744073709551615', '1', -64)"), "0");
    assert_eq!(text(&it, "dark_subtract('0', '1', -128)"), u128::MAX.to_string());
    assert_eq!(text(&it, "dark_multiply('170141183460469231731687303715884105727', '2', 128)"), "-2");
}

#[test]
fn unbounded_integers_have_no_end() {
    let it = connection();
    assert_eq!(text(&it, "dark_power('2', '100', 0)"), (1_u128 << 100).to_string());
    assert_eq!(text(&it, "dark_negate('-5', 0)"), "5");
    assert_eq!(text(&it, "dark_modulo('-8', '3', 0)"), "1");
    assert_eq!(text(&it, "dark_convert(-1, 0)"), "-1");
    assert_eq!(integer(&it, "dark_convert('300', -8)"), 44);
    for (a, b, order) in [("2", "10", -1), ("-2", "-10", 1), ("-1", "1", -1), ("7", "7", 0)] {
        assert_eq!(integer(&it, &format!("dark_integer_order('{a}', '{b}')")), order, "{a} {b}");
    }
}

#[test]
fn failures_have_the_texts_of_the_program() {
    let it = connection();
    for (sql, message) in [
        ("dark_divide(1, 0, 64)", "Cannot divide by 0"),
        ("dark_divide('1', '0', 0)", "Cannot divide by 0"),
        ("dark_modulo(1, 0, 64)", "Cannot evaluate modulus against 0"),
        ("dark_modulo('1', '0', 0)", "Cannot evaluate modulus against 0"),
        ("dark_modulo(1, -2, 64)", "Cannot evaluate modulus against a negative number"),
        ("dark_power(2, -1, 64)", "Cannot raise integer to a negative exponent"),
        ("dark_power('2', '-1', 0)", "Cannot raise integer to a negative exponent"),
        ("dark_fail('stop')", "stop"),
    ] {
        assert_eq!(value(&it, sql), Err(message.to_owned()), "{sql}");
    }
}

#[test]
fn floats_have_nan_and_infinities() {
    let it = connection();
    for (sql, expected) in [
        ("dark_float_equal('NaN', 'NaN')", 0),
        ("dark_float_equal(0.0, -0.0)", 1),
        ("dark_float_less('-Infinity', 1.0)", 1),
        ("dark_float_less(1.0, 'Infinity')", 1),
        ("dark_float_less('NaN', 1.0)", 0),
        ("dark_float_less_equal(1.0, 1)", 1),
        ("dark_float_to_int64('NaN')", 0),
    ] {
        assert_eq!(integer(&it, sql), expected, "{sql}");
    }
    assert_eq!(text(&it, "dark_float_divide(1.0, 0.0)"), "Infinity");
    assert_eq!(text(&it, "dark_float_sqrt(-1.0)"), "NaN");
    assert_eq!(value(&it, "dark_float_round(2.5)"), Ok(Value::Real(2.0)));
}

#[test]
fn texts_are_those_of_the_library() {
    let it = connection();
    assert_eq!(text(&it, "dark_string_to_uppercase('éa')"), "ÉA");
    assert_eq!(text(&it, "dark_string_trim(char(0x2003) || 'a ')"), "a");
    assert_eq!(text(&it, "dark_string_reverse('a👍🏽b')"), "b👍🏽a");
    assert_eq!(text(&it, "dark_string_length('a👍🏽')"), "2");
    assert_eq!(text(&it, "dark_string_replace_all('ab', '', '-')"), "-a-b-");
    assert_eq!(text(&it, "dark_concat('e', char(0x301))"), "é");
    assert_eq!(integer(&it, "dark_string_contains('abc', '')"), 1);
}

#[test]
fn moments_compare_within_a_second() {
    let it = connection();
    assert_eq!(integer(&it, "dark_moment('2031-05-06T07:08:09.500Z') > dark_moment('2031-05-06T07:08:09Z')"), 1);
}

/// Every function of the library that says `[<Sql>]`.
fn declared() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let source = std::fs::read_to_string(entry.path()).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        let module = lines.iter().find_map(|line| line.strip_prefix("module Darklang.Stdlib."));
        for pair in lines.windows(2) {
            let is_sql =
                |line: &str| line.trim_start_matches("[<").trim_end_matches(">]").split("; ").any(|it| it == "Sql");
            if pair[0].starts_with("[<") && is_sql(pair[0]) {
                let name = pair[1].trim_start_matches("let ").split(' ').next().unwrap();
                let snake: String = name
                    .chars()
                    .flat_map(|c| if c.is_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] })
                    .collect();
                out.push(format!("dark_{}_{snake}", module.unwrap().to_lowercase()));
            }
        }
    }
    out
}

#[test]
fn every_function_marked_for_queries_is_there() {
    let it = connection();
    let declared = declared();
    assert!(declared.len() >= 16, "{declared:?}");
    for name in declared {
        let found = integer(&it, &format!("(SELECT count(*) FROM pragma_function_list WHERE name = '{name}')"));
        assert_eq!(found, 1, "{name}");
    }
}
