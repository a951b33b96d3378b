//! The text of a file in the one format.

use crate::Analysis;
use dark_format::format_file;
use dark_hir::FileKind;
use dark_source::FileId;
use dark_syntax::Mode;

impl Analysis {
    /// The whole text formatted; `None` for a file that does not parse, which stays as it is.
    pub fn formatted(&self, file: FileId) -> Option<String> {
        let source = self.source(file)?;
        let mode = match source.kind(&self.db) {
            FileKind::Std => Mode::Std,
            FileKind::Package => Mode::Package,
            FileKind::Script | FileKind::Eval => Mode::Script,
            FileKind::Test | FileKind::Examples => Mode::Test,
        };
        format_file(source.text(&self.db), file, mode).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::project;

    #[test]
    fn a_file_is_formatted_as_a_whole() {
        let (analysis, file, _) = project("let f (a:Int):Int=a+1 // one more\n");
        assert_eq!(analysis.formatted(file).as_deref(), Some("let f (a: Int) : Int = a + 1 // one more\n"));
    }

    #[test]
    fn a_broken_file_is_left_alone() {
        let (analysis, file, _) = project("let f (a: Int : Int = (a\n");
        assert_eq!(analysis.formatted(file), None);
    }

    #[test]
    fn a_formatted_file_stays_as_it_is() {
        let text = "let f (a: Int) : Int = a\n";
        let (analysis, file, _) = project(text);
        assert_eq!(analysis.formatted(file).as_deref(), Some(text));
    }
}
