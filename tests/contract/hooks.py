"""What Schemathesis is told beside the contract."""

import json

import schemathesis


@schemathesis.serializer("application/jsonl", "application/x-ndjson")
def lines(context, value):
    """Rows of an import: a line each. What is no list is sent as it is, for the server to refuse."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    rows = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(row) for row in rows).encode()


@schemathesis.hook
def map_headers(context, headers):
    """Leaves Prefer away: 201 without a body, as it asks for, is described in words, for OpenAPI describes bodies that
    may be absent in no other way. The integration tests send it."""
    if headers:
        headers.pop("Prefer", None)
    return headers
