# SPDX-License-Identifier: GPL-2.0
"""Builds the guest's root: busybox, the tools that cases need, kernel modules.

Everything comes from packages of the build machine and from an unpacked kernel
package. The archive is not compressed: under emulation the guest takes longer
to inflate it than to copy it.
"""

import lzma
import os
import pathlib
import re
import shutil
import stat
import subprocess

GUEST = pathlib.Path(__file__).resolve().parent / "guest"

# What every case may rely on, beside the storage driver under test.
BASE_MODULES = ("sd_mod", "sr_mod", "sg", "ext4")
# What ext4 asks for by another name, in kernels that have it as a module.
CHECKSUM = "crc32c_generic"


class Missing(Exception):
    """Something that the build machine lacks; says how to get it."""


def find_tool(name):
    """Path of a program; sbin folders are often not in a user's PATH."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    path = shutil.which(name, path=search)
    if not path:
        raise Missing(f"{name} is not here; scripts/deps guest installs it")
    return path


def shared_libraries(program):
    """Files that the dynamic loader would map for @program."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True,
                             check=False).stdout
    missing = re.findall(r"(\S+) => not found", listing)
    if missing:
        raise Missing(f"{program} needs {missing[0]}; scripts/deps guest installs it")
    return sorted(set(re.findall(r"(/\S+) \(0x", listing)))


def own_place(path):
    """Where a file of the build machine is in the guest: /lib and its like are
    links into /usr, here as there."""
    return str(path.parent.resolve() / path.name).lstrip("/")


class Modules:
    """The module tree of one unpacked kernel package."""

    def __init__(self, image, release):
        self.folder = pathlib.Path(image) / "lib/modules" / release
        self.needs = {}
        self.path = {}
        for line in (self.folder / "modules.dep").read_text().splitlines():
            path, _, needs = line.partition(":")
            self.path[module_name(path)] = path
            self.needs[module_name(path)] = [module_name(n)
                                             for n in needs.split()]
        builtin = (self.folder / "modules.builtin").read_text().split()
        self.builtin = {module_name(path) for path in builtin}

    def contents(self, name):
        """A module's bytes, unpacked: the kernel complains about xz."""
        data = (self.folder / self.path[name]).read_bytes()
        return lzma.decompress(data) if data[:1] == b"\xfd" else data


def module_name(path):
    """The kernel's name of a module file."""
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def wanted_by(ko):
    """Names of the modules that an out-of-tree module file depends on."""
    out = subprocess.run([find_tool("modinfo"), "-F", "depends", ko],
                         capture_output=True, text=True, check=True).stdout
    return [module_name(n) for n in out.strip().split(",") if n]


def load_order(tree, names, own):
    """@names and all they need, needed ones first, as (name, bytes).

    @own maps names to out-of-tree module files, which win over the tree's.
    """
    order = {}

    def visit(name):
        if name in order or name in tree.builtin:
            return
        if name in own:
            needs, data = wanted_by(own[name]), pathlib.Path(own[name]).read_bytes()
        elif name in tree.path:
            needs, data = tree.needs[name], tree.contents(name)
        else:
            raise Missing(f"the kernel package has no module {name}")
        for need in needs:
            visit(need)
        order[name] = data

    for name in names:
        visit(name)
    return list(order.items())


class Archive:
    """A cpio archive in the kernel's "newc" form."""

    def __init__(self):
        self.entries = {}

    def add(self, path, data, mode=0o100644):
        """A file, with the folders above it."""
        for parent in reversed(pathlib.PurePath(path).parents):
            if str(parent) != ".":
                self.entries.setdefault(str(parent), (b"", 0o040755))
        self.entries[path] = (data, mode)

    def add_file(self, place, source):
        """A copy of a file, with the shared libraries of a program."""
        mode = stat.S_IFREG | (source.stat().st_mode & 0o777)
        self.add(place, source.read_bytes(), mode)
        for path in shared_libraries(source) if mode & 0o111 else []:
            library = pathlib.Path(path)
            self.add(own_place(library), library.read_bytes(), mode)

    def add_tool(self, name):
        """A program at its own place."""
        program = pathlib.Path(find_tool(name))
        self.add_file(own_place(program), program)

    def write(self, out):
        """The archive itself; no times and no owners, so equal in, equal out."""
        for number, (path, (data, mode)) in enumerate(self.entries.items(), 1):
            self._entry(out, number, path, data, mode)
        self._entry(out, 0, "TRAILER!!!", b"", 0)

    @staticmethod
    def _entry(out, number, path, data, mode):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % f for f in fields)
        out.write(header + name + b"\0" * (-(len(header) + len(name)) % 4))
        out.write(data + b"\0" * (-len(data) % 4))


def build(path, image, release, driver, own, cases, files=None):
    """Writes the initramfs to @path.

    @driver: name of the storage driver. @own: out-of-tree modules, name to
    file. @cases: what will run; their headers say what they need. @files:
    what else is to be there, place to file.
    """
    archive = Archive()
    archive.add("bin/busybox", pathlib.Path(find_tool("busybox")).read_bytes(),
                0o100755)
    archive.add("bin/sh", b"busybox", 0o120777)
    archive.add("init", (GUEST / "init").read_bytes(), 0o100755)
    archive.add("lib.sh", (GUEST / "lib.sh").read_bytes())
    archive.add("lib", b"usr/lib", 0o120777)
    archive.add("lib64", b"usr/lib64", 0o120777)
    for tool in sorted({tool for case in cases for tool in case.needs}):
        archive.add_tool(tool)
    for place, file in (files or {}).items():
        archive.add_file(place, file)
    for case in cases:
        archive.add(f"cases/{case.name}", case.path.read_bytes())

    tree = Modules(image, release)
    wanted = [*BASE_MODULES, driver]
    if CHECKSUM in tree.path:
        wanted.insert(0, CHECKSUM)
    extra = sorted({name for case in cases for name in case.modules})
    for name, data in load_order(tree, [*wanted, *extra], own):
        archive.add(f"modules/{name}.ko", data)
    # What a case loads itself is there with all that it needs in place.
    loaded = {name for name, _ in load_order(tree, wanted, own)}
    order = "".join(f"{name}\n" for name, _ in load_order(tree, [*wanted, *extra], own)
                    if name in loaded or name not in extra)
    archive.add("modules/order", order.encode())
    with open(path, "wb") as out:
        archive.write(out)
