# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What a system is like: $root is the system, $kernel its kernel, $hvscsi the program in
# it, $work a folder of the caller.
# shellcheck disable=SC2154

# Without what logs, caches, and the data of apt, dpkg, rpm and DKMS are.
files() {
	(cd "$root" && find . -xdev \( -path ./var/log -o -path ./var/cache -o \
		-path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/lib/rpm -o \
		-path ./var/lib/dkms -o -path ./tmp \) -prune -o -print | sort)
}

installed_version() { # VERSION
	in_root dkms status
	for module in hvring hvscsi; do
		[ "$(in_root modinfo -k "$kernel" -F version "$module")" = "$1" ] &&
			[ "$(in_root modinfo -k "$kernel" -F signer "$module")" = "DKMS module signing key" ] ||
			return
	done
}

status_says() { # PATTERN...
	"$hvscsi" status --root "$root" >"$work/status"
	cat "$work/status"
	for pattern; do
		grep -q "$pattern" "$work/status" || return
	done
}

# What is there only while hvscsi is at work.
no_rest() {
	! find "$root/boot" -name '*.hvscsi-undo' -o -name '*.hvscsi-new' -o -name '*.new' | grep .
}

nothing_kept() {
	! find "$root/boot" "$root/etc/modprobe.d" -name '*hvscsi*' | grep .
}
