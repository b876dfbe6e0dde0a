fn main() {
    slint_build::compile("kiosk.slint").expect("The pages compile");
}
