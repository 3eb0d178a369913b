"""The Crafy door as the published SDKs do not use it: wrong log-ins, hostile forms, answers that are none."""

import base64
import json
import re
import time

import pytest
from crafy_captcha import CrafyCAPTCHA
from crafy_captcha import crafy_captcha as package

from conftest import EASY
from crafy_visitor import PAGE, CrafyVisitor, Refused
from portcullis import Portcullis

HIDDEN = {"mode": "hidden"}
SLIDER = {"mode": "puzzle", "puzzles": ["slider"]}


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
def sdk(crafy, site, tmp_path_factory):
    return client(crafy, site, tmp_path_factory)


@pytest.fixture(scope="module")
def public_token(sdk):
    return sdk.get_public_token()


@pytest.fixture
def visitor(crafy, site):
    return CrafyVisitor(crafy, site)


def client(crafy, site, tmp_path_factory):
    """The published package with a storage of its own."""
    sdk = CrafyCAPTCHA(site["site_key"], site["secret_key"], f"{crafy.base}/api")
    return sdk.set_storage(package.FileStorage(str(tmp_path_factory.mktemp("crafy")))).set_base_delay_ms(1)


def refused(call, *arguments, **more):
    """Status of a call that is refused."""
    with pytest.raises(Refused) as refusal:
        call(*arguments, **more)
    assert 400 <= refusal.value.status_code < 500 or "outcome" in refusal.value.said, refusal.value
    return refusal.value.status_code


def keys(site):
    return {"public_key": site["site_key"], "secret_key": site["secret_key"]}


def assert_envelope(answer):
    """A failure as the SDKs read it."""
    assert 400 <= answer.status_code < 500, answer.status_code
    assert answer.headers["Content-Type"].startswith("application/json")
    said = answer.json()
    assert said["status"] == "error" and isinstance(said["message"], str) and said["message"]


class TestEnvelope:
    @pytest.mark.parametrize("path", ["/api?action=authenticate", "/api/?action=authenticate"])
    def test_both_spellings_answer_at_once(self, crafy, site, path):
        answer = crafy.post_json(path, keys(site))
        assert answer.status_code == 200, "a redirect would turn the SDK's POST into a GET"
        assert answer.json()["status"] == "success"
        said = answer.json()["data"]
        assert isinstance(said["token"], str) and isinstance(said["public_token"], str)
        assert isinstance(said["expires_in"], int) and said["expires_in"] > 600

    @pytest.mark.parametrize("query", ["", "?action=", "?action=nothing", "?action=authenticate&action=check_flow"])
    def test_actions_that_are_none(self, crafy, query):
        assert_envelope(crafy.post_json(f"/api/{query}", {}))

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"' + b"x" * 60_000 + b'"', b"[" * 10_000])
    @pytest.mark.parametrize("action", ["authenticate", "check_flow"])
    def test_bodies_that_are_none(self, crafy, action, body):
        assert_envelope(crafy.ask("POST", f"/api/?action={action}", body, "application/json"))

    def test_bodies_that_are_too_long(self, crafy):
        assert crafy.ask("POST", "/api/?action=authenticate", b" " * 70_000, "application/json").status_code == 413

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_other_methods(self, crafy, method):
        assert crafy.ask(method, "/api/?action=authenticate").status_code == 405

    def test_a_turnstile_key_that_nobody_set(self, crafy, site, visitor):
        answer = crafy.ask("GET", f"/api/turnstile_site_key.php?pk={site['site_key']}")
        assert (answer.status_code, answer.json()["status"]) == (200, "success")
        signed = answer.json()["data"]
        assert visitor.signed(signed) == {"payload": {"site_key": None}}


class TestBearer:
    def bearers(self, token):
        header, claims, signature = token.split(".")
        none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
        said = json.loads(base64.urlsafe_b64decode(claims + "=="))
        said["plan"] = "Scale"
        forged = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
        return [
            None, "", "Bearer", "Bearer ", "Bearer a.b.c", f"Basic {token}", f"Bearer {none}.{claims}.",
            f"Bearer {header}.{forged}.{signature}", f"Bearer {header}.{claims}.{signature[::-1]}", "Bearer " + "x" * 9000,
        ]  # fmt: skip

    @pytest.mark.usefixtures("public_token")
    def test_what_is_no_bearer_is_401(self, crafy, sdk):
        for bearer in self.bearers(sdk.access_token):
            headers = {} if bearer is None else {"Authorization": bearer}
            answer = crafy.post_json("/api/?action=check_flow", {"flow_token": "x"}, **headers)
            assert answer.status_code == 401, bearer
            assert_envelope(answer)

    def test_a_rotated_secret_ends_every_log_in(self, crafy, tmp_path_factory):
        """Whoever found the old secret key must not be served for another day."""
        site = crafy.add_site("rotated", "--origin", PAGE)
        # The package waits where there were too many log-ins of late.
        sdk = client(crafy, site, tmp_path_factory)
        sdk.get_public_token()
        token = sdk.access_token
        crafy.command("site", "rotate-secret", site["site_key"], "--json")

        def ask():
            question = {"flow_token": "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11"}
            return crafy.post_json("/api/?action=check_flow", question, Authorization=f"Bearer {token}")

        crafy.wait_for(lambda: ask().status_code == 401)


