import { expect, test } from "bun:test";
import { PLACES } from "./places.ts";

/** States by the first digit of their zip codes (USPS). */
const REGIONS = [
  "CT MA ME NH NJ RI VT",
  "DE NY PA",
  "DC MD NC SC VA WV",
  "AL FL GA MS TN",
  "IN KY MI OH",
  "IA MN MT ND SD WI",
  "IL KS MO NE",
  "AR LA OK TX",
  "AZ CO ID NM NV UT WY",
  "AK CA HI OR WA",
];

test("every place is whole, and no city or zip prefix is there twice", () => {
  for (const place of PLACES) {
    expect(place.city).toMatch(/^[A-Z][A-Za-z. ]+$/);
    expect(place.zipPrefix).toMatch(/^\d{3}$/);
    expect(place.weight).toBeGreaterThan(0);
  }
  expect(new Set(PLACES.map(({ city, state }) => `${city}, ${state}`)).size).toBe(PLACES.length);
  expect(new Set(PLACES.map(({ zipPrefix }) => zipPrefix)).size).toBe(PLACES.length);
});

test("zip codes begin with the digit of their state's region", () => {
  for (const { city, state, zipPrefix } of PLACES) {
    expect(REGIONS[Number(zipPrefix[0])]?.split(" "), `${city}, ${state} ${zipPrefix}`).toContain(state);
  }
});

test("every state and the District of Columbia have a place", () => {
  expect([...new Set(PLACES.map(({ state }) => state))].sort()).toEqual(REGIONS.join(" ").split(" ").sort());
});
