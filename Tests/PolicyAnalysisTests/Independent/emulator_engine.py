#!/usr/bin/env python3
"""An independent model of the GCP emulator's authorization engine, to check policies and analyses.

    emulator_engine.py replay POLICY.yaml EVENTS.jsonl... [--roles ROLES.json]
        Decides every recorded check again, at its own timestamp, under the policy that was in
        force, and compares the outcomes. Exit 1 on any disagreement.
    emulator_engine.py keys POLICY.yaml EVENTS.jsonl... [--roles ROLES.json] [--check-generated]
        For a policy that was generated from the events: each (principal, permission, resource)
        that was allowed at least once must be allowed, each that was only denied must be denied.
        With --check-generated, exit 1 on any violation. `admits` lists what the policy allows
        among all combinations of the recorded principals, permissions and resources although it
        was never recorded as allowed. For an exact policy these are only what recorded resources
        inherit from one above them because they have no policy of their own.

JSON on standard output. Exit 2: input that cannot be used. Exit 77: PyYAML is missing, skip.

It shares no code with the program. The rules were written down from the engine's source and tried
on four recordings of the running engine. Three agree in every decision: 9,656 of 9,656 twice (one
traffic, two policies) and 772 of 772 (the engine was stopped midway in permissive mode; its 135
`authz_error` events are no decisions). The fourth, trace-output-flag-plus-env, disagrees in 50 of
392, because the policy file saved with it is not the one that was in force: it names the owner
user:root where the decisions show user:admin, and from line 220 on the decisions about
secrets/prod-api-key show a policy set at run time that gives it to user:mallory. With these two
corrections all 392 agree. So a disagreement can mean that the policy changed during the run.
Breaking a rule on purpose shows what the recordings can tell: hiding (rule 1), groups (4), empty
principals (5), prefix and time conditions (6) break 4 to 541 decisions each; the step of two
segments, strict mode, rule 3's second sentence and the rest of rules 5 and 6 rest on the source.

The rules:

 1. One policy decides, the nearest: that of the resource itself, else of what is left when the last
    two path segments are taken off, and so on. A resource's policy hides its project's. A project
    without bindings has no policy; a resource that is listed with no bindings has an empty one.
    With no policy, deny.
 2. Bindings are tried in order. A role unknown to both the policy file and the engine is passed
    over (the engine's default, strict mode); roles of the file hide built-in ones of the same name.
    Permissions match as whole strings.
 3. The first binding whose role has the permission and whose members match decides: without a
    condition allow, else as the condition says. A condition that fails denies at once, even where
    a later binding would allow.
 4. A member matches as a whole string; `allUsers` and `allAuthenticatedUsers` match everybody; a
    group matches its members and the members of groups directly in it, no deeper.
 5. An empty principal is not checked: any binding whose role has the permission allows, whatever
    its members and condition. A policy cannot deny it alone, so `keys` only counts such keys.
 6. Conditions are not parsed but searched. With `resource.name.startsWith` anywhere: the name must
    begin with what stands between the first and the last quotation mark. Else with
    `resource.type`: the type must equal that text; the type is SECRET for any name with
    `/secrets/` (so for versions, too), then CRYPTO_KEY, KEY_RING, else UNKNOWN. Else with
    `request.time`: `<` anywhere means strictly before timestamp("…"), else `>` strictly after.
    Negation, `&&`, `||`, `==` on names and the `=` of `<=` have no effect. An empty expression
    allows; anything else denies.
"""

import argparse
import datetime
import itertools
import json
import re
import sys

try:
    import yaml
except ImportError:
    print("skipped: PyYAML is not installed", file=sys.stderr)
    sys.exit(77)

SHOWN = 20
RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))")


