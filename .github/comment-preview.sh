#!/usr/bin/env bash
# Writes the previews below preview-STACK/ and the report migrations/migrations.md into one comment of a
# pull request, the same one every time.
# Usage: comment-preview.sh STACK...   (needs gh, GH_TOKEN, REPOSITORY and NUMBER)
set -euo pipefail

marker='<!-- groundwork: preview -->'
# GitHub refuses a comment of more than 65,536 characters: the previews share three quarters.
room=$((48000 / $#))
report=migrations/migrations.md
report_room=12000

{
  echo "$marker"
  echo '## Preview'
  for stack in "$@"; do
    file="preview-$stack/preview.txt"
    printf '\n<details><summary><b>%s</b>: ' "$stack"
    if [ ! -f "$file" ]; then
      printf 'no preview, see the job</summary></details>\n'
      continue
    fi
    # The engine ends with one line of counts, or with the error.
    printf '%s</summary>\n\n````diff\n' "$(grep -E '^ +([~+-]{1,2} )?[0-9]+ |^ *error:' "$file" | tail -n 4 | tr -s ' \n' ' ')"
    if [ "$(wc -c <"$file")" -gt "$room" ]; then
      echo "(the first part is left out: the whole preview is in the job's log)"
    fi
    tail -c "$room" "$file"
    printf '\n````\n</details>\n'
  done
  if [ -f "$report" ]; then
    echo
    head -c "$report_room" "$report"
    if [ "$(wc -c <"$report")" -gt "$report_room" ]; then
      printf '\n\n(the rest is left out: the whole report is an artifact of the run)\n'
    fi
  fi
} >comment.md

comments="repos/$REPOSITORY/issues/$NUMBER/comments"
id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$id" --field body=@comment.md --silent
else
  gh api --method POST "$comments" --field body=@comment.md --silent
fi
