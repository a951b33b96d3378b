//! Which attributes there are, and that those of the library stay there: the compiler believes what they say about code.
//! What an attribute of a program demands is in `handlers`.

use dark_diagnostics::{Diagnostic, codes};
use dark_source::FileId;
use dark_syntax::ast::{Attribute, Item};

const OF_PROGRAMS: [&str; 4] = ["HttpHandler", "Worker", "Cron", "DB"];

const OF_THE_LIBRARY: [&str; 14] = [
    "Extern",
    "Intrinsic",
    "Builtin",
    "Pure",
    "Fails",
    "Consumes",
    "Compares",
    "Json",
    "Declared",
    "Reveals",
    "Sql",
    "Fuses",
    "Opaque",
    "Stored",
];

/// The attributes of a declaration that may not stand there.
pub fn check(item: &Item, in_library: bool, file: FileId, out: &mut Vec<Diagnostic>) {
    for attribute in &item.attributes {
        let is_one_of = |known: &[&str]| known.contains(&attribute.name.text.as_str());
        match is_one_of(&OF_THE_LIBRARY) {
            true if in_library => {}
            true => out.push(of_the_library(attribute, file)),
            false if is_one_of(&OF_PROGRAMS) => {}
            false => out.push(unknown(attribute, in_library, file)),
        }
    }
}

const ALLOWED: &str = "the attributes of programs are `HttpHandler`, `Worker`, `Cron` and `DB`";

fn of_the_library(attribute: &Attribute, file: FileId) -> Diagnostic {
    let name = &attribute.name;
    let title = format!("the attribute `{}` belongs to Dark's library", name.text);
    Diagnostic::new(codes::E0501, title, file, name.span, "only the library may say this")
        .help("leave it out")
        .note(ALLOWED)
}

fn unknown(attribute: &Attribute, in_library: bool, file: FileId) -> Diagnostic {
    let name = &attribute.name;
    let it =
        Diagnostic::new(codes::E0501, format!("there is no attribute `{}`", name.text), file, name.span, "not known");
    let meant = OF_PROGRAMS.into_iter().chain(OF_THE_LIBRARY.into_iter().filter(|_| in_library));
    match super::suggest::near(&name.text, meant).first() {
        Some(near) => it.help(format!("did you mean `[<{near}>]`?")),
        None if name.text == "REPL" => it.help("leave the attribute out: any function can be called from a script"),
        None => it.help(ALLOWED),
    }
}
