/**
 * Verification of Ed25519 signatures (RFC 8032, 5.1.7) for browsers whose
 * `crypto.subtle` has none: older ones, and every one on plain http. Everything
 * here is public, so no operation needs to take constant time.
 */

import { sha512 } from "./sha512";

/**
 * Whether a signature is one of this message under this key. As strict as
 * WebCrypto: numbers must be in their range, and no cofactor is forgiven.
 *
 * @param key       32 bytes
 * @param signature 64 bytes
 */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const signer = decode(key);
  const commitment = signature.subarray(0, 32);
  const scalar = integer(signature.subarray(32));
  if (!signer || scalar >= ORDER) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(commitment);
  hashed.set(key, 32);
  hashed.set(message, 64);
  const challenge = integer(sha512(hashed)) % ORDER;
  const [x, y, z, t] = multiple(signer, challenge);
  // With -x and -t the point is the negative one.
  const expected = encode(sum(multiple(BASE, scalar), [P - x, y, z, P - t]));
  return expected.every((byte, index) => byte === commitment[index]);
}

/** A point of the curve in extended coordinates (RFC 8032, 5.1.4). */
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];

/** Adds two points, equal or not (RFC 8032, 5.1.4). */
function sum([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = (y1 - x1) * (y2 - x2);
  const b = (y1 + x1) * (y2 + x2);
  const c = mod(2n * D * t1) * t2;
  const d = 2n * z1 * z2;
  const [e, f, g, h] = [mod(b - a), mod(d - c), mod(d + c), mod(b + a)];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function multiple(point: Point, scalar: bigint): Point {
  let total: Point = [0n, 1n, 1n, 0n];
  let power = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) total = sum(total, power);
    power = sum(power, power);
  }
  return total;
}

/** The point that 32 bytes stand for (RFC 8032, 5.1.3), if they stand for one. */
function decode(bytes: Uint8Array): Point | undefined {
  const number = integer(bytes);
  const odd = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return undefined;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * raised(mod(u * v ** 7n), (P - 5n) / 8n));
  const square = mod(v * x * x);
  if (square !== u) {
    if (square !== mod(-u)) return undefined;
    x = mod(x * ROOT_OF_MINUS_ONE);
  }
  if (x === 0n && odd) return undefined;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function encode([x, y, z]: Point): Uint8Array {
  const inverse = raised(z, P - 2n);
  const parity = mod(x * inverse) & 1n;
  const number = mod(y * inverse) | (parity << 255n);
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number((number >> BigInt(8 * index)) & 255n),
  );
}

/** Bytes as a number, the last the highest. */
const integer = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);

const mod = (number: bigint): bigint => {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
};

function raised(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let power = mod(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * power);
    power = mod(power * power);
  }
  return result;
}

// RFC 8032, 5.1: the field, the order of the base point, the curve, the base point (y = 4/5).
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * raised(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = raised(2n, (P - 1n) / 4n);
const BASE = decode(Uint8Array.from({ length: 32 }, (_, index) => (index ? 0x66 : 0x58))) as Point;
