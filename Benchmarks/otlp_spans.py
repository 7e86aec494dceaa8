"""OTLP/JSON traces of a shop of eight services, as the collector's file exporter writes them."""

from emission import MASK, START, Random


# Values are JSON text: `%(unique)x` differs in every span, `%(number)d` has 1,000 values, and
# `%(word)s` has 16.

def string(key, value):
    return f'{{"key":"{key}","value":{{"stringValue":"{value}"}}}}'


def integer(key, value):
    return f'{{"key":"{key}","value":{{"intValue":"{value}"}}}}'


def boolean(key, value):
    return f'{{"key":"{key}","value":{{"boolValue":{value}}}}}'


WORDS = [
    "eu-west-1", "eu-central-1", "us-east-1", "gold", "silver", "none", "Zürich", "東京",
    "München", "São Paulo", "mobile", "desktop", "batch", "cache", "primary", "replica",
]


def http_server(method, route):
    return [
        string("http.request.method", method), string("http.route", route),
        string("url.path", route.replace("{id}", "%(unique)x")), string("url.scheme", "https"),
        integer("http.response.status_code", 200), string("client.address", "10.8.3.%(number)d"),
        string("network.protocol.version", "1.1"), string("session.id", "s-%(unique)016x"),
        string("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) shop/%(word)s"),
    ]


def rpc(service, method):
    return [
        string("rpc.system", "grpc"), string("rpc.service", service), string("rpc.method", method),
        integer("rpc.grpc.status_code", 0), string("server.address", "%(word)s"),
        integer("server.port", 8443), integer("app.request.size", "%(number)d"),
        boolean("app.hedged", "false"), string("network.peer.address", "10.9.0.%(number)d"),
    ]


def database(operation, table):
    text = f'{operation} id, total FROM \\"{table}\\" WHERE owner = $1 AND shard = %(number)d'
    return [
        string("db.system.name", "postgresql"), string("db.namespace", "shop"),
        string("db.operation.name", operation), string("db.query.text", text),
        integer("db.response.returned_rows", "%(number)d"), string("server.address", "%(word)s"),
        integer("server.port", 5432),
    ]


def messaging(topic):
    return [
        string("messaging.system", "kafka"), string("messaging.destination.name", topic),
        string("messaging.message.id", "%(unique)016x"), string("messaging.client.id", "%(word)s"),
        integer("messaging.kafka.offset", "%(unique)d"),
        integer("messaging.destination.partition.id", "%(number)d"),
    ]


def internal(function):
    return [
        string("code.function.name", function), integer("thread.id", "%(number)d"),
        string("thread.name", "worker-%(number)d"), string("app.customer.tier", "%(word)s"),
        string("app.order.id", "o-%(unique)x"), integer("app.items", "%(number)d"),
        '{"key":"app.score","value":{"doubleValue":0.%(number)d}}',
    ]


# A trace as its spans in pre-order: depth, service, name, kind, attributes.
CHECKOUT = [
    (0, "frontend", "POST /checkout", 2, http_server("POST", "/checkout/{id}")),
    (1, "frontend", "shop.Cart/Get", 3, rpc("shop.Cart", "Get")),
    (2, "cart", "shop.Cart/Get", 2, rpc("shop.Cart", "Get")),
    (3, "cart", "SELECT carts", 3, database("SELECT", "carts")),
    (1, "frontend", "shop.Orders/Place", 3, rpc("shop.Orders", "Place")),
    (2, "orders", "shop.Orders/Place", 2, rpc("shop.Orders", "Place")),
    (3, "orders", "price order", 1, internal("shop.orders.price")),
    (3, "inventory", "GET /stock/{id}", 2, http_server("GET", "/stock/{id}")),
    (4, "inventory", "SELECT stock", 3, database("SELECT", "stock")),
    (3, "payments", "POST /charges", 2, http_server("POST", "/charges/{id}")),
    (4, "payments", "check fraud", 1, internal("shop.payments.fraud")),
    (4, "payments", "INSERT charges", 3, database("INSERT", "charges")),
    (3, "orders", "INSERT orders", 3, database("INSERT", "orders")),
    (3, "orders", "publish orders", 4, messaging("orders")),
    (4, "mail", "process orders", 5, messaging("orders")),
    (5, "mail", "render mail", 1, internal("shop.mail.render")),
]
SEARCH = [
    (0, "frontend", "GET /search", 2, http_server("GET", "/search/{id}")),
    (1, "search", "shop.Search/Query", 2, rpc("shop.Search", "Query")),
    (2, "search", "parse query", 1, internal("shop.search.parse")),
    (2, "search", "SELECT shards", 3, database("SELECT", "shards")),
    (2, "search", "SELECT documents", 3, database("SELECT", "documents")),
    (2, "search", "rank results", 1, internal("shop.search.rank")),
    (1, "inventory", "shop.Stock/Batch", 2, rpc("shop.Stock", "Batch")),
    (2, "inventory", "SELECT stock", 3, database("SELECT", "stock")),
    (1, "prices", "shop.Prices/Batch", 2, rpc("shop.Prices", "Batch")),
    (2, "prices", "SELECT prices", 3, database("SELECT", "prices")),
]
BROWSE = SEARCH[:1] + CHECKOUT[1:4] + SEARCH[1:] + [
    (1, "prices", "publish views", 4, messaging("views")),
    (2, "search", "process views", 5, messaging("views")),
    (3, "search", "UPDATE documents", 3, database("UPDATE", "documents")),
]
NIGHTLY = [(0, "mail", "send digest", 1, internal("shop.mail.digest"))] + [
    (1 + item % 2, "mail", name, kind, attributes) for item, (name, kind, attributes) in enumerate(
        [("SELECT customers", 3, database("SELECT", "customers")),
         ("render mail", 1, internal("shop.mail.render")),
         ("publish outbox", 4, messaging("outbox"))] * 6)
]
SHAPES = [CHECKOUT, SEARCH, BROWSE, SEARCH, BROWSE, CHECKOUT, SEARCH, NIGHTLY]

