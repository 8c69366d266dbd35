"""A real SMTP server for the tests: aiosmtpd, which tells each message it took as a line of JSON on its output.

The first line is the port. What it does is told by the recipient's local part: `busy` is answered 451 the first time,
`gone` 550, `late` 451 after the message itself was sent, `spam` 554 then, and `mute` never. It ends when its input
does.
"""

import argparse
import asyncio
import base64
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--user")
parser.add_argument("--password")
options = parser.parse_args()
# Refused handshakes are what some tests are about, and AUTH without STARTTLS is right under TLS from the first byte.
logging.disable()
warnings.simplefilter("ignore")


def tell(what):
    print(json.dumps(what), flush=True)


class Handler:
    """Answers by the recipient's name."""

    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "gone":
            return f"550 5.1.1 <{address}>: no such mailbox"
        if name == "busy" and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 come again later"
        if name == "mute":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "late":
            return "451 4.3.0 no room just now"
        if name == "spam":
            return "554 5.7.1 refused"
        tell(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "user": session.auth_data if session.authenticated else None,
                "encrypted": session.ssl is not None or options.tls == "implicit",
                "data": base64.b64encode(envelope.original_content).decode(),
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    known = data.login == options.user.encode() and data.password == options.password.encode()
    return AuthResult(success=known, handled=False, auth_data=data.login.decode())


async def main():
    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    handler = Handler()

    def session():
        wanted = {}
        if options.user:
            wanted = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
        if options.tls == "starttls":
            wanted |= {"tls_context": context, "require_starttls": True}
        return SMTP(handler, hostname="localhost", enable_SMTPUTF8=True, **wanted)

    implicit = context if options.tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=implicit)
    tell(server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
