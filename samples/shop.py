"""The shop whose two runs are the samples: six services, their spans and authorization checks.

Nothing here depends on a clock, on hashing or on a Python version: the random numbers are our own
and all arithmetic is on integers, so that the same bytes come out everywhere.
"""

import datetime

MS = 1_000_000
SECOND = 1_000_000_000
RUN_LENGTH = 300 * SECOND
# payments-2 takes its share of the charges in this part of a run, counted from the run's start.
SCALED_OUT = (70 * SECOND, 270 * SECOND)
# How many ledger connections a payments instance keeps once it has opened them.
POOL_SIZE = 8
SECOND_INSTANCE_CHARGES = 61
# The trace id of the first failed checkout: the one the documentation walks through.
FIRST_FAILED_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

# How many customers of a run have a receipt of an earlier order, which payments reads.
RETURNING_CUSTOMERS = 117

VERSIONS = {
    "gateway": "3.1.0", "orders": "5.0.2", "inventory": "1.12.4",
    "payments": "2.4.1", "receipts": "0.9.3", "notifications": "1.3.0",
}


INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
METHOD, PATH = "http.request.method", "url.path"
POSTGRES = {"db.system.name": "postgresql"}
PUBSUB = {"messaging.system": "gcp_pubsub"}
# Each span name: its service, its kind, and the attributes that never vary.
OPERATIONS = {
    "GET /health": ("gateway", SERVER, {METHOD: "GET", PATH: "/health"}),
    "POST /checkout": ("gateway", SERVER, {METHOD: "POST", PATH: "/checkout"}),
    "create order": ("orders", SERVER, {}),
    "cancel order": ("orders", INTERNAL, {}),
    "INSERT orders": ("orders", CLIENT, POSTGRES),
    "UPDATE orders": ("orders", CLIENT, POSTGRES),
    "publish order.created": ("orders", PRODUCER, PUBSUB),
    "publish order.failed": ("orders", PRODUCER, PUBSUB),
    "GET /stock": ("inventory", SERVER, {}),
    "DELETE /reservation": ("inventory", SERVER, {}),
    "POST /charge": ("payments", SERVER, {METHOD: "POST"}),
    "retry POST /charge": ("payments", INTERNAL, {}),
    "open ledger connection": ("payments", CLIENT, POSTGRES),
    "POST /authorize": ("payments", CLIENT, {"server.address": "psp.example"}),
    "INSERT charges": ("payments", CLIENT, POSTGRES),
    "PUT /receipt": ("receipts", SERVER, {}),
    "render pdf": ("receipts", INTERNAL, {}),
    "process order.created": ("notifications", CONSUMER, {}),
    "process order.failed": ("notifications", CONSUMER, {}),
}
KEYS = {
    "hit": "cache.hit", "order": "order.id", "path": PATH, "resend": "http.request.resend_count",
    "status": "http.response.status_code",
}

PERMISSIONS = {
    "AccessSecretVersion": "secretmanager.versions.access",
    "Decrypt": "cloudkms.cryptoKeys.decrypt",
    "GetObject": "storage.objects.get",
    "InsertObject": "storage.objects.create",
    "Publish": "pubsub.topics.publish",
    "Pull": "pubsub.subscriptions.consume",
}
# What the platform itself checks, and writes to its audit log: the log's service, the permission
# and the resource. The services' own emitters know nothing of these.
PLATFORM = {
    "INSERT orders": ("cloudsql.googleapis.com", "cloudsql.instances.login"),
    "UPDATE orders": ("cloudsql.googleapis.com", "cloudsql.instances.login"),
    "INSERT charges": ("cloudsql.googleapis.com", "cloudsql.instances.login"),
}
DATABASES = {"orders": "projects/shop/instances/orders", "payments": "projects/shop/instances/ledger"}
ADMIN = "admin@shop.example"
# Into the incident run: an administrator sets the access policy of the database password anew,
# without payments in it. Nobody asks for the password until payments-2 does.
POLICY_CHANGE = 20 * SECOND
SECRETS = "projects/shop/secrets/"
DB_PASSWORD = SECRETS + "prod-db-password"
API_KEY = SECRETS + "api-key"
CARD_KEY = "projects/shop/locations/global/keyRings/pay/cryptoKeys/card"
TOPIC = "projects/shop/topics/orders"
SUBSCRIPTION = "projects/shop/subscriptions/mail"
BUCKET = "projects/shop/buckets/receipts"
RECEIPT_CONDITION = "receipts only"

