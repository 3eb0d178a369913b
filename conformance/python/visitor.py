"""What visitors without a browser share: an ordinary visit, and the work.

Written from the protocols alone, with Python's own SHA-256, so that it shares no line with the server's solver.
"""

import hashlib
import itertools
import math

#: What our scripts send of somebody who moves the pointer in bows.
ORDINARY_VISIT = {
    "fingerprint": {
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
        "language": "en-US",
        "timezone": "Europe/Berlin",
        "platform": "Linux x86_64",
        "webdriver": False,
        "canvas": "3f1c09aa57d2e864",
        "webglVendor": "Mesa",
        "webglRenderer": "Mesa Intel(R) UHD Graphics 620",
        "screen": {"width": 1920, "height": 1080, "pixelRatio": 1},
    },
    "motion": [
        {"x": 300 + 60 * math.sin(step / 2), "y": 200 + 30 * math.sin(step * 0.9), "t": 40 + step * 17 + step * 7 % 5}
        for step in range(30)
    ],
    "behavior": {"dwellMs": 900, "keyPresses": 0, "pointerMoves": 30, "focusChanges": 0, "clickCount": 0},
}


def solve(salt, target):
    """The least number whose hash begins with the target."""
    salted = hashlib.sha256(salt)
    for nonce in itertools.count():
        attempt = salted.copy()
        attempt.update(b"%d" % nonce)
        if attempt.hexdigest().startswith(target):
            return nonce