STACK = "\\n".join(
    f"\\tat shop.payments.{name}({name}.java:{line})"
    for name, line in [("Charge", 214), ("Client", 88), ("Retry", 41), ("Pool", 390), ("Main", 12)])
FAILURE = (
    '"events":[{"timeUnixNano":"%%d","name":"exception","attributes":[%s]}],' % ",".join([
        string("exception.type", "java.net.SocketTimeoutException"),
        string("exception.message", 'timeout after 2000 ms: \\"upstream\\"'),
        string("exception.stacktrace", STACK)]))


def template(depth, service, name, kind, attributes):
    return (
        '{"traceId":"%(trace)s","spanId":"%(span)016x","parentSpanId":"%(parent)s",'
        f'"name":"{name}","kind":{kind},"startTimeUnixNano":"%(start)d",'
        f'"endTimeUnixNano":"%(end)d","attributes":[{",".join(attributes)}],'
        '%(events)s"status":%(status)s}')


class Shape:
    """A kind of trace, ready to be filled in."""

    def __init__(self, spans):
        self.templates = [template(*span) for span in spans]
        self.services = [span[1] for span in spans]
        self.parents, path = [], []
        for index, span in enumerate(spans):
            del path[span[0]:]
            self.parents.append(path[-1] if path else -1)
            path.append(index)


def resource(service, instance):
    attributes = [
        string("service.name", service), string("service.version", f"2.{len(service)}.{instance}"),
        string("service.instance.id", f"{service}-7d9c{instance}"),
        string("host.name", f"node-{instance}"),
        string("k8s.pod.name", f"{service}-7d9c{instance}-x2l{instance}"),
        string("telemetry.sdk.language", "java"), string("telemetry.sdk.version", "1.49.0"),
    ]
    return (
        f'{{"resourceSpans":[{{"resource":{{"attributes":[{",".join(attributes)}]}},'
        '"scopeSpans":[{"scope":{"name":"io.opentelemetry.shop","version":"2.11.0"},"spans":[')


class Exporter:
    """The spans of one service instance that wait for their batch to fill up."""

    def __init__(self, service, instance, output, random):
        self.head, self.output, self.random = resource(service, instance), output, random
        self.begin_batch()

    def begin_batch(self):
        self.spans, self.limit = [], 50 + self.random.next() % 451

    def add(self, span):
        self.spans.append(span)
        if len(self.spans) == self.limit:
            self.export()

    def export(self):
        if self.spans:
            self.output.line(f'{self.head}{",".join(self.spans)}]}}]}}]}}')
        self.begin_batch()


def write_otlp(output, size=None, spans=None):
    """Stops at `size` bytes of spans or at exactly `spans` spans."""
    random = Random(2)
    shapes = [Shape(spans) for spans in SHAPES]
    services = sorted({service for shape in shapes for service in shape.services})
    exporters = {
        service: [Exporter(service, instance, output, random) for instance in range(3)]
        for service in services}
    now, written, bytes_written = START, 0, 0
    while bytes_written < size if size else written < spans:
        shape = shapes[random.next() % len(shapes)]
        now += random.next() & 0x3F_FFFF
        instance = random.next() % 3
        texts = trace_texts(shape, now, random, spans and spans - written)
        for index in range(len(texts) - 1, -1, -1):
            exporters[shape.services[index]][instance].add(texts[index])
            bytes_written += len(texts[index]) + 1
        written += len(texts)
    for service in services:
        for exporter in exporters[service]:
            exporter.export()


def trace_texts(shape, now, random, limit):
    """The spans of one trace in pre-order, at most `limit`."""
    count = min(len(shape.templates), limit or MASK)
    trace = f"{random.next():016x}{random.next():016x}"
    draws = [random.next() for _ in range(count)]
    starts, ends = [], []
    for z in draws:
        now += 10_000 + (z & 0xFFFF)
        starts.append(now)
        now += (z >> 16 & 0xFFF) * (z >> 28 & 0xFFF)
        ends.append(now)
    failed = {}
    if random.next() % 64 == 0:
        index = count - 1
        failed[index] = FAILURE % ends[index]
        while (index := shape.parents[index]) >= 0:
            failed[index] = ""
    for index in range(count - 1, 0, -1):
        parent = shape.parents[index]
        ends[parent] = max(ends[parent], ends[index] + 5_000)
    ids = [(z ^ 0x5DEE_CE66_D1CE_4E5B) for z in draws]
    return [
        shape.templates[index] % {
            "trace": trace, "span": ids[index],
            "parent": f"{ids[shape.parents[index]]:016x}" if index else "",
            "start": starts[index], "end": ends[index], "unique": z >> 8,
            "number": z % 1000, "word": WORDS[z >> 60], "events": failed.get(index, ""),
            "status": '{"message":"upstream timed out","code":2}' if index in failed else "{}",
        } for index, z in enumerate(draws)]
