//! E02xx names, E03xx types, E04xx patterns, E05xx platform contracts, W warnings: what `dark_hir` and `dark_ir` report.

codes! {
    E0201 Error "unknown-name";
    E0202 Error "unknown-type";
    E0203 Error "type-arguments";
    E0204 Error "undeclared-type-variable";
    E0206 Error "unknown-case";
    E0207 Error "bound-twice";
    E0208 Error "or-bindings";
    E0209 Error "cons-operator";
    E0210 Error "declared-twice";
    E0211 Error "alias-of-itself";
    E0301 Error "branch-types-differ";
    E0302 Error "element-types-differ";
    E0303 Error "result-type";
    E0304 Error "operand-types";
    E0305 Error "condition-not-bool";
    E0306 Error "unknown-field";
    E0307 Error "unclear-record";
    E0308 Error "case-arity";
    E0309 Error "record-fields";
    E0310 Error "value-needs-itself";
    E0311 Error "not-unwrappable";
    E0312 Error "value-lost";
    E0313 Error "if-without-else";
    E0314 Error "interpolation-not-string";
    E0315 Error "field-type";
    E0316 Error "test-types-differ";
    E0317 Error "argument-type";
    E0318 Error "not-a-function";
    E0402 Error "pattern-type";
    E0403 Error "pattern-arity";
    E0501 Error "unknown-attribute";
    E0502 Error "route";
    E0503 Error "handler-parameter";
    E0504 Error "handler-result";
    E0505 Error "handlers-tie";
    E0506 Error "worker-parameter";
    E0507 Error "cron-parameter";
    E0508 Error "schedule";
    E0509 Error "datastore-row";
    E0510 Error "not-a-worker";
    W0401 Warning "match-misses-case";
    W0402 Warning "case-not-reached";
    W0501 Warning "unused-route-variable";
}
