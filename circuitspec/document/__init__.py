"""What a file says, statement by statement, in its author's words: what is printed and formatted.

    Spec -> Document -> text           `print_file`
    text -> Document -> text           `format_text`; `read_document`, `print_document`
    Document <-> JSON                  `document_to_json`, `read_json`, `document_schema`

A `Spec` is what a file means; a `Document` also holds its comments, its order and its spelling.
"""

from circuitspec.document.document import CircuitBlock as CircuitBlock
from circuitspec.document.document import Document as Document
from circuitspec.document.format import FormatResult as FormatResult
from circuitspec.document.format import UnsafeFormatError as UnsafeFormatError
from circuitspec.document.format import format_text as format_text
from circuitspec.document.json_form import document_schema as document_schema
from circuitspec.document.json_form import document_to_json as document_to_json
from circuitspec.document.json_form import read_json as read_json
from circuitspec.document.printer import print_document as print_document
from circuitspec.document.printer import print_file as print_file
from circuitspec.document.read import DocumentResult as DocumentResult
from circuitspec.document.read import read_document as read_document
