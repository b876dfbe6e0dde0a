//! The virtual panel.
