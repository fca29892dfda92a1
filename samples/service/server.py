"""
The same service in Python, with PyJWT: it verifies access tokens by the public keys, and follows what has ended.

    pip install pyjwt cryptography                                  or Debian's python3-jwt and python3-cryptography
    PAWL_SECRET=… python3 samples/service/server.py [PORT] [PAWL]   http://localhost:4000, beside http://localhost:5080
"""

import json
import os
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

from revocations import Revocations, repeat

PORT, PAWL = (sys.argv[1:] + ["4000", "http://localhost:5080"][len(sys.argv) - 1 :])[:2]
ISSUER = os.environ.get("PAWL_ISSUER", "urn:pawl")
AUDIENCE = os.environ.get("PAWL_AUDIENCE", ISSUER)
SILENCE = int(os.environ.get("PAWL_SILENCE", "60"))
FAIL_OPEN = "PAWL_FAIL_OPEN" in os.environ


class Keys:
    """Read again at an unknown kid, at most every 5 seconds, and every 30 seconds, so that a key that was taken out of use does not stay."""

    def __init__(self, url):
        self._url = url
        self._read()
        repeat(self._read, 30)

    def find(self, kid):
        if kid not in self._keys and time.monotonic() - self._read_at > 5:
            try:
                self._read()
            except Exception as error:
                raise ConnectionError("The server has not said which keys it has.") from error
        return self._keys.get(kid)

    def _read(self):
        self._read_at = time.monotonic()
        with urllib.request.urlopen(self._url, timeout=10) as answer:
            self._keys = {key["kid"]: jwt.PyJWK(key).key for key in json.load(answer)["keys"]}


def verify(token):
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    key = keys.find(kid) if isinstance(kid, str) and header.get("typ") == "at+jwt" else None
    if key is None:
        raise jwt.InvalidTokenError("no such key")
    rules = {"require": ["sub", "sid", "iat", "exp"]}
    return jwt.decode(token, key, algorithms=["ES256"], issuer=ISSUER, audience=AUDIENCE, leeway=5, options=rules)


def answer(authorization):
    if not authorization:
        return 401, "authentication_required"
    try:
        claims = verify(authorization.removeprefix("Bearer "))
    except jwt.ExpiredSignatureError:
        return 401, "access_token_expired"
    except jwt.PyJWTError:
        return 401, "access_token_invalid"
    except ConnectionError:
        # Without the keys no verdict is possible, and no user is signed out.
        return 503, "store_unavailable"
    # A token that is bound to a key needs a proof of that key, which this service does not check.
    if "cnf" in claims:
        return 401, "device_proof_required"
    if revocations.has(claims["sid"]):
        return 401, "session_ended"
    # If the server has not answered for a minute, nobody can tell who has signed out. This service then refuses, unless it is told to go on.
    if revocations.age() > SILENCE and not FAIL_OPEN:
        return 503, "store_unavailable"
    return 200, claims["sub"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, text = answer(self.headers.get("Authorization"))
        # Clients of Pawl go by these headers.
        more = {401: ("WWW-Authenticate", 'Bearer error="invalid_token"'), 503: ("Retry-After", "1")}.get(status)
        self.send_response(status)
        for name, value in [("Content-Type", "text/plain"), ("Cache-Control", "no-store")] + ([("Pawl-Problem", text), more] if more else []):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


keys = Keys(f"{PAWL}/auth/jwks")
revocations = Revocations(f"{PAWL}/auth/revocations", "sample", os.environ["PAWL_SECRET"], -(-SILENCE // 3))
server = ThreadingHTTPServer(("localhost", int(PORT)), Handler)
print(f"listening on http://localhost:{server.server_port}", flush=True)
server.serve_forever()
