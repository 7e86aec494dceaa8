"""Decides requests of a Kubernetes audit log by roles and bindings, apart from the program.

    kubernetes_rbac.py POLICY.yaml AUDIT.log...

Written from the Kubernetes documentation ("Using RBAC Authorization", "Auditing", "User
impersonation"). Every request that the log says was allowed must be allowed by the policy or by
membership in system:masters; every request that it says was forbidden must not be. Ends with 1 when
one is not so, with 2 when the policy is no valid RBAC, and with 77 without PyYAML.
"""
import json
import re
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

GROUP = "rbac.authorization.k8s.io"
SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
RULE = {"apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"}


def need(holds, what):
    if not holds:
        raise ValueError(what)


def texts(value, what):
    need(isinstance(value, list) and value and all(isinstance(v, str) for v in value), what)
    need(len(set(value)) == len(value), f"{what}: twice the same")
    return value


def read_rule(rule, namespace):
    need(set(rule) <= RULE, f"rule {sorted(rule)}")
    for key, value in rule.items():
        texts(value, key)
    need("verbs" in rule, "a rule without verbs")
    if "nonResourceURLs" in rule:
        need(namespace is None and set(rule) == {"nonResourceURLs", "verbs"}, "nonResourceURLs")
    else:
        need({"apiGroups", "resources"} <= set(rule), "a rule without apiGroups or resources")
    return rule


def read(path):
    """Roles by (namespace or None, name); bindings as (namespace, cluster role?, role, subjects)."""
    roles, bindings, seen = {}, [], set()
    with open(path, encoding="utf-8", newline="") as file:
        documents = [d for d in yaml.safe_load_all(file) if d is not None]
    for document in documents:
        kind, meta = document["kind"], document["metadata"]
        need(document["apiVersion"] == GROUP + "/v1", "apiVersion")
        namespace = meta.get("namespace")
        need(set(meta) == ({"name", "namespace"} if namespace else {"name"}), "metadata")
        need(re.fullmatch(SUBDOMAIN, meta["name"]) and len(meta["name"]) <= 253, meta["name"])
        need((namespace is None) == kind.startswith("Cluster"), f"{kind} in {namespace}")
        need(namespace is None or re.fullmatch(LABEL, namespace) and len(namespace) <= 63, namespace)
        need((kind, namespace, meta["name"]) not in seen, f"twice: {kind} {meta['name']}")
        need(len(json.dumps(document)) < 256 * 1024, f"too large: {meta['name']}")
        seen.add((kind, namespace, meta["name"]))
        if kind in ("Role", "ClusterRole"):
            need(set(document) == {"apiVersion", "kind", "metadata", "rules"}, kind)
            roles[namespace, meta["name"]] = [read_rule(r, namespace) for r in document["rules"]]
            continue
        need(kind in ("RoleBinding", "ClusterRoleBinding"), kind)
        need(set(document) == {"apiVersion", "kind", "metadata", "roleRef", "subjects"}, kind)
        ref = document["roleRef"]
        need(set(ref) == {"apiGroup", "kind", "name"} and ref["apiGroup"] == GROUP, "roleRef")
        need(ref["kind"] == "ClusterRole" or (ref["kind"] == "Role" and namespace), "roleRef.kind")
        for subject in document["subjects"]:
            if subject["kind"] == "ServiceAccount":
                need(set(subject) == {"kind", "name", "namespace"}, "subject")
            else:
                need(subject["kind"] in ("User", "Group"), "subject.kind")
                need(set(subject) == {"apiGroup", "kind", "name"}, "subject")
        bindings.append((namespace, ref["kind"] == "ClusterRole", ref["name"], document["subjects"]))
    for namespace, is_cluster, role, _ in bindings:
        need((None if is_cluster else namespace, role) in roles, f"no role {role}")
    bound = {(None if c else n, role) for n, c, role, _ in bindings}
    need(bound == set(roles), f"roles bound to nobody: {set(roles) - bound}")
    return roles, bindings


def is_subject(subject, user, groups):
    if subject["kind"] == "User":
        return subject["name"] == user
    if subject["kind"] == "Group":
        return subject["name"] in groups
    return user == f"system:serviceaccount:{subject['namespace']}:{subject['name']}"


def rule_allows(rule, request):
    if not {"*", request["verb"]} & set(rule["verbs"]):
        return False
    if "path" in request:
        return any(url == request["path"]
                   or (url.endswith("*") and request["path"].startswith(url.rstrip("*")))
                   for url in rule.get("nonResourceURLs", []))
    if "resources" not in rule or not {"*", request["group"]} & set(rule["apiGroups"]):
        return False
    wanted = {"*", request["resource"]}
    if request["subresource"]:
        wanted = {"*", request["resource"] + "/" + request["subresource"],
                  "*/" + request["subresource"]}
    names = rule.get("resourceNames", [])
    return bool(wanted & set(rule["resources"])) and (not names or request["name"] in names)


