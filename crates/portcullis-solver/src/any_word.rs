//! The plain kernel: hashes whole blocks, wherever the swept word lies. For salts that the fast kernel is not cut for.

use core::num::Wrapping;

use crate::lanes::Lanes;
use crate::layout::Layout;
use crate::search::Batch;
use crate::sha256::{compress, compress_one};

/// A message of which one word is still open.
pub(crate) struct AnyWord<V> {
    /// The hash of all blocks before those in `blocks`.
    hash: [V; 8],
    blocks: [[V; 16]; 2],
    /// How many of `blocks` are hashed: 1 or 2.
    block_count: usize,
    /// The open word in the first block.
    swept: usize,
}

impl<V: Lanes> AnyWord<V> {
    /// Takes the message as the layout now has it.
    #[inline(never)]
    pub(crate) fn new(layout: &Layout) -> Self {
        let (mut blocks, mut block_count) = layout.blocks();
        let mut hash = layout.midstate;
        let mut swept = layout.swept;
        if swept >= 16 {
            hash = compress_one(hash, &blocks[0]);
            blocks[0] = blocks[1];
            block_count -= 1;
            swept -= 16;
        }
        let splat = |word: Wrapping<u32>| V::splat(word.0);
        Self { hash: hash.map(splat), blocks: blocks.map(|block| block.map(splat)), block_count, swept }
    }
}

impl<V: Lanes> Batch<V> for AnyWord<V> {
    #[inline(always)]
    fn first_word(&self, digits: V) -> V {
        let mut block = self.blocks[0];
        block[self.swept] = digits;
        let mut hash = self.hash;
        for next in 1..=self.block_count {
            hash = compress(hash, &block);
            block = self.blocks[next % 2];
        }
        hash[0]
    }
}
