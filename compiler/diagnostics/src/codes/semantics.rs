//! E02xx names, E03xx types, E04xx patterns, E05xx platform contracts, W warnings: what `dark_hir` and `dark_ir` report.

codes! {}
