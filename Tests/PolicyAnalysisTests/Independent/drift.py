#!/usr/bin/env python3
"""What a policy of the GCP emulator grants against what events show as used, written apart.

    drift.py POLICY.yaml ROLES.json EVENTS.jsonl...

A grant is a permission that a binding gives one of its members. A decision that allowed uses the
grant of the first binding that decides (see emulator_engine.py, whose model of the engine is used
here), and in it of the first member that the principal is. Prints JSON: for each binding, in the
order of the file, the number of grants and of those used; decisions by grant; decisions without a
principal. Exit 77: PyYAML is missing, skip.
"""

import collections
import json
import sys

import emulator_engine
import yaml


def bindings(document):
    for project, content in (document.get("projects") or {}).items():
        content = content or {}
        for number, binding in enumerate(content.get("bindings") or [], 1):
            yield f"projects/{project}", number, binding
        for path, resource in (content.get("resources") or {}).items():
            for number, binding in enumerate((resource or {}).get("bindings") or [], 1):
                yield f"projects/{project}/{path}", number, binding


def main(policy, roles, *events):
    with open(policy, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    with open(roles, encoding="utf-8") as file:
        engine = emulator_engine.Engine(document, json.load(file))
    numbers = {id(binding): (place, number) for place, number, binding in bindings(document)}
    counts = collections.Counter()
    uses, nobody = collections.Counter(), 0
    for check in emulator_engine.read_checks(events, counts):
        if not check.allowed:
            continue
        if check.principal == "":
            nobody += 1
            continue
        for binding in engine.nearest_policy(check.resource):
            if check.permission not in engine.roles.get(binding["role"], ()):
                continue
            member = next(
                (m for m in binding["members"] if engine.matches(check.principal, m)), None)
            if member is not None:
                place, number = numbers[id(binding)]
                uses[f"binding {number} of {place}, {binding['role']}", member,
                     check.permission] += 1
                break
    places = []
    for place, number, binding in bindings(document):
        text = f"binding {number} of {place}, {binding['role']}"
        granted = [(text, member, permission) for member in binding["members"]
                   for permission in dict.fromkeys(engine.roles.get(binding["role"], ()))]
        places.append({"place": text, "grants": len(granted),
                       "used": sum(1 for grant in granted if uses[grant] > 0)})
    json.dump({"places": places, "nobody": nobody,
               "uses": {"|".join(grant): count for grant, count in uses.items() if count}},
              sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