PAYMENTS_BINDING = """\
        bindings:
          - role: roles/custom.payments
            members: ["serviceAccount:payments@shop.iam.gserviceaccount.com"]
"""
DB_PASSWORD_BLOCK = "      secrets/prod-db-password:\n" + PAYMENTS_BINDING
SECURITY_BINDING = """\
          - role: roles/custom.security
            members: [user:admin@shop.example]
"""
BASELINE_POLICY = """\
roles:
  roles/custom.payments:
    permissions:
      - secretmanager.versions.access
      - cloudkms.cryptoKeys.decrypt
      - storage.objects.get
      - cloudsql.instances.login
  roles/custom.orders:
    permissions: [pubsub.topics.publish, cloudsql.instances.login]
  roles/custom.security:
    permissions: [secretmanager.secrets.setIamPolicy]
  roles/custom.receipts:
    permissions: [storage.objects.create, storage.objects.delete]
  roles/custom.notifications:
    permissions: [pubsub.subscriptions.consume]
groups:
  oncall:
    members: [user:ana@shop.example, user:bo@shop.example]
projects:
  shop:
    bindings:
      - {role: roles/owner, members: [user:admin@shop.example]}
      - {role: roles/viewer, members: ["group:oncall"]}
      - role: roles/secretmanager.secretAccessor
        members: ["serviceAccount:reports@shop.iam.gserviceaccount.com"]
        condition:
          title: reports only
          expression: 'resource.name.startsWith("projects/shop/secrets/reports-")'
    resources:
      secrets/api-key:
""" + PAYMENTS_BINDING + DB_PASSWORD_BLOCK + SECURITY_BINDING + """\
      locations/global/keyRings/pay/cryptoKeys/card:
""" + PAYMENTS_BINDING + """\
      buckets/receipts:
""" + PAYMENTS_BINDING + """\
          - role: roles/custom.receipts
            members: ["serviceAccount:receipts@shop.iam.gserviceaccount.com"]
            condition:
              title: receipts only
              expression: 'resource.name.startsWith("projects/shop/buckets/receipts/objects/R-")'
      topics/orders:
        bindings:
          - role: roles/custom.orders
            members: ["serviceAccount:orders@shop.iam.gserviceaccount.com"]
      instances/orders:
        bindings:
          - role: roles/custom.orders
            members: ["serviceAccount:orders@shop.iam.gserviceaccount.com"]
      instances/ledger:
""" + PAYMENTS_BINDING + """\
      subscriptions/mail:
        bindings:
          - role: roles/custom.notifications
            members: ["serviceAccount:notifications@shop.iam.gserviceaccount.com"]
"""
INCIDENT_POLICY = BASELINE_POLICY.replace(
    DB_PASSWORD_BLOCK, "      secrets/prod-db-password:\n        bindings:\n")

# Latency of GET /stock as (quantile in thousandths, microseconds), straight between the points.
# The flat part at the 95th percentile makes that figure the same under every definition of it.
STOCK_FAST = [
    (0, 4_000), (500, 13_000), (900, 34_000), (930, 40_900), (970, 41_100), (1000, 66_000)]
STOCK_SLOW = [
    (0, 31_000), (500, 92_000), (900, 210_000), (925, 253_900), (965, 254_100), (1000, 390_000)]
# Into the incident run: the stock cache begins to miss, well before anything fails.
STOCK_SLOW_FROM = 30 * SECOND


