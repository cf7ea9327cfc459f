"""From a circuit and what was found about it to a figure."""

from circuitspec.drawing.backends import render as render
from circuitspec.drawing.error import DrawError as DrawError
from circuitspec.drawing.figure import View as View
from circuitspec.drawing.figure import draw as draw
