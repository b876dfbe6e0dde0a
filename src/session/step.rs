//! Where a visit is.

use jiff::Timestamp;

use super::following::Following;
use super::handing::HandingIn;
use super::handing::resuming::Resuming;
use super::handing::signing::far::Far;
use super::paying::Paying;
use super::rating::Rating;
use super::staff::Staff;
use super::taking::Taking;

/// Where the visit is.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Rest,
    Home,
    Taking(Taking),
    HandingIn(Box<HandingIn>),
    Following(Following),
    Rating(Rating),
    Staff(Box<Staff>),
    /// The visit is over and wiped, but somebody's card still lies there.
    CardLeft {
        since: Timestamp,
    },
}

impl Step {
    /// The visit itself, also while staff stand before it.
    pub fn visit(&self) -> &Step {
        if let Self::Staff(staff) = self {
            &staff.behind
        } else {
            self
        }
    }

    /// The fee that is being paid.
    pub fn paying(&self) -> Option<&Paying> {
        match self {
            Self::HandingIn(handing) => handing.paying(),
            Self::Following(following) => following.paying(),
            Self::Rest | Self::Home | Self::Taking(_) | Self::Rating(_) | Self::Staff(_) | Self::CardLeft { .. } => {
                None
            }
        }
    }

    /// Quiet seconds before the idle warning, where the page has its own.
    pub(super) fn idle_secs(&self, now: Timestamp) -> Option<u32> {
        match self {
            Self::HandingIn(handing) => handing.idle_secs(now),
            Self::Following(following) => following.paying().and_then(|paying| paying.idle_secs(now)),
            Self::Rest | Self::Home | Self::Taking(_) | Self::Rating(_) | Self::Staff(_) | Self::CardLeft { .. } => {
                None
            }
        }
    }

    /// The signature that is waited for from a telephone.
    pub fn signing_far(&self) -> Option<&Far> {
        match self {
            Self::HandingIn(handing) => handing.signing_far(),
            Self::Rest
            | Self::Home
            | Self::Taking(_)
            | Self::Following(_)
            | Self::Rating(_)
            | Self::Staff(_)
            | Self::CardLeft { .. } => None,
        }
    }

    /// Whether the code of a draft put aside is taken up here: nothing else is under way.
    pub(super) fn takes_aside(&self) -> bool {
        match self {
            Self::Rest | Self::Home | Self::Following(Following::Asking { .. }) => true,
            Self::HandingIn(handing) => matches!(
                **handing,
                HandingIn::Finding(_) | HandingIn::Reading { .. } | HandingIn::Resuming(Resuming::Cannot { .. })
            ),
            Self::Taking(_) | Self::Following(_) | Self::Rating(_) | Self::Staff(_) | Self::CardLeft { .. } => false,
        }
    }
}
