"""Times capjs-server's own redeem of 50 solutions.

`token` prints a challenge token; `time TOKEN` reads its solutions from standard input and prints nanoseconds per
redeem, the median of many calls. The nonce store says yes every time, so that one challenge serves for all calls.
"""

import json
import statistics
import sys
import time

from capjs_server import CapServer


class AnyNonce:
    def mark_used(self, nonce: str, ttl_seconds: float) -> bool:
        return True


def main() -> None:
    server = CapServer("bench-secret-of-more-than-32-characters", nonce_store=AnyNonce())
    if sys.argv[1] == "token":
        print(server.create_challenge()["token"])
        return
    token, solutions = sys.argv[2], json.load(sys.stdin)
    timings = []
    for _ in range(100):
        start = time.perf_counter_ns()
        assert server.redeem(token, solutions)["success"]
        timings.append(time.perf_counter_ns() - start)
    print(json.dumps({"redeem_ns": statistics.median(timings)}))


main()
