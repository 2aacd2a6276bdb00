#!/bin/sh
# Gathers files below a directory that becomes the root of an image: each file under its own path, with every shared
# library that it needs. For each Debian package that something came from, its licence and its dpkg status go along, so
# that scanners still know what is inside. What lies below a directory BELOW already is left out.
#
#   [BELOW=DIR] gather.sh ROOT FILE...
set -eu
root=$1
shift

# The libraries by the names that the loader asks for, and the loader itself.
needed=$(for file in "$@"; do
  ldd "$file" 2>/dev/null | sed -n -e 's/.* => \(\/[^ ]*\) .*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*\) (0x.*/\1/p'
done | sort -u)

mkdir -p "$root/var/lib/dpkg/status.d"
for file in "$@" $needed; do
  [ -n "${BELOW:-}" ] && [ -e "$BELOW$file" ] && continue
  mkdir -p "$root$(dirname "$file")"
  cp -L "$file" "$root$file"
  package=$(dpkg-query --search "$(readlink -f "$file")" | sed -n '1s/[:,].*//p')
  [ -n "$package" ] || { echo "no package owns $file" >&2; exit 1; }
  [ -e "$root/var/lib/dpkg/status.d/$package" ] && continue
  dpkg-query --status "$package" > "$root/var/lib/dpkg/status.d/$package"
  # A base may have been stripped of its own documentation.
  [ -e "/usr/share/doc/$package/copyright" ] || continue
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
