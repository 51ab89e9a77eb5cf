#!/bin/sh
# Runs a program of Linux for one of Windows, and writes its status down: wine doesn't always wait for it.
marker=$1
shift
"$@"
echo $? >"$marker.part"
mv "$marker.part" "$marker"
