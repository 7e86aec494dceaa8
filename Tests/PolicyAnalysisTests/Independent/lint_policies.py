#!/usr/bin/env python3
"""Has parliament, a linter of AWS policies written by others, read policy documents.

    lint_policies.py POLICY...

Prints how many documents and actions it read, how often each of its rules fired, and every action,
prefix and condition that it does not know; exit status 1 when there is one. It needs the package
`parliament`; exit 77 when that is missing, and nothing was checked.
"""

import collections
import json
import sys
import warnings

warnings.filterwarnings("ignore")

try:
    import parliament
except ImportError as missing:
    print(f"skipped: {missing}", file=sys.stderr)
    sys.exit(77)

UNKNOWN = {
    "UNKNOWN_ACTION",
    "UNKNOWN_PREFIX",
    "UNKNOWN_CONDITION_FOR_ACTION",
    "MALFORMED",
    "INVALID_SID",
    "DUPLICATE_SID",
    "UNKNOWN_OPERATOR",
    "EXCEPTION",
}


def main():
    fired = collections.Counter()
    unknown = []
    actions = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for statement in json.loads(text)["Statement"]:
            named = statement["Action"]
            actions += 1 if isinstance(named, str) else len(named)
        for finding in parliament.analyze_policy_string(text).findings:
            fired[finding.issue] += 1
            if finding.issue in UNKNOWN:
                unknown.append(f"{finding.issue}: {finding.detail}")
    json.dump(
        {
            "documents": len(sys.argv) - 1,
            "actions": actions,
            "findings": dict(sorted(fired.items())),
            "unknown": sorted(set(unknown)),
        },
        sys.stdout,
        indent=2,
    )
    print()
    sys.exit(1 if unknown else 0)


if __name__ == "__main__":
    main()
