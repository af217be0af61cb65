//! Against the plainest way to say the same, byte by byte.

use std::vec::Vec;

use crate::order::order;

/// Numbers that look random, the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("64 bits") % limit
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.below(256) as u8).collect()
    }
}

#[cfg(target_arch = "x86_64")]
#[track_caller]
fn check_copy(bytes: &[u8], (to, from, n): (usize, usize, usize)) {
    let (mut ours, mut expected) = (bytes.to_vec(), bytes.to_vec());
    for (place, byte) in expected[to..].iter_mut().zip(&bytes[from..from + n]) {
        *place = *byte;
    }
    assert!(to.max(from) + n <= bytes.len());
    let start = ours.as_mut_ptr();
    // SAFETY: both places are within `ours`.
    unsafe { crate::copy::copy(start.add(to), start.add(from), n) };
    assert!(ours == expected, "{n} bytes from {from} to {to}");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn small_copies_overlap_in_every_way() {
    let bytes = Numbers(1).bytes(200);
    for n in 0..100 {
        for to in 0..100 {
            check_copy(&bytes, (to, 50, n));
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn large_copies_overlap_anyhow() {
    let mut numbers = Numbers(2);
    let bytes = numbers.bytes(10_000);
    for _ in 0..2_000 {
        let n = numbers.below(5_000);
        let [to, from] = [(); 2].map(|()| numbers.below(bytes.len() - n));
        check_copy(&bytes, (to, from, n));
    }
}

#[track_caller]
fn check_order(a: &[u8], b: &[u8]) {
    assert_eq!(a.len(), b.len());
    let expected = a.iter().cmp(b) as i32;
    // SAFETY: both slices are as long as `a`.
    let ours = unsafe { order(a.as_ptr(), b.as_ptr(), a.len()) };
    assert_eq!(ours, expected, "{a:?}\n{b:?}");
}

#[test]
fn one_differing_byte_decides_wherever_it_is() {
    let mut numbers = Numbers(3);
    for n in 0..70 {
        let a = numbers.bytes(n);
        check_order(&a, &a);
        for at in 0..n {
            let mut b = a.clone();
            b[at] = b[at].wrapping_add(1 + numbers.below(255) as u8);
            check_order(&a, &b);
            check_order(&b, &a);
        }
    }
}

#[test]
fn the_first_of_several_differing_bytes_decides() {
    let mut numbers = Numbers(4);
    for _ in 0..20_000 {
        let n = numbers.below(70);
        let [mut a, mut b] = [(); 2].map(|()| numbers.bytes(n));
        let same = numbers.below(n + 1);
        a[..same].fill(7);
        b[..same].fill(7);
        check_order(&a, &b);
    }
}
