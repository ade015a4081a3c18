# SPDX-License-Identifier: GPL-2.0
"""Drives one boot: starts the guest, runs its cases, judges each.

A case passes when the guest says so with the nonce that the runner gave it, and
neither its kernel nor the host had anything to complain of meanwhile. Nothing
else counts as success, and nothing is tried twice but what QEMU spoilt in a known
way that the guest's kernel proves as it dies (see ran_stale_code()).
"""

import dataclasses
import re
import secrets
import select
import time
import zlib

import cases as case_files
from machine import SECTOR

# Guest seconds from power-on to the first case, and from the last to power-off.
BOOT_LIMIT = 120

# How much of QEMU's processor time, or how many looks at a QEMU that is fast
# asleep, without one tick make a dead guest.
SILENCE_LIMIT = 120

# Guest seconds that the guest may wait for an answer of the runner or, through
# it, of the host: each takes far less than one.
ANSWER_LIMIT = 120

# Only against a runner that is itself stuck.
BACKSTOP_SECONDS = 3600

# What a kernel says that first dies of a breakpoint, up to the byte in memory at
# which it met it.
BREAKPOINT = re.compile(r"\bint3: [0-9a-f]{4} \[#1\].*?"
                        r"\bCode: [0-9a-f ]*\b([0-9a-f]{2}) <", re.S)

OUTPUT_KEPT = 200

# Events of the host after which the guest is gone.
DEADLY = {"panic": "the guest's kernel panicked", "reset": "the guest crashed",
          "fatal": "the host gave up"}

# Exit status of a case that cannot be run here.
SKIPPED = "77"


def ran_stale_code(log):
    """Whether a kernel first died of a breakpoint that is not there: one that it
    had put into its own code and has taken out again. TCG before 8.1 loses such a
    change when another CPU translates the same page meanwhile. An int3 (0xcc) that
    is in memory excuses nothing."""
    death = BREAKPOINT.search(log)
    return bool(death) and death[1] != "cc"


class Lost(Exception):
    """The guest cannot be used any more; says why."""


class HostError(Exception):
    """The host answered a command with an error."""


@dataclasses.dataclass
class Result:
    """One line of the report."""
    name: str
    verdict: str                # "pass", "FAIL" or "skip"
    reason: str = ""
    evidence: str = ""
    notes: list = dataclasses.field(default_factory=list)


class Patience:
    """Says when to give up, by the guest's progress and not by the clock."""

    def __init__(self, machine):
        self.machine = machine
        self.what, self.limit, self.spent = "", 0, 0.0
        self._silence = 0.0
        self._asked = 0
        self._cpu = self._tick_cpu = machine.cpu_seconds()
        self._last_tick = None
        self._began = self._looked = time.monotonic()

    def start(self, limit, what=""):
        """What comes now may take @limit guest seconds; @what for reasons."""
        self.limit, self.what, self.spent = limit, what, 0.0

    def tick(self, busy, idle, asking):
        """A guest second has passed. It counts in full when the guest had
        nothing to do; a busy guest is charged what QEMU got to run, so that a
        starved machine does not look like a hanging guest."""
        cpu = self.machine.cpu_seconds()
        ran, self._tick_cpu, self._cpu = cpu - self._tick_cpu, cpu, cpu
        before, self._last_tick = self._last_tick or (busy, idle), (busy, idle)
        self._silence = 0.0
        if asking:
            self._asked += 1
            if self._asked > ANSWER_LIMIT:
                raise Lost(f"{self.what}the guest waits, and neither host nor "
                           "runner has answered")
            return
        was_idle = idle - before[1] >= busy - before[0]
        self.spent += 1.0 if was_idle else min(1.0, ran)
        if self.spent > self.limit:
            raise Lost(f"{self.what}no end after {self.limit} guest seconds")

    def answered(self):
        """Something was said that is not a tick."""
        self._asked = 0

    def look(self):
        """To be called whenever nothing was said for a while."""
        now = time.monotonic()
        if now - self._began > BACKSTOP_SECONDS:
            raise Lost(f"{self.what}the runner itself took too long")
        if now - self._looked < self.machine.poll_seconds:
            return
        self._looked = now
        cpu = self.machine.cpu_seconds()
        ran, self._cpu = cpu - self._cpu, cpu
        asleep = self.machine.asleep()
        self._silence += 1.0 if asleep else ran
        if self._silence > SILENCE_LIMIT:
            raise Lost(f"{self.what}the guest shows no sign of life, "
                       f"QEMU is {'asleep' if asleep else 'busy'}")


