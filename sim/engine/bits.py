"""Bits: the mixing function behind keyed luck, and hashes of names."""

import hashlib

import numpy as np

UINT64 = np.dtype(np.uint64)
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
# Constants of splitmix64 as arrays without a dimension: numpy need not convert them at each call.
_R12, _R27, _R30, _R31, _S24, _S40 = (np.array(shift, np.uint64) for shift in (12, 27, 30, 31, 24, 40))
_M1, _M2 = (np.array(factor, np.uint64) for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def hash64(text: str) -> int:
    """64-bit hash of a name. Never Python's hash, which differs from process to process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(z: np.ndarray) -> np.ndarray:
    """Finaliser of splitmix64 on a uint64 array: each bit in moves each bit out with chance one half."""
    z = z ^ (z >> _R30)
    z *= _M1
    z ^= z >> _R27
    z *= _M2
    z ^= z >> _R31
    return z


def mix_int(z: int) -> int:
    """The same for one Python integer."""
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)
