"""ALTCHA's published Python library, and the Django form field over it, on challenges and payloads of ours."""

import base64
import json

import altcha
import pytest
from django import forms
from django.conf import settings
from django_altcha import AltchaField


@pytest.fixture(scope="module")
def site(server):
    """A site with challenges of version 1, which these libraries know, and little work."""
    return server.add_site("altcha", "--altcha", "v1", "--difficulty", "1")


@pytest.fixture
def earn(server, site):
    """Solves a challenge with the library; answers the payload of the form."""

    def solve():
        answer = server.ask("GET", f"/altcha/challenge?apiKey={site['site_key']}&params.form=login")
        assert answer.status_code == 200, answer.content
        challenge = answer.json()
        parts = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
        most = challenge.get("maxnumber", 1_000_000)
        solution = altcha.solve_challenge(parts["challenge"], parts["salt"], parts["algorithm"], most)
        return altcha.Payload(number=solution.number, **parts).to_base64()

    return solve


@pytest.fixture
def ask(server, site):
    """What a backend is told of a payload."""
    return lambda payload: server.post_json(
        "/altcha/verify", {"altcha": payload, "secret": site["secret_key"]}
    ).json()


def changed(payload, **more):
    """A payload with other members."""
    parts = json.loads(base64.b64decode(payload))
    return base64.b64encode(json.dumps(parts | more).encode()).decode()


# Further than any search goes. A small number may be the one that was looked for.
NO_SOLUTION = 10_000_000


class TestLibrary:
    def test_it_verifies_our_challenges_and_so_do_we_once(self, site, earn, ask):
        payload = earn()
        assert altcha.verify_solution(payload, site["secret_key"], check_expires=True) == (True, None)
        assert ask(payload)["verified"] is True
        again = ask(payload)
        assert (again["verified"], again["reason"]) == (False, "already_spent")

    @pytest.mark.parametrize("more", [{"number": NO_SOLUTION}, {"signature": "0" * 64}, {"salt": "aa?expires=4102444800&"}])
    def test_both_refuse_what_was_changed(self, site, earn, ask, more):
        payload = earn()
        verified, _ = altcha.verify_solution(changed(payload, **more), site["secret_key"], check_expires=True)
        assert verified is False
        assert ask(changed(payload, **more))["verified"] is False
        assert ask(payload)["verified"] is True, "nothing was used up"

    def test_it_verifies_what_we_signed(self, server, site, earn, ask):
        path = f"/altcha/verify?apiKey={site['site_key']}"
        signed = server.post_json(path, {"payload": earn()}).json()["payload"]
        verified, data, error = altcha.verify_server_signature(signed, site["secret_key"])
        assert (verified, error, data.classification) == (True, None, "NEUTRAL")
        assert data.verified is True
        assert ask(signed)["verified"] is True
        assert altcha.verify_server_signature(signed, "another secret")[0] is False


class TestDjangoField:
    @pytest.fixture
    def form(self, site, monkeypatch):
        monkeypatch.setattr(settings, "ALTCHA_HMAC_KEY", site["secret_key"], raising=False)

        class Form(forms.Form):
            altcha = AltchaField()

        return lambda payload: Form({"altcha": payload})

    def test_a_form_is_valid_once(self, form, earn):
        payload = earn()
        assert form(payload).is_valid()
        replayed = form(payload)
        assert not replayed.is_valid()
        assert form(changed(earn(), number=NO_SOLUTION)).errors.as_data()["altcha"][0].code == "invalid"
