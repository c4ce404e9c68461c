# syntax=docker/dockerfile:1

# The build is the README's: `cargo build --release`.
FROM rust:1.95-slim-bookworm AS build
# The database and the TLS library are C and built with the program.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /upshot
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/upshot/target \
    cargo build --release --locked \
    && cp target/release/upshot /usr/local/bin/upshot

FROM debian:bookworm-slim
# Calls to Slack are checked against these certificates.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/bin/upshot /usr/local/bin/upshot
COPY LICENSE-APACHE LICENSE-MIT NOTICE /usr/share/doc/upshot/

# A number, so that an orchestrator can see that it is not root.
RUN install --directory --owner=10001 --group=10001 /data
USER 10001:10001
# The settings file upshot.toml, when there is one, is looked for in this folder.
WORKDIR /data
VOLUME /data

ENV UPSHOT_LISTEN=0.0.0.0:8080 \
    UPSHOT_DATABASE_URL=sqlite:///data/upshot.db \
    UPSHOT_LOG_FORMAT=json
EXPOSE 8080

# /readyz also asks the database. The image has no HTTP client, but its shell can open a connection.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${UPSHOT_LISTEN##*:} && printf 'GET /readyz HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["upshot"]
CMD ["serve"]
