"""A provider of OpenID Connect on loopback, as a council's would be asked: it lets in whoever it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "dashboard", "kept in a file that is in no repository"


class Provider:
    """What it would confirm, and what it was asked.

    ``claims`` are those of whoever logs in next; ``asked`` are the paths, in order.
    """

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.claims: dict[str, Any] = {"sub": "1", "email": "jo@council.example"}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.address = ""

    def metadata(self) -> dict[str, Any]:
        """Tell where everything is."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Give the address to go back to."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        """Give a token for a code, once."""
        from joserfc import jwt

        begun = self.codes.pop(asked["code"])
        proof = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=")
        assert proof.decode() == begun["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 600,
            "nonce": begun["nonce"],
        } | self.claims
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """Run one on a free port."""
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, asked = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            found.asked.append(path)
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", found.authorize(asked))
                self.end_headers()
            elif path == "/jwks":
                self._json({"keys": [found.key.as_dict(private=False)]})
            elif path == "/.well-known/openid-configuration":
                self._json(found.metadata())
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            found.asked.append(self.path)
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._json(found.token({key: value[0] for key, value in parse_qs(raw).items()}))

        def _json(self, value: object) -> None:
            raw = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    found.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
