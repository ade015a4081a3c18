# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the cases of tests/bench share.

# A kernel that has just booted still has things to do, and a load would be
# charged for them. Idle time costs the emulator nothing.
sleep 30

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

# Says what the load and the host counted, three times: the guest's kernel has
# other things to do at times, and the runner takes the one with least of them.
measure() { # NAME DEVICE or SETTING...
	name=$1
	shift
	level "$@"
	for _ in 1 2 3; do
		before=$(numbers)
		# What the commands above leave to be done is over by then.
		sleep 2
		result=$(reads "$@")
		note "$name: $result before $before after $(numbers)"
	done
}
