"""Bodies that break the Python package or would break a careless server: each is refused, none is an error of ours.

The first group is what makes ``capjs-server`` 0.2.1 answer 500; the others are what strangers send.
"""

import json
import time

import pytest
from capjs_server import CapServer
from capjs_server.testing import solve
from capjs_server.tokens import _sign, make_challenge_token

from conftest import SHARED_SECRET

DEEP = 30_000
MEGABYTES = 10 * 1024 * 1024


def body(token, solutions):
    """A redeem with the token and the solutions as JSON texts."""
    return f'{{"token":{token},"solutions":{solutions}}}'.encode()


#: Name, bytes.
BODIES = {
    # The package's own five.
    "not ASCII after the last colon": body('"a:b:\\u00e9"', "[1,2]"),
    "a token that is a number": body("5", "[1,2]"),
    "solutions that are a number": body('"a:b"', "7"),
    "solutions that are an object": body('"a:b"', '{"0":1,"1":2}'),
    "a lone surrogate": body('"\\ud800:b"', "[1,2]"),
    # What strangers send.
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "a list": b'["t",[1]]',
    "a text": b'"token"',
    "truncated": b'{"token":"a:b","solutions":[1,',
    "more after the end": b'{"token":"a:b","solutions":[1]}{}',
    "no token": b'{"solutions":[1,2]}',
    "no solutions": b'{"token":"a:b"}',
    "an empty token": body('""', "[1,2]"),
    "a null token": body("null", "[1,2]"),
    "a list for a token": body('["a"]', "[1,2]"),
    "an object for a token": body("{}", "[1,2]"),
    "a token of 1 MB": body('"' + "a" * 1_000_000 + '"', "[1,2]"),
    "colons": body('"' + ":" * 2000 + '"', "[1,2]"),
    "NUL in the token": body('"a\\u0000:b"', "[1,2]"),
    "NUL bytes": b"\0" * 512,
    "not UTF-8": b"\xc0\xc0\xff\xfe",
    "a byte order mark": b"\xef\xbb\xbf" + body('"a:b"', "[1]"),
    "UTF-16": body('"a:b"', "[1]").decode().encode("utf-16"),
    "NaN": body('"a:b"', "[NaN,NaN]"),
    "Infinity": body('"a:b"', "[Infinity,-Infinity]"),
    "minus one": body('"a:b"', "[-1,-1]"),
    "1e400": body('"a:b"', "[1e400,1e400]"),
    "fractions": body('"a:b"', "[1.5,0.1]"),
    "2^64": body('"a:b"', "[18446744073709551616,1]"),
    "10,000 digits": body('"a:b"', "[" + "9" * 10_000 + "]"),
    "null solutions": body('"a:b"', "[null,null]"),
    "booleans": body('"a:b"', "[true,false]"),
    "lists in the list": body('"a:b"', "[[1],[2]]"),
    "objects in the list": body('"a:b"', '[{"nonce":1},{"nonce":2}]'),
    "no solution at all": body('"a:b"', "[]"),
    "20,000 solutions": body('"a:b"', json.dumps([1] * 20_000)),
    "deep lists": body('"a:b"', "[" * DEEP + "1" + "]" * DEEP),
    "deep objects": b'{"x":' * 8_000 + b"1" + b"}" * 8_000,
    "the same field twice": b'{"token":"a","token":"b","solutions":[1]}',
    "10 MB of digits": b"1" * MEGABYTES,
    "10 MB of solutions": body('"a:b"', "[" + "1," * (MEGABYTES // 2) + "1]"),
}

DOORS = ["/cap/challenge", "/cap/redeem", "/cap/{site_key}/redeem", "/{site_key}/redeem"]


@pytest.fixture(params=["python_site", "seeded_site"])
def site(request):
    """A site of each profile."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("name", BODIES)
def test_redeem_refuses(server, site, name):
    answer = server.ask("POST", f"/cap/{site['site_key']}/redeem", BODIES[name], "application/json")
    assert 200 <= answer.status_code < 500, answer.status_code
    refusal = answer.json()
    assert refusal["success"] is False
    assert isinstance(refusal["error"], str)
    assert isinstance(refusal["reason"], str)
    if answer.status_code == 200:
        assert site["cap_profile"] == "capjs-server"


@pytest.mark.parametrize("name", BODIES)
def test_siteverify_refuses(server, python_site, seeded_site, name):
    for content_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for path in (
            "/siteverify",
            "/recaptcha/api/siteverify",
            "/hcaptcha/siteverify",
            "/turnstile/v0/siteverify",
            f"/cap/{seeded_site['site_key']}/siteverify",
        ):
            answer = server.ask("POST", path, BODIES[name], content_type)
            assert 200 <= answer.status_code < 500, (path, content_type, answer.status_code)
            assert answer.json()["success"] is False


@pytest.mark.parametrize("name", BODIES)
def test_challenge_never_fails(server, seeded_site, name):
    answer = server.ask("POST", f"/cap/{seeded_site['site_key']}/challenge", BODIES[name], "text/plain")
    assert 200 <= answer.status_code < 500, answer.status_code
    answer.json()


@pytest.mark.parametrize(
    "token",
    ["", ":", "a:b:c", "a:b:é", "\ud800", "x" * 4096, "0" * 30 + ":9999999999999:" + "0" * 64, "\0\0\0"],
    ids=repr,
)
def test_no_text_is_a_token(server, python_site, seeded_site, token):
    for site in (python_site, seeded_site):
        assert server.siteverify(site, token)["success"] is False


@pytest.mark.parametrize("expiry", ["nan", "inf", "1e400", "-1", "9" * 400, "٣٣٣", "1_893_456_000_000"])
def test_expiries_that_python_reads_and_a_clock_does_not(server, python_site, expiry):
    """They are signed with the right secret: a leaked test token must not live for ever."""
    payload = f"{'0' * 30}:{expiry}"
    token = f"{payload}:{_sign(SHARED_SECRET.encode(), payload)}"
    assert server.siteverify(python_site, token)["success"] is False
    payload = f"{'0' * 50}:{expiry}:2:8:1"
    token = f"{payload}:{_sign(SHARED_SECRET.encode(), payload)}"
    answer = server.redeem(python_site, token, [0, 0])
    assert (answer.status_code, answer.json()["success"]) == (200, False)


@pytest.mark.parametrize(
    ("count", "size", "difficulty"), [(0, 8, 1), (2, 8, 0), (10**9, 8, 1), (2, 10**9, 1), (2, 8, 64)]
)
def test_signed_parameters_out_of_bounds_cost_nothing(server, python_site, count, size, difficulty):
    """The package signs and accepts any numbers: nought of them is always solved."""
    config = {"c": count, "s": size, "d": difficulty}
    token = make_challenge_token(SHARED_SECRET.encode(), "0" * 50, time.time() * 1000 + 60_000, config)
    answer = server.redeem(python_site, token, [0] * min(count, 500))
    assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_the_server_still_works_afterwards(server, python_site):
    package = CapServer(SHARED_SECRET, challenge_count=2, challenge_size=8, challenge_difficulty=1)
    challenge = package.create_challenge()
    solutions = solve(challenge["token"], challenge["challenge"])
    assert server.redeem(python_site, challenge["token"], solutions).json()["success"] is True


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_so(server, python_site, door, method):
    assert server.ask(method, door.format(**python_site)).status_code == 405
