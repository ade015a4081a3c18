# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the cases of tests/bench share. $DISK2 is for the symbols.

# All devices alike: no scheduler, no merging, no entropy from their interrupts.
level() { # WORD..., some of which are devices
	for word; do
		case $word in
		/dev/*) ;;
		*) continue ;;
		esac
		queue=/sys/block/${word#/dev/}/queue
		echo none >"$queue/scheduler"
		echo 2 >"$queue/nomerges"
		echo 0 >"$queue/rotational"
		echo 0 >"$queue/add_random"
	done
}

numbers() {
	host stats | tr -s ' \n' ' '
}

# Says what the load and the host counted. The settings follow the first device.
measure() { # NAME DEVICE SETTING... [DEVICE...]
	name=$1
	shift
	level "$@"
	before=$(numbers)
	result=$(reads "$@")
	note "$name: $result before $before after $(numbers)"
}

# Where functions are: modules come and go, so it is looked up while they run.
keep_symbols() {
	cat /proc/kallsyms >/tmp/symbols
}

write_symbols() { # NUMBER
	dd if=/tmp/symbols of="$(disk "$DISK2")" bs=1M seek=$(($1 * 16)) \
		conv=sync,fsync 2>/dev/null
}
