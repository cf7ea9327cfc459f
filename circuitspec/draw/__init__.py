"""From a circuit and what was found about it to a figure."""

from circuitspec.draw.backends import render as render
from circuitspec.draw.error import DrawError as DrawError
from circuitspec.draw.figure import draw as draw
