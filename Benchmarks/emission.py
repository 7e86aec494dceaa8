"""What the writers of all formats share: random numbers, timestamps, buffered lines."""

import datetime

MASK = 0xFFFF_FFFF_FFFF_FFFF
START = 1_772_442_000_000_000_000  # 2026-03-02 09:00:00 UTC, in nanoseconds
WRITE_BYTES = 1 << 22


class Random:
    """Steele, Lea and Flood's SplitMix64: one multiplication chain a number, and our own."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = z = (self.state + 0x9E37_79B9_7F4A_7C15) & MASK
        z = ((z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D0_49BB_1331_11EB) & MASK
        return z ^ z >> 31

    def skewed(self, count):
        """An index below `count`; small ones are far more frequent."""
        z = self.next()
        return (z & 0xFFFF_FFFF) * (z >> 32) * count >> 64


class Clock:
    """Writes times as Go does: UTC, nanoseconds, trailing zeros dropped; here without the Z."""

    def __init__(self):
        self.second, self.second_text = -1, ""

    def text(self, time):
        second, fraction = divmod(time, 1_000_000_000)
        if second != self.second:
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=second)
            self.second, self.second_text = second, moment.isoformat()
        digits = f"{fraction:09d}".rstrip("0")
        return f"{self.second_text}.{digits}" if digits else self.second_text


class Output:
    """Collects lines and writes them in large pieces."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.pending, self.pending_bytes, self.bytes, self.lines = [], 0, 0, 0

    def line(self, text):
        data = text.encode() + b"\n"
        self.pending.append(data)
        self.pending_bytes += len(data)
        self.bytes += len(data)
        self.lines += 1
        if self.pending_bytes >= WRITE_BYTES:
            self.flush()

    def flush(self):
        self.file.write(b"".join(self.pending))
        self.pending, self.pending_bytes = [], 0

    def close(self):
        self.flush()
        self.file.close()
