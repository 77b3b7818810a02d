//! Asks the linker to write down what it puts where in memory, beside the program. The site's build
//! divides the program's constant data by it (web/tools/split-wasm.mjs).

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    // target/wasm32-unknown-unknown/release/build/faultline-web-…/out
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    if let (true, Some(folder)) = (target.starts_with("wasm32"), out.ancestors().nth(3)) {
        println!("cargo:rustc-link-arg-bins=-Map={}", folder.join("faultline-web.map").display());
    }
}
