#!/usr/bin/env python3
"""Lists the decisions that differ between two folders: an independent check of `vestige`'s diff.

    decision_diff.py A B [--component NAME]

A key is (principal, permission, resource). In one folder its outcome is ALLOW when it was only
allowed, DENY when only denied, MIXED when both, over every `authz_check` event of every *.jsonl
directly in the folder, from the server and the client side alike. `--component` takes only the
events whose `environment.component` is NAME: `gcp-iam-emulator` is the server side.

Prints JSON: `keys_in_a`, `keys_in_b`, `keys_in_both`, `only_in_a` and `only_in_b` (counts by
outcome), `unchanged`, and `flips`: for each transition that occurs ("ALLOW->DENY", "DENY->MIXED",
…) its keys, sorted by code point. A flip is a key of both folders whose outcomes differ. Lines
that are no decisions are passed over; summarize_authz.py counts them.

Exit 1 when there is a flip, 0 when there is none, 2 when a folder cannot be read.
"""

import argparse
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from summarize_authz import read  # noqa: E402  (found beside this script)


def outcomes(folder, component):
    """Each key's outcome."""
    seen = {}
    for _, decision in read(folder):
        if decision and component in (None, decision.component):
            seen.setdefault(decision.key, set()).add(decision.outcome)
    return {key: found.pop() if len(found) == 1 else "MIXED" for key, found in seen.items()}


def tally(values):
    values = list(values)
    return {outcome: values.count(outcome) for outcome in sorted(set(values))}


def diff(a, b):
    flips = {}
    both = sorted(a.keys() & b.keys())
    for key in both:
        if a[key] != b[key]:
            named = dict(zip(("principal", "permission", "resource"), key))
            flips.setdefault(f"{a[key]}->{b[key]}", []).append(named)
    return {
        "keys_in_a": len(a),
        "keys_in_b": len(b),
        "keys_in_both": len(both),
        "only_in_a": tally(a[key] for key in a.keys() - b.keys()),
        "only_in_b": tally(b[key] for key in b.keys() - a.keys()),
        "unchanged": len(both) - sum(map(len, flips.values())),
        "flips": dict(sorted(flips.items())),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    parser.add_argument("--component")
    arguments = parser.parse_args()
    for folder in (arguments.a, arguments.b):
        if not folder.is_dir():
            print(f"not a folder: {folder}", file=sys.stderr)
            return 2
    component = arguments.component
    result = diff(outcomes(arguments.a, component), outcomes(arguments.b, component))
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 1 if result["flips"] else 0


if __name__ == "__main__":
    sys.exit(main())
