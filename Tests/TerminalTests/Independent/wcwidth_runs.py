#!/usr/bin/env python3
"""Writes wcwidth_runs.txt beside this file: what another program says about every scalar's width.

Needs `pip install wcwidth==0.7.0` (tables of Unicode 17.0.0). Each line starts a run of scalars of
one width: first scalar in hexadecimal, width (-1 for controls).
"""

import pathlib

import wcwidth


def main() -> None:
    lines = [f"# wcwidth {wcwidth.__version__}, Unicode {wcwidth.list_versions()[-1]}"]
    previous = None
    for code in range(0x110000):
        width = wcwidth.wcwidth(chr(code))
        if width != previous:
            lines.append(f"{code:X} {width}")
        previous = width
    pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, "runs")


if __name__ == "__main__":
    main()
