#!/usr/bin/env bash
# Puts ip3dp on the PATH of the steps that follow: the released binary, whose
# checksum is verified, or one built from the source this action came with.
#
#   VERSION          a release such as v1.2.3; empty: build from source
#   SOURCE           the folder of the action, with the source
#   RELEASES         where releases lie, for a mirror inside a company's network; empty:
#   IP3DP_RELEASES   the same, as a variable of the runner
set -euo pipefail

# A new name: what else lies in the folder for temporary files may be of others.
bin=$(mktemp -d "$RUNNER_TEMP/ip3dp-XXXXXX")

# release downloads and verifies one release; it fails if anything is amiss.
release() {
  local version=$1 os arch name where
  where=${RELEASES:-${IP3DP_RELEASES:-https://github.com/ip3dp/ip3dp/releases/download}}
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) return 1 ;; esac
  case $(uname -m) in x86_64 | amd64) arch=amd64 ;; aarch64 | arm64) arch=arm64 ;; *) return 1 ;; esac
  name="ip3dp_${version#v}_${os}_${arch}.tar.gz"
  local folder
  folder=$(mktemp -d)
  curl --fail --silent --show-error --location --retry 3 --max-time 120 \
    --output "$folder/$name" "$where/$version/$name" || return 1
  curl --fail --silent --show-error --location --retry 3 --max-time 60 \
    --output "$folder/checksums.txt" "$where/$version/checksums.txt" || return 1
  # The line of this file and no other: a list that lacks it verifies nothing.
  grep -E "^[0-9a-f]{64}  ${name//./\\.}\$" "$folder/checksums.txt" >"$folder/line" || {
    echo "::error::checksums.txt of $version has no line for $name" >&2
    exit 1
  }
  # A file with another checksum is an attack or a damaged mirror, and no reason
  # to go on by other means.
  (cd "$folder" && if command -v sha256sum >/dev/null; then sha256sum --check --quiet line; else shasum -a 256 --check --quiet line; fi) || {
    echo "::error::$name does not have the checksum of the release" >&2
    exit 1
  }
  tar -xzf "$folder/$name" -C "$bin" ip3dp
}

build() {
  command -v go >/dev/null || {
    echo "::error::no release was given or found, and Go is not installed: set the input version, or add actions/setup-go" >&2
    exit 1
  }
  (cd "$SOURCE" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=source' -o "$bin/ip3dp" ./cmd/ip3dp)
}

if [[ -z ${VERSION:-} ]]; then
  build
elif [[ ! $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
  echo "::error::the input version is not a release such as v1.2.3" >&2
  exit 1
elif ! release "$VERSION"; then
  echo "release $VERSION could not be downloaded: building from source"
  build
fi
echo "$bin" >>"$GITHUB_PATH"
"$bin/ip3dp" --version
