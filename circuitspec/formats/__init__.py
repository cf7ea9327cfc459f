"""What came of a run of `check` or `verify`, and how it is printed: one set of data, five formats.

    full       for people: the user's own lines, the report of each circuit, a summary
    concise    one line per finding, `file:line:column: code message`
    json       for programs: everything, in a documented and versioned form
    junit      for dashboards of test results
    github     annotations in the margin of a pull request

Nothing here imports torch, or colours or prints anything.
"""

from circuitspec.formats.format import Format as Format
from circuitspec.formats.format import format_of as format_of
from circuitspec.formats.format import render as render
from circuitspec.formats.outcome import CircuitOutcome as CircuitOutcome
from circuitspec.formats.outcome import FileOutcome as FileOutcome
from circuitspec.formats.outcome import Finding as Finding
from circuitspec.formats.outcome import Outcome as Outcome
