#!/usr/bin/env python3
"""Counts the authorization events of folders: an independent check of `vestige`'s own counts.

    summarize_authz.py FOLDER...

Reads every *.jsonl directly in each folder and prints one JSON object a folder, keyed by its path:

- `lines`: all lines but blank ones; each is one of the next five kinds or a decision.
- `decisions`: `authz_check` events, from the server and the client side alike; `allowed` and
  `denied` by their outcome. The distinct counts are over decisions alone; an absent principal
  counts as the empty one.
- `errors`: `authz_error` events: no decision was made.
- `unparseable`: not JSON, not UTF-8, or not an object. Two records spliced in mid-line are here.
- `refused`: an event of a known kind that lacks a required field, has an outcome other than ALLOW
  and DENY, or a schema whose major version is not 1.
- `other`: well-formed, another kind of event or no event at all, such as OTLP or slog lines.

Exit 2 when a folder cannot be read.
"""

import json
import sys
from pathlib import Path

KINDS = {"authz_check": "decisions", "authz_error": "errors"}


class Decision:
    """One `authz_check` event."""

    def __init__(self, event):
        self.principal = text(event.get("actor", {}).get("principal", ""))
        self.permission = text(event["action"]["permission"])
        self.resource = text(event["target"]["resource"])
        self.outcome = event["decision"]["outcome"]
        self.component = event.get("environment", {}).get("component", "")
        if self.outcome not in ("ALLOW", "DENY"):
            raise ValueError(self.outcome)

    @property
    def key(self):
        return self.principal, self.permission, self.resource


def text(value):
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def classify(line):
    """The kind of a line, and the decision when it is one."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return "unparseable", None
    if not isinstance(event, dict):
        return "unparseable", None
    kind = KINDS.get(event.get("event_type")) if isinstance(event.get("event_type"), str) else None
    if kind is None:
        return "other", None
    try:
        if event["schema_version"].split(".")[0] != "1" or not text(event["timestamp"]):
            return "refused", None
        return kind, Decision(event) if kind == "decisions" else None
    except (KeyError, TypeError, AttributeError, ValueError):
        return "refused", None


def read(folder):
    """The kind and the decision of every line of the folder, files by name."""
    for path in sorted(Path(folder).glob("*.jsonl")):
        with open(path, "rb") as lines:
            for line in lines:
                if line.strip():
                    yield classify(line)


def summary(folder):
    counts = dict.fromkeys(
        ["lines", "decisions", "allowed", "denied", "errors", "unparseable", "refused", "other"], 0)
    distinct = [set(), set(), set()]
    for kind, decision in read(folder):
        counts["lines"] += 1
        counts[kind] += 1
        if decision:
            counts["allowed" if decision.outcome == "ALLOW" else "denied"] += 1
            for values, value in zip(distinct, decision.key):
                values.add(value)
    names = ("distinct_principals", "distinct_permissions", "distinct_resources")
    return counts | {name: len(values) for name, values in zip(names, distinct)}


def main():
    folders = sys.argv[1:]
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    if missing or not folders or folders[0].startswith("-"):
        print(__doc__ if not missing else f"not a folder: {missing[0]}", file=sys.stderr)
        return 2
    print(json.dumps({folder: summary(folder) for folder in folders}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
