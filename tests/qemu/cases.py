# SPDX-License-Identifier: GPL-2.0
"""Case files: what a case says about itself, and how a guest log is judged.

A case is a shell fragment for the guest. Comments at its top describe it:

    # One sentence: the behaviour that is tested.
    # needs: mkfs.ext4 fio          programs of the build machine; with kexec
                                    comes /vmlinuz, the kernel that runs
    # package: waagent lib/udev     of a package of Debian that is only unpacked,
                                    files and all that is in folders, below /usr
                                    in the guest; a line for each package
    # install: tools                what "make install-tools" installs
    # drivers: hvscsi               when it is not for both; "sender" is
                                    tests/sender, which has no disks
    # disk: size=1G                 a thin disk of its own; may be repeated
    # disk: file=64M                a disk on an image file (a power of two)
    # disk: iso=64M dvd=on          the same with a file system in it, see
                                    parts.make_iso(), and in a DVD drive
    # disk: dvd=on                  an empty DVD drive
    # modules: crc7                 in /modules besides, but not loaded
    # host: vmbus=4.0               minihv options: a boot of its own; a line
                                    more is a boot more; words that begin with
                                    guest: are for the guest's kernel
    # only: kernel=6.12 cpus=1      combinations in which it makes sense; with
                                    8 CPUs it has to say so
    # limit: 300                    guest seconds, instead of 120
    # when: named                   only runs when the command line names it
    # expects: broken by host       part of a line that the guest's kernel has to
                                    say, and may, though a healthy one does not
    # crashes: sysrq triggered      how the guest's kernel has to panic, once; the
                                    case goes on in the next kernel (see init)
"""

import dataclasses
import pathlib
import re

DRIVERS = ("hv_storvsc", "hvscsi")
# What a boot can be with; the last one only for cases that ask for it.
ALL_DRIVERS = (*DRIVERS, "sender")
KEYS = ("needs", "package", "install", "drivers", "disk", "modules", "host", "only", "limit",
        "when", "expects", "crashes", "fails", "shows")    # the last two are for planted/run
# What boots there are, unless the command line says otherwise.
AXES = {"kernel": ("6.1", "6.12"), "cpus": ("1", "4", "8"),
        "mode": ("sync", "async")}
# Too slow for cases that do not ask for so many.
MANY_CPUS = 8

# What a healthy kernel never says.
COMPLAINT = re.compile(
    r"WARNING:|BUG:|BUG |Oops|Call Trace|Kernel panic|general protection|"
    r"INFO: (task|rcu|possible|lockdep|trying)|possible circular|"
    r"inconsistent lock state|Unable to handle|UBSAN|KASAN|KCSAN|"
    r"segfault|soft lockup|hung_task|unchecked MSR|refcount_t:|"
    r"channel broken by host|answer found without an interrupt")

# What this emulation's lack of an IOMMU or a clean taint makes it say, and what
# unit tests break on purpose.
HARMLESS = re.compile(r"module verification failed|loading out-of-tree module|"
                      r"hvscsi_kunit: channel broken by host")


class BadCase(Exception):
    """A case file that says something wrong about itself."""


@dataclasses.dataclass
class Case:
    """One case file."""
    path: pathlib.Path
    title: str
    needs: list
    packages: list
    install: list
    drivers: list
    disks: list
    modules: list
    hosts: list
    only: dict
    limit: int
    expects: list
    crashes: bool
    always: bool

    @property
    def name(self):
        """The file's name names the case."""
        return self.path.name

    def fits(self, combination):
        """Whether it makes sense in this boot."""
        return (combination.driver in self.drivers and
                (combination.cpus < MANY_CPUS or "cpus" in self.only) and
                combination.host in self.hosts and
                all(str(getattr(combination, axis)) == value
                    for axis, value in self.only.items()))


def parse(path):
    """Reads the header of a case file."""
    path = pathlib.Path(path)
    comments = []
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.lstrip("# "))
    said = {key: [] for key in KEYS}
    title = ""
    for line in comments:
        key, colon, value = line.partition(":")
        if colon and key in KEYS:
            said[key].append(value.strip())
        elif not title and not line.startswith("SPDX"):
            title = line
    if not title:
        raise BadCase(f"{path.name}: no sentence says what it tests")
    case = Case(path, title, " ".join(said["needs"]).split(),
                [line.split() for line in said["package"]],
                " ".join(said["install"]).split(),
                " ".join(said["drivers"]).split() or list(DRIVERS),
                said["disk"], " ".join(said["modules"]).split(),
                said["host"] or [""],
                dict(word.split("=") for word in " ".join(said["only"]).split()),
                int((said["limit"] or ["120"])[-1]),
                said["expects"] + panic_of(said["crashes"]), bool(said["crashes"]),
                "named" not in said["when"])
    for driver in case.drivers:
        if driver not in ALL_DRIVERS:
            raise BadCase(f"{path.name}: no such driver: {driver}")
    if said["when"] not in ([], ["named"]):
        raise BadCase(f"{path.name}: nothing is {said['when'][0]}")
    for axis, value in case.only.items():
        if value not in AXES.get(axis, ()):
            raise BadCase(f"{path.name}: no boot has {axis}={value}")
    for package in case.packages:
        if len(package) < 2:
            raise BadCase(f"{path.name}: which files of {' '.join(package)}?")
    for disk in case.disks:
        if not re.fullmatch(r"((size|file|iso)=\d+[KMG]?|dvd=on)( \S+=\S+)*",
                            disk):
            raise BadCase(f"{path.name}: no such disk: {disk}")
    return case


def panic_of(words):
    """What a kernel says that panics with the first of @words, if any."""
    return ([f"Kernel panic - not syncing: {words[0]}", "Call Trace:"]
            if words else [])


def complaints(log, expected=()):
    """Lines of a guest log that fail whatever was running, unless they contain
    what was @expected."""
    return [line for line in log.splitlines()
            if COMPLAINT.search(line) and not HARMLESS.search(line) and
            not any(text in line for text in expected)]


def part_of_case(log, name, nonce):
    """What the guest's kernel said during a case, or None when its end mark is
    missing; the log between cases belongs to the boot."""
    begin, end = f"case begin {name} {nonce}", f"case end {name} {nonce}"
    if begin not in log or end not in log:
        return None
    part = log.split(begin, 1)[1].split(end, 1)[0]
    return part.rpartition("\n")[0]     # the rest is the end mark's time stamp


def outside_cases(log):
    """What the guest's kernel said while no case ran."""
    return re.sub(r"case begin (\S+ \S+).*?case end \1", "", log, flags=re.S)
