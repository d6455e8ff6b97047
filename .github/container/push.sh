#!/usr/bin/env bash
# Puts the released Linux binaries into an image for both architectures and pushes it.
#
#   VERSION   the release, such as v1.2.3
#   IMAGE     the image's name, without a tag
#   ACTOR     the account that pushes, and TOKEN its token
set -euo pipefail

[[ $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || {
  echo "VERSION is not a release such as v1.2.3" >&2
  exit 2
}
context=$(mktemp -d)
for arch in amd64 arm64; do
  tar -xzf "dist/ip3dp_${VERSION#v}_linux_$arch.tar.gz" -C "$context" ip3dp
  mv "$context/ip3dp" "$context/ip3dp-linux-$arch"
done
printf '%s' "$TOKEN" | docker login --username "$ACTOR" --password-stdin "${IMAGE%%/*}"
docker buildx create --use
docker buildx build --push --platform linux/amd64,linux/arm64 \
  --provenance=true --sbom=true \
  --tag "${IMAGE,,}:${VERSION#v}" --file .github/container/Dockerfile "$context"
