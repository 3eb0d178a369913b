/** `npm run check`: fails if `dist` is not what the sources make, or has grown too large. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DIST, GZIP_LIMITS, gzipSize, outputs } from "./bundle.mjs";

const problems = [];
for (const [name, text] of Object.entries(await outputs())) {
  const committed = await readFile(join(DIST, name), "utf8").catch(() => undefined);
  if (committed !== text) problems.push(`dist/${name} is not current: run npm run build`);
  const limit = GZIP_LIMITS[name];
  const size = gzipSize(text);
  if (limit) console.log(`${name}: ${size} of ${limit} B gzip`);
  if (limit && size > limit) problems.push(`dist/${name} is ${size} B gzip, limit ${limit}`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
