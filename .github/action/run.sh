#!/usr/bin/env bash
# Runs ip3dp and writes down how it ended. It ends well itself, so that summary,
# store and site are seen to first; the action's last step fails the job.
#
#   COMMAND   run, build, collect or preview
#   CONFIG    the configuration
#   OUT       the folder for the site
#   SITE      the address of the published site, for previews; empty: as configured
#   BASE      the commit that a preview is compared with; empty: what the request is merged with
#   HEAD      the newest commit of the request, and EVENT_BASE its base when the event was sent
#   NUMBERS   required or optional: what a preview is that not all could be compared for
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
    # What the request has there is not taken for what is written here.
    if [[ -L $OUT ]]; then
      echo "::error::the folder for a preview's files is a symbolic link: set the input out to another"
      echo "exit=2" >>"$GITHUB_OUTPUT"
      exit 0
    fi
    mkdir -p "$OUT"
    rm -rf "$OUT/diff.json" "$OUT/summary.md" "$OUT/site"
    # GitHub checks out the request merged into its base, which may be newer than the event's:
    # what others have changed since then is not the request's.
    if [[ -z $BASE ]]; then
      BASE=$EVENT_BASE
      if [[ -n $HEAD && $(git rev-parse --quiet --verify 'HEAD^2' || true) == "$HEAD" ]]; then BASE=$(git rev-parse 'HEAD^1'); fi
    fi
    # Expanded so that an empty list is none to the bash 3.2 of macOS, too.
    measured=()
    if [[ -n $SITE ]]; then measured=(--measured "$SITE"); fi
    # As data for the comment, which a later job writes; at the lines of the pull
    # request; and for whoever opens the run. The form says that the base is a commit:
    # a request could bring a folder of that name.
    ip3dp diff --config "$CONFIG" --base "commit:$BASE" ${measured[@]+"${measured[@]}"} \
      --format json="$OUT/diff.json" --format annotations --format summary="$OUT/summary.md" || code=$?
    # A queue of merges needs the check alone.
    if [[ ${GITHUB_EVENT_NAME:-} == merge_group ]]; then
      echo "no preview of the site: this is a queue of merges"
    elif ip3dp preview --config "$CONFIG" --base "commit:$BASE" ${measured[@]+"${measured[@]}"} --out "$OUT/site"; then
      site=$OUT/site
    else
      echo "::warning title=ip3dp::there is no preview of the site: the log says why"
    fi
    # Green would say that nothing else moves.
    if ((code == 3)); then
      level=error
      if [[ ${NUMBERS:-required} == optional ]]; then level=warning code=0; fi
      echo "::$level title=ip3dp::not all could be compared: the log and the summary say what is missing"
    fi
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
