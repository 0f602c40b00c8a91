#!/usr/bin/env bash
# Writes the previews below preview-STACK/ into one comment of a pull request, the same one every time.
# Usage: comment-preview.sh STACK...   (needs gh, GH_TOKEN, REPOSITORY and NUMBER)
set -euo pipefail

marker='<!-- groundwork: preview -->'
# GitHub refuses a comment of more than 65,536 characters.
room=$((60000 / $#))

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
} >comment.md

comments="repos/$REPOSITORY/issues/$NUMBER/comments"
id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$id" --field body=@comment.md --silent
else
  gh api --method POST "$comments" --field body=@comment.md --silent
fi
