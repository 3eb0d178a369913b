"""A visitor of the Crafy door without a browser: what the challenge page and its script do, over plain HTTP.

The form is posted as the browser's script posts it, the document in the page is read, the work is solved and the
answer is sent. Whatever the server signs is checked with the site's signing key, as the script does.
"""

import base64
import html.parser
import json
import urllib.parse

import nacl.signing

from visitor import ORDINARY_VISIT, solve

#: The page that the visitor is on.
PAGE = "https://shop.example"

#: Somebody who uses no pointer. A pointer that moves in the same bows every time would give a program away.
KEYBOARD_VISIT = ORDINARY_VISIT | {
    "motion": [],
    "behavior": {
        "dwellMs": 5200,
        "keyPresses": 14,
        "pointerMoves": 0,
        "focusChanges": 3,
        "clickCount": 0,
        "touches": 0,
        "submitLatencyMs": 640,
        "keyIntervalMs": 187.5,
        "keyIntervalDeviationMs": 71.25,
    },
}

#: What the browser of the visit says of itself.
BROWSER = {
    "User-Agent": ORDINARY_VISIT["fingerprint"]["userAgent"],
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.9",
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Linux"',
}


class Refused(Exception):
    """The door says no. Keeps the status and what was said."""

    def __init__(self, status_code, said):
        super().__init__(status_code, said)
        self.status_code = status_code
        self.said = said


class CrafyVisitor:
    """Somebody on a page of a site."""

    def __init__(self, server, site, origin=PAGE):
        self._server = server
        self._origin = origin
        self._signer = nacl.signing.VerifyKey(base64.b64decode(site["signing_public_key"]))

    def load(self, encrypted_options, public_token, **fields):
        """Posts the form into the frame; answers the flow that the page holds.

        Raises Refused where the page holds none.
        """
        answer = self.post_form(encrypted_options, public_token, **fields)
        document = document_of(answer)
        if "step" not in document:
            raise Refused(answer.status_code, document)
        assert answer.status_code == 200, answer.content
        assert self.flow_token(document)
        return document

    def post_form(self, encrypted_options, public_token, **fields):
        """Posts the form into the frame."""
        form = {
            "pt": public_token,
            "cdweo": json.dumps({"eo": encrypted_options, **KEYBOARD_VISIT, "page": f"{self._origin}/", "referrer": ""}),
            "theme": "light",
            "bg": "",
            "text": "",
            "primary": "",
            "border": "",
            "parent_origin": self._origin,
        }
        body = urllib.parse.urlencode(form | fields)
        return self._ask("POST", "/challenge/", body, "application/x-www-form-urlencoded", self._origin)

    def flow_token(self, flow):
        """What the handshake calls the flow."""
        return self.signed(flow["handshake"])["payload"]["flow_token"]

    def answer(self, flow, step=None, answer=None, solutions=None):
        """Answers a step, the flow's first one unless told, with its work done unless told otherwise."""
        step = step or flow["step"]
        if solutions is None:
            solutions = [solve(salt.encode(), target) for salt, target in step["work"]["challenges"]]
        body = {
            "flow": flow["flow"],
            "step": step["id"],
            "solutions": solutions,
            "answer": answer or {},
            "behavior": KEYBOARD_VISIT["behavior"],
            "motion": [],
        }
        return self.call("answer", body)

    def call(self, name, body):
        """One of the page's calls: the JSON of its answer. Raises Refused where it is none of success."""
        answer = self._ask("POST", f"/challenge/{name}", json.dumps(body), "application/json", self._server.base)
        if answer.status_code != 200:
            raise Refused(answer.status_code, answer.json())
        return answer.json()

    def picture(self, step, part="board", theme="light"):
        """A picture of a step: its media type and bytes. The step begins with it."""
        query = urllib.parse.urlencode({"step": step["id"], "part": part, "theme": theme, "density": "1"})
        answer = self._ask("GET", f"/challenge/picture?{query}", None, None, None)
        if answer.status_code != 200:
            raise Refused(answer.status_code, answer.content)
        return answer.headers["Content-Type"], answer.content

    def token(self, outcome):
        """What the script puts into the form once a flow is complete."""
        assert outcome["outcome"] == "complete", outcome
        message = outcome["message"]
        self.signed(message)
        envelope = {"payload": message["payload"], "server_sign": message["server_sign"]}
        return base64.b64encode(json.dumps(envelope).encode()).decode()

    def earn(self, encrypted_options, public_token):
        """The way of somebody of whom only work is asked: a token."""
        flow = self.load(encrypted_options, public_token)
        assert flow["step"]["kind"] == "work", flow["step"]["kind"]
        return self.token(self.answer(flow))

    def signed(self, message):
        """A signed message's content. Raises where this site's server did not sign it."""
        self._signer.verify(message["payload"].encode(), base64.b64decode(message["signature"], validate=True))
        return json.loads(message["payload"])

    def _ask(self, method, path, body, content_type, origin):
        within = origin != self._origin
        headers = BROWSER | {
            "Sec-Fetch-Site": "same-origin" if within else "cross-site",
            "Sec-Fetch-Mode": "cors" if within else "navigate",
            "Sec-Fetch-Dest": "empty" if within else "iframe",
        }
        if origin:
            headers |= {"Origin": origin, "Referer": f"{origin}/"}
        return self._server.ask(method, path, body, content_type, headers)


def payload_of(token):
    """What a token says, as JSON."""
    return json.loads(json.loads(base64.b64decode(token))["payload"])


def document_of(answer):
    """The JSON document in a challenge page. Raises Refused where there is none."""
    reader = _DocumentReader()
    reader.feed(answer.content.decode())
    if not reader.text:
        raise Refused(answer.status_code, answer.content)
    return json.loads(reader.text)


class _DocumentReader(html.parser.HTMLParser):
    """Keeps what is in the element ``<script id="flow">``."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self._inside = False

    def handle_starttag(self, tag, attrs):
        self._inside = tag == "script" and ("id", "flow") in attrs

    def handle_data(self, data):
        if self._inside:
            self.text += data

    def handle_endtag(self, tag):
        self._inside = False
