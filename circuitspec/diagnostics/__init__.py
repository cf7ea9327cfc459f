"""What is wrong with a user's file, as values: found, located, explained, and with a way out.

Every other package makes `Diagnostic`s and none knows how they are shown.
"""

from circuitspec.diagnostics.codes import Code as Code
from circuitspec.diagnostics.diagnostic import Diagnostic as Diagnostic
from circuitspec.diagnostics.diagnostic import Severity as Severity
from circuitspec.diagnostics.diagnostic import has_errors as has_errors
from circuitspec.diagnostics.diagnostic import in_order as in_order
from circuitspec.diagnostics.render import location as location
from circuitspec.diagnostics.render import render as render
from circuitspec.diagnostics.render import render_all as render_all
from circuitspec.diagnostics.render import render_concise as render_concise
from circuitspec.diagnostics.source import Source as Source
from circuitspec.diagnostics.source import Span as Span
