"""Published Python clients of the three vendors, pointed at our siteverify.

The clients are used as published. Two take the address from a setting; the other two are led here where they open
the connection: one by the request class it builds, the other by its transport.
"""

import urllib.request

import httpx
import pytest
from django import forms
from django_recaptcha import client as recaptcha
from hcaptcha import fields as hcaptcha
from pyturnstile import Turnstile
from pyturnstile import _core as pyturnstile_core
from turnstile import fields as turnstile

WRONG_SECRET = "sk_" + "0" * 64


@pytest.fixture
def secret(seeded_site):
    """The site's secret key."""
    return seeded_site["secret_key"]


# --- reCAPTCHA: django-recaptcha ---


@pytest.fixture
def recaptcha_here(server, monkeypatch):
    """Leads django-recaptcha's requests here; everything else of it is as published."""

    def request(url, **more):
        assert url == "https://www.google.com/recaptcha/api/siteverify"
        return urllib.request.Request(url.replace("https://www.google.com", server.base), **more)

    monkeypatch.setattr(recaptcha, "Request", request)


@pytest.mark.usefixtures("recaptcha_here")
class TestDjangoRecaptcha:
    def test_a_token_is_good_once(self, earn, secret):
        token = earn()
        first = recaptcha.submit(token, secret, "203.0.113.9")
        assert (first.is_valid, first.error_codes) == (True, [])
        assert first.extra_data["hostname"] == ""
        second = recaptcha.submit(token, secret, "203.0.113.9")
        assert (second.is_valid, second.error_codes) == (False, ["timeout-or-duplicate"])

    def test_an_action_makes_it_version_3(self, earn, secret):
        answer = recaptcha.submit(earn(action="login"), secret, "203.0.113.9")
        assert (answer.is_valid, answer.action) == (True, "login")
        assert 0 <= answer.extra_data["score"] <= 1

    def test_a_wrong_secret_does_not_spend_the_token(self, earn, secret):
        token = earn()
        wrong = recaptcha.submit(token, WRONG_SECRET, "203.0.113.9")
        assert (wrong.is_valid, wrong.error_codes) == (False, ["invalid-input-secret"])
        assert recaptcha.submit(token, secret, "203.0.113.9").is_valid is True

    def test_missing_and_junk(self, secret):
        assert recaptcha.submit("", secret, "").error_codes == ["missing-input-response"]
        assert recaptcha.submit("token", "", "").error_codes == ["missing-input-secret"]
        assert recaptcha.submit("junk", secret, "").error_codes == ["invalid-input-response"]


# --- hCaptcha and Turnstile: the form fields of django-hCaptcha and django-turnstile ---


def form_field(module, field, url, secret, monkeypatch):
    """The package's form field with its two settings, which it reads when it is imported."""
    monkeypatch.setattr(module, "VERIFY_URL", url)
    monkeypatch.setattr(module, "SECRET", secret)
    return field()


@pytest.fixture(params=["hcaptcha", "turnstile"])
def vendor(request, server, monkeypatch):
    """A function that makes a form field with a secret key."""
    choice = {
        "hcaptcha": (hcaptcha, hcaptcha.hCaptchaField, f"{server.base}/hcaptcha/siteverify"),
        "turnstile": (turnstile, turnstile.TurnstileField, f"{server.base}/turnstile/v0/siteverify"),
    }
    module, field, url = choice[request.param]

    def make(secret):
        return form_field(module, field, url, secret, monkeypatch)

    make.code = f"invalid_{request.param}"
    return make


def refusal(field, token):
    """The code with which the field refuses."""
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(token)
    return refused.value.code


class TestDjangoFields:
    def test_a_token_is_good_once(self, vendor, earn, secret):
        token = earn()
        assert vendor(secret).clean(token) == token
        assert refusal(vendor(secret), token) == vendor.code

    def test_a_wrong_secret_does_not_spend_the_token(self, vendor, earn, secret):
        token = earn()
        assert refusal(vendor(WRONG_SECRET), token) == vendor.code
        assert vendor(secret).clean(token) == token

    def test_missing_and_junk(self, vendor, secret):
        assert refusal(vendor(secret), "") == "required"
        assert refusal(vendor(secret), "junk") == vendor.code


# --- Turnstile: pyturnstile ---


@pytest.fixture
def pyturnstile_here(server, monkeypatch):
    """Leads the client's connections here."""

    class Transport(httpx.HTTPTransport):
        def handle_request(self, request):
            assert request.url == "https://challenges.cloudflare.com/turnstile/v0/siteverify"
            here = httpx.URL(server.base)
            request.url = request.url.copy_with(scheme=here.scheme, host=here.host, port=here.port)
            return super().handle_request(request)

    class Client(httpx.Client):
        def __init__(self, **more):
            super().__init__(transport=Transport(), **more)

    monkeypatch.setattr(pyturnstile_core.httpx, "Client", Client)


@pytest.mark.usefixtures("pyturnstile_here")
class TestPyturnstile:
    def test_a_token_is_good_once_but_for_its_idempotency_key(self, earn, secret):
        client = Turnstile(secret)
        token = earn(action="login", cdata="session-17")
        retry = {"idempotency_key": "6f1c0b7e-31f0-4d5b-9a55-0a4f3a6f1f11"}
        first = client.validate(token, expected_action="login", **retry)
        assert (first.success, first.action, first.cdata) == (True, "login", "session-17")
        assert client.validate(token, **retry).success is True
        second = client.validate(token)
        assert (second.success, second.error_codes) == (False, ["timeout-or-duplicate"])

    def test_another_action_is_the_clients_to_refuse(self, earn, secret):
        answer = Turnstile(secret).validate(earn(action="signup"), expected_action="login")
        assert (answer.success, answer.error_codes) == (False, ["action-mismatch"])

    def test_a_wrong_secret_does_not_spend_the_token(self, earn, secret):
        token = earn()
        wrong = Turnstile(WRONG_SECRET).validate(token)
        assert (wrong.success, wrong.error_codes) == (False, ["invalid-input-secret"])
        assert Turnstile(secret).validate(token).success is True

    def test_missing_and_junk(self, secret):
        assert Turnstile(secret).validate("").error_codes == ["missing-input-response"]
        assert Turnstile(secret).validate("junk").error_codes == ["invalid-input-response"]
