"""Starts a Portcullis on a fresh data folder, and speaks to it over HTTP.

The command line and the protocol are all that is used, so any binary with that command line can be tried.
"""

import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    """The binary to try: ``PORTCULLIS_BIN``, or the debug build."""
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return os.environ.get("PORTCULLIS_BIN", str(pathlib.Path(target) / "debug" / "portcullis"))


class Answer:
    """One HTTP answer. Its names are those of Django's test client, for the published tests."""

    def __init__(self, status_code, headers, content):
        self.status_code = status_code
        self.headers = headers
        self.content = content

    def json(self):
        return json.loads(self.content)


class Portcullis:
    """A server and its data folder."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="portcullis-conformance-")
        self._data = os.path.join(self._folder.name, "data")
        self._process = None
        self._log = []
        self._secrets = []
        self.base = None

    def add_site(self, name, *flags):
        """Adds a site; answers the JSON of ``site add``. A running server is waited for."""
        site = self.command("site", "add", name, *flags, "--json")
        self._secrets.append(site["secret_key"])
        if self.base:
            self.wait_for(lambda: self.ask("OPTIONS", f"/cap/{site['site_key']}/challenge").status_code != 404)
        return site

    def command(self, *words):
        """Runs a command on the data folder, one that prints JSON; answers that."""
        command = [binary(), *words, "--data", self._data]
        done = subprocess.run(command, capture_output=True, text=True, env=self._environment({}), check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, **settings):
        """Serves on a free port. Settings are ``PORTCULLIS_…`` variables."""
        command = [binary(), "serve", "--listen", "127.0.0.1:0", "--data", self._data]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(settings),
        )
        self._reader = threading.Thread(target=self._keep_log, daemon=True)
        self._reader.start()
        late = threading.Timer(20, self._process.kill)
        late.start()
        for line in self._process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.base = found[0]
                late.cancel()
                return
        late.cancel()
        raise AssertionError("the server did not start:\n" + "".join(self._log))

    def stop(self):
        """Ends the server, and looks at what it logged."""
        code = self._end()
        log = "".join(self._log)
        self._folder.cleanup()
        assert code == 0, log
        assert not re.search(r"\bERROR\b|internal error|panicked", log), log
        assert not any(secret in log for secret in self._secrets), "a secret key is in the log"

    def restart(self):
        """Ends the server and starts another on the same folder, at another address."""
        assert self._end() == 0, "".join(self._log)
        self.start()

    def _end(self):
        self._process.terminate()
        code = self._process.wait(timeout=20)
        self._reader.join(timeout=20)
        return code

    def ask(self, method, path, body=None, content_type=None, headers=None):
        """Sends bytes as they are, and reads whatever is answered."""
        host = urllib.parse.urlsplit(self.base)
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=15)
        sent = dict(headers or {})
        if content_type:
            sent["Content-Type"] = content_type
        try:
            try:
                connection.request(method, path, body, sent)
            except (BrokenPipeError, ConnectionResetError):
                # The server has answered before it was sent everything, as it may.
                pass
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post_json(self, path, body, **headers):
        """Posts JSON."""
        return self.ask("POST", path, json.dumps(body), "application/json", headers)

    def challenge(self, site, wish=None):
        """A challenge of a site: the JSON of the answer."""
        path = f"/cap/{site['site_key']}/challenge"
        answer = self.post_json(path, wish) if wish else self.ask("POST", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def redeem(self, site, token, solutions):
        """Redeems a challenge of a site."""
        return self.post_json(f"/cap/{site['site_key']}/redeem", {"token": token, "solutions": solutions})

    def siteverify(self, site, token):
        """Verifies a token at the bare siteverify: the JSON of the answer."""
        body = {"secret": site["secret_key"], "response": token}
        return self.post_json("/siteverify", body).json()

    @staticmethod
    def wait_for(condition):
        """Waits until a running server has noticed what a command changed."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "the running server did not notice the change"
            time.sleep(0.05)

    @staticmethod
    def _environment(settings):
        own = {name: value for name, value in os.environ.items() if not name.startswith("PORTCULLIS_")}
        return own | settings

    def _keep_log(self):
        self._log.extend(self._process.stderr)
