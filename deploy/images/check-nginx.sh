#!/bin/sh
# Warns, loudly and by name, when the nginx that goes into the image has known holes that a tenant's Ingress can reach.
set -eu
oldest=1.30.4
found=$(nginx -v 2>&1 | sed -n 's,.*nginx/\([0-9.]*\).*,\1,p')
[ -n "$found" ] || { echo "nginx does not say its version" >&2; exit 1; }
if [ "$(printf '%s\n' "$oldest" "$found" | sort -V | head -n 1)" != "$oldest" ]; then
  cat >&2 <<WARNING
WARNING: nginx $found is older than $oldest. It has CVE-2026-42945, CVE-2026-9256, CVE-2026-42055, CVE-2026-42533 and
WARNING: CVE-2026-60005: an Ingress or a request can crash a worker, perhaps run code in it. Do not let such an image meet
WARNING: tenants or the internet: build on a base whose nginx is $oldest or newer (--build-arg BASE=…).
WARNING
fi
echo "nginx $found"
