//! The value every phase hands out. Shape (see CONTRIBUTING): code and title; a primary label on the smallest span;
//! secondary labels with the *because*; then `help` with code a person can paste, then `note` with the rule.

use crate::codes::Code;
use dark_source::{FileId, Location, Span};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub code: Code,
    /// What is wrong with this program, at most about 60 characters, no full stop.
    pub title: String,
    pub primary: Label,
    pub secondary: Vec<Label>,
    pub help: Vec<String>,
    pub notes: Vec<String>,
    pub fixes: Vec<Fix>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    pub location: Location,
    pub text: String,
}

/// A change an editor can offer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    pub location: Location,
    pub text: String,
}

impl Diagnostic {
    pub fn new(code: Code, title: impl Into<String>, file: FileId, span: Span, label: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            title: title.into(),
            primary: Label { location: Location { file, span }, text: label.into() },
            secondary: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    pub fn because(mut self, file: FileId, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { location: Location { file, span }, text: text.into() });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(text.into());
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fixes.push(fix);
        self
    }
}
