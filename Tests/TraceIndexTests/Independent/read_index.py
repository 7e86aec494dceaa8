#!/usr/bin/env python3
"""Reads an index file, written from docs/index-format.md alone: the test of that document.

    read_index.py FILE [ROWS]     totals, artifacts and diagnostics, then the first rows
"""

import array
import struct
import sys

HEADER = struct.Struct("<8sIIIIQQQ")
ENTRY = struct.Struct("<IIQQQ")
NONE = 0xFFFFFFFF
MULTIPLIERS = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB)
KINDS = ["span", "decision", "log"]
OUTCOMES = ["none", "allow", "deny", "error", "allowed-then-failed", "unknown", "unauthenticated"]
TOTALS = ["traces", "spans", "decisions", "logs", "errors", "allowed", "denied", "decision_errors",
          "records_read", "records_refused", "records_skipped"]


def fold(a, b):
    product = a * b
    return (product >> 64) ^ (product & (1 << 64) - 1)


def digest(data):
    lanes = [1, 2, 3, 4]
    padded = data + bytes(-len(data) % 32)
    for words in struct.iter_unpack("<4Q", padded):
        lanes = [(fold(lane ^ word, m) + 1) % (1 << 64)
                 for lane, word, m in zip(lanes, words, MULTIPLIERS)]
    state = 0
    for lane, m in zip(lanes, MULTIPLIERS[1:] + MULTIPLIERS[:1]):
        state = fold(state ^ lane, m)
    return fold(state ^ len(data), MULTIPLIERS[1])


class Metadata:
    """A cursor over the bytes of section 1."""

    def __init__(self, data):
        self.data, self.position = data, 0

    def number(self, code):
        value, = struct.unpack_from("<" + code, self.data, self.position)
        self.position += struct.calcsize(code)
        return value

    def text(self):
        length = self.number("I")
        self.position += length
        return self.data[self.position - length:self.position].decode()


def sections(data):
    magic, version, oldest, count, _, size, rows, stored = HEADER.unpack_from(data)
    assert magic == b"VESTIGE\0", "not an index"
    assert oldest <= 2 <= version and size == len(data), "another version, or cut off"
    table = data[64:64 + 32 * count]
    assert digest(data[:40] + table) == stored, "damaged header"
    found = {}
    for number, _, offset, length, stored in ENTRY.iter_unpack(table):
        found[number] = data[offset:offset + length]
        assert offset % 64 == 0 and digest(found[number]) == stored, f"damaged section {number}"
    return rows, found


def column(section, code):
    values = array.array(code)
    values.frombytes(section)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def main(path, limit=10):
    rows, section = sections(open(path, "rb").read())
    metadata = Metadata(section[1])
    print("name", metadata.text())
    metadata.number("Q"), metadata.number("Q")  # resources, parts
    for name in TOTALS:
        print(name, metadata.number("Q"))
    print("start", metadata.number("q"), "end", metadata.number("q"))
    for _ in range(metadata.number("I")):
        path, size, _, stored, form = (metadata.text(), metadata.number("Q"), metadata.number("q"),
                                       metadata.number("Q"), metadata.text())
        versions = [metadata.text() for _ in range(metadata.number("I"))]
        records = [metadata.number("Q") for _ in range(3)]
        print("artifact", path, size, f"{stored:016x}", form, ",".join(versions), *records)
    for _ in range(metadata.number("I")):
        print("diagnostic", metadata.number("I"), metadata.text(), metadata.text(),
              metadata.number("Q"), metadata.number("Q"))

    ends = column(section[2], "Q")

    def string(number):
        return section[3][ends[number - 1] if number else 0:ends[number]].decode(errors="replace")

    start, duration = column(section[10], "q"), column(section[11], "q")
    parent, depth = column(section[14], "I"), column(section[16], "H")
    for row in range(min(rows, limit)):
        print(row, KINDS[section[17][row]], start[row], duration[row], depth[row],
              "-" if parent[row] == NONE else parent[row], OUTCOMES[section[20][row]],
              string(column(section[22], "I")[row]), string(column(section[24], "I")[row]))
    scopes, key_ends = section[70], column(section[72], "Q")
    for key, name in enumerate(column(section[71], "I")):
        first = key_ends[key - 1] if key else 0
        values = column(section[74], "I")[first:key_ends[key]]
        print("key", scopes[key], string(name), len(values), string(values[0]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)
