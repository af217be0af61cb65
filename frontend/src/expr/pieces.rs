//! The pieces of a template: a list that takes no room of its own for the one piece that most have.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Piece;

/// Pieces in order.
#[derive(Clone)]
pub struct Pieces<N>(Held<N>);

#[derive(Clone)]
enum Held<N> {
    One(Piece<N>),
    Any(Vec<Piece<N>>),
}

impl<N> Pieces<N> {
    /// Returns the list of one piece.
    pub fn one(piece: Piece<N>) -> Self {
        Self(Held::One(piece))
    }

    /// Adds a piece behind the others.
    pub fn push(&mut self, piece: Piece<N>) {
        let mut all = std::mem::take(self).into_vec();
        all.push(piece);
        *self = all.into();
    }

    fn into_vec(self) -> Vec<Piece<N>> {
        match self.0 {
            Held::One(piece) => vec![piece],
            Held::Any(pieces) => pieces,
        }
    }
}

impl<N> Default for Pieces<N> {
    fn default() -> Self {
        Self(Held::Any(Vec::new()))
    }
}

impl<N> From<Vec<Piece<N>>> for Pieces<N> {
    fn from(mut pieces: Vec<Piece<N>>) -> Self {
        match (pieces.len(), pieces.pop()) {
            (1, Some(piece)) => Self::one(piece),
            (_, last) => {
                pieces.extend(last);
                Self(Held::Any(pieces))
            }
        }
    }
}

impl<N> Deref for Pieces<N> {
    type Target = [Piece<N>];

    fn deref(&self) -> &[Piece<N>] {
        match &self.0 {
            Held::One(piece) => std::slice::from_ref(piece),
            Held::Any(pieces) => pieces,
        }
    }
}

impl<N> DerefMut for Pieces<N> {
    fn deref_mut(&mut self) -> &mut [Piece<N>] {
        match &mut self.0 {
            Held::One(piece) => std::slice::from_mut(piece),
            Held::Any(pieces) => pieces,
        }
    }
}

impl<N: fmt::Debug> fmt::Debug for Pieces<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<N: PartialEq> PartialEq for Pieces<N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<N: Eq> Eq for Pieces<N> {}

impl<N> IntoIterator for Pieces<N> {
    type Item = Piece<N>;
    type IntoIter = std::vec::IntoIter<Piece<N>>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}
