# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# How checks tell what they did; $work is a folder for what they hear.

# One check that says nothing of value unless it fails.
# shellcheck disable=SC2154 # $work is the caller's
step() { # NAME COMMAND...
	step_name=$1
	shift
	if "$@" >"$work/step" 2>&1; then
		echo "pass  $step_name"
	else
		echo "FAIL  $step_name"
		tail -n 100 "$work/step" | sed 's/^/      /'
		return 1
	fi
}
