//! The virtual code.
