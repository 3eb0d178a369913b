"""The HTTP tests of ``capjs-server`` 0.2.1 itself, unmodified, with our server behind their client.

They come from the package's source distribution. Its other tests look into Python objects, which a server in
another language has not.
"""

import importlib.util
import pathlib
import sys

import pytest

SOURCE = pathlib.Path(__file__).parent / ".venv/published/capjs_server-0.2.1/tests/test_django.py"


def _published():
    if not SOURCE.exists():
        pytest.fail(f"{SOURCE} is missing: conformance/run fetches it", pytrace=False)
    specification = importlib.util.spec_from_file_location("published_test_django", SOURCE)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


_module = _published()
TestCapChallengeView = _module.TestCapChallengeView
TestCapRedeemView = _module.TestCapRedeemView


class TestReplayProtectionDjango:
    """One of its two tests; the other looks into the package's settings."""

    test_redeem_replay_rejected = _module.TestReplayProtectionDjango.test_redeem_replay_rejected
