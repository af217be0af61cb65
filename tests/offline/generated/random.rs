//! Choices that look random and follow from a seed (splitmix64).

/// A stream of choices.
pub(super) struct Random(u64);

impl Random {
    /// Returns the stream of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// Returns a number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        let bound = u64::try_from(bound).expect("a number of choices");
        usize::try_from(word % bound).expect("below a number of choices")
    }

    /// Tells whether one of so many times is this one.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Returns one of these, seldom one of the odd ones.
    pub(super) fn or<'a>(&mut self, usual: &[&'a str], odd: &[&'a str]) -> &'a str {
        match self.one_in(25) {
            true => self.of(odd),
            false => self.of(usual),
        }
    }

    /// Returns one of these.
    pub(super) fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}
