# The image of the Argo CD sidecar, and of CI: one static program, no shell, nothing that runs as root.
#
#     docker build -t mintage:0.1.0 .

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock README.md ./
COPY src src
# Linked statically against glibc; with a --target, so that build scripts are not. mintage looks up no hosts and no users.
RUN host=$(rustc --print host-tuple) \
    && RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --locked --bin mintage --target "$host" \
    && cp "target/$host/release/mintage" /mintage

FROM scratch
COPY --from=build /mintage /usr/local/bin/mintage
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/mintage/
# The user of Argo CD's plugin server. It brings itself, on a volume: /var/run/argocd/argocd-cmp-server.
ENV PATH=/usr/local/bin HOME=/home/argocd
USER 999:999
ENTRYPOINT ["/usr/local/bin/mintage"]
