"""Text to `Spec`, and everything that can be said about a `.circ` file without a model.

    text -> syntax tree -> Spec        `parse_text`, `load_file`

Mistakes in a file are values: see `circuitspec.diagnostics`. The way back is in
`circuitspec.document`.
"""

from circuitspec.language.error import SpecError as SpecError
from circuitspec.language.load import ParseResult as ParseResult
from circuitspec.language.load import load_file as load_file
from circuitspec.language.load import parse_text as parse_text
from circuitspec.language.selections import index_ranges as index_ranges
from circuitspec.language.spec import Ablation as Ablation
from circuitspec.language.spec import Calibration as Calibration
from circuitspec.language.spec import ChannelPath as ChannelPath
from circuitspec.language.spec import Claim as Claim
from circuitspec.language.spec import EdgeDecl as EdgeDecl
from circuitspec.language.spec import IndexRange as IndexRange
from circuitspec.language.spec import Minimal as Minimal
from circuitspec.language.spec import Necessary as Necessary
from circuitspec.language.spec import NodeDecl as NodeDecl
from circuitspec.language.spec import NodeRef as NodeRef
from circuitspec.language.spec import PlaceRef as PlaceRef
from circuitspec.language.spec import QkPair as QkPair
from circuitspec.language.spec import Selection as Selection
from circuitspec.language.spec import Spec as Spec
from circuitspec.language.spec import SpecFile as SpecFile
from circuitspec.language.spec import Sublayer as Sublayer
from circuitspec.language.spec import Sufficient as Sufficient
