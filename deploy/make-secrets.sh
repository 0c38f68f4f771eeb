#!/bin/sh
# Without words: makes the passwords of the engines and of the user admin, random ones, where they are not there yet.
# With a name: writes what comes on standard input to deploy/secrets/platforms/NAME.
# Nothing that is there is ever overwritten.
#
# The folder is closed to everybody else on this machine. The files in it can be read by all, because each is mounted into containers
# whose users have other numbers than yours.
set -eu
umask 077
folder=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/secrets
mkdir -p "$folder/platforms"
chmod 700 "$folder"
chmod 755 "$folder/platforms"

# Written beside and linked: never half a secret, and never over one that is there.
write() {
  file=$1
  part=$(mktemp "$folder/.part.XXXXXX")
  trap 'rm -f "$part"' EXIT
  cat >"$part"
  [ -s "$part" ] || { echo "nothing to write to $file" >&2; exit 1; }
  chmod 444 "$part"
  ln "$part" "$file" 2>/dev/null || { echo "$file is there already: it stays as it is" >&2; exit 1; }
  rm -f "$part"
  echo "made $file"
}

if [ $# -gt 1 ]; then
  echo "usage: $0 [NAME]" >&2
  exit 2
fi
if [ $# -eq 1 ]; then
  case $1 in
    '' | *[!a-z0-9_]*) echo "a name has lower-case letters, digits and _ alone" >&2; exit 2 ;;
  esac
  write "$folder/platforms/$1"
  exit 0
fi
for name in postgres_password elastic_password admin_password; do
  if [ -e "$folder/$name" ]; then
    echo "$folder/$name is there already: it stays as it is"
  else
    # 32 letters and digits of the system's randomness.
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32 | write "$folder/$name"
  fi
done
