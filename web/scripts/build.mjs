/** `npm run build`: writes `dist` and says how large it became. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DIST, gzipSize, outputs } from "./bundle.mjs";

await mkdir(DIST, { recursive: true });
for (const [name, text] of Object.entries(await outputs())) {
  await writeFile(join(DIST, name), text);
  console.log(`${name.padEnd(16)} ${Buffer.byteLength(text)} B, ${gzipSize(text)} B gzip`);
}
