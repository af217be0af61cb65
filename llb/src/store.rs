//! Where a graph keeps bytes: in blocks, none of which ever moves.
//!
//! One growing buffer would be copied each time it doubles, and leave its old room behind.

/// The size from which a block takes no more, in bytes.
const BLOCK: usize = 64 << 10;

/// Holds written bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    blocks: Vec<Vec<u8>>,
}

/// Names bytes of a [`Store`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    block: u32,
    start: u32,
    end: u32,
}

impl Store {
    /// Writes a piece at the end.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Piece {
        if self.blocks.last().is_none_or(|block| block.len() >= BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK + BLOCK / 8));
        }
        let number = self.blocks.len() - 1;
        let block = &mut self.blocks[number];
        let start = block.len();
        write(block);
        let [block, start, end] =
            [number, start, block.len()].map(|place| u32::try_from(place).unwrap_or(u32::MAX));
        Piece { block, start, end }
    }

    /// Returns the bytes of a piece.
    pub(crate) fn get(&self, piece: Piece) -> &[u8] {
        let block = self.blocks.get(piece.block as usize);
        let bytes = block.and_then(|block| block.get(piece.start as usize..piece.end as usize));
        bytes.unwrap_or_default()
    }

    /// Takes back a piece and all that was added after it to its block.
    pub(crate) fn drop_from(&mut self, piece: Piece) {
        self.blocks.truncate(piece.block as usize + 1);
        if let Some(block) = self.blocks.get_mut(piece.block as usize) {
            block.truncate(piece.start as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_what_they_are() {
        let mut store = Store::default();
        let pieces: Vec<_> = (0..5000_u32)
            .map(|n| store.add(|bytes| bytes.extend(n.to_string().repeat(20).bytes())))
            .collect();
        store.drop_from(pieces[4990]);
        let again = store.add(|bytes| bytes.extend(b"again"));
        for (n, piece) in pieces.iter().take(4990).enumerate() {
            assert_eq!(store.get(*piece), n.to_string().repeat(20).as_bytes());
        }
        assert_eq!(store.get(again), b"again");
        let room = |piece: &Piece| (piece.block, piece.start);
        assert_eq!(
            room(&again),
            room(&pieces[4990]),
            "what was dropped leaves no hole"
        );
    }
}
