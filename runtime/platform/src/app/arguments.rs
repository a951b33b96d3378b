//! The command line of a built program, with `PORT` and `DATABASE_URL` from the environment.

use std::path::PathBuf;

use crate::db::Roles;
use crate::library::client::egress::{Allowed, VARIABLE};
use crate::store::Location;

const DEFAULT_PORT: u16 = 8080;

/// What a program that serves is told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Serve(Serve),
    Routes,
    Help,
    Version,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Serve {
    pub(crate) port: u16,
    pub(crate) database: Location,
    pub(crate) roles: Roles,
    /// Hosts of the own machine and network that may be called.
    pub(crate) egress: Allowed,
}

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(crate) port: Option<String>,
    pub(crate) database_url: Option<String>,
    pub(crate) allow_egress: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Environment {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Environment { port: read("PORT"), database_url: read("DATABASE_URL"), allow_egress: read(VARIABLE) }
    }
}

pub(crate) fn help(name: &str) -> String {
    format!(
        "usage: {name} [serve] [--port N] [--database URL] [--roles http,worker,cron] [--allow-egress LIST]
       {name} routes

  serve      answer requests, run workers and crons; the default
  routes     list the handlers, a line each

  --port N         the port to listen on; PORT in the environment; default {DEFAULT_PORT}
  --database URL   sqlite://PATH or a path; DATABASE_URL in the environment; default {name}.db in this folder
  --roles LIST     what this process does: any of http,worker,cron; default all of them
  --allow-egress LIST  hosts of this machine or network that the program may call, like localhost,10.0.0.7:8080;
                   ALLOW_EGRESS in the environment; default none
  --help, --version
"
    )
}

/// Reads the arguments of a program that serves. The error is a sentence.
pub(crate) fn parse(name: &str, arguments: &[String], environment: &Environment) -> Result<Command, String> {
    let mut options = Options::default();
    let mut command = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            let value = inline.clone().or_else(|| rest.next().cloned());
            value.ok_or_else(|| format!("`{flag}` needs a value"))
        };
        match flag {
            "--port" => options.port = Some(value()?),
            "--database" => options.database = Some(value()?),
            "--roles" => options.roles = Some(value()?),
            "--allow-egress" => options.allow_egress = Some(value()?),
            "--help" | "-h" | "help" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "serve" | "routes" if command.is_none() => command = Some(flag),
            _ => return Err(format!("`{argument}` is not known here")),
        }
    }
    match command {
        Some("routes") => match options == Options::default() {
            true => Ok(Command::Routes),
            false => Err("`routes` takes no options".to_owned()),
        },
        _ => options.serve(name, environment).map(Command::Serve),
    }
}

#[derive(Default, PartialEq)]
struct Options {
    port: Option<String>,
    database: Option<String>,
    roles: Option<String>,
    allow_egress: Option<String>,
}

impl Options {
    fn serve(self, name: &str, environment: &Environment) -> Result<Serve, String> {
        let port = match (&self.port, &environment.port) {
            (Some(text), _) => read_port(text, "--port")?,
            (None, Some(text)) => read_port(text, "PORT")?,
            (None, None) => DEFAULT_PORT,
        };
        let database = match self.database.as_ref().or(environment.database_url.as_ref()) {
            Some(url) => read_database(url)?,
            None => Location::File(PathBuf::from(format!("{name}.db"))),
        };
        let roles = self.roles.as_deref().map_or(Ok(Roles::ALL), Roles::parse)?;
        let egress = self.allow_egress.as_ref().or(environment.allow_egress.as_ref());
        let egress = egress.map_or_else(Allowed::default, |list| Allowed::parse(list));
        Ok(Serve { port, database, roles, egress })
    }
}

fn read_port(text: &str, source: &str) -> Result<u16, String> {
    text.parse().map_err(|_| format!("`{text}` is not a port: {source} is a number from 0 to 65535 (0: any free one)"))
}

fn read_database(url: &str) -> Result<Location, String> {
    let path = match url.split_once("://") {
        Some(("sqlite", path)) => path,
        Some(("postgres" | "postgresql", _)) => {
            return Err("PostgreSQL is not built yet: use sqlite://PATH or a path".to_owned());
        }
        Some((scheme, _)) => return Err(format!("`{scheme}` is not a database here: use sqlite://PATH or a path")),
        None => url,
    };
    match path {
        "" => Err("the database has no path: use sqlite://PATH or a path".to_owned()),
        path => Ok(Location::File(PathBuf::from(path))),
    }
}

