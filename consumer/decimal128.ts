import { Decimal128 } from "mongodb";
import type { Amount } from "#contract/transaction.ts";

/** Largest digits that a JavaScript number holds exactly. */
const EXACT_DIGITS = 15;
/** Exponents are stored with this added to them (IEEE 754-2008, decimal128). */
const EXPONENT_BIAS = 6176;
/** Ten digits before the point: far from where a number no longer holds two decimals exactly. */
const MOST_CENTS = 1e12;
const PLAIN = /^\d+(?:\.\d+)?$/;

/** Text of an amount as it is stored: a decimal string verbatim, a number in its shortest form. */
export function decimalText(amount: Amount): string {
  return typeof amount === "string" ? amount : String(amount);
}

/**
 * Writes an amount as BSON Decimal128, the same bytes as the driver's `Decimal128.fromString`, which takes 20 times
 * longer for the usual amount of a few digits. Form: BSON 1.1, `\x13`; 16 bytes, little-endian.
 */
export function writeDecimal128(amount: Amount, into: DataView, at: number): void {
  if (typeof amount === "number" && writeCents(amount, into, at)) return;
  const text = decimalText(amount);
  const point = text.indexOf(".");
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  if (digits.length > EXACT_DIGITS || !PLAIN.test(text)) {
    const { bytes } = Decimal128.fromString(text);
    for (let index = 0; index < 16; index++) into.setUint8(at + index, bytes[index] ?? 0);
    return;
  }
  writeParts(Number(digits), point < 0 ? 0 : point + 1 - text.length, into, at);
}

/** The usual amount, without making a text of it. @returns whether it has two decimals at most and few enough digits */
function writeCents(amount: number, into: DataView, at: number): boolean {
  const cents = Math.round(amount * 100);
  // Every number of that size with so many decimals is the one closest to its text, and that text the shortest.
  if (cents / 100 !== amount || !(cents >= 0) || cents > MOST_CENTS || Object.is(amount, -0)) return false;
  if (cents % 100 === 0) writeParts(cents / 100, 0, into, at);
  else if (cents % 10 === 0) writeParts(cents / 10, -1, into, at);
  else writeParts(cents, -2, into, at);
  return true;
}

function writeParts(coefficient: number, exponent: number, into: DataView, at: number): void {
  into.setUint32(at, coefficient % 0x1_0000_0000, true);
  into.setUint32(at + 4, Math.floor(coefficient / 0x1_0000_0000), true);
  into.setUint32(at + 8, 0, true);
  into.setUint32(at + 12, (EXPONENT_BIAS + exponent) << 17, true);
}

/** Whole cents of an amount, rounded. */
export function centsOf(amount: Amount): number {
  return Math.round(Number(amount) * 100);
}
