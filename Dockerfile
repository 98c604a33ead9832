# One file for the four services: docker build --build-arg SERVICE=producer .
# The image holds the service as one executable, glibc, certificates and time zones: no shell, no package manager.
ARG BUN_VERSION=1.4.5

FROM --platform=$BUILDPLATFORM oven/bun:${BUN_VERSION} AS packages
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
RUN --mount=type=cache,target=/root/.bun/install/cache bun install --frozen-lockfile --production --ignore-scripts

# From here on a change in one service builds that one alone again.
FROM packages AS build
COPY tsconfig.json ./
COPY contract contract
COPY runtime runtime
COPY source source
ARG SERVICE
COPY ${SERVICE} ${SERVICE}
ARG ENTRY=main.ts
ARG TARGETARCH=amd64
RUN bun build --compile --minify --bytecode --format=esm \
      --target=bun-linux-$(echo ${TARGETARCH} | sed s/amd64/x64/) \
      --outfile=/out/service ${SERVICE}/${ENTRY}

# Only the C library of this image: with its OpenSSL and tables ours would be 15 MB larger for nothing.
FROM gcr.io/distroless/base-debian12:nonroot AS base
FROM packages AS glibc
COPY --from=base / /base
# Where there is no lib64 (arm64), the loader is in lib.
RUN mkdir /out && cd /base && cp -a $(ls -d lib lib64 2>/dev/null) /out/

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=glibc /out/ /
COPY --from=build /out/service /service
ENV HOST=0.0.0.0
ENTRYPOINT ["/service"]
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.description="${SERVICE} of the e-commerce transactions pipeline" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="gcr.io/distroless/static-debian12:nonroot"
