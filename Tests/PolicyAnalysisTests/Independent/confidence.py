#!/usr/bin/env python3
"""How well recorded decisions stand for later ones, counted naively from AuthzEvent files.

    confidence.py FILE...      one JSON object
"""

import collections
import json
import sys
from datetime import datetime, timezone


def nanoseconds(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 10**9 + int(fraction.ljust(9, "0") or 0)


def main():
    uses = []
    for path in sys.argv[1:]:
        for line in open(path, encoding="utf-8"):
            event = json.loads(line)
            if event["event_type"] != "authz_check" or event["decision"]["outcome"] != "ALLOW":
                continue
            key = (event["actor"]["principal"], event["action"]["permission"],
                   event["target"]["resource"])
            if key[0]:
                uses.append((nanoseconds(event["timestamp"]), key))
    uses.sort(key=lambda use: use[0])
    counts = collections.Counter(key for _, key in uses)
    once = sum(count == 1 for count in counts.values())
    twice = sum(count == 2 for count in counts.values())
    cut = uses[len(uses) * 70 // 100][0]
    known = {key for time, key in uses if time < cut}
    late = [key for time, key in uses if time >= cut]
    refused = [key for key in late if key not in known]
    print(json.dumps({
        "decisions": len(uses), "keys": len(counts), "once": once, "twice": twice,
        "days": len({time // (86400 * 10**9) for time, _ in uses}),
        "unseen": -(-once * (once - 1) // (2 * (twice + 1))),
        "before": len(uses) - len(late), "after": len(late), "refused": len(refused),
        "new": len(set(refused))}))


if __name__ == "__main__":
    main()
