#!/bin/sh
# Starts Firefox with the NSS database in the folder CERTIFICATES copied into the fresh profile that the command
# line names. FIREFOX_BIN names the browser; else it is the `firefox-esr` or the `firefox` on PATH.
set -eu

previous=
for argument in "$@"; do
  case "$previous" in
    -profile | --profile) cp "$CERTIFICATES"/* "$argument"/ ;;
  esac
  previous=$argument
done

exec "${FIREFOX_BIN:-$(command -v firefox-esr || command -v firefox)}" "$@"
