#!/bin/sh
# Installs fusionviewer for this user, or for all as root: started by the self-extracting file, where the folder
# fusionviewer and the folder share lie beside it. What it puts where is written down, so that `fusionviewer-uninstall`
# removes just that.
set -eu
umask 022

usage() {
    cat <<'TEXT'
Installs fusionviewer with its menu entry, kind of file and man page.

  --user        for this user, below ~/.local (what an ordinary user gets)
  --system      for all users, below /usr/local (what root gets)
  --prefix DIR  below another folder
  --uninstall   remove what was installed there
  --help        this text
TEXT
}

fail() {
    echo "fusionviewer: $1" >&2
    exit 2
}

prefix=
uninstall=no
if [ "$(id -u)" = 0 ]; then where=system; else where=user; fi
while [ $# -gt 0 ]; do
    case $1 in
        --user) where=user ;;
        --system) where=system ;;
        --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder."; prefix=$2; shift ;;
        --uninstall) uninstall=yes ;;
        --help) usage; exit 0 ;;
        *) fail "There is no option $1. See --help." ;;
    esac
    shift
done
if [ -z "$prefix" ]; then
    if [ "$where" = user ]; then prefix=${HOME:?}/.local; else prefix=/usr/local; fi
fi
case $prefix in /*) ;; *) prefix=$(pwd)/$prefix ;; esac

program=$prefix/lib/fusionviewer
remover=$program/fusionviewer-uninstall
share=$prefix/share

if [ "$uninstall" = yes ]; then
    [ -x "$remover" ] || fail "Nothing that this file installed is in $prefix."
    exec "$remover"
fi

here=$(cd "$(dirname "$0")" && pwd)
[ -x "$here/fusionviewer/fusionviewer" ] || fail "The folder fusionviewer is missing beside $0: fetch the file again."

first=$prefix
while [ ! -e "$first" ]; do first=$(dirname "$first"); done
[ -w "$first" ] || fail "You may not write to $first. Use --user, --prefix DIR, or be root."
if [ -e "$program" ] && [ ! -x "$remover" ]; then
    fail "$program is there, and was not made by this file. Remove it, or use --prefix DIR."
fi
if { [ -e "$prefix/bin/fusionviewer" ] || [ -L "$prefix/bin/fusionviewer" ]; } && [ ! -x "$remover" ]; then
    fail "$prefix/bin/fusionviewer is there, and was not made by this file. Remove it, or use --prefix DIR."
fi

lists=$(mktemp -d)
trap 'rm -rf "$lists" "$program.new"' EXIT
trap 'exit 130' INT TERM

: >"$lists/folders"
make_folder() { # with its parents; those that were not there are written down, the innermost last
    [ -d "$1" ] && return
    make_folder "$(dirname "$1")"
    mkdir "$1"
    echo "$1" >>"$lists/folders"
}

# the whole program lies there before anything of an earlier version goes
if [ -x "$remover" ]; then upgrade=yes; else upgrade=no; fi
[ "$upgrade" = no ] || cp "$program/installed-folders" "$lists/folders"
make_folder "$prefix/lib"
rm -rf "$program.new"
cp -RP "$here/fusionviewer" "$program.new" || fail "The program could not be copied to $prefix: is the disk full?"
chmod -R u+w,go-w,a+rX "$program.new" # it was unpacked for its owner alone
[ "$upgrade" = no ] || "$remover" --keep-folders >/dev/null
mv "$program.new" "$program"

: >"$lists/files"
install_file() { # FILE PLACE
    make_folder "$(dirname "$2")"
    cp "$1" "$2"
    chmod 644 "$2"
    echo "$2" >>"$lists/files"
}
(cd "$here/share" && find . -type f) | sed 's|^\./||' >"$lists/share"
while read -r file; do
    install_file "$here/share/$file" "$share/$file"
done <"$lists/share"
make_folder "$prefix/bin"
ln -s ../lib/fusionviewer/fusionviewer "$prefix/bin/fusionviewer"
echo "$prefix/bin/fusionviewer" >>"$lists/files"

# the menu starts it by its place, which need not be in the session's PATH
entry=$share/applications/fusionviewer.desktop
place=$(printf '%s' "$prefix/bin/fusionviewer" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
while IFS= read -r line; do
    case $line in Exec=*) printf 'Exec="%s" view %%f\n' "$place" ;; *) printf '%s\n' "$line" ;; esac
done <"$here/share/applications/fusionviewer.desktop" >"$entry"

cp "$lists/files" "$program/installed-files"
cp "$lists/folders" "$program/installed-folders"
cp "$here/uninstall.sh" "$remover"
chmod 755 "$remover"
if command -v update-mime-database >/dev/null; then update-mime-database "$share/mime" >/dev/null 2>&1 || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications" || true; fi
touch "$share/icons/hicolor" # lists of icons that are older than it are not believed

echo "fusionviewer is installed: $prefix/bin/fusionviewer"
echo "To remove it: $remover"
if command -v ldconfig >/dev/null || [ -x /sbin/ldconfig ]; then
    for library in libEGL.so.1 libGL.so.1; do
        if ! PATH=$PATH:/sbin ldconfig -p | grep -q "$library"; then
            echo "The window needs $library, which this system lacks (Debian: apt-get install libegl1 libgl1 fontconfig-config)."
        fi
    done
fi
case :$PATH: in *:"$prefix/bin":*) ;; *) echo "$prefix/bin is not in your PATH: add it, or type the whole place." ;; esac
