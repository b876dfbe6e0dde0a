//! What a touch chooses between.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Ordinary,
    Priority,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Masked,
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    Day,
    Month,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearOnly {
    No,
    Yes,
}
