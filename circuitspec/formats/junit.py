"""The outcome as JUnit XML, which every dashboard of test results reads.

A test suite per file. Its first test case, `check`, is whether the file is sound; then there is
one per claim, of the class `file.circuit`. No claim is ever reported as skipped.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.render import render as render_diagnostic
from circuitspec.diagnostics.render import render_all
from circuitspec.diagnostics.source import Source
from circuitspec.formats.outcome import CircuitOutcome, FileOutcome, Outcome
from circuitspec.report.report import ClaimResult

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped."""


def render(outcome: Outcome) -> str:
    """The run as an XML document."""
    root = ET.Element("testsuites", name=f"circuitspec {outcome.command}")
    root.extend(_suite(file) for file in outcome.files)
    _count(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(file: FileOutcome) -> ET.Element:
    suite = ET.Element("testsuite", name=_clean(file.name))
    suite.append(_check(file))
    for circuit in file.circuits:
        suite.extend(_claims(circuit, file))
    _count(suite)
    return suite


def _count(parent: ET.Element) -> None:
    """How many cases are below, and how many of them are not as they should be."""
    cases = list(parent.iter("testcase"))
    parent.set("tests", str(len(cases)))
    parent.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    parent.set("errors", str(sum(case.find("error") is not None for case in cases)))
    parent.set("skipped", "0")


def _check(file: FileOutcome) -> ET.Element:
    case = _case(file, Path(file.name).stem, "check", line=None)
    errors = [found for found in file.diagnostics if found.severity == "error"]
    if errors:
        message = errors[0].message if len(errors) == 1 else f"{len(errors)} mistakes"
        problem = ET.SubElement(case, "error", type=str(errors[0].code), message=_clean(message))
        problem.text = _clean(render_all(file.diagnostics, file.source))
    elif file.diagnostics:
        ET.SubElement(case, "system-out").text = _clean(render_all(file.diagnostics, file.source))
    return case


def _claims(circuit: CircuitOutcome, file: FileOutcome) -> Iterator[ET.Element]:
    if circuit.certificate is None:
        return
    spec = circuit.spec
    classname = f"{Path(file.name).stem}.{spec.name}"
    for claim, result in zip(spec.judged, circuit.certificate.claims, strict=True):
        line = None if claim.span is None else claim.span.line
        case = _case(file, classname, result.name, line)
        case.append(_properties(result))
        if result.name in circuit.failures:
            case.append(_failure(circuit.failures[result.name], result, file.source))
        yield case
    if not spec.claims:
        case = _case(file, classname, "claims", None if spec.span is None else spec.span.line)
        message = f"circuit {spec.name} claims nothing"
        ET.SubElement(case, "failure", type=str(Code.NO_CLAIMS), message=message)
        yield case


def _case(file: FileOutcome, classname: str, name: str, line: int | None) -> ET.Element:
    case = ET.Element("testcase", classname=_clean(classname), name=name, file=_clean(file.name))
    if line is not None:
        case.set("line", str(line))
    return case


def _properties(result: ClaimResult) -> ET.Element:
    """What was measured."""
    element = ET.Element("properties")
    for name, value in measurements(result):
        ET.SubElement(element, "property", name=name, value=_clean(value))
    return element


def measurements(result: ClaimResult) -> Iterator[tuple[str, str]]:
    """What was measured of a claim, as pairs of words for dashboards; unknowns are left out."""
    yield "verdict", result.verdict
    yield "claim", result.statement
    yield "threshold", f"{result.comparison} {result.threshold:g}"
    if result.estimate is not None:
        yield "estimate", f"{result.estimate:g}"
    if result.interval is not None:
        yield "interval", f"[{result.interval[0]:g}, {result.interval[1]:g}]"
    if result.level is not None:
        yield "level", f"{result.level:g}"
    yield result.drawn, str(result.n)
    for part in result.parts:
        bounds = "" if part.interval is None else " in [{:g}, {:g}]".format(*part.interval)
        yield part.what, f"{part.estimate:g}{bounds}"


def _failure(diagnostic: Diagnostic, result: ClaimResult, source: Source) -> ET.Element:
    """An error if nothing is known of the claim; no failure if it was allowed to be as it is."""
    text = _clean(render_diagnostic(diagnostic, source))
    if diagnostic.severity != "error":
        element = ET.Element("system-out")
    else:
        tag = "error" if result.verdict == "error" else "failure"
        message = _clean(diagnostic.message)
        element = ET.Element(tag, type=str(diagnostic.code), message=message)
    element.text = text
    return element


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
