//! Compiles the pages, with their words, fonts and drawings, into the program.

use slint_build::{CompilerConfiguration, DefaultTranslationContext, compile_with_config};

fn main() {
    // The dock asks what is on the screen by the names of elements.
    // So do the tests of the pages.
    let names_kept = std::env::var_os("CARGO_FEATURE_VIRTUAL").is_some()
        || std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let config = CompilerConfiguration::new()
        .with_bundled_translations("words")
        .with_default_translation_context(DefaultTranslationContext::None)
        .with_debug_info(names_kept);

    compile_with_config("kiosk.slint", config).expect("The pages compile");
    println!("cargo::rerun-if-changed=words");
}
