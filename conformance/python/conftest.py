"""One server for all tests, and the sites that they share."""

import types

import django
import pytest
from capjs_server.testing import solve
from django.conf import settings

from portcullis import Portcullis

#: One secret for the Python package and for Portcullis. Made for these tests and used nowhere else.
SHARED_SECRET = "conformance-8f1d0b7c5a3e94620d7be1f3"

#: Little work, as in the package's own tests.
EASY = ("--count", "2", "--salt-size", "8", "--difficulty", "1")


def pytest_configure():
    """The Django clients read their settings where they are imported, so tests set their addresses later."""
    settings.configure(
        SECRET_KEY="only for these tests",
        INSTALLED_APPS=["django.contrib.contenttypes", "hcaptcha", "turnstile", "django_recaptcha", "django_altcha"],
        RECAPTCHA_PUBLIC_KEY="unused",
        RECAPTCHA_PRIVATE_KEY="unused",
        USE_TZ=True,
    )
    django.setup()


@pytest.fixture(scope="session")
def server():
    """A server whose default site imitates the Python package."""
    portcullis = Portcullis()
    default = portcullis.add_site("python", "--secret", SHARED_SECRET, "--cap-profile", "capjs-server", *EASY)
    portcullis.start(PORTCULLIS_CAP_DEFAULT_SITE=default["site_key"])
    portcullis.default_site = default
    yield portcullis
    portcullis.stop()


@pytest.fixture(scope="session")
def python_site(server):
    """The default site: it has the shared secret and the ``capjs-server`` profile."""
    return server.default_site


@pytest.fixture(scope="session")
def seeded_site(server):
    """A site of our own profile whose challenges the Python solver can read."""
    return server.add_site("seeded", "--cap-challenge", "seeded", "--count", "3", "--difficulty", "2")


@pytest.fixture
def earn(server, seeded_site):
    """Earns tokens of the seeded site; ``wish`` may bind an action and cdata."""

    def earn_token(**wish):
        challenge = server.challenge(seeded_site, wish)
        solutions = solve(challenge["token"], challenge["challenge"])
        answer = server.redeem(seeded_site, challenge["token"], solutions)
        assert answer.status_code == 200, answer.content
        return answer.json()["token"]

    return earn_token


@pytest.fixture
def client(server):
    """Stands in for Django's test client in the package's own tests: the same calls, over HTTP."""

    def post(path, data=b"", content_type="multipart/form-data; boundary=none"):
        return server.ask("POST", path, data, content_type)

    return types.SimpleNamespace(post=post, get=lambda path: server.ask("GET", path))
