"""The published ``crafy-captcha`` against our Crafy door: flows it makes, a visitor passes, it verifies.

The package is used as it is, its base address aside. It tries four times whatever fails, waits in between, and hides
the status in the error's cause: where a failure is expected the tests shorten the waits, as its settings allow.
"""

import base64
import concurrent.futures
import json
import re
import sqlite3
import time
import uuid
from datetime import datetime, timezone

import pytest
from crafy_captcha import CrafyCAPTCHA
from crafy_captcha import crafy_captcha as package

from conftest import EASY
from crafy_visitor import PAGE, CrafyVisitor, Refused, payload_of
from portcullis import Portcullis

HIDDEN = {"mode": "hidden"}


@pytest.fixture(scope="module")
def crafy():
    """A server of its own: the limits of log-ins count by address, and all tests have the same."""
    portcullis = Portcullis()
    portcullis.start()
    yield portcullis
    portcullis.stop()


@pytest.fixture(scope="module")
def site(crafy):
    return crafy.add_site("shop", "--origin", PAGE, *EASY)


@pytest.fixture(scope="module")
def other_site(crafy):
    return crafy.add_site("other", "--origin", PAGE, *EASY)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Makes folders for the package's storage. It keeps the log-in there, so a folder is a process to the server."""
    return lambda: str(tmp_path_factory.mktemp("crafy"))


def client(crafy, site, folder, **keys):
    """The package with a site's keys."""
    public, secret = keys.get("public", site["site_key"]), keys.get("secret", site["secret_key"])
    sdk = CrafyCAPTCHA(public, secret, f"{crafy.base}/api/")
    return sdk.set_storage(package.FileStorage(folder)).set_base_delay_ms(1)


@pytest.fixture(scope="module")
def sdk(crafy, site, folders):
    return client(crafy, site, folders())


@pytest.fixture(scope="module")
def other_sdk(crafy, other_site, folders):
    return client(crafy, other_site, folders())


@pytest.fixture(scope="module")
def visitor(crafy, site):
    return CrafyVisitor(crafy, site)


def refusal(call, *arguments):
    """The error that a call ends with; its cause has the status."""
    with pytest.raises(package.CrafyException) as refused:
        call(*arguments)
    return refused.value.cause


