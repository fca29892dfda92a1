"""Answers, for each line of standard input after the first, whether PyJWT accepts that token. The first line says by which keys and rules."""

import datetime
import json
import sys

import jwt
import jwt.api_jwt

rules = json.loads(sys.stdin.readline())
keys = {key["kid"]: (key["alg"], jwt.PyJWK(key).key) for key in rules["jwks"]["keys"]}


class Clock(datetime.datetime):
    """PyJWT takes the time from here; it has no option for it."""

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(rules["now"], tz)


jwt.api_jwt.datetime = Clock


def verify(token):
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise jwt.InvalidTokenError("no such key")
    algorithm, key = keys[kid]
    jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        issuer=rules["issuer"],
        audience=rules["audience"],
        leeway=rules["skew"],
        options={"require": rules["required"]},
    )


for line in sys.stdin:
    try:
        verify(json.loads(line))
        answer = {"accepted": True}
    except Exception as e:  # pylint: disable=broad-except
        # Whatever it throws, the token has not been accepted.
        answer = {"accepted": False, "why": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer))
