"""A site's backend for the browser tests: the published Crafy package, unmodified, as a child process.

Reads a line of JSON with the keys, then one call a line: ``[name, argument…]``. Answers each with one line: what the
package's function returned, or the error that it raised.
"""

import json
import sys

from crafy_captcha import CrafyCAPTCHA
from crafy_captcha.crafy_captcha import CrafyException, FileStorage

#: What may be called.
CALLS = {"get_public_token", "create_flow", "verify_flow", "get_last_flow_verify_error", "clear_all_nonces", "call"}


def main():
    keys = json.loads(sys.stdin.readline())
    sdk = CrafyCAPTCHA(keys["public_key"], keys["secret_key"], keys["base"])
    # Where a failure is expected, the package's waits between its four tries are not what is tested.
    sdk.set_storage(FileStorage(keys["folder"])).set_base_delay_ms(1)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        assert name in CALLS, name
        try:
            answer = {"returned": getattr(sdk, name)(*arguments)}
        except CrafyException as problem:
            answer = {"raised": str(problem), "status": getattr(problem.cause, "status_code", None)}
        print(json.dumps(answer), flush=True)


main()
