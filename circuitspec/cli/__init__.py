"""The command line: thin commands that parse arguments, call the library, print and exit."""

from circuitspec.cli.app import main as main
