#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of packages.txt that this machine lacks; says so first, and nothing when all are there.
set -euo pipefail
cd "$(dirname "$0")/.."

node_is_new_enough() {
  local major
  command -v npm >/dev/null && major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p') &&
    [ -n "$major" ] && [ "$major" -ge 18 ]
}

missing_packages() {
  local wanted installed package
  wanted=$(sed 's/#.*//' packages.txt | tr -s ' \n' '\n' | sed '/^$/d')
  if node_is_new_enough; then wanted=$(grep -vxE 'nodejs|npm' <<<"$wanted"); fi
  # shellcheck disable=SC2086
  installed=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^.i *\([^ ]*\) *$/\1/p' | tr '\n' ' ' || true) "
  for package in $wanted; do
    case $installed in *" $package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

lists_are_stale() {
  [ -z "$(find /var/lib/apt/lists -name '*Packages*' -mtime -1 -print -quit 2>/dev/null)" ]
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup: Parley is built on Debian 12; this machine has no apt. packages.txt lists what it needs." >&2
  exit 1
fi

missing=$(missing_packages)
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends $missing"
echo "setup: these Debian packages are missing and will be installed:"
fold -s -w 100 <<<"$missing" | sed 's/^/  /'

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
    echo "setup: installing needs root and there is no sudo to ask. Run this once as root, then try again:" >&2
    echo "  apt-get update && $install" >&2
    exit 1
  fi
  as_root=(sudo)
fi

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@"; }
lists_are_stale && apt update
# Lists that are only a few hours old can still name a version that the mirror has replaced.
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing || { apt update && apt install -y --no-install-recommends $missing; }

missing=$(missing_packages)
if [ -n "$missing" ]; then
  echo "setup: still missing after the installation: $missing" >&2
  exit 1
fi
