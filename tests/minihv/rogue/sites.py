# SPDX-License-Identifier: GPL-2.0
"""What minihv can report, read from its sources, against what it did report.

A report is made by violation() or channel_break(). Some take their reason from
a function that returns or passes it as a string; those strings count, too.
"""

import re

LITERAL = r'"(?:[^"\\]|\\.)*"'
LITERALS = rf"{LITERAL}(?:\s*{LITERAL})*"
CALL = re.compile(r"\b(violation|channel_break)\(")
FORMAT = {
    "violation": re.compile(rf"\s*({LITERALS})"),
    "channel_break": re.compile(rf"\s*c,\s*({LITERALS})"),
}
# *why = "...", and the strings that index_valid() is handed for it.
WHY = re.compile(rf"\*why\s*=\s*({LITERALS})|"
                 rf"index_valid\([^;]*?({LITERALS}),\s*why\)")
PROBLEM = re.compile(r"^static const char \*\w+_problem\(.*?^}", re.M | re.S)
RETURN = re.compile(rf"return\s+({LITERALS});")
CONVERSION = {"u": r"\d+", "d": r"-?\d+", "x": r"[0-9a-f]+", "s": r".+"}

# Reports that no case can cause, each with the reason.
UNREACHABLE = {}


def text_of(literals):
    return "".join(part[1:-1] for part in re.findall(LITERAL, literals))


def pattern_of(fmt):
    """The regular expression for what a printf format prints."""
    out, at = "", 0
    for m in re.finditer(r"%\d*l*([udxs])", fmt):
        out += re.escape(fmt[at:m.start()]) + CONVERSION[m.group(1)]
        at = m.end()
    return out + re.escape(fmt[at:])


def is_declaration(source, at):
    return source[source.rfind("\n", 0, at) + 1:at] == "void "


def calls(source, name):
    """Yields (what it prints, pattern), or (complaint, None)."""
    for m in CALL.finditer(source):
        kind = m.group(1)
        if is_declaration(source, m.start()):
            continue
        fmt = FORMAT[kind].match(source, m.end())
        if not fmt:
            line = source.count("\n", 0, m.start()) + 1
            yield f"of {kind} at {name}:{line}", None
            continue
        fmt = text_of(fmt.group(1))
        # "%s" alone: the reasons are found where they are made.
        if fmt in ("%s", "channel %u: %s"):
            continue
        prefix = r"channel \d+: " if kind == "channel_break" else ""
        yield fmt, f"violation: {prefix}{pattern_of(fmt)}"


def reasons(source):
    for m in WHY.finditer(source):
        why = text_of(m.group(1) or m.group(2))
        yield why, rf"violation: channel \d+: {re.escape(why)}"
    for function in PROBLEM.finditer(source):
        for m in RETURN.finditer(function.group(0)):
            why = text_of(m.group(1))
            yield why, f"violation: .*{re.escape(why)}"


def check(sources, events):
    """Complaints about reports of the @sources that no event has shown."""
    found, complaints = 0, []
    for path in sources:
        source = path.read_text()
        for what, pattern in [*calls(source, path.name), *reasons(source)]:
            found += 1
            if pattern is None:
                complaints.append(f"cannot read the call {what}")
                continue
            seen = any(re.fullmatch(pattern, e) for e in events)
            if seen and what in UNREACHABLE:
                complaints.append(f'"{what}" was said to be unreachable')
            elif not seen and what not in UNREACHABLE:
                complaints.append(f'no case triggers "{what}"')
    if not found:
        complaints.append("no report found in the sources")
    return found, complaints
