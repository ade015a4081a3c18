# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What a case may use. It runs with "set -eux"; $1... are the addresses
# (C:T:L) of the disks that its header asks for. $DISK is the first of them and
# $DEV its device node; $DISK2, $DEV2 the second.

say() {
	echo "$*" >&2
}

# The last line that a case says is the reason that the runner gives.
fail() {
	say "$*"
	exit 1
}

skip() {
	say "$*"
	exit 77
}

expect() { # WHAT = VALUE, WHAT -ge NUMBER: as test(1)
	[ -n "$1" ] || fail "nothing to compare: $*"
	[ "$@" ] || fail "expected: $*"
}

# A line for the reader of the results, shown even when the case passes.
note() {
	echo "note $*" >&3
}

# Asks the runner and prints the lines of the answer without the two blanks in
# front, and then what follows "ok".
ask() {
	: >/run/asking
	echo "ask $*" >&3
	while IFS= read -r answer <&3; do
		case $answer in
		"  "*) echo "${answer#  }" ;;
		ok) break ;;
		"ok "*)
			echo "${answer#ok }"
			break
			;;
		*)
			rm -f /run/asking
			fail "$*: $answer"
			;;
		esac
	done
	rm -f /run/asking
}

# A command on the host's console, such as "disk list".
host() {
	ask host "$@"
}

# The image file behind a file-backed disk, as the build machine sees it:
# "image crc C:T:L lba=N count=N".
image() {
	ask image "$@"
}

# One number of the host's "stats".
host_stat() {
	host stats | awk -v key="$1" '$1 == key { print $2 }'
}

# One number of a channel, by its relid, from the host's "channels".
host_channel() { # RELID KEY
	host channels | awk -v relid="$1" '$1 == relid' |
		tr ' ' '\n' | sed -n "s/^$2=//p"
}

# Waits as long as the runner lets the case live.
wait_for() {
	say "waiting for: $*"
	until "$@" >/dev/null 2>&1; do
		sleep 0.1
	done
}

# The folder in sysfs of the SCSI device at C:T:L.
scsi_device() {
	set -- /sys/bus/scsi/devices/*:"$1"
	[ -d "$1/block" ] || return 1
	echo "$1"
}

disk_is_there() {
	device=$(scsi_device "$1") && [ -b "/dev/$(ls "$device/block")" ]
}

# The device node of the disk at C:T:L.
disk() {
	wait_for disk_is_there "$1" >&2
	echo "/dev/$(ls "$(scsi_device "$1")/block")"
}

# The folder in sysfs of the VMBus device that the disk at C:T:L hangs on.
controller_of() {
	device=$(readlink -f "$(scsi_device "$1")")
	echo "${device%/host*}"
}

# Name of the driver that the disk's controller is bound to.
driver_of() {
	basename "$(readlink -f "$(controller_of "$1")/driver")"
}

# shellcheck disable=SC2034 # for the case
if [ $# -ge 1 ]; then
	DISK=$1
	DEV=$(disk "$DISK")
fi
# shellcheck disable=SC2034 # for the case
if [ $# -ge 2 ]; then
	DISK2=$2
	DEV2=$(disk "$DISK2")
fi
