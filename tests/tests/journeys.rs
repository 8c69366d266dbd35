//! What three kinds of user come for, walked in a real browser against the program as it is started to try it out.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::demo::Demo;

#[test]
fn three_kinds_of_user_reach_what_they_came_for_by_pointer_phone_keyboard_and_without_javascript() {
    let demo = Demo::start(&[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/journeys.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([demo.base.as_str(), &Value::Object(demo.accounts.clone()).to_string()])
        .output()
        .expect("node is there: cargo xtask test installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("journeys walked"), "{told}");
}
