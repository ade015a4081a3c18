# SPDX-License-Identifier: GPL-2.0
#
# What a person types. Kbuild builds the modules; this hands over to it.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

# One line each, from make itself.
no_headers = no kernel headers in $(KDIR): install linux-headers-$(KVER), or give KDIR= a folder that has them
no_gcc = there is no gcc: scripts/deps modules installs it
need_headers = $(if $(wildcard $(KDIR)/include/generated/autoconf.h),,$(error $(no_headers)))
need_gcc = $(if $(shell command -v gcc),,$(error $(no_gcc)))

modules modules_install: ## build the modules for KDIR (default: the running kernel); install them
	$(need_gcc)$(need_headers)@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) $@

# Both kinds of packages hold what these install.
VERSION = $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
dkms_dir = $(DESTDIR)/usr/src/hvscsi-$(VERSION)

install-dkms: ## install the sources for DKMS, below DESTDIR
	@mkdir -p $(dkms_dir)
	@find Kbuild dkms.conf drivers include -name '*.[ch]' -o -name Kbuild -o -name dkms.conf | \
		xargs cp --parents -t $(dkms_dir)

install-tools: ## install hvscsi(8), the configuration that goes with it, and documents, below DESTDIR
	@install -D -m 755 scripts/hvscsi $(DESTDIR)/usr/sbin/hvscsi
	@install -D -m 644 -t $(DESTDIR)/usr/lib/hvscsi scripts/hvscsi-live.sh
	@install -D -m 644 -t $(DESTDIR)/usr/lib/modprobe.d scripts/packaging/modprobe.d/hvscsi.conf
	@install -D -m 644 -t $(DESTDIR)/usr/lib/dracut/dracut.conf.d scripts/packaging/dracut/50-hvscsi.conf
	@install -D -m 755 -t $(DESTDIR)/usr/lib/dracut/modules.d/90hvscsi scripts/packaging/dracut/module-setup.sh
	@install -D -m 644 -t $(DESTDIR)/usr/share/man/man4 scripts/packaging/man/hvscsi.4
	@install -D -m 644 -t $(DESTDIR)/usr/share/man/man8 scripts/packaging/man/hvscsi.8
	@install -D -m 644 -t $(DESTDIR)/usr/share/doc/hvscsi docs/*.md

deb rpm: ## build packages in out/
	@scripts/deps packages
	@scripts/packaging/build $@

minihv: ## build the emulated host for the tests
	@scripts/deps minihv
	@$(MAKE) --no-print-directory -C tests/minihv

demo: ## show the driver at work in a stock kernel
	@scripts/demo

kunit: ## unit tests of both modules, in a user-mode kernel
	@scripts/deps kunit
	@scripts/kunit

check: ## all checks and tests, ends with "N passed, N failed"
	@scripts/check

model: ## search models of both rings for lost wake-ups, overruns and the like
	@scripts/deps check
	@tests/model/run

check-long: ## what takes hours: all boots, a cold user-mode kernel, mutants, long fuzz, many packets, many disks
	@scripts/deps check
	@$(MAKE) --no-print-directory -C tests/minihv
	@tests/qemu/run
	@tests/qemu/run --cpus 4 --mode async disk-cycles controller-cycles adopt-cycles
	@tests/qemu/run --kernel 6.12-own --cpus 4 --mode async --driver hvscsi signature-trusted
	@tests/rootdisk/run --long
	@rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/hvscsi/kunit"
	@tests/mutants/run
	@tests/ringtest/run long
	@tests/fuzz/run 1800

matrix: ## build the modules for every kernel that Debian has, and boot each that runs here
	@scripts/check matrix

rootdisk: ## boot a Debian 12 from a disk of ours, and from a DVD, to a login prompt
	@scripts/check rootdisk

mutants: ## break both modules in many ways, one at a time, and see each noticed
	@scripts/deps check
	@tests/mutants/run

FUZZ_SECONDS ?= 600
fuzz: ## look for a host that breaks the ring code, FUZZ_SECONDS= long (default: 600)
	@scripts/deps check
	@tests/fuzz/run $(FUZZ_SECONDS)

bench: ## count the instructions of an I/O, with our driver and with the one in the tree
	@scripts/deps bench
	@tests/bench/run --growth --json bench.json

coverage: ## lines and branches of the ring code that its tests in user space reach
	@scripts/coverage

clean: ## remove what was built here
	@$(MAKE) --no-print-directory -C tests/minihv clean
	@$(MAKE) --no-print-directory -C tests/ringtest clean
	@$(MAKE) --no-print-directory -C tests/fuzz clean
	@$(MAKE) --no-print-directory -C tests/bench clean
	@rm -rf out tests/qemu/__pycache__ tests/minihv/rogue/__pycache__
	@$(if $(wildcard $(KDIR)/include/generated/autoconf.h),$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) clean)

help: ## this list
	@sed -n 's/^\([a-z_ -]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 26

.DEFAULT_GOAL := modules
.PHONY: modules modules_install install-dkms install-tools deb rpm minihv demo kunit check check-long matrix rootdisk mutants model fuzz bench coverage clean help