/// Reads the arguments of a program of tests: `--without 3,7`, the numbers of values that are not computed.
pub(crate) fn parse_tests(arguments: &[String]) -> Result<Vec<usize>, String> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(Vec::new()),
        ["--without", numbers] => {
            let read = |number: &str| number.parse().map_err(|_| format!("`{number}` is not the number of a value"));
            numbers.split(',').map(read).collect()
        }
        [first, ..] => Err(format!("`{first}` is not known here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], environment: &Environment) -> Result<Command, String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| argument.to_string()).collect();
        parse("shop", &arguments, environment)
    }

    fn serve(arguments: &[&str]) -> Serve {
        match read(arguments, &Environment::default()) {
            Ok(Command::Serve(serve)) => serve,
            other => panic!("{other:?}"),
        }
    }

    fn file(path: &str) -> Location {
        Location::File(PathBuf::from(path))
    }

    #[test]
    fn without_arguments_everything_is_served() {
        let expected =
            Serve { port: DEFAULT_PORT, database: file("shop.db"), roles: Roles::ALL, egress: Allowed::default() };
        assert_eq!(serve(&[]), expected);
        assert_eq!(serve(&["serve"]), expected);
    }

    #[test]
    fn options_are_read_in_both_forms() {
        let roles = Roles { http: true, worker: false, cron: false };
        let expected = Serve { port: 81, database: file("/a/b.db"), roles, egress: Allowed::default() };
        assert_eq!(serve(&["--port", "81", "--database", "sqlite:///a/b.db", "--roles", "http"]), expected);
        assert_eq!(serve(&["serve", "--port=81", "--database=/a/b.db", "--roles=http"]), expected);
        assert_eq!(serve(&["--database", "sqlite://b.db"]).database, file("b.db"));
    }

    #[test]
    fn the_environment_counts_when_the_arguments_do_not_say() {
        let environment = Environment {
            port: Some("90".into()),
            database_url: Some("sqlite://x.db".into()),
            ..Environment::default()
        };
        let Ok(Command::Serve(from_both)) = read(&["--port", "91"], &environment) else { panic!() };
        assert_eq!((from_both.port, from_both.database), (91, file("x.db")));
        let wrong = Environment { port: Some("x".into()), ..Environment::default() };
        assert!(read(&[], &wrong).unwrap_err().contains("PORT"));
    }

    #[test]
    fn hosts_that_may_be_called_are_listed() {
        let environment = Environment { allow_egress: Some("a".into()), ..Environment::default() };
        let egress = |arguments: &[&str]| match read(arguments, &environment) {
            Ok(Command::Serve(serve)) => serve.egress,
            other => panic!("{other:?}"),
        };
        assert_eq!(egress(&[]), Allowed::parse("a"));
        assert_eq!(egress(&["--allow-egress", "b,c:1"]), Allowed::parse("b,c:1"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (&["--prot", "1"][..], "--prot"),
            (&["--port"], "--port"),
            (&["--port", "x"], "`x`"),
            (&["--port", "65536"], "65536"),
            (&["nonsense"], "nonsense"),
            (&["serve", "routes"], "routes"),
            (&["routes", "--port", "1"], "routes"),
            (&["--roles", "htpp"], "htpp"),
            (&["--database", "postgres://x/y"], "not built yet"),
            (&["--database", "mysql://x"], "mysql"),
            (&["--database", "sqlite://"], "no path"),
            (&["migrate"], "migrate"),
        ];
        for (arguments, named) in cases {
            let message = read(arguments, &Environment::default()).unwrap_err();
            assert!(message.contains(named), "{arguments:?}: {message}");
        }
    }

    #[test]
    fn the_other_commands() {
        let read = |arguments: &[&str]| read(arguments, &Environment::default()).unwrap();
        assert_eq!(read(&["routes"]), Command::Routes);
        assert_eq!(read(&["--help"]), Command::Help);
        assert_eq!(read(&["serve", "--help"]), Command::Help);
        assert_eq!(read(&["--version"]), Command::Version);
        let tests = |arguments: &[&str]| parse_tests(&arguments.iter().map(|it| it.to_string()).collect::<Vec<_>>());
        assert_eq!(tests(&[]), Ok(Vec::new()));
        assert_eq!(tests(&["--without", "3,17"]), Ok(vec![3, 17]));
        assert!(tests(&["--without", "x"]).is_err());
        assert!(tests(&["--without"]).is_err());
    }
}
