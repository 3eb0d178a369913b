#!/usr/bin/env bash
# Builds the two WebAssembly modules of the solver into web/dist, and checks that the committed ones are current.
#
#   build.sh            builds, and writes wasm.lock.json beside the modules
#   build.sh --check    compares the files with wasm.lock.json; builds again too where the recorded compiler is at hand
#
# Cargo is not needed, only a rustc with the wasm32-unknown-unknown target. On Debian that is
# `apt-get install rustc libstd-rust-dev-wasm32 lld`; elsewhere set RUSTC after `rustup target add wasm32-unknown-unknown`.
# Another compiler makes other bytes, so the committed modules are rebuilt only with the one that the lock file names.
set -euo pipefail

rustc=${RUSTC:-/usr/bin/rustc}
crate=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
dist=$crate/../../web/dist
lock=wasm.lock.json
outputs=(cap_wasm_bg.wasm cap_wasm_scalar.wasm)

# Release and LLVM: what the emitted code depends on. Empty if there is no compiler.
compiler() {
  "$rustc" -vV 2>/dev/null | sed -n 's/^release: /rustc /p; s/^LLVM version: /LLVM /p' | paste -sd, | sed 's/,/, /' || true
}

# build FOLDER: both modules. The page's stack needs are known and small: one kilobyte of salt, one batch of vectors.
build() {
  local output features
  for output in "${outputs[@]}"; do
    features=-simd128
    [[ $output == cap_wasm_bg.wasm ]] && features=+simd128
    (cd "$crate" && "$rustc" src/lib.rs --crate-name portcullis_solver --crate-type cdylib --edition 2021 \
      --target wasm32-unknown-unknown -C target-feature="$features" \
      -C opt-level=3 -C lto=fat -C codegen-units=1 -C panic=abort -C strip=symbols \
      -C link-arg=-zstack-size=32768 -C link-arg=--max-memory=131072 \
      --remap-path-prefix "$crate=." -o "$1/$output")
    chmod 644 "$1/$output"
  done
}

# hashes FOLDER FILE…: one line of JSON for each file.
hashes() {
  (cd "$1" && shift && sha256sum "$@") | sed -E 's/^([0-9a-f]{64})  (.*)$/    "\2": "\1",/; $ s/,$//'
}

# lock_text COMPILER FOLDER: what the lock file should say of the sources and of the modules in that folder.
lock_text() {
  local sources
  mapfile -t sources < <(cd "$crate" && find build.sh src -type f | LC_ALL=C sort)
  printf '{\n  "about": "%s",\n  "compiler": "%s",\n' \
    "sha256 of what the solver's modules were built from and of the modules; run crates/portcullis-solver/build.sh" "$1"
  printf '  "inputs": {\n%s\n  },\n' "$(hashes "$crate" "${sources[@]}")"
  printf '  "outputs": {\n%s\n  }\n}\n' "$(hashes "$2" "${outputs[@]}")"
}

fail() {
  echo "build.sh: $1" >&2
  exit 1
}

check() {
  local recorded output
  [[ -f $dist/$lock ]] || fail "there is no web/dist/$lock; run build.sh"
  recorded=$(sed -nE 's/^  "compiler": "(.*)",$/\1/p' "$dist/$lock")
  lock_text "$recorded" "$dist" | diff -u "$dist/$lock" - >&2 || fail "sources or modules have changed; run build.sh"
  if [[ $(compiler) != "$recorded" ]]; then
    echo "web/dist/$lock holds. Not rebuilt: $rustc is not $recorded."
    return
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  build "$scratch"
  for output in "${outputs[@]}"; do
    cmp "$scratch/$output" "$dist/$output" >&2 || fail "$output is not what its sources make"
  done
  echo "web/dist/$lock holds, and $recorded makes the same modules."
}

case ${1:-} in
  --check)
    check
    ;;
  '')
    [[ -n $(compiler) ]] || fail "$rustc is not a Rust compiler; see the first lines of this script"
    mkdir -p "$dist"
    build "$dist"
    text=$(lock_text "$(compiler)" "$dist")
    printf '%s\n' "$text" > "$dist/$lock"
    ;;
  *)
    fail "usage: build.sh [--check]"
    ;;
esac
