//! Templates and what they become: names, numbers, and the frame of a module in each language.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Dark,
    Go,
    OCaml,
}

/// A template in the three languages.
struct Template {
    dark: &'static str,
    go: &'static str,
    ocaml: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            dark: include_str!(concat!("../../templates/", $name, ".dark")),
            go: include_str!(concat!("../../templates/", $name, ".go")),
            ocaml: include_str!(concat!("../../templates/", $name, ".ml")),
        }
    };
}

const KERNEL: Template = template!("kernel");

const TEMPLATES: [Template; 7] = [
    template!("ledger"),
    template!("tree"),
    template!("text"),
    template!("shapes"),
    template!("machine"),
    template!("settings"),
    template!("queue"),
];

/// Names of sections; those of one module differ.
const NOUNS: [&str; 24] = [
    "Order", "Invoice", "Parcel", "Ticket", "Garden", "Bridge", "Recipe", "Lesson", "Harbour", "Letter", "Market",
    "Engine", "Museum", "Signal", "Teacher", "Journey", "Village", "Concert", "Library", "Weather", "Orchard",
    "Station", "Factory", "Kitchen",
];

/// Words in texts.
const WORDS: [&str; 16] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty", "knoll", "lagoon",
    "marsh", "north", "ochre", "pine",
];

impl Template {
    fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Dark => self.dark,
            Language::Go => self.go,
            Language::OCaml => self.ocaml,
        }
    }
}

pub fn kernel(language: Language) -> &'static str {
    KERNEL.text(language)
}

/// How many functions a text of Dark declares; of the other languages nobody asks.
pub fn functions(language: Language, text: &str) -> usize {
    match language {
        Language::Dark => text.lines().filter(|line| line.starts_with("let ")).count(),
        Language::Go | Language::OCaml => 0,
    }
}

/// A part of a module.
pub struct Section {
    number: usize,
    noun: String,
}

impl Section {
    /// The section of that number in the project and in its module.
    pub fn new(number: usize, in_module: usize) -> Section {
        // 7 and 24 have no common divisor: a noun meets every template.
        let noun = NOUNS[(number * 5 + in_module) % NOUNS.len()];
        let noun = if in_module < 5 { noun.to_owned() } else { format!("{noun}{in_module}") };
        Section { number, noun }
    }

    fn camel(&self) -> String {
        self.noun.to_lowercase()
    }

    /// The section's text.
    pub fn text(&self, language: Language) -> String {
        let number = self.number;
        let template = TEMPLATES[number % TEMPLATES.len()].text(language);
        let word = |shift: usize| WORDS[(number * 3 + number / WORDS.len() + shift) % WORDS.len()];
        let numbers = [17 + number * 13 % 80, 8 + number * 7 % 31, 3 + number * 5 % 8, 20 + number * 11 % 40];
        let mut text = template.replace("$N", &self.noun).replace("$n", &self.camel());
        text = text.replace("$w", word(0)).replace("$v", word(7));
        for (index, value) in numbers.iter().enumerate() {
            text = text.replace(&format!("${}", index + 1), &value.to_string());
        }
        text
    }
}

/// A module of sections; its last function calls them all, and adds a number that edits change.
pub fn module(language: Language, name: &str, sections: &[Section], number: &str) -> String {
    let texts: Vec<String> = sections.iter().map(|section| section.text(language)).collect();
    let body = texts.join("\n");
    let calls = |call: &dyn Fn(usize, &Section) -> String| {
        sections.iter().enumerate().map(|(index, section)| call(index, section)).collect::<Vec<_>>().join(" + ")
    };
    match language {
        Language::Dark => {
            let calls = calls(&|index, it| format!("check{} (seed + {index}L)", it.noun));
            let name = capital(name);
            format!("module App.{name}\n\n{body}\nlet check (seed: Int64) : Int64 = {calls} + {number}L\n")
        }
        Language::Go => {
            let calls = calls(&|index, it| format!("check{}(seed+{index})", it.noun));
            let imports: String = [("errors", "errors."), ("strconv", "strconv."), ("strings", "strings.")]
                .iter()
                .filter(|(_, used)| body.contains(used))
                .map(|(package, _)| format!("\t\"{package}\"\n"))
                .collect();
            format!(
                "package {name}\n\nimport (\n{imports}\t\"bench/kernel\"\n)\n\n{body}\n\
                 func Check(seed int64) int64 {{ return {calls} + {number} }}\n"
            )
        }
        Language::OCaml => {
            let calls = calls(&|index, it| format!("check_{} (seed + {index})", it.camel()));
            format!("{body}\nlet check seed = {calls} + {number}\n")
        }
    }
}

/// The program: it calls every module.
pub fn main(language: Language, modules: &[String]) -> String {
    match language {
        Language::Dark => {
            let step = |name: &String| format!("  let total = total + {}.check seed\n", capital(name));
            let steps: String = modules.iter().map(step).collect();
            format!(
                "module App\n\nlet total (seed: Int64) : Int64 =\n  let total = 0L\n{steps}  total\n\n\
                 [<HttpHandler(\"GET\", \"/\")>]\nlet index () : String = Stdlib.Int64.toString (total 17L)\n"
            )
        }
        Language::Go => {
            let imports: String = modules.iter().map(|name| format!("\t\"bench/{name}\"\n")).collect();
            let steps: String = modules.iter().map(|name| format!("\ttotal += {name}.Check(17)\n")).collect();
            format!(
                "package main\n\nimport (\n\t\"fmt\"\n{imports})\n\nfunc main() {{\n\ttotal := int64(0)\n{steps}\
                 \tfmt.Println(total)\n}}\n"
            )
        }
        Language::OCaml => {
            let steps: String =
                modules.iter().map(|name| format!("  let total = total + {}.check 17 in\n", capital(name))).collect();
            format!("let () =\n  let total = 0 in\n{steps}  print_endline (string_of_int total)\n")
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
