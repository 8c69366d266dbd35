//! The migrations are compiled in by a macro that cargo cannot see reading its folders.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../migrations");
}
