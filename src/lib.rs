pub mod form;
pub mod procedure;
pub mod province;