class TestFlow:
    def test_a_token_is_good_once(self, sdk, visitor):
        token = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert (sdk.verify_flow(token), sdk.get_last_flow_verify_error()) == (True, None)
        assert sdk.verify_flow(token) is False
        assert "Replay" in sdk.get_last_flow_verify_error()

    def test_the_payload_says_what_the_protocol_promises(self, sdk, visitor):
        eo = sdk.create_flow(HIDDEN)
        said = payload_of(visitor.earn(eo, sdk.get_public_token()))
        assert (said["status"], said["hostname"]) == ("success", "shop.example")
        assert str(uuid.UUID(said["flow_token"])) == said["flow_token"]
        assert 0 <= said["risk_score"] <= 1
        # Pythons before 3.11, which the package supports, read a fraction of three or six digits alone.
        assert re.fullmatch(r"[-\d]{10}T[:\d]{8}(\.\d{3}(\d{3})?)?(Z|\+00:00)", said["expires_at"])
        expires_at = datetime.fromisoformat(said["expires_at"].replace("Z", "+00:00"))
        assert 1100 < (expires_at - datetime.now(timezone.utc)).total_seconds() <= 1200
        options = json.loads(sdk._cryptor.decrypt(eo))
        assert said["nonce"].startswith(";v3_;")
        assert sdk._cryptor.decrypt(said["nonce"]) == options["nonce"]

    def test_the_server_says_the_same_once(self, sdk, visitor):
        said = payload_of(visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token()))
        consumed = sdk.call("check_flow", {"flow_token": said["flow_token"]})
        assert consumed == {
            "valid": True,
            "risk_score": said["risk_score"],
            "message": "Flow consumed atomically",
        }
        again = refusal(sdk.call, "check_flow", {"flow_token": said["flow_token"]})
        assert 400 <= again.status_code < 500 and again.status_code not in (401, 429)

    def test_of_many_calls_at_once_one_is_answered(self, crafy, site, sdk, visitor):
        said = payload_of(visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token()))
        question = {"flow_token": said["flow_token"]}

        def ask(_):
            return crafy.post_json("/api/?action=check_flow", question, Authorization=f"Bearer {sdk.access_token}")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(32)))
        assert sorted(answer.json()["status"] for answer in answers) == ["error"] * 31 + ["success"]

    def test_local_and_remote_are_spent_on_their_own(self, sdk, visitor):
        token = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert sdk.verify_flow(token) is True
        assert sdk.call("check_flow", {"flow_token": payload_of(token)["flow_token"]})["valid"] is True

    @pytest.mark.parametrize("mode", ["hidden", "invisible", "auto"])
    def test_modes_without_a_puzzle(self, sdk, visitor, mode):
        assert sdk.verify_flow(visitor.earn(sdk.create_flow({"mode": mode}), sdk.get_public_token())) is True

    def test_options_of_the_sites_own_are_let_be(self, sdk, visitor):
        extras = HIDDEN | {"lang": "es", "theme": "dark", "order": {"id": 17, "note": "¿qué? </script> 😀"}, "puzzles": []}
        assert sdk.verify_flow(visitor.earn(sdk.create_flow(extras), sdk.get_public_token())) is True

    def test_no_options_at_all(self, sdk, visitor):
        assert sdk.verify_flow(visitor.earn(sdk.create_flow(), sdk.get_public_token())) is True

    def test_a_context_belongs_to_its_flow(self, sdk, visitor):
        flow = sdk.create_flow(HIDDEN | {"context": {"form": "login", "user": 7}})
        token = visitor.earn(flow, sdk.get_public_token())
        assert sdk.verify_flow(token, {"form": "signup"}) is False
        assert sdk.verify_flow(token, {"form": "login", "user": 7}) is True

    @pytest.mark.parametrize("kind", ["checkbox", "press_hold", "slider", "connect"])
    def test_a_puzzle_that_is_forced_is_the_first_step(self, sdk, visitor, kind):
        flow = visitor.load(sdk.create_flow({"mode": "puzzle", "puzzles": [kind]}), sdk.get_public_token())
        assert flow["step"]["kind"] == kind

    @pytest.mark.parametrize("kind", ["slider", "connect"])
    def test_a_picture_answered_as_the_operator_sees_it(self, crafy, sdk, visitor, kind):
        flow = visitor.load(sdk.create_flow({"mode": "puzzle", "puzzles": [kind]}), sdk.get_public_token())
        media_type, board = visitor.picture(flow["step"])
        assert media_type == "image/jpeg" and board[:2] == b"\xff\xd8"
        if kind == "slider":
            assert visitor.picture(flow["step"], "piece")[0] in ("image/png", "image/webp")
        answer = crafy.command("puzzle", "answer", flow["step"]["id"])
        time.sleep(1)
        assert sdk.verify_flow(visitor.token(visitor.answer(flow, answer=answer))) is True

    def test_a_checkbox_takes_the_time_of_a_click(self, sdk, visitor):
        flow = visitor.load(sdk.create_flow({"mode": "puzzle", "puzzles": ["checkbox"]}), sdk.get_public_token())
        time.sleep(1)
        assert sdk.verify_flow(visitor.token(visitor.answer(flow))) is True


