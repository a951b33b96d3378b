//! Linking: a program's objects and the runtime become an executable.

use crate::runtime;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Links objects into an executable file.
pub fn link(objects: &[PathBuf], executable: &Path) -> Result<(), String> {
    let runtime = runtime::object()?;
    let driver = compiler_driver();
    let mut command = Command::new(&driver);
    command.arg("-o").arg(executable).args(objects).arg(&runtime);
    command.args(["-pie", "-Wl,--gc-sections", "-Wl,-s", "-lm", "-lpthread", "-ldl"]);
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!(
            "no linker: `{}` is not installed. On Debian and Ubuntu: apt-get install gcc; or name another with CC",
            driver.display()
        ),
        _ => format!("the linker `{}` could not be started: {error}", driver.display()),
    })?;
    if !output.status.success() {
        let _ = std::fs::remove_file(executable);
        return Err(format!("linking failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    Ok(())
}

/// What drives the system's linker: `CC`, else `cc`.
fn compiler_driver() -> PathBuf {
    std::env::var_os("CC").filter(|name| !name.is_empty()).map_or_else(|| "cc".into(), PathBuf::from)
}
