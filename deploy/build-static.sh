#!/bin/sh
# Builds the release binary without any shared library, and proves it. The argument for this way:
# docs/adr/0003-static-binary.md. Prints the path of the binary.
#
# Usage: deploy/build-static.sh        TARGET may name another gnu target of this machine's.
set -eu
cd "$(dirname "$0")/.."

target=${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
# Given for a target, the flags do not reach build scripts and macros, which must stay dynamic. The second one asks the
# kernel for randomness directly: the usual way looks the function up at run time, which a static program cannot, and
# then needs /dev/urandom, which an empty root does not have.
RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static --cfg chacha20_avx512 --cfg getrandom_backend=\"linux_getrandom\"" \
    cargo build --release --locked --package portcullis --target "$target" >&2

binary=${CARGO_TARGET_DIR:-target}/$target/release/portcullis
# ldd answers in several ways that something is static; a line with "=>" or a loader it prints for dynamic ones only.
if ldd "$binary" 2>&1 | grep -Eq '=>|/ld-linux'; then
    echo "$binary still needs shared libraries:" >&2
    ldd "$binary" >&2
    exit 1
fi
"$binary" --version >&2
echo "$binary"
