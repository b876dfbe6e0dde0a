pub mod form;
pub mod hall;
pub mod procedure;
pub mod province;
pub mod store;
pub mod ticket;
pub mod voice;
