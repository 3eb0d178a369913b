/** Signatures: the standard's own vectors, and Node's as the second opinion. */

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "node:test";
import { load } from "./sources.mjs";

const { verify } = await load("src/crafy/signature/ed25519.ts");
const { Signer } = await load("src/crafy/signature/signer.ts");

const hex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** RFC 8032, 7.1: key, message, signature. */
const VECTORS = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];

test("the standard's signatures are good, and no changed one is", () => {
  for (const [key, message, signature] of VECTORS) {
    assert.equal(verify(hex(key), hex(message), hex(signature)), true);
    assert.equal(verify(hex(key), hex(`${message}00`), hex(signature)), false);
    for (const at of [0, 31, 32, 63]) {
      const changed = hex(signature);
      changed[at] ^= 1;
      assert.equal(verify(hex(key), hex(message), changed), false);
    }
    assert.equal(
      verify(hex(VECTORS[1][0].replace("3d", "3c")), hex(message), hex(signature)),
      false,
    );
  }
});

test("what Node signs is good", () => {
  for (let round = 0; round < 20; round++) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
    const message = randomBytes(round * 17);
    const signature = new Uint8Array(sign(null, message, privateKey));
    assert.equal(verify(raw, new Uint8Array(message), signature), true);
  }
});

test("a scalar beyond the order is refused, so no signature has a twin", () => {
  const [key, message, signature] = VECTORS[1];
  const bytes = hex(signature);
  const little = Buffer.from(bytes.subarray(32)).reverse().toString("hex");
  const twin = (BigInt(`0x${little}`) + ORDER).toString(16).padStart(64, "0");
  bytes.set(Buffer.from(twin, "hex").reverse(), 32);
  assert.equal(verify(hex(key), hex(message), bytes), false);
});

test("keys and signatures of a wrong form are refused", async () => {
  const [key, message, signature] = VECTORS[1];
  assert.equal(verify(hex(key).subarray(1), hex(message), hex(signature)), false);
  assert.equal(verify(hex(key), hex(message), hex(signature).subarray(1)), false);
  // No point of the curve, and a number beyond the field.
  assert.equal(verify(hex(`02${"00".repeat(31)}`), hex(message), hex(signature)), false);
  assert.equal(verify(hex("ff".repeat(32)), hex(message), hex(signature)), false);
  for (const text of ["", "no base64 !", "AAAA", VECTORS[0][0]]) {
    assert.equal(new Signer(text).sound, false);
    assert.equal(
      await new Signer(text).signed("r", Buffer.from(signature, "hex").toString("base64")),
      false,
    );
  }
});

for (const native of [true, false]) {
  test(`a signer verifies ${native ? "with" : "without"} the browser's help`, async () => {
    const { subtle } = crypto;
    if (!native) Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
    try {
      const [key, message, signature] = VECTORS[1];
      const signer = new Signer(Buffer.from(key, "hex").toString("base64"));
      const proof = Buffer.from(signature, "hex").toString("base64");
      assert.equal(await signer.signed(Buffer.from(message, "hex").toString(), proof), true);
      assert.equal(await signer.signed("s", proof), false);
      assert.equal(await signer.signed("r", proof.replace("k", "l")), false);
      assert.equal(await signer.signed("r", undefined), false);
      assert.equal(await signer.signed({}, proof), false);
      assert.equal(await signer.signed("r".repeat(20_000), proof), false);
    } finally {
      Object.defineProperty(crypto, "subtle", { value: subtle, configurable: true });
    }
  });
}
