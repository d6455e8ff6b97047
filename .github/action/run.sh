#!/usr/bin/env bash
# Runs ip3dp and writes down how it ended. It ends well itself, so that summary,
# store and site are seen to first; the action's last step fails the job.
#
#   COMMAND   run, build, collect or preview
#   CONFIG    the configuration
#   OUT       the folder for the site
#   SITE      the address of the published site, for previews; empty: as configured
#   BASE      the commit that a preview is compared with
set -uo pipefail

code=0
site=
case $COMMAND in
  run | build)
    ip3dp "$COMMAND" --config "$CONFIG" --out "$OUT" || code=$?
    # 3: published, but a source is partial or stale, and the pages say so.
    if ((code == 0 || code == 3)); then site=$OUT; fi
    ;;
  collect)
    ip3dp collect --config "$CONFIG" || code=$?
    ;;
  preview)
    mkdir -p "$OUT"
    # Expanded so that an empty list is none to the bash 3.2 of macOS, too.
    measured=()
    if [[ -n $SITE ]]; then measured=(--measured "$SITE"); fi
    # As data for the comment, which a later job writes; at the lines of the pull
    # request; and for whoever opens the run.
    ip3dp diff --config "$CONFIG" --base "$BASE" ${measured[@]+"${measured[@]}"} \
      --format json="$OUT/diff.json" --format annotations --format summary="$OUT/summary.md" || code=$?
    if ip3dp preview --config "$CONFIG" ${measured[@]+"${measured[@]}"} --out "$OUT/site"; then site=$OUT/site; fi
    if ((code == 3)); then code=0; fi
    ;;
  *)
    echo "::error::the input command is none of run, build, collect, preview and none"
    code=2
    ;;
esac
{
  echo "exit=$code"
  echo "site=$site"
} >>"$GITHUB_OUTPUT"
