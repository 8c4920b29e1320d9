#!/usr/bin/env bash
# Takes pictures of reports for the README, with the system's Chromium: each in light, in dark, and as a phone shows it.
#   tests/screenshots.sh FOLDER NAME=REPORT.html [NAME=REPORT.html ...]
# writes FOLDER/NAME-light.png, FOLDER/NAME-dark.png and FOLDER/NAME-phone.png. The same report gives the same pictures on
# one machine; fonts differ between machines.
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: tests/screenshots.sh FOLDER NAME=REPORT.html ..." >&2; exit 2; }
mkdir -p "$1"
SCINTI_SCREENSHOTS_TO="$(cd "$1" && pwd)"
shift
SCINTI_SCREENSHOTS_OF=""
for pair in "$@"; do
  [ -f "${pair#*=}" ] || { echo "screenshots: no file ${pair#*=}" >&2; exit 2; }
  SCINTI_SCREENSHOTS_OF+="${pair%%=*}=$(realpath "${pair#*=}")"$'\n'
done
export SCINTI_SCREENSHOTS_TO SCINTI_SCREENSHOTS_OF
export ScintiDicom="${ScintiDicom:-$(cat "${XDG_CACHE_HOME:-$HOME/.cache}/mlnetscinti/dicom" 2>/dev/null || echo package)}"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet test tests/MLNetScinti.Browser.Tests -c Release --nologo -v quiet --filter FullyQualifiedName~ScreenshotTests
ls -l "$SCINTI_SCREENSHOTS_TO"
