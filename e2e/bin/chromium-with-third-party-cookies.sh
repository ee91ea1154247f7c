#!/bin/sh
# Starts Chromium with third-party cookies allowed, which is upstream's default. Debian's build blocks them in
# every new profile, so the profile that the command line names is given the setting before the browser reads it.
# CHROMIUM_BIN names the browser; else it is the `chromium` on PATH.
set -eu

allow_third_party_cookies() {
  mkdir -p "$1/Default"
  if [ ! -e "$1/Default/Preferences" ]; then
    echo '{ "profile": { "cookie_controls_mode": 0 } }' >"$1/Default/Preferences"
  fi
}

for argument in "$@"; do
  case "$argument" in
    --user-data-dir=*) allow_third_party_cookies "${argument#--user-data-dir=}" ;;
  esac
done

exec "${CHROMIUM_BIN:-chromium}" "$@"
