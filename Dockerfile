# One file for the four services: docker build --build-arg SERVICE=producer .
# The service is a single executable; the image holds it, glibc and certificates, no shell, no package manager.
ARG BUN_VERSION=1.4.5

FROM oven/bun:${BUN_VERSION} AS packages
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN bun install --frozen-lockfile --production --ignore-scripts

FROM packages AS build
COPY tsconfig.json ./
COPY contract contract
COPY runtime runtime
COPY source source
ARG SERVICE
COPY ${SERVICE} ${SERVICE}
RUN bun build --compile --minify --bytecode --format=esm --outfile=/out/service ${SERVICE}/main.ts

FROM gcr.io/distroless/cc-debian12:nonroot
ARG SERVICE
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.description="${SERVICE} of the e-commerce transactions pipeline" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/service /service
ENV HOST=0.0.0.0
USER nonroot
ENTRYPOINT ["/service"]
