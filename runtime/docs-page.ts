import favicon from "swagger-ui-dist/favicon-32x32.png" with { type: "file" };
import style from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import script from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };

// @elysiajs/swagger's own page takes its script from a CDN at a hard-coded address. This page comes whole from the
// service (the files are inside the executable), so that it works offline and under a strict policy.
const PAGE = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" type="image/png" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

// Swagger asks for what the first successful answer is documented as. It can't show a stream, which never ends: where a
// route has JSON, too, Execute is for that. And it resolves a document that says 3.1 several times slower than the same
// one that says 3.0.
const START = `window.ui = SwaggerUIBundle({
  url: "/docs/json", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true, displayRequestDuration: true,
  validatorUrl: null, persistAuthorization: true,
  requestInterceptor: (request) => {
    for (const name of Object.keys(request.headers ?? {})) {
      if (name.toLowerCase() !== "accept") continue;
      if (["text/event-stream", "*/*"].includes(request.headers[name])) request.headers[name] = "application/json";
    }
    return request;
  },
  responseInterceptor: (response) => {
    if (response.url.endsWith("/docs/json")) {
      response.text = response.text.replace('"openapi":"3.1.0"', '"openapi":"3.0.3"');
    }
    return response;
  },
});
`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets style attributes from its script.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** The files of the page at `/docs` by path. */
export function docsFiles(title: string): Readonly<Record<string, () => Response>> {
  const page = PAGE(title);
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  const javascript = { "content-type": "text/javascript; charset=utf-8" };
  return {
    "/docs": () => new Response(page, { headers: html }),
    "/docs/start.js": () => new Response(START, { headers: javascript }),
    "/docs/swagger-ui-bundle.js": () => new Response(Bun.file(script), { headers: javascript }),
    "/docs/swagger-ui.css": () =>
      new Response(Bun.file(style), { headers: { "content-type": "text/css; charset=utf-8" } }),
    "/docs/favicon.png": () => new Response(Bun.file(favicon), { headers: { "content-type": "image/png" } }),
  };
}
