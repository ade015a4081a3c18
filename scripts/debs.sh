# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the scripts share that fetch packages without installing anything. Debian
# moves on and old versions disappear, so the version is looked up at run time,
# and a folder is kept by exact version below $cache.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hvscsi
renew_lists="scripts/deps --lists"
# A folder with package lists of our own, if this machine's do not do.
lists=

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Ends with a status of its own: nothing is wrong here.
unserved() {
	echo "${0##*/}: $*" >&2
	exit 3
}

# With package lists of our own, what apt makes of them is kept as well, whatever
# this machine's apt is told: it takes seconds.
apt_cache() {
	apt-cache ${lists:+-o Dir::Cache::pkgcache=pkgcache.bin} \
		${lists:+-o Dir::Cache::srcpkgcache=srcpkgcache.bin} "$@"
}

# FIELD of the newest version of PACKAGE; nothing when apt does not know it.
field() {
	apt_cache --no-all-versions show "$2" 2>/dev/null |
		sed -n "s/^$1: //p" | head -n 1
}

# Where this machine gets its packages of a suite from.
mirror_of() { # SUITE
	# shellcheck disable=SC2016 # for apt-get
	apt-get indextargets --format '$(REPO_URI)' "Codename: $1" | head -n 1
}

# Downloads and unpacks packages into the folder $work.
unpack() {
	mkdir "$work/debs"
	# Anyone may read a package list, but apt's own user may not write here.
	if ! (cd "$work/debs" && apt-get -q -o APT::Sandbox::User=root \
		download "$@" >"$work/log" 2>&1); then
		cat "$work/log" >&2
		unserved "cannot fetch $*; are the package lists old? $renew_lists"
	fi
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$work/root"
	done
	rm -rf "$work/debs" "$work/log"
}

# Unpacks beside the final place and renames, so that a folder that is there is
# complete, whatever was interrupted and whoever else fetches at the same time.
cached() { # KIND PACKAGE
	version=$(field Version "$2")
	root=$cache/$1/$2_$version
	if [ ! -d "$root" ]; then
		mkdir -p "$cache/$1"
		work=$(mktemp -d "$cache/.fetch.XXXXXX")
		trap 'rm -rf "$work"' EXIT
		trap 'exit 1' INT TERM HUP
		mkdir "$work/root"
		echo "${0##*/}: fetching $2 and what it needs" >&2
		"make_$1"
		chmod 755 "$work/root"
		mv -T "$work/root" "$root" 2>/dev/null || [ -d "$root" ] ||
			die "cannot write $root"
	fi
}