def allows(policy, user, groups, request):
    roles, bindings = policy
    for namespace, is_cluster, role, subjects in bindings:
        if namespace is not None and namespace != request.get("namespace"):
            continue
        if not any(is_subject(subject, user, groups) for subject in subjects):
            continue
        if any(rule_allows(rule, request) for rule in roles[None if is_cluster else namespace, role]):
            return True
    return False


def asked(event):
    """What the authorizer was asked: the event's object, as far as the request named it."""
    ref, verb = event.get("objectRef"), event["verb"]
    if not ref or not ref.get("resource"):
        return {"verb": verb, "path": event["requestURI"].split("?")[0]}
    request = {"verb": verb, "group": ref.get("apiGroup", ""), "resource": ref["resource"],
               "subresource": ref.get("subresource", ""), "namespace": ref.get("namespace"),
               "name": ref.get("name", "")}
    if verb == "deletecollection" or (verb == "create" and not request["subresource"]):
        request["name"] = ""
        if ref["resource"] == "namespaces":
            request["namespace"] = None
    return request


def impersonations(event):
    """What the one who acted in another's name needed for that."""
    other = event["impersonatedUser"]
    parts = other["username"].split(":")
    given = {"system:authenticated", "system:unauthenticated"}
    if parts[:2] == ["system", "serviceaccount"] and len(parts) == 4:
        given |= {"system:serviceaccounts", "system:serviceaccounts:" + parts[2]}
        yield {"verb": "impersonate", "group": "", "resource": "serviceaccounts",
               "subresource": "", "namespace": parts[2], "name": parts[3]}
    else:
        yield {"verb": "impersonate", "group": "", "resource": "users", "subresource": "",
               "namespace": None, "name": other["username"]}
    for group in other.get("groups", []):
        if group not in given:
            yield {"verb": "impersonate", "group": "", "resource": "groups", "subresource": "",
                   "namespace": None, "name": group}


def admitted(policy, keys):
    """Recorded requests that a user is allowed and never made, of kinds that the user made."""
    def kind(request):
        return [request.get(part) for part in ("verb", "group", "resource", "subresource")]
    requests = {text: json.loads(text) for _, text in keys}
    count = 0
    for user in {user for (user, _), decisions in keys.items() if "allow" in decisions}:
        made = {text for (who, text), decisions in keys.items()
                if who == user and "allow" in decisions}
        kinds = [kind(requests[text]) for text in made]
        count += sum(text not in made and kind(request) in kinds
                     and allows(policy, user, [], request) for text, request in requests.items())
    return count


def events(paths):
    """The last event of each request."""
    order = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"]
    last = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                event = json.loads(line)
                known = last.get(event["auditID"])
                if known is None or order.index(known["stage"]) <= order.index(event["stage"]):
                    last[event["auditID"]] = event
    return last.values()


def main():
    counts = dict.fromkeys(
        ["allowed", "of_masters", "forbidden", "undecided", "impersonations", "created"], 0)
    wrong, keys = [], {}
    try:
        policy = read(sys.argv[1])
        for event in events(sys.argv[2:]):
            decision = event.get("annotations", {}).get("authorization.k8s.io/decision")
            if decision is None:
                counts["undecided"] += 1
                continue
            actor = event.get("impersonatedUser") or event["user"]
            user, groups, request = actor["username"], actor.get("groups", []), asked(event)
            if decision == "allow" and "impersonatedUser" in event:
                real = event["user"]
                if "system:masters" not in real.get("groups", []):
                    for need_ in impersonations(event):
                        counts["impersonations"] += 1
                        if not allows(policy, real["username"], real.get("groups", []), need_):
                            wrong.append([real["username"], need_])
            if decision == "allow" and "system:masters" in groups:
                counts["of_masters"] += 1
                continue
            counts["allowed" if decision == "allow" else "forbidden"] += 1
            keys.setdefault((user, json.dumps(request)), set()).add(decision)
            if allows(policy, user, groups, request) != (decision == "allow"):
                wrong.append([decision, user, request])
            code = event.get("responseStatus", {}).get("code")
            if decision == "allow" and code == 201 and event["verb"] in ("patch", "update"):
                counts["created"] += 1
                if not allows(policy, user, groups, dict(request, verb="create")):
                    wrong.append(["created", user, request])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        print(f"kubernetes_rbac: {error!r}", file=sys.stderr)
        return 2
    print(json.dumps(counts | {
        "roles": len(policy[0]), "bindings": len(policy[1]),
        "allowed_keys": sum("allow" in decisions for decisions in keys.values()),
        "forbidden_keys": sum("allow" not in decisions for decisions in keys.values()),
        "admitted": admitted(policy, keys),
        "users": sorted({s["name"] for b in policy[1] for s in b[3]}), "wrong": wrong}))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
