"""Bearer tokens: JSON Web Tokens signed with the secret key of the installation.

A token dies with its time, with the user (inactive) and with the user's password: it carries a
fingerprint of the password hash.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings

from engine_runtime.access.errors import TokenRefused

ISSUER = "bahi"
AUDIENCE = "bahi-api"
LIFETIME = timedelta(hours=12)
ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Token:
    """What a valid token says."""

    user_id: int
    fingerprint: str


def _key() -> bytes:
    """A key of its own, so that tokens share no key with cookies and reset links."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"bahi api token", "sha256")


def issue(user_id: int, fingerprint: str, now: datetime | None = None) -> tuple[str, datetime]:
    """A token for ``user_id`` and the moment it expires."""
    issued = now or datetime.now(UTC)
    expires = issued + LIFETIME
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "iat": issued,
        "exp": expires,
        "pwd": fingerprint,
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM), expires


def read(text: str) -> Token:
    """What ``text`` says. Raises ``TokenRefused`` if it is malformed, forged, expired or meant for others."""
    try:
        claims = jwt.decode(
            text,
            _key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["iss", "aud", "sub", "exp", "pwd"]},
        )
        return Token(int(claims["sub"]), str(claims["pwd"]))
    except jwt.ExpiredSignatureError:
        raise TokenRefused("The token has expired. Log in again.") from None
    except (jwt.InvalidTokenError, ValueError):
        raise TokenRefused("The token is not valid. Log in again.") from None
