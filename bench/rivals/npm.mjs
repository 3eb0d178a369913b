// Times @cap.js/server's own redeemChallenge of 50 solutions.
//
// `token` prints a challenge token; `time TOKEN` reads its solutions from standard input and prints nanoseconds per
// redeem, the median of many calls. The package forgets a challenge when it is redeemed, so it is put back each time.

import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import Cap from "@cap.js/server";

const [, , command, token] = process.argv;
if (command === "token") {
  console.log(randomBytes(25).toString("hex"));
} else {
  const solutions = JSON.parse(readFileSync(0, "utf8"));
  const cap = new Cap({ noFSState: true });
  const timings = [];
  for (let call = 0; call < 300; call++) {
    cap.config.state.challengesList[token] = {
      challenge: { c: 50, s: 32, d: 4 },
      expires: Date.now() + 600_000,
    };
    const start = process.hrtime.bigint();
    const outcome = await cap.redeemChallenge({ token, solutions });
    timings.push(Number(process.hrtime.bigint() - start));
    if (!outcome.success) throw new Error(JSON.stringify(outcome));
  }
  timings.sort((a, b) => a - b);
  console.log(JSON.stringify({ redeem_ns: timings[timings.length / 2] }));
}