class Random:
    """Marsaglia's xorshift64*, so that the files do not depend on a Python version."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        x = self.state
        x ^= x >> 12
        x = (x ^ (x << 25)) & 0xFFFF_FFFF_FFFF_FFFF
        self.state = x ^ (x >> 27)
        return (self.state * 0x2545_F491_4F6C_DD1D) & 0xFFFF_FFFF_FFFF_FFFF

    def between(self, low, high):
        return low + self.next() % (high - low + 1)

    def hex(self, digits):
        return "".join(f"{self.next():016x}" for _ in range(digits // 16))

    def shuffle(self, items):
        for last in range(len(items) - 1, 0, -1):
            other = self.next() % (last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def latencies(self, curve, count):
        """`count` durations in nanoseconds that lie evenly on the quantile curve, shuffled."""
        result = []
        for rank in range(count):
            at = (2 * rank + 1) * 1_000_000 // (2 * count)
            for (u0, v0), (u1, v1) in zip(curve, curve[1:]):
                if at <= u1 * 1000:
                    result.append(v0 * 1000 + (v1 - v0) * (at - u0 * 1000) // (u1 - u0))
                    break
        return self.shuffle(result)


class Run:
    """One execution: what the six services recorded in five minutes."""

    def __init__(self, name, start, seed, checkouts, first_order):
        self.start, self.random, self.first_order = start, Random(seed), first_order
        self.is_incident = name == "incident"
        self.spans = {service: [] for service in VERSIONS}
        self.decisions = {}
        self.audit = []
        self.connections = 0
        self.arrivals = self.plan(checkouts)
        share = [i for i, t in enumerate(self.arrivals) if SCALED_OUT[0] <= t < SCALED_OUT[1]]
        self.on_second = {
            share[k * len(share) // SECOND_INSTANCE_CHARGES]
            for k in range(SECOND_INSTANCE_CHARGES)}
        customers = self.random.shuffle(list(range(checkouts)))[:RETURNING_CUSTOMERS]
        self.returning = {number: customer for customer, number in enumerate(customers)}
        slow = sum(self.is_slow(t) for t in self.arrivals)
        self.fast_stock = self.random.latencies(STOCK_FAST, 3 * (checkouts - slow))
        self.slow_stock = self.random.latencies(STOCK_SLOW, 3 * slow)

    def plan(self, checkouts):
        """Arrival times from the run's start: evenly spread with jitter, the last early enough."""
        step = (RUN_LENGTH - 3 * SECOND) // checkouts
        jitter = step * 3 // 4
        return [SECOND // 2 + i * step + self.random.between(0, jitter) for i in range(checkouts)]

    def is_slow(self, arrival):
        return self.is_incident and arrival >= STOCK_SLOW_FROM

    def span(self, name, parent, start, host=1, **attributes):
        """Opens a span; the caller sets its end. Without a parent it begins the trace `trace`."""
        service, kind, constant = OPERATIONS[name]
        trace = attributes.pop("trace", None) or parent["trace"]
        span = {
            "trace": trace, "id": self.random.hex(16), "parent": parent["id"] if parent else "",
            "name": name, "kind": kind, "start": start, "end": start, "host": f"{service}-{host}",
            "attributes": constant | {KEYS[key]: value for key, value in attributes.items()},
            "events": [], "links": [], "error": None,
        }
        self.spans[service].append(span)
        return span

    def decide(self, service, span, time, method, resource, scope=None, condition=None):
        """Records a check, allowed when resource `scope` carries a binding for the service."""
        event = {"schema_version": "1.0", "event_type": "authz_check", "timestamp": rfc3339(time)}
        if service == "receipts":
            # Its storage client passes on the request's id, and no trace.
            event["trace"] = {"request_id": span["request"]}
        elif span:
            event["trace"] = {"trace_id": span["trace"], "span_id": span["id"]}
        event["actor"] = {"principal": f"serviceAccount:{service}@shop.iam.gserviceaccount.com"}
        event["target"] = {"resource": resource}
        event["action"] = {"permission": PERMISSIONS[method], "method": method}
        event["decision"] = {
            "outcome": "ALLOW" if scope else "DENY",
            "reason": "binding_match" if scope else "no_matching_binding",
            "evaluated_by": "gcp-iam-emulator",
        }
        if latency := self.random.between(0, 3):
            event["decision"]["latency_ms"] = latency
        if scope:
            role = f"roles/custom.{service}"
            binding = {"scope": "resource", "scope_id": scope, "role": role}
            if condition:
                binding["condition"] = {"title": condition, "result": True}
            event["policy"] = {"matched_bindings": [binding]}
        event["environment"] = {"mode": "strict"}
        self.decisions.setdefault(service, []).append((time, event))

    def simulate(self):
        for at in (0, RUN_LENGTH - 2 * MS):
            trace = self.random.hex(32)
            health = self.span("GET /health", None, self.start + at, trace=trace, status=200)
            health["end"] = health["start"] + 2 * MS
        for number, arrival in enumerate(self.arrivals):
            self.checkout(number, self.start + arrival)
        if self.is_incident:
            self.platform(
                f"user:{ADMIN}", "secretmanager.googleapis.com", "secretmanager.secrets.setIamPolicy",
                DB_PASSWORD, self.start + POLICY_CHANGE)
        for poll in range(60):
            # The mail worker asks for messages on its own account: there is no trace to join.
            time = self.start + poll * 5 * SECOND + self.random.between(1, 40 * MS)
            self.decide("notifications", None, time, "Pull", SUBSCRIPTION, SUBSCRIPTION)

    def checkout(self, number, start):
        between = self.random.between
        fails = self.is_incident and number in self.on_second
        trace = self.random.hex(32)
        if fails and number == min(self.on_second):
            trace = FIRST_FAILED_TRACE
        order, status = f"o-{self.first_order + number}", 500 if fails else 200
        root = self.span("POST /checkout", None, start, trace=trace, status=status)
        create = self.span("create order", root, start + between(1 * MS, 3 * MS), order=order)
        now = self.check_stock(number, create)
        now = self.charge(number, create, now + between(1 * MS, 2 * MS), status)
        now = self.cancel(create, order, now) if fails else self.complete(create, order, now)
        create["end"] = now + between(1 * MS, 2 * MS)
        root["end"] = create["end"] + between(1 * MS, 3 * MS)
        if fails:
            create["error"] = "charge failed: secret unavailable"
            root["error"] = "order not created"

    def check_stock(self, number, create):
        slow, last = self.is_slow(self.arrivals[number]), create["start"]
        durations = self.slow_stock if slow else self.fast_stock
        for item in range(3):
            path = f"/stock/sku-{self.random.between(100, 499)}"
            begin = create["start"] + (1 + item) * MS
            span = self.span("GET /stock", create, begin, path=path, hit=not slow)
            span["end"] = begin + durations.pop()
            last = max(last, span["end"])
        return last

    def charge(self, number, create, start, status):
        between, host = self.random.between, 2 if number in self.on_second else 1
        span = self.span("POST /charge", create, start, host, status=status)
        now = start + between(2 * MS, 4 * MS)
        self.decide("payments", span, now, "Decrypt", CARD_KEY, CARD_KEY)
        now += between(2 * MS, 5 * MS)
        self.decide("payments", span, now, "AccessSecretVersion", latest(API_KEY), API_KEY)
        now += between(1 * MS, 3 * MS)
        if number in self.returning:
            receipt = f"{BUCKET}/objects/R-{1003 + 7 * self.returning[number]}.pdf"
            self.decide("payments", span, now, "GetObject", receipt, BUCKET)
            now += between(4 * MS, 9 * MS)
        now = self.settle(span, now, host) if status == 200 else self.fail(span, now)
        span["end"] = now + between(1 * MS, 2 * MS)
        return span["end"]

    def settle(self, span, now, host):
        between = self.random.between
        if host == 2 and self.connections < POOL_SIZE:
            self.connections += 1
            password = latest(DB_PASSWORD)
            self.decide("payments", span, now, "AccessSecretVersion", password, DB_PASSWORD)
            now = self.connect(span, now + between(1 * MS, 2 * MS), host)["end"]
        bank = self.span("POST /authorize", span, now + MS, host, status=200)
        bank["end"] = bank["start"] + between(40 * MS, 120 * MS)
        return self.statement("INSERT charges", span, bank["end"] + MS, host)

    def fail(self, span, now):
        """The password is asked for once; the retries meet the refusal in the client's cache."""
        self.decide("payments", span, now, "AccessSecretVersion", latest(DB_PASSWORD))
        attempt, before = span, None
        for resend in range(3):
            if resend:
                now += (20 << resend) * MS
                attempt = self.span("retry POST /charge", span, now, 2, resend=resend)
                attempt["links"].append(before)
            connection = self.connect(attempt, now + self.random.between(1 * MS, 2 * MS), 2)
            message = f"secret unavailable: {DB_PASSWORD}"
            attempt["events"].append((connection["end"], "exception", {
                "exception.type": "SecretUnavailable", "exception.message": message}))
            connection["error"] = attempt["error"] = "secret unavailable"
            attempt["end"] = now = connection["end"] + MS
            before = attempt
        return now

    def connect(self, parent, start, host):
        span = self.span("open ledger connection", parent, start, host)
        span["end"] = start + self.random.between(5 * MS, 14 * MS)
        return span

    def statement(self, name, parent, start, host=1):
        span = self.span(name, parent, start, host)
        span["end"] = start + self.random.between(3 * MS, 11 * MS)
        account = f"serviceAccount:{OPERATIONS[name][0]}@shop.iam.gserviceaccount.com"
        # The ledger's proxy passes the trace on; that of the orders' database does not.
        trace = span["trace"] if name == "INSERT charges" else None
        self.platform(account, *PLATFORM[name], DATABASES[OPERATIONS[name][0]], start + MS, trace)
        return span["end"]

    def platform(self, principal, service, permission, resource, time, trace=None):
        """Records a check of the platform's own, all of which are allowed."""
        self.audit.append({
            "time": time, "principal": principal, "service": service, "permission": permission,
            "resource": resource, "trace": trace})

    def complete(self, create, order, now):
        between = self.random.between
        now = self.statement("INSERT orders", create, now + MS)
        put = self.span("PUT /receipt", create, now + MS, path=f"/receipt/{order}", status=201)
        put["request"] = f"req-{put['id']}"
        put["attributes"]["http.request.header.x-request-id"] = [put["request"]]
        render = self.span("render pdf", put, put["start"] + MS)
        render["end"] = render["start"] + between(15 * MS, 45 * MS)
        receipt = f"{BUCKET}/objects/R-{order[2:]}.pdf"
        self.decide("receipts", put, render["end"] + MS, "InsertObject", receipt, BUCKET,
                    RECEIPT_CONDITION)
        put["end"] = render["end"] + between(6 * MS, 15 * MS)
        return self.publish("order.created", create, put["end"] + MS)

    def cancel(self, create, order, now):
        span = self.span("cancel order", create, now + MS)
        for item in range(3):
            begin, path = span["start"] + (1 + item) * MS, f"/reservation/{order}"
            release = self.span("DELETE /reservation", span, begin, path=path, status=204)
            release["end"] = begin + self.random.between(3 * MS, 12 * MS)
            span["end"] = max(span["end"], release["end"] + MS)
        now = self.statement("UPDATE orders", create, span["end"] + MS)
        return self.publish("order.failed", create, now + MS)

    def publish(self, message, create, start):
        between = self.random.between
        span = self.span(f"publish {message}", create, start)
        self.decide("orders", span, start + MS, "Publish", TOPIC, TOPIC)
        span["end"] = start + between(2 * MS, 6 * MS)
        # The mail goes out later: this child outlives the request.
        mail = self.span(f"process {message}", span, span["end"] + between(5 * MS, 40 * MS))
        mail["end"] = mail["start"] + between(15 * MS, 60 * MS)
        return span["end"]


def latest(secret):
    return f"{secret}/versions/latest"


def rfc3339(time):
    """As the emitters write it: UTC, up to nine fractional digits, trailing zeros dropped."""
    seconds, fraction = divmod(time, SECOND)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    digits = f"{fraction:09d}".rstrip("0")
    return moment.isoformat() + (f".{digits}Z" if digits else "Z")


def executions():
    """Both runs, simulated: name, run and the policy that was in force."""
    for name, policy, hour, seed, checkouts, first_order in [
        ("baseline", BASELINE_POLICY, 9, 0x5EED_0001, 240, 2001),
        ("incident", INCIDENT_POLICY, 10, 0x5EED_0002, 238, 3001),
    ]:
        moment = datetime.datetime(2026, 3, 2, hour, tzinfo=datetime.timezone.utc)
        start = int(moment.timestamp()) * SECOND
        run = Run(name, start, seed, checkouts, first_order)
        run.simulate()
        yield name, run, policy
