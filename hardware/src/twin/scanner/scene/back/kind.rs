//! What may be special about a card on the glass, and how often.

/// How often each kind comes in a hundred scenes of a [`set`](super::set).
pub(super) const MIX: [(BackKind, usize); 9] = [
    (BackKind::Plain, 20),
    (BackKind::Turned, 20),
    (BackKind::Blurred, 10),
    (BackKind::Worn, 12),
    (BackKind::Dim, 10),
    (BackKind::Glaring, 8),
    (BackKind::Covered, 10),
    (BackKind::Front, 6),
    (BackKind::Empty, 4),
];

/// What is special about a card on the glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackKind {
    /// Upright, at most a little turned.
    Plain,
    /// On its side or its head, and askew.
    Turned,
    Blurred,
    /// Scratched, with specks of its letters gone.
    Worn,
    /// With too little light, and the noise that comes with it.
    Dim,
    /// A band of light over the letters, through which they can still be seen.
    Glaring,
    /// A thumb or a flood of light over letters that nothing else tells.
    Covered,
    /// The other side of the card, which has no machine readable zone.
    Front,
    /// No card.
    Empty,
}

impl BackKind {
    /// Whether all letters of the machine readable zone can be seen.
    pub fn readable(self) -> bool {
        !matches!(self, Self::Covered | Self::Front | Self::Empty)
    }
}
