FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --package innocap-server --bin innocap

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home /var/lib/innocap --create-home innocap
COPY --from=build /src/target/release/innocap /usr/local/bin/innocap
USER innocap
ENV INNOCAP_DATA_DIR=/var/lib/innocap INNOCAP_LISTEN=0.0.0.0:8080 INNOCAP_LOG_FORMAT=json
VOLUME /var/lib/innocap
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["innocap"]
CMD ["serve"]
