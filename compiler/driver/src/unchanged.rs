//! Building the same again: nothing is read but the texts.
//!
//! What was built is remembered under a hash of everything that went in: texts, names, settings, the library, the compiler.
//! Where it leads to the objects of an earlier build there is nothing to check and nothing to compile. A build that had
//! something to say is not remembered, so that it says it again.

use crate::compile::Plan;
use crate::objects::Names;
use crate::project::Project;
use crate::{cache, library};
use dark_ir::core::AppMode;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Builds that are remembered.
const KEPT_MAX: usize = 200;

/// The name of everything that decides what is built.
pub fn inputs(project: &Project, settings: &str, optimised: bool) -> String {
    let mut parts: Vec<Vec<u8>> = vec![
        env!("DARK_COMPILER_HASH").into(),
        dark_codegen::version().into(),
        vec![u8::from(optimised)],
        settings.into(),
        project.name.clone().into(),
        project.module.clone().into(),
    ];
    for (name, text) in library::files() {
        parts.push(name.into_owned().into());
        parts.push(text.into_owned().into());
    }
    for file in &project.files {
        parts.push(file.name.clone().into());
        parts.push(format!("{:?}", file.kind).into());
        parts.push(file.text.clone().into());
    }
    cache::key(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn remembered(plan: &Plan, inputs: &str) -> PathBuf {
    plan.cache.join("builds").join(inputs)
}

/// Stand in front of the objects.
const SERVES: &str = "serves";
const ENDS: &str = "ends";

/// The objects of an earlier build of the same, and what the program does as far as linking asks: serve, or end by itself.
pub fn find(plan: &Plan, inputs: &str) -> Option<(Names, AppMode)> {
    let path = remembered(plan, inputs);
    let text = String::from_utf8(cache::read_sealed(&path)?).ok()?;
    cache::touch(&path);
    let (kind, names) = text.split_once('\n')?;
    let names = Names(names.lines().map(String::from).collect());
    let mode = match kind {
        SERVES => AppMode::Serve,
        ENDS => AppMode::Script,
        _ => return None,
    };
    Some((names, mode)).filter(|(names, _)| !names.0.is_empty())
}

/// Remembers a build. Where that fails the next one takes longer.
pub fn remember(plan: &Plan, inputs: &str, names: &Names) {
    let path = remembered(plan, inputs);
    let kind = if plan.mode == AppMode::Serve { SERVES } else { ENDS };
    if cache::write_sealed(&path, format!("{kind}\n{}", names.0.join("\n")).as_bytes()).is_ok() {
        cache::tidy(&plan.cache.join("builds"), KEPT_MAX);
    }
}

/// Whether a file is still what was linked of these objects and that runtime.
pub fn is_linked(plan: &Plan, names: &Names, runtime: &Path, target: &Path) -> bool {
    let known = note(plan, target).and_then(|path| cache::read_sealed(&path));
    matches!((known, state(names, runtime, target)), (Some(known), Some(state)) if known == state.as_bytes())
}

/// Remembers that a file has been linked of these objects and that runtime.
pub fn linked(plan: &Plan, names: &Names, runtime: &Path, target: &Path) {
    if let (Some(path), Some(state)) = (note(plan, target), state(names, runtime, target)) {
        let _ = cache::write_sealed(&path, state.as_bytes());
    }
}

fn note(plan: &Plan, target: &Path) -> Option<PathBuf> {
    let full = target.canonicalize().ok()?;
    Some(plan.cache.join("targets").join(cache::key(&[full.as_os_str().as_encoded_bytes()])))
}

/// Changes whenever somebody writes the file.
fn state(names: &Names, runtime: &Path, target: &Path) -> Option<String> {
    let meta = std::fs::metadata(target).ok()?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {} {}", names.together(), runtime.display(), meta.len(), modified.as_nanos()))
}
