//! E00xx syntax, E01xx layout and literals, E06xx projects: what `dark_syntax` and the driver report.

codes! {
    E0001 Error "does-not-fit";
    E0002 Error "missing-then";
    E0003 Error "missing-with";
    E0004 Error "missing-arrow";
    E0005 Error "missing-body";
    E0006 Error "missing-result-type";
    E0007 Error "no-rec";
    E0008 Error "something-missing";
    E0009 Error "foreign-word";
    E0010 Error "let-value";
    E0011 Error "bare-expression";
    E0012 Error "assertion-outside-tests";
    E0013 Error "missing-parameter-type";
    E0014 Error "missing-definition";
    E0015 Error "not-a-segment";
    E0016 Error "qualified-case";
    E0017 Error "keyword-as-name";
    E0100 Error "unknown-character";
    E0101 Error "open-string";
    E0102 Error "open-comment";
    E0103 Error "open-backticks";
    E0104 Error "unknown-escape";
    E0105 Error "stray-brace";
    E0106 Error "open-interpolation";
    E0107 Error "not-a-character";
    E0108 Error "not-a-number";
    E0109 Error "float-range";
    E0110 Error "number-range";
    E0111 Error "duplicate-key";
    E0120 Error "one-line";
    E0121 Error "deep-body";
    E0122 Error "unclosed";
    E0123 Error "too-deep";
    E0124 Error "interpolation";
    E0125 Error "first-bar";
    W0101 Warning "tab";
    W0102 Warning "pipe-into-branch";
}