class Boot:
    """One boot of a Machine and the cases that run in it."""

    def __init__(self, machine, report):
        """@report: called with each Result as it becomes known."""
        self.machine = machine
        self.report = report
        self.on_note = None     # called with each note as it comes
        self.images = {}        # address -> path of the file behind the disk
        self.stats = {}         # the host's last words
        self._patience = Patience(machine)
        self._output, self._notes = [], []
        self._violations, self._host_log = [], []
        self._dead = ""
        self._crash_due = False
        self._started = False

    # ---- lines from both channels ----

    def _next(self, channel):
        """The next line of @channel that is not for somebody else."""
        self._until(lambda: channel.lines)
        self._patience.answered()
        return channel.lines.pop(0)

    def _until(self, condition):
        """Receives until @condition() holds."""
        self._sort_lines()
        while not condition():
            if self._dead:
                raise Lost(self._dead)
            self._patience.look()
            self._receive()
            self._sort_lines()

    def _receive(self):
        channels = (self.machine.control, self.machine.console)
        ready, _, _ = select.select([c for c in channels if not c.closed], [], [],
                                    self.machine.poll_seconds)
        for channel in ready:
            channel.feed()
        if all(c.closed for c in channels):
            said = self.machine.complaint()
            self._dead = f"QEMU ended: {said}" if said else "QEMU ended"

    def _consume(self, line):
        """Takes the guest's lines that may come at any time."""
        word, _, rest = line.partition(" ")
        if word == "tick":
            busy, idle, asking = (int(n) for n in rest.split())
            self._patience.tick(busy, idle, asking)
        elif word == "out":
            self._output = self._output[1 - OUTPUT_KEPT:] + [rest]
        elif word == "note":
            self._notes.append(rest)
            if self.on_note:
                self.on_note(rest)
        else:
            return False
        return True

    def _sort_lines(self):
        """Takes the lines that may come at any time, from guest and host."""
        control, console = self.machine.control, self.machine.console
        events = [line for line in console.lines if line.startswith("! ")]
        console.lines = [line for line in console.lines if line not in events]
        for event in events:
            self._host_log.append(event)
            kind, _, text = event[2:].partition(": ")
            if kind == "violation":
                self._violations.append(text)
            elif kind == "panic" and self._crash_due:
                self._crash_due = False
            elif kind in DEADLY:
                self._dead = f"{DEADLY[kind]}: {text}"
        lines, control.lines = control.lines, []
        control.lines = [line for line in lines if not self._consume(line)]

    # ---- the host's console ----

    def host(self, command):
        """Sends a command; (lines of the answer, text after "ok")."""
        self.machine.console.send(command)
        lines = []
        while True:
            line = self._next(self.machine.console)
            if line.startswith("  "):
                lines.append(line)
            elif line == "ok" or line.startswith("ok "):
                return lines, line[3:]
            elif line.startswith("error: "):
                raise HostError(f"{command}: {line[7:]}")

    def _image(self, words):
        """Answers "crc ADDRESS lba=N count=N" from the image file."""
        command, address, *rest = words
        if command != "crc" or address not in self.images:
            raise HostError("image: crc ADDRESS lba=N count=N of a file disk")
        options = dict(word.split("=") for word in rest)
        with open(self.images[address], "rb") as image:
            image.seek(int(options["lba"]) * SECTOR)
            data = image.read(int(options["count"]) * SECTOR)
        return f"{zlib.crc32(data):08x}"

    def _answer(self, request):
        """A guest's "ask": passes it on and sends the answer back."""
        control = self.machine.control
        whom, *words = request.split()
        try:
            lines, text = [], ""
            if whom == "host":
                lines, text = self.host(" ".join(words))
            else:
                text = self._image(words)
            for line in lines:
                control.send(line)
            control.send(f"ok {text}".rstrip())
        except (HostError, ValueError, KeyError) as error:
            control.send(f"error: {error}")

    # ---- the life of a boot ----

    def run(self, disks, cases, excuse=False):
        """Boots with @disks (console arguments), runs @cases, a list of (case,
        addresses of its disks), and powers off. The boot is a case itself.
        Returns the cases that a second boot has to run because QEMU spoilt this
        one, which only @excuse allows, or None."""
        todo = list(cases)
        try:
            self._start(disks)
            while todo:
                result = self._run_case(*todo[0])
                todo.pop(0)
                self.report(result)
            self.report(self._end())
        except (Lost, HostError) as lost:
            where = self.machine.registers()
            self.machine.kill()
            if excuse and ran_stale_code(self.machine.log()):
                self.report(Result("boot", "skip", "QEMU ran stale code, a fault "
                                   "of TCG before 8.1; booted again"))
                return [case for case, _ in todo]
            self._report_lost(str(lost), todo, where)
        return None

    def _report_lost(self, reason, todo, where):
        names = [case.name for case, _ in todo]
        current, *rest = names + ["boot"] if self._started else ["boot"] + names
        evidence = "\n".join([self._evidence(), "--- CPUs, the last is the "
                              "host's", *where])
        self.report(Result(current, "FAIL", reason, evidence))
        for name in rest:
            self.report(Result(name, "FAIL", "not run: the guest was lost"))

    def _start(self, disks):
        self._patience.start(BOOT_LIMIT)
        self._until(lambda: "! ready" in self._host_log)
        for disk in disks:
            self.host(f"disk add {disk}")
        self.host("boot")
        while self._next(self.machine.control) != "ready":
            self._asked += 1
        self._started = True

    def _run_case(self, case, addresses):
        nonce = secrets.token_hex(4)
        self._output, self._notes = [], []
        self._crash_due = case.crashes
        self._patience.start(case.limit)
        self.machine.control.send(" ".join(["case", case.name, nonce, *addresses]))
        status = self._wait_for_result(case.name, nonce)
        log = self._log_of_case(case.name, nonce)
        self._read_stats()
        complaint = self._complaint(log, case.expects)
        unsaid = [text for text in case.expects if text not in log]
        if not complaint and status == "0" and unsaid:
            complaint = f"the guest's kernel did not say: {unsaid[0]}"
        if not complaint and status == "0" and self._crash_due:
            complaint = "the host was not told of the crash"
        self._crash_due = False
        if not complaint and status == "0":
            return Result(case.name, "pass", notes=self._notes)
        if not complaint and status == SKIPPED:
            return Result(case.name, "skip", self._last_words())
        reason = complaint or f"exit {status}: {self._last_words()}"
        return Result(case.name, "FAIL", reason, self._evidence(log), self._notes)

    def _complaint(self, log, expected=()):
        """What the host or the guest's kernel found wrong since the last call,
        or "". A violation between two cases is held against the second."""
        violations, self._violations = self._violations, []
        if violations:
            return f"the host saw a violation: {violations[0]}"
        said = case_files.complaints(log, expected)
        return f"the guest's kernel said: {said[0].strip()}" if said else ""

    def _read_stats(self):
        """The host's numbers. Its console is read in order: all that it found
        fault with so far has been said by the time it answers."""
        rows = [line.split() for line in self.host("stats")[0]]
        self.stats = {row[0]: row[1] for row in rows if len(row) == 2}

    def _wait_for_result(self, name, nonce):
        while True:
            line = self._next(self.machine.control)
            word, _, rest = line.partition(" ")
            if word == "ask":
                self._answer(rest)
            elif word == "result":
                said_name, said_nonce, *status = rest.split()
                if (said_name, said_nonce) != (name, nonce) or len(status) != 1:
                    raise Lost(f"the guest answered something else: {line}")
                return status[0]

    def _log_of_case(self, name, nonce):
        """Waits for the mark that ends the case in the kernel's log: all that
        was said before it is then there as well."""
        self._until(lambda: case_files.part_of_case(
            self.machine.log(), name, nonce) is not None)
        return case_files.part_of_case(self.machine.log(), name, nonce)

    def _end(self):
        """Powers off; judges what was said outside of the cases."""
        self._patience.start(BOOT_LIMIT, "power-off: ")
        self._output = []
        self._read_stats()
        nonce = secrets.token_hex(4)
        self.machine.control.send(f"end {nonce}")
        while self._next(self.machine.control) != f"end {nonce}":
            self._asked += 1
        self._wait_for_exit()
        log = case_files.outside_cases(self.machine.log())
        reason = self._complaint(log) or self._bad_ending()
        if reason:
            return Result("boot", "FAIL", reason, self._evidence(log))
        return Result("boot", "pass")

    def _bad_ending(self):
        """What is wrong with the last numbers, or ""."""
        violations, code = self.stats.get("violations"), self.machine.exit_code(0)
        if violations != "0":
            return f"violations according to the host: {violations}"
        return f"QEMU ended with {code}: {self.machine.complaint()}" if code else ""

    def _wait_for_exit(self):
        """What the host still has to say is read until QEMU closes the port."""
        self._until(lambda: self.machine.console.closed)
        while self.machine.exit_code(self.machine.poll_seconds) is None:
            self._patience.look()
        if self._dead not in ("", "QEMU ended"):
            raise Lost(self._dead)

    # ---- evidence ----

    def _last_words(self):
        """The last line of a case that is not its own trace."""
        for line in reversed(self._output):
            if line and not line.startswith("+"):
                return line
        return "it said nothing"

    def _evidence(self, log=None):
        """What to show of a failure."""
        if log is None:
            log = self.machine.log().rpartition("case begin")[2]
        parts = []
        for title, lines in (("output of the case", self._output),
                             ("host", self._host_log),
                             ("guest's kernel log", log.strip().splitlines())):
            if lines:
                parts.append(f"--- {title}")
                parts += lines[-60:]
        return "\n".join(parts)
