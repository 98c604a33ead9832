import type { AnyElysia } from "elysia";

/**
 * The methods that a path takes, for the `Allow` header of a 405; empty when there is no such path.
 * Elysia itself answers 404 for a known path with another method.
 */
export function allowedMethods(app: AnyElysia, pathname: string): string[] {
  const segments = pathname.split("/");
  const methods = new Set<string>();
  for (const route of app.routes) {
    const pattern = route.path.split("/");
    if (pattern.length !== segments.length) continue;
    if (pattern.every((part, index) => part === segments[index] || (part.startsWith(":") && segments[index] !== ""))) {
      methods.add(route.method);
    }
  }
  return [...methods].sort();
}
