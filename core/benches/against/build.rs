//! porcupine-rs comes with histories and with the code that reads them for its own tests. Both lie
//! where cargo keeps it, so cargo is asked, and its readers become modules of ours, unchanged.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn main() {
    let from = |name: &str| std::env::var(name).expect("cargo says so");
    let output = Command::new(from("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", &from("TARGET")])
        .current_dir(from("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let package = packages.iter().find(|package| package["name"] == "porcupine-rs").expect("it is a dependency");
    let manifest = package["manifest_path"].as_str().expect("it lies somewhere");
    let folder = Path::new(manifest).parent().expect("in a folder");

    let module = |name: &str| {
        let path = folder.join("test_data").join(format!("{name}.rs"));
        format!("#[path = {path:?}]\n#[allow(warnings, clippy::all)]\npub(crate) mod {name};\n")
    };
    let modules = module("jepsen_loader") + &module("kv_loader");
    std::fs::write(Path::new(&from("OUT_DIR")).join("readers.rs"), modules).expect("cargo has made the folder");
    println!("cargo::rustc-env=PORCUPINE_RS={}", folder.display());
    println!("cargo::rerun-if-changed=Cargo.lock");
}
