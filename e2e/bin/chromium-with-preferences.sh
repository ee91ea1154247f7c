#!/bin/sh
# Starts Chromium with the JSON of the variable PREFERENCES in the fresh profile that the command line names, for
# settings that no flag has. CHROMIUM_BIN names the browser; else it is the `chromium` on PATH.
set -eu

for argument in "$@"; do
  case "$argument" in
    --user-data-dir=*)
      mkdir -p "${argument#--user-data-dir=}/Default"
      echo "$PREFERENCES" >"${argument#--user-data-dir=}/Default/Preferences"
      ;;
  esac
done

exec "${CHROMIUM_BIN:-chromium}" "$@"
