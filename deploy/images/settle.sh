#!/bin/sh
# Gives everything below some directories rights and times that do not depend on when and by whom it was built.
#
#   SOURCE_DATE_EPOCH=SECONDS settle.sh DIR...
set -eu
chmod -R u=rwX,go=rX "$@"
find "$@" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