def nanoseconds(text):
    """Since the Unix epoch; None when `text` is not an RFC 3339 time with a zone."""
    match = RFC3339.fullmatch(text)
    if not match:
        return None
    try:
        moment = datetime.datetime(*map(int, match.groups()[:6]), tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    fraction = int((match[7] or "0")[:9].ljust(9, "0"))
    offset = (int(match[9]) * 3600 + int(match[10]) * 60) if match[8] else 0
    seconds = int(moment.timestamp()) - (-offset if match[8] == "-" else offset)
    return seconds * 1_000_000_000 + fraction


class Engine:
    """Decides as the emulator does; `document` is the policy file, parsed."""

    def __init__(self, document, built_in_roles):
        self.roles = dict(built_in_roles)
        for name, role in (document.get("roles") or {}).items():
            self.roles[name] = (role or {}).get("permissions") or []
        self.groups = {
            name: (group or {}).get("members") or []
            for name, group in (document.get("groups") or {}).items()}
        self.policies = {}
        for project, content in (document.get("projects") or {}).items():
            content = content or {}
            if content.get("bindings") or content.get("auditConfigs"):
                self.policies[f"projects/{project}"] = content.get("bindings") or []
            for path, resource in (content.get("resources") or {}).items():
                bindings = (resource or {}).get("bindings") or []
                self.policies[f"projects/{project}/{path}"] = bindings

    def allows(self, principal, permission, resource, time):
        for binding in self.nearest_policy(resource):
            if permission not in self.roles.get(binding.get("role"), ()):
                continue
            if principal == "":
                return True
            if any(self.matches(principal, member) for member in binding.get("members") or []):
                condition = binding.get("condition")
                return condition is None or holds(condition.get("expression"), resource, time)
        return False

    def nearest_policy(self, resource):
        parts = resource.split("/")
        while True:
            name = "/".join(parts)
            if name in self.policies:
                return self.policies[name]
            if len(parts) <= 2:
                return []
            parts = parts[:-2]

    def matches(self, principal, member):
        if member in (principal, "allUsers", "allAuthenticatedUsers"):
            return True
        for inner in self.group(member):
            if inner == principal or principal in self.group(inner):
                return True
        return False

    def group(self, member):
        return self.groups.get(member[6:], []) if member.startswith("group:") else []


def holds(expression, resource, time):
    expression = (expression or "").strip()
    if not expression:
        return True
    first, last = expression.find('"'), expression.rfind('"')
    quoted = expression[first + 1:last] if first < last else None
    if "resource.name.startsWith" in expression:
        return quoted is not None and resource.startswith(quoted)
    if "resource.type" in expression:
        return quoted is not None and resource_type(resource) == quoted
    if "request.time" in expression:
        return time_holds(expression, time)
    return False


def time_holds(expression, time):
    match = re.search(r'timestamp\("([^"]*)"', expression, re.DOTALL)
    limit = nanoseconds(match[1]) if match else None
    if limit is None:
        return False
    if "<" in expression:
        return time < limit
    return ">" in expression and time > limit


def resource_type(resource):
    for segment, kind in [("/secrets/", "SECRET"), ("/cryptoKeys/", "CRYPTO_KEY"),
                          ("/keyRings/", "KEY_RING")]:
        if segment in resource:
            return kind
    return "UNKNOWN"


class Check:
    """One recorded decision."""

    def __init__(self, event, place):
        self.place = place
        self.principal = event["actor"]["principal"]
        self.permission = event["action"]["permission"]
        self.resource = event["target"]["resource"]
        self.time = nanoseconds(event["timestamp"])
        self.allowed = {"ALLOW": True, "DENY": False}[event["decision"]["outcome"]]
        if self.time is None:
            raise ValueError("timestamp")

    @property
    def key(self):
        return self.principal, self.permission, self.resource


def read_checks(paths, counts):
    """All decisions of the files; `counts` says how many lines were something else."""
    for path in paths:
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                counts["lines"] += 1
                try:
                    event = json.loads(line)
                    kind = event.get("event_type")
                    check = Check(event, f"{path}:{number}") if kind == "authz_check" else None
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    counts["unparseable"] += 1
                    continue
                if check:
                    counts["checks"] += 1
                    yield check
                else:
                    counts["authz_errors" if kind == "authz_error" else "other"] += 1


def described(key, **more):
    return dict(zip(("principal", "permission", "resource"), key)) | more


def replay(engine, checks):
    agreed, disagreements = {"ALLOW": 0, "DENY": 0}, []
    for check in checks:
        outcome = "ALLOW" if check.allowed else "DENY"
        if engine.allows(*check.key, check.time) == check.allowed:
            agreed[outcome] += 1
        else:
            disagreements.append(described(check.key, recorded=outcome, at=check.place))
    result = {"agreed": agreed, "disagreed": len(disagreements), "first": disagreements[:SHOWN]}
    return result, bool(disagreements)


def keys(engine, checks):
    """A key is tried at the time of its last allowed check, or of its last check if none was."""
    decided = {}
    for check in checks:
        was_allowed, time = decided.get(check.key, (False, check.time))
        if check.allowed == was_allowed:
            time = max(time, check.time)
        elif check.allowed:
            time = check.time
        decided[check.key] = (was_allowed or check.allowed, time)
    missing, excessive, unchecked = [], [], 0
    for key, (was_allowed, time) in sorted(decided.items()):
        if key[0] == "":
            unchecked += 1
        elif engine.allows(*key, time) != was_allowed:
            (missing if was_allowed else excessive).append(described(key))
    admits = admitted(engine, decided)
    return {
        "allowed_keys": sum(was_allowed for was_allowed, _ in decided.values()),
        "denied_keys": sum(not was_allowed for was_allowed, _ in decided.values()),
        "keys_without_principal": unchecked,
        "allowed_but_refused_by_policy": missing,
        "denied_but_allowed_by_policy": excessive,
        "admits": {"count": len(admits), "first": admits[:SHOWN]},
    }, bool(missing or excessive)


def admitted(engine, decided):
    vocabulary = [sorted({key[part] for key in decided} - {""}) for part in range(3)]
    last = max((time for _, time in decided.values()), default=0)
    return [
        described(key) for key in itertools.product(*vocabulary)
        if not decided.get(key, (False, 0))[0] and engine.allows(*key, last)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["replay", "keys"])
    parser.add_argument("policy")
    parser.add_argument("events", nargs="+")
    parser.add_argument("--roles", help="JSON: role name to list of permissions, the built-in ones")
    parser.add_argument("--check-generated", action="store_true", help="keys: exit 1 on violations")
    arguments = parser.parse_intermixed_args()
    counts = dict.fromkeys(["lines", "checks", "authz_errors", "other", "unparseable"], 0)
    try:
        with open(arguments.policy, encoding="utf-8") as file:
            document = yaml.safe_load(file) or {}
        built_in = {}
        if arguments.roles:
            with open(arguments.roles, encoding="utf-8") as file:
                built_in = json.load(file)
        engine, checks = Engine(document, built_in), read_checks(arguments.events, counts)
        run = replay if arguments.command == "replay" else keys
        result, found = run(engine, checks)
    except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
        print(f"emulator_engine: {error}", file=sys.stderr)
        return 2
    print(json.dumps(counts | result, ensure_ascii=False, indent=1))
    return int(found and (arguments.command == "replay" or arguments.check_generated))


if __name__ == "__main__":
    sys.exit(main())
