#!/bin/sh
# Removes what install.sh put there, and nothing else: studies, settings and logs are the user's own.
set -eu

program=$(cd "$(dirname "$0")" && pwd -P)
prefix=$(dirname "$(dirname "$program")")
[ -f "$program/installed-files" ] || { echo "fusionviewer: $program holds no list of what was installed." >&2; exit 2; }

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
cp "$program/installed-files" "$program/installed-folders" "$lists"
while IFS= read -r file; do rm -f "$file"; done <"$lists/installed-files"
rm -rf "$program"
[ "${1:-}" != --keep-folders ] || exit 0

share=$prefix/share
if command -v update-mime-database >/dev/null && [ -d "$share/mime" ]; then
    update-mime-database "$share/mime" >/dev/null 2>&1 || true
fi
if command -v update-desktop-database >/dev/null && [ -d "$share/applications" ]; then
    update-desktop-database -q "$share/applications" 2>/dev/null || true
fi
made() { grep -qxF "$1" "$lists/installed-folders"; }
# lists that the two commands made in folders which were not there before
if made "$share/mime/packages" && [ -z "$(ls -A "$share/mime/packages" 2>/dev/null)" ]; then
    if made "$share/mime"; then rm -rf "$share/mime"; fi
fi
if made "$share/applications" && [ "$(ls -A "$share/applications" 2>/dev/null)" = mimeinfo.cache ]; then
    rm -f "$share/applications/mimeinfo.cache"
fi
sed '1!G;h;$!d' "$lists/installed-folders" | while IFS= read -r folder; do
    rmdir "$folder" 2>/dev/null || true # another program's files may lie there by now
done
echo "fusionviewer is removed from $prefix."
