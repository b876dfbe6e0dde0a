//! The virtual scanner.
