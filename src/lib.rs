pub mod form;
pub mod procedure;
