"""Slots of a Redis cluster: CRC16 of a key, or of its hash tag, modulo 16,384 (Redis cluster specification, `cluster.c` keyHashSlot)."""

from __future__ import annotations

SLOTS = 16_384
POLYNOMIAL = 0x1021
"""Of CRC-16/XMODEM, which the cluster specification names."""


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: initial value 0, not reflected."""
    remainder = 0
    for byte in data:
        remainder ^= byte << 8
        for _ in range(8):
            remainder = ((remainder << 1) ^ POLYNOMIAL if remainder & 0x8000 else remainder << 1) & 0xFFFF
    return remainder


def hash_tag(key: bytes) -> bytes:
    """What is hashed: between the first `{` and the first `}` behind it, or the whole key where nothing stands between them."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1) if start >= 0 else -1
    return key[start + 1 : end] if end > start + 1 else key


def slot(key: str | bytes) -> int:
    """The slot of a key."""
    return crc16(hash_tag(key.encode() if isinstance(key, str) else key)) % SLOTS
