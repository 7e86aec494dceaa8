"""AuthzEvent 1.0 as the GCP emulators write it: no trace ids, no bindings, most checks twice."""

from emission import START, Clock, Random


KEY = "locations/global/keyRings/main/cryptoKeys/{}"
PERMISSIONS = [
    ("secretmanager.versions.access", "secrets/{}/versions/latest", "gcp-secret-manager-emulator"),
    ("cloudkms.cryptoKeys.decrypt", KEY, "gcp-kms-emulator"),
    ("cloudkms.cryptoKeys.encrypt", "locations/eu/keyRings/pii/cryptoKeys/{}", "gcp-kms-emulator"),
    ("secretmanager.secrets.get", "secrets/{}", "gcp-secret-manager-emulator"),
    ("storage.objects.get", "buckets/media/objects/{}.webp", "gcp-storage-emulator"),
    ("storage.objects.create", "buckets/receipts/objects/2026/{}.pdf", "gcp-storage-emulator"),
    ("pubsub.topics.publish", "topics/{}", "gcp-pubsub-emulator"),
    ("pubsub.subscriptions.consume", "subscriptions/{}", "gcp-pubsub-emulator"),
    ("secretmanager.versions.add", "secrets/{}", "gcp-secret-manager-emulator"),
    ("cloudkms.cryptoKeys.get", KEY, "gcp-kms-emulator"),
    ("bigquery.tables.getData", "datasets/sales/tables/{}", "gcp-bigquery-emulator"),
    ("secretmanager.secrets.delete", "secrets/{}", "gcp-secret-manager-emulator"),
]
PROJECTS = ["shop-prod", "shop-prod", "shop-prod", "shop-staging", "data-prod", "identity-prod"]
TEAMS = [
    "orders", "payments", "inventory", "batch", "reports", "ci", "deployer", "search", "mail",
    "identity", "billing", "media", "audit", "export", "fraud", "pricing", "catalog", "cart",
    "support", "ledger", "gateway", "scheduler",
]
NOUNS = ["api-key", "db-password", "signing", "session", "webhook", "customer", "invoice", "token"]
ALLOWED = '"ALLOW","reason":"binding_match"'
DENIED = '"DENY","reason":"no_matching_binding"'
UNREACHABLE = (
    '"error":{"kind":"iam_unreachable","message":"rpc error: code = Unavailable desc = connection '
    'error: desc = \\"transport: Error while dialing: dial tcp 127.0.0.1:8080: connect: connection '
    'refused\\"","retryable":true}}')


def principals():
    for project in ("shop-prod", "data-prod"):
        yield from (f"serviceAccount:{team}@{project}.iam.gserviceaccount.com" for team in TEAMS)
    yield from (f"user:{name}@example.com" for name in ("alice", "bob", "zoë", "ops", "admin"))
    yield ""


def authz_keys(random):
    """All (principal, resource, permission) of the file with their outcome, the busiest first."""
    keys, seen = [], set()
    for principal in principals():
        for _ in range(160):
            permission, pattern, component = PERMISSIONS[random.skewed(len(PERMISSIONS))]
            z = random.next()
            noun = f"{NOUNS[z & 7]}-{(z >> 3) % 1200}"
            resource = f"projects/{PROJECTS[(z >> 20) % len(PROJECTS)]}/{pattern.format(noun)}"
            allowed = z >> 56 >= 30
            # One key has one outcome, as under a policy that does not change.
            if (principal, resource, permission) not in seen:
                seen.add((principal, resource, permission))
                keys.append((principal, resource, permission, component, allowed))
    for last in range(len(keys) - 1, 0, -1):
        other = random.next() % (last + 1)
        keys[last], keys[other] = keys[other], keys[last]
    return keys


def authz_templates(key):
    """The text of both events of a check, around the timestamp and the latency."""
    principal, resource, permission, component, allowed = key
    outcome = ALLOWED if allowed else DENIED
    subject = f'Z","actor":{{"principal":"{principal}"}},"target":{{"resource":"{resource}"}},'
    server = (
        f'{subject}"action":{{"permission":"{permission}","method":"TestIamPermissions"}},'
        f'"decision":{{"outcome":{outcome},"evaluated_by":"gcp-iam-emulator"}},'
        '"environment":{"component":"gcp-iam-emulator"}}')
    client = (
        f'{subject}"action":{{"permission":"{permission}","method":"CheckPermission"}},'
        f'"decision":{{"outcome":{outcome},"evaluated_by":"gcp-emulator-auth"')
    end = f'}},"environment":{{"mode":"strict","component":"{component}"}}}}'
    return server, client, end, component


def write_authz(size, output):
    random, clock = Random(1), Clock()
    templates = [authz_templates(key) for key in authz_keys(random)]
    head = '{"schema_version":"1.0","event_type":"authz_check","timestamp":"'
    failed = '{"schema_version":"1.0","event_type":"authz_error","timestamp":"'
    now = START
    while output.bytes < size:
        server, client, end, component = templates[random.skewed(len(templates))]
        z = random.next()
        now += 20_000 + (z & 0xF_FFFF)
        if z >> 54 == 0:
            output.line(
                f'{failed}{clock.text(now)}Z","environment":{{"mode":"permissive",'
                f'"component":"{component}"}},{UNREACHABLE}')
            continue
        output.line(f"{head}{clock.text(now)}{server}")
        if z >> 20 & 3:
            # The client's clock is read a little later, or by another process a little earlier.
            latency = z >> 24 & 3
            latency = f',"latency_ms":{latency}' if latency else ""
            client_time = clock.text(now + (z >> 26 & 0x7_FFFF) - 60_000)
            output.line(f"{head}{client_time}{client}{latency}{end}")
