"""Text to `Spec` and back, and everything that can be said about a `.circ` file without a model.

    text -> syntax tree -> Spec        `parse_text`, `load_file`
    Spec -> Document -> text           `print_file`
    text -> Document -> text           `format_text`; `read_document`, `print_document`
    Document <-> JSON                  `document_to_json`, `read_json`, `document_schema`

Mistakes in a file are values: see `circuitspec.diagnostics`.
"""

from circuitspec.language.document import CircuitBlock as CircuitBlock
from circuitspec.language.document import Document as Document
from circuitspec.language.document_json import document_schema as document_schema
from circuitspec.language.document_json import document_to_json as document_to_json
from circuitspec.language.document_json import read_json as read_json
from circuitspec.language.error import SpecError as SpecError
from circuitspec.language.format import FormatResult as FormatResult
from circuitspec.language.format import UnsafeFormatError as UnsafeFormatError
from circuitspec.language.format import format_text as format_text
from circuitspec.language.load import ParseResult as ParseResult
from circuitspec.language.load import load_file as load_file
from circuitspec.language.load import parse_text as parse_text
from circuitspec.language.printer import print_document as print_document
from circuitspec.language.printer import print_file as print_file
from circuitspec.language.read_document import DocumentResult as DocumentResult
from circuitspec.language.read_document import read_document as read_document
from circuitspec.language.selections import index_ranges as index_ranges
from circuitspec.language.spec import Ablation as Ablation
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