class TestForeignTokens:
    def test_another_sites_secret_verifies_nothing(self, sdk, other_sdk, visitor):
        token = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert other_sdk.verify_flow(token) is False
        assert "Firma" in other_sdk.get_last_flow_verify_error()
        assert sdk.verify_flow(token) is True

    def test_another_site_fetches_nothing_and_spends_nothing(self, sdk, other_sdk, visitor):
        said = payload_of(visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token()))
        question = {"flow_token": said["flow_token"]}
        assert refusal(other_sdk.call, "check_flow", question).status_code in (403, 404)
        assert sdk.call("check_flow", question)["valid"] is True

    def test_a_changed_payload_is_not_signed(self, sdk, visitor):
        token = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        envelope = json.loads(base64.b64decode(token))
        envelope["payload"] = envelope["payload"].replace("shop.example", "evil.example")
        assert sdk.verify_flow(base64.b64encode(json.dumps(envelope).encode()).decode()) is False
        assert sdk.verify_flow(token) is True

    def test_a_flow_that_nobody_passed_is_none(self, sdk, visitor):
        flow = visitor.load(sdk.create_flow(HIDDEN), sdk.get_public_token())
        for unknown in (visitor.flow_token(flow), str(uuid.uuid4())):
            assert refusal(sdk.call, "check_flow", {"flow_token": unknown}).status_code in (400, 404, 409)

    @pytest.mark.parametrize("junk", [None, "", 7, "x" * 9000, "0" * 36, [], {}], ids=repr)
    def test_junk_is_no_flow(self, sdk, junk):
        assert 400 <= refusal(sdk.call, "check_flow", {"flow_token": junk}).status_code < 500

    def test_encrypted_options_of_another_site_begin_nothing(self, sdk, other_sdk, visitor):
        with pytest.raises(Refused) as refused:
            visitor.load(other_sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert refused.value.status_code < 500


class Rows(package.StorageAdapter):
    """Storage of a site's own: rows in SQLite, consumed by one statement."""

    def __init__(self):
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, content TEXT, expires INTEGER)")

    def get_cache(self, key):
        row = self._rows.execute("SELECT content FROM kept WHERE name = ?", [key]).fetchone()
        return row and row[0]

    def set_cache(self, key, data, expires_at):
        self._rows.execute("REPLACE INTO kept VALUES (?, ?, ?)", [key, data, expires_at])

    def delete_cache(self, key):
        self._rows.execute("DELETE FROM kept WHERE name = ?", [key])

    def store_nonce(self, nonce, expires_at):
        self.set_cache(f"nonce:{nonce}", "", expires_at)

    def consume_nonce(self, nonce):
        return self._rows.execute("DELETE FROM kept WHERE name = ?", [f"nonce:{nonce}"]).rowcount == 1

    def clear_all_nonces(self):
        return self._rows.execute("DELETE FROM kept WHERE name LIKE 'nonce:%'").rowcount

    def gc_nonces(self):
        self._rows.execute("DELETE FROM kept WHERE expires < ?", [int(time.time())])


class TestStorage:
    def test_a_site_may_bring_its_own(self, crafy, site, visitor):
        sdk = CrafyCAPTCHA(site["site_key"], site["secret_key"], f"{crafy.base}/api").set_storage(Rows())
        token = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert [sdk.verify_flow(token), sdk.verify_flow(token)] == [True, False]
        forgotten = visitor.earn(sdk.create_flow(HIDDEN), sdk.get_public_token())
        assert sdk.clear_all_nonces() == 1
        assert sdk.verify_flow(forgotten) is False

    def test_another_process_takes_the_log_in_from_the_folder(self, crafy, site, folders):
        folder = folders()
        first = client(crafy, site, folder)
        token = first.get_public_token()
        nowhere = CrafyCAPTCHA(site["site_key"], site["secret_key"], "http://127.0.0.1:9")
        second = nowhere.set_storage(package.FileStorage(folder))
        assert (second.get_public_token(), second.access_token) == (token, first.access_token)
        # The package takes a minute off, so less than that would be a log-in for every call.
        assert first.token_expires_at - time.time() > 600


class TestLogIn:
    @pytest.mark.parametrize("wrong", [{"secret": "sk_" + "0" * 64}, {"public": "pk_" + "0" * 32}], ids=["secret", "public"])
    def test_wrong_keys(self, crafy, site, folders, wrong):
        sdk = client(crafy, site, folders(), **wrong)
        assert refusal(sdk.get_public_token).status_code == 401

    def test_keys_of_two_sites_are_wrong_together(self, crafy, site, other_site, folders):
        sdk = client(crafy, site, folders(), secret=other_site["secret_key"])
        assert refusal(sdk.get_public_token).status_code == 401

    def test_a_log_in_outlives_a_restart(self, folders):
        portcullis = Portcullis()
        site = portcullis.add_site("restarted", "--origin", PAGE, *EASY)
        portcullis.start()
        folder = folders()
        before = client(portcullis, site, folder)
        flow = payload_of(CrafyVisitor(portcullis, site).earn(before.create_flow(HIDDEN), before.get_public_token()))
        portcullis.restart()
        after = client(portcullis, site, folder)
        assert after.call("check_flow", {"flow_token": flow["flow_token"]})["valid"] is True
        assert after.access_token == before.access_token
        portcullis.stop()
