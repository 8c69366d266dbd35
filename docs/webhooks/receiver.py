#!/usr/bin/env python3
"""Receives webhooks of Innocap and verifies that they are genuine. Needs nothing but Python 3.

    INNOCAP_WEBHOOK_SECRET=whsec_... python3 receiver.py 8099

While a secret is being replaced, name both, parted by a blank. Put a proxy with TLS in front of it.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How far the clocks of sender and receiver may differ, in seconds. Older messages may be recorded ones.
TOLERANCE = 5 * 60
# A message of Innocap is some hundred bytes long.
MOST_BYTES = 64 * 1024


class NotGenuine(Exception):
    """The message does not come from where it should, or is not new."""


def verify(secrets, headers, body, now):
    """Gives the message's identifier if it is signed with one of the secrets, else raises NotGenuine.

    The body must be the bytes as they came: a document that was read and written again is another one.
    """
    identifier = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not identifier or not timestamp.isascii() or not timestamp.isdigit():
        raise NotGenuine("a header is missing")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotGenuine("it is too old, or the clocks differ")
    signed = identifier.encode() + b"." + timestamp.encode() + b"." + body
    genuine = False
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        for signature in signatures.split(" "):
            version, _, given = signature.partition(",")
            # Compared in the same time wherever they differ, so that nobody finds a signature byte by byte.
            if version == "v1" and hmac.compare_digest(given.encode(), expected):
                genuine = True
    if not genuine:
        raise NotGenuine("no signature fits")
    return identifier


class Receiver(BaseHTTPRequestHandler):
    secrets = os.environ.get("INNOCAP_WEBHOOK_SECRET", "").split()
    # What was taken already: an event may come more than once. Keep this where it outlives a restart.
    taken = set()

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if length > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            identifier = verify(self.secrets, self.headers, body, time.time())
        except NotGenuine as reason:
            print(f"refused: {reason}", file=sys.stderr, flush=True)
            return self.answer(400)
        if identifier not in self.taken:
            event = json.loads(body)
            # Here stands what is to be done. What takes long is only noted here and done later: answer within 15 seconds.
            print(event["type"], identifier, json.dumps(event["data"]), flush=True)
            self.taken.add(identifier)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    if not Receiver.secrets:
        sys.exit("set INNOCAP_WEBHOOK_SECRET")
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
