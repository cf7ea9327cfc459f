"""From names in a spec to nodes and edges of a model, and the masks that they make."""

from circuitspec.circuit.circuit import Circuit as Circuit
from circuitspec.circuit.circuit import Edge as Edge
from circuitspec.circuit.circuit import NamedNodes as NamedNodes
from circuitspec.circuit.circuit import Node as Node
from circuitspec.circuit.compile import Compiled as Compiled
from circuitspec.circuit.compile import compile_spec as compile_spec
