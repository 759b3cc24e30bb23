#!/usr/bin/env bash
# guide.sh ROOT BUILD FOLDER: runs the blocks marked `sh guide` of docs/connector-guide.md, in order, in one shell that
# starts in an empty folder. A command that fails fails the test, and so does a page without commands.
set -euo pipefail
root=$1 build=$2 folder=$3
rm -rf "$folder" && mkdir -p "$folder"
awk '/^```sh guide$/ {on = 1; next} /^```$/ {on = 0} on' "$root/docs/connector-guide.md" >"$folder/commands.sh"
[[ $(grep -c . "$folder/commands.sh") -ge 15 ]] || { echo 'the guide has lost its commands'; exit 1; }
cd "$folder"
export LOTBRIDGE_BUILD=$build
exec bash -euxo pipefail commands.sh
