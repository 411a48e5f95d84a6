"""Spoiling an extract of OpenStreetMap: its bytes, or what is packed in one of its blocks."""

from __future__ import annotations

import struct
import zlib
from random import Random
from typing import Any

from tests.fuzz.spoil import Sample, any_bytes, raw_bytes


def extract(rng: Random, one: Sample) -> Sample:
    """Spoil a .osm.pbf: its bytes, or what is packed in one of its blocks."""
    if rng.random() < 0.3:
        return any_bytes(rng, one)
    blocks = _blocks(one.raw)
    at = rng.randrange(len(blocks))
    kind, raw = blocks[at]
    match rng.randrange(10):
        case 0:
            del blocks[at]
        case 1:
            blocks.append(blocks[at])
        case 2:
            blocks[at] = (rng.choice((b"OSMHeader", b"OSMData", b"Other", b"")), raw)
        case 3:
            blocks.reverse()
        case _:
            blocks[at] = (kind, raw_bytes(rng, raw))
    return Sample(one.name, b"".join(_block(kind, raw) for kind, raw in blocks))


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        number |= (raw[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not raw[at - 1] & 0x80:
            return number, at


def _fields(raw: bytes) -> dict[int, Any]:
    found: dict[int, Any] = {}
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        number, at = _varint(raw, at)
        if key & 7 == 2:
            found[key >> 3], at = raw[at : at + number], at + number
        else:
            found[key >> 3] = number
    return found


def _blocks(raw: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(raw):
        (size,) = struct.unpack(">I", raw[at : at + 4])
        head = _fields(raw[at + 4 : at + 4 + size])
        at += 4 + size
        body = _fields(raw[at : at + head[3]])
        found.append((head[1], body[1] if 1 in body else zlib.decompress(body[3])))
        at += head[3]
    return found


def _number(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def _block(kind: bytes, raw: bytes) -> bytes:
    packed = zlib.compress(raw)
    body = b"\x10" + _number(len(raw)) + b"\x1a" + _number(len(packed)) + packed
    head = b"\x0a" + _number(len(kind)) + kind + b"\x18" + _number(len(body))
    return struct.pack(">I", len(head)) + head + body
