"""The backend of the manual's page about open mode, character for character.

Its host leads here where it builds the request; the tokens were earned for the page that it names.
"""

import re
import urllib.error
import urllib.request

import pytest

from portcullis import ROOT
from visitor import ORDINARY_VISIT, solve

PORTCULLIS = "https://captcha.example.com"
PAGE = "https://www.example.com"


@pytest.fixture(scope="module")
def passed():
    """The manual's function, as it is written there."""
    manual = (ROOT / "docs" / "manual" / "open-mode.md").read_text()
    [code] = re.findall(r"^```python\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(code, "open-mode.md", "exec"), names)
    return names["passed"]


@pytest.fixture(autouse=True)
def host_leads_here(server, monkeypatch):
    """Leads requests for the manual's host here, and refuses others."""
    published = urllib.request.Request

    def request(url, *more):
        assert url == f"{PORTCULLIS}/public/api/v1/verify"
        return published(url.replace(PORTCULLIS, server.base), *more)

    monkeypatch.setattr(urllib.request, "Request", request)


def earn(server, origin, visit=ORDINARY_VISIT):
    """Earns a token for a page; of the open site unless the visit names another."""
    path = "/api/v1/challenge"
    asked = server.post_json(path, visit, Origin=origin)
    if asked.status_code == 200:
        return asked.json()["token"]
    assert (asked.status_code, asked.json()["state"]) == (202, "work_required"), asked.content
    work = asked.json()["work"]
    solutions = [solve(salt.encode(), target) for salt, target in work["challenge"]]
    done = {
        "confirmed": True,
        "challengeId": asked.json()["challengeId"],
        "work": {"token": work["token"], "solutions": solutions},
    }
    answer = server.post_json(path, visit | {"interaction": done}, Origin=origin)
    assert (answer.status_code, answer.json()["state"]) == (200, "success"), answer.content
    return answer.json()["token"]


def test_a_token_passes_once(server, passed):
    token = earn(server, PAGE)
    assert [passed(token), passed(token)] == [True, False]
    again = server.post_json("/public/api/v1/verify", {"token": token, "origin": PAGE})
    assert (again.status_code, again.json()["success"]) == (409, False)


def test_a_token_of_another_page_does_not_pass(server, passed):
    origin = "https://other.example"
    visit = ORDINARY_VISIT | {"siteKey": server.add_site("other", "--origin", origin)["site_key"]}
    assert passed(earn(server, origin, visit)) is False


@pytest.mark.parametrize("token", ["", "junk", "a.b.c", "x" * 9000])
def test_junk_does_not_pass(passed, token):
    assert passed(token) is False


def test_a_server_that_cannot_be_reached_lets_nobody_pass(passed, monkeypatch):
    def refuse(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    assert passed("token") is False