class TestLimits:
    @pytest.fixture
    def fresh(self):
        portcullis = Portcullis()
        portcullis.start()
        yield portcullis
        portcullis.stop()

    def test_log_ins_are_limited_and_the_wait_is_one_the_package_can_bear(self, fresh, tmp_path_factory):
        site = fresh.add_site("shop", "--origin", PAGE)
        answers = [fresh.post_json("/api/?action=authenticate", keys(site)) for _ in range(20)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited and answers[0].status_code == 200
        for answer in limited:
            assert_envelope(answer)
            assert re.fullmatch(r"[1-6]", answer.headers["Retry-After"])
        assert client(fresh, site, tmp_path_factory).get_public_token() == site["public_token"]

    def test_a_burst_of_the_same_wrong_keys_counts_once(self, fresh, tmp_path_factory):
        site = fresh.add_site("shop", "--origin", PAGE)
        wrong = keys(site) | {"secret_key": "sk_" + "0" * 64}
        statuses = {fresh.post_json("/api/?action=authenticate", wrong).status_code for _ in range(4)}
        assert statuses == {401}
        assert fresh.post_json("/api/?action=authenticate", keys(site)).status_code == 200

    def test_many_different_wrong_keys_are_limited(self, fresh):
        site = fresh.add_site("shop", "--origin", PAGE)
        wrong = [keys(site) | {"secret_key": f"sk_{number:064x}"} for number in range(20)]
        statuses = [fresh.post_json("/api/?action=authenticate", one).status_code for one in wrong]
        assert set(statuses) == {401, 429}

    def test_a_plan_limits_calls_and_the_package_waits(self, fresh, tmp_path_factory):
        site = fresh.add_site("shop", "--origin", PAGE, "--plan", "Starter", *EASY)
        sdk = client(fresh, site, tmp_path_factory)
        visitor = CrafyVisitor(fresh, site)
        outcome = visitor.answer(visitor.load(sdk.create_flow(HIDDEN), sdk.get_public_token()))
        flow_token = json.loads(outcome["message"]["payload"])["flow_token"]
        bearer = {"Authorization": f"Bearer {sdk.access_token}"}
        unknown = {"flow_token": "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11"}
        answers = [fresh.post_json("/api/?action=check_flow", unknown, **bearer) for _ in range(20)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited and answers[0].status_code in (404, 409)
        assert all(re.fullmatch(r"[1-6]", answer.headers["Retry-After"]) for answer in limited)
        assert sdk.call("check_flow", {"flow_token": flow_token})["valid"] is True

    def test_a_plan_change_gives_another_public_token_and_no_other_keys(self, fresh, tmp_path_factory):
        site = fresh.add_site("shop", "--origin", PAGE, *EASY)
        before = client(fresh, site, tmp_path_factory)
        earlier = before.get_public_token()
        fresh.command("site", "set", site["site_key"], "--plan", "Growth", "--json")

        def now():
            return client(fresh, site, tmp_path_factory).get_public_token()

        fresh.wait_for(lambda: now() != earlier)
        visitor = CrafyVisitor(fresh, site)
        assert before.verify_flow(visitor.earn(before.create_flow(HIDDEN), now())) is True

    def test_a_page_with_the_earlier_public_token_goes_on(self, fresh, tmp_path_factory):
        """The package keeps its log-in, and with it the public token, for as long as the server told it to: a day."""
        site = fresh.add_site("shop", "--origin", PAGE, *EASY)
        sdk = client(fresh, site, tmp_path_factory)
        earlier = sdk.get_public_token()
        fresh.command("site", "set", site["site_key"], "--plan", "Growth", "--json")
        fresh.wait_for(lambda: client(fresh, site, tmp_path_factory).get_public_token() != earlier)
        assert sdk.get_public_token() == earlier
        assert sdk.verify_flow(CrafyVisitor(fresh, site).earn(sdk.create_flow(HIDDEN), earlier)) is True


class TestForm:
    def test_old_ciphers_are_off(self, sdk, public_token, visitor):
        # The package itself fails at version 2: PyNaCl has no constants of the names that it uses.
        first = sdk._cryptor.encrypt(json.dumps({"mode": "hidden", "nonce": "0f" * 32}), 1)
        second = ";v2_;" + base64.b64encode(bytes(range(160))).decode()
        for eo in (first, second):
            assert refused(visitor.load, eo, public_token) < 500

    @pytest.mark.parametrize(
        "plain",
        ["", "x", "[]", "{}", '{"nonce":7}', '{"nonce":"0F"}', '{"nonce":"%s","mode":"loud"}', '{"nonce":"%s","mode":7}',
         '{"nonce":"%s","puzzles":["chess"]}', '{"nonce":"%s","puzzles":"slider"}', "[" * 5000],
    )  # fmt: skip
    def test_sealed_nonsense(self, sdk, public_token, visitor, plain):
        assert refused(visitor.load, sdk._cryptor.encrypt(plain.replace("%s", "0f" * 32)), public_token) < 500

    def test_changed_and_cut_options(self, sdk, public_token, visitor):
        eo = sdk.create_flow(HIDDEN)
        middle = len(eo) // 2
        changed = eo[:middle] + ("A" if eo[middle] != "A" else "B") + eo[middle + 1 :]
        for hostile in ("", ";v3_;", eo[:40], eo[:-4], changed, eo[5:], ";v9_;" + eo[5:], eo + eo, "x" * 60_000):
            assert refused(visitor.load, hostile, public_token) < 500

    @pytest.mark.parametrize("token", ["", "pt_" + "0" * 32, "x" * 5000, "\0"], ids=repr)
    def test_public_tokens_that_nobody_has(self, sdk, visitor, token):
        assert 400 <= refused(visitor.load, sdk.create_flow(HIDDEN), token) < 500

    @pytest.mark.parametrize("cdweo", ["", "{", "[]", "null", '{"eo":7}', '{"eo":null}', "[" * 5000], ids=repr)
    def test_fields_that_are_none(self, sdk, public_token, visitor, cdweo):
        assert refused(visitor.load, "", public_token, cdweo=cdweo) < 500

    @pytest.mark.parametrize("origin", ["https://evil.example", "https://shop.example.evil.example", "null"])
    def test_pages_of_nobodys(self, crafy, site, sdk, public_token, origin):
        stranger = CrafyVisitor(crafy, site, origin)
        assert 400 <= refused(stranger.load, sdk.create_flow(HIDDEN), public_token) < 500

    def test_the_browsers_word_counts_for_more_than_the_pages(self, crafy, site, sdk, public_token):
        stranger = CrafyVisitor(crafy, site, "https://evil.example")
        assert 400 <= refused(stranger.load, sdk.create_flow(HIDDEN), public_token, parent_origin=PAGE) < 500
        # A page that sends no referrers posts forms with this origin. Its word is taken, and can only be heard by
        # the page that it names: the message goes there, and nobody else may frame it.
        quiet = CrafyVisitor(crafy, site, "null")
        assert quiet.load(sdk.create_flow(HIDDEN), public_token, parent_origin=PAGE)["parentOrigin"] == PAGE

    def test_localhost_is_always_a_page_of_the_sites(self, crafy, site, sdk, public_token):
        visitor = CrafyVisitor(crafy, site, "http://localhost:3000")
        assert sdk.verify_flow(visitor.earn(sdk.create_flow(HIDDEN), public_token)) is True

    def test_colours_reach_nothing_else(self, sdk, public_token, visitor):
        evil = "red;background:url(https://evil.example)</style><script>alert(1)</script>"
        flow = visitor.load(sdk.create_flow(HIDDEN), public_token, bg=evil, primary="#ff8800", theme=evil)
        assert "evil" not in json.dumps(flow)
        assert flow["colours"]["primary"].lower() == "#ff8800"

    def test_the_page_is_framed_by_the_sites_own_pages_alone(self, crafy, sdk, public_token, visitor):
        answer = visitor.post_form(sdk.create_flow(HIDDEN), public_token)
        policy = answer.headers["Content-Security-Policy"]
        ancestors = re.search(r"frame-ancestors ([^;]*)", policy)[1].split()
        assert PAGE in ancestors and "*" not in ancestors
        assert "unsafe-inline" not in policy and "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
        assert "no-store" in answer.headers["Cache-Control"]


class TestSteps:
    @pytest.fixture
    def flow(self, sdk, public_token, visitor):
        return visitor.load(sdk.create_flow(SLIDER), public_token)

    def wrong(self, visitor, flow, step):
        """Answers a slider wrongly, having looked at it."""
        visitor.picture(step)
        time.sleep(1)
        return visitor.answer(flow, step, {"travel": 0})

    def test_the_same_options_are_the_same_flow_and_complete_once(self, sdk, public_token, visitor):
        eo = sdk.create_flow(HIDDEN)
        first, second = (visitor.load(eo, public_token) for _ in range(2))
        assert visitor.flow_token(first) == visitor.flow_token(second)
        visitor.token(visitor.answer(first))
        for again in (first, second):
            assert_nothing_more(visitor, again)

    def test_work_is_the_floor(self, sdk, public_token, visitor):
        flow = visitor.load(sdk.create_flow(HIDDEN), public_token)
        wanted = len(flow["step"]["work"]["challenges"])
        for solutions in ([], [0] * (wanted - 1), [2**53 - 1] * wanted, [0] * (wanted + 1)):
            assert 400 <= refused(visitor.answer, flow, solutions=solutions) < 500
        assert sdk.verify_flow(visitor.token(visitor.answer(flow))) is True

    def test_a_picture_that_was_not_fetched_is_not_answered(self, crafy, sdk, visitor, flow):
        answer = crafy.command("puzzle", "answer", flow["step"]["id"])
        assert visitor.answer(flow, answer=answer).get("outcome") != "complete"

    def test_a_picture_is_answered_once(self, crafy, visitor, flow):
        assert self.wrong(visitor, flow, flow["step"])["reason"] == "wrong"
        assert_nothing_more(visitor, flow, crafy.command("puzzle", "answer", flow["step"]["id"]))

    def test_three_pictures_and_then_work(self, visitor, flow):
        kinds, step = [], flow["step"]
        for _ in range(3):
            kinds.append(step["kind"])
            last, step = step, self.wrong(visitor, flow, step)["step"]
            assert step["id"] != last["id"]
        assert (kinds, step["kind"]) == (["slider"] * 3, "work")
        assert visitor.answer(flow, step)["outcome"] == "complete"

    def test_whoever_cannot_use_a_picture_works_harder(self, sdk, visitor, flow):
        other_way = visitor.call("alternative", {"flow": flow["flow"], "step": flow["step"]["id"]})
        assert (other_way["outcome"], other_way["reason"]) == ("step", "alternative")
        step = other_way["step"]
        assert step["kind"] == "work"
        assert effort(step) >= 4 * effort(flow["step"])
        assert sdk.verify_flow(visitor.token(visitor.answer(flow, step))) is True

    def test_a_step_of_another_flow_is_none_of_this(self, sdk, public_token, visitor, flow):
        other = visitor.load(sdk.create_flow(SLIDER), public_token)
        assert_nothing_more(visitor, flow, {"travel": 0.5}, step=other["step"])

    def test_a_step_of_work_does_not_answer_for_a_picture(self, sdk, public_token, visitor, flow):
        hidden = visitor.load(sdk.create_flow(HIDDEN), public_token)
        assert_nothing_more(visitor, flow, step=hidden["step"])

    @pytest.mark.parametrize(
        "answer",
        [{"travel": 2}, {"travel": -1}, {"travel": "0.5"}, {"travel": None, "pairs": 7}, {"pairs": [[0, 1]]},
         {"pairs": [[0, 999]]}, {"pairs": [[0]] * 1000}, {"travel": 0.5, "pairs": []}, {}],
    )  # fmt: skip
    def test_answers_that_are_none(self, visitor, flow, answer):
        visitor.picture(flow["step"])
        assert_nothing_more(visitor, flow, answer)

    @pytest.mark.parametrize("name", ["answer", "begin", "alternative"])
    @pytest.mark.parametrize("body", [{}, [], None, {"flow": "", "step": ""}, {"flow": 1, "step": 2}], ids=repr)
    def test_calls_that_are_none(self, visitor, name, body):
        assert 400 <= refused(visitor.call, name, body) < 500

    @pytest.mark.parametrize("name", ["answer", "begin", "alternative"])
    def test_names_that_were_not_given_here(self, visitor, name):
        body = {"flow": "x", "step": "y", "solutions": []}
        assert visitor.call(name, body)["outcome"] == "reload"

    @pytest.mark.parametrize("query", ["", "step=x", "step=x&part=board&theme=light&density=1", "step=" + "x" * 9000])
    def test_pictures_of_nothing(self, crafy, query):
        answer = crafy.ask("GET", f"/challenge/picture?{query}")
        assert answer.status_code < 500 and answer.headers["Content-Type"].startswith("application/json")

    def test_the_picture_of_a_step_is_always_the_same(self, visitor, flow):
        assert visitor.picture(flow["step"]) == visitor.picture(flow["step"])
        assert visitor.picture(flow["step"]) != visitor.picture(flow["step"], theme="dark")


def assert_nothing_more(visitor, flow, answer=None, step=None):
    """Whatever is answered, the flow is not completed by it."""
    try:
        assert visitor.answer(flow, step, answer)["outcome"] in ("reload", "step", "denied")
    except Refused as refusal:
        assert 400 <= refusal.status_code < 500


def effort(step):
    """Hashes that a step's work takes on average."""
    return sum(16 ** len(target) for _, target in step["work"]["challenges"])
