#!/usr/bin/env bash
# Loads files that `news-ingest export` has finished into the tables of schema.sql.
#
#   POSTGRES_DSN=postgres://… load.sh /srv/stories/*.ndjson.zst
#
# A file is one transaction, and a story that is there already stays as it is: after a kill, a full disk or a database that was
# away, run it again with the same files. Ends with 1 at the first file that could not be loaded, and names it. A record that the
# database refuses is kept in news.refused with the reason, counted on standard error, and holds up no other. Needs psql, and zstd
# for compressed files.
set -euo pipefail

: "${POSTGRES_DSN:?the connection string of the database}"

for file in "$@"; do
  case "$file" in
    *.zst) unpack=(zstd -dcq -- "$file") ;;
    *) unpack=(cat -- "$file") ;;
  esac
  # As CSV of one column whose quote and delimiter no JSON has: COPY's own text format would read backslashes.
  if ! refused=$("${unpack[@]}" | psql "$POSTGRES_DSN" -qAtX -v ON_ERROR_STOP=1 --single-transaction \
    -c "CREATE TEMPORARY TABLE incoming (line text) ON COMMIT DROP" \
    -c "COPY incoming FROM STDIN (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')" \
    -c "SELECT news.load()"); then
    echo "$file: not loaded; run again with this file and those after it" >&2
    exit 1
  fi
  if [ "$refused" != 0 ]; then
    echo "$file: $refused records refused, see news.refused; the others are loaded" >&2
  fi
done
