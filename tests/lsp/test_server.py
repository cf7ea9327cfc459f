"""The language server as an editor meets it: over the protocol, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from circuitspec.language.words import CLAIMS
from circuitspec.report.certificate import write_certificates
from lsp.editor import editor, session
from lsp.made_certificates import certificate
from lsp.texts import SPEC

WRONG = SPEC.replace("edge first -> second", "edge frist -> second")


def place(text: str, piece: str) -> types.Position:
    """Where a piece of text starts, counted in UTF-16."""
    before = text[: text.index(piece)]
    line = before.rpartition("\n")[2]
    return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def at(uri: str, text: str, piece: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
    return types.TextDocumentIdentifier(uri), place(text, piece)


@session
async def test_diagnostics_follow_the_text(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    async with editor(tmp_path) as client:
        client.open(uri, SPEC)
        assert await client.diagnostics(uri, 1) == []
        client.change(uri, WRONG, 2)
        (found,) = await client.diagnostics(uri, 2)
        client.change(uri, SPEC, 3)
        assert await client.diagnostics(uri, 3) == []
        client.close(uri)
        assert await client.diagnostics(uri, None) == []
    assert client.exit_code == 0
    assert found.code == "unknown-name"
    assert found.source == "circuitspec"
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.range == types.Range(place(WRONG, "frist"), place(WRONG, " -> second"))
    headline, *more = found.message.splitlines()
    assert headline == "no node is called `frist`"
    assert "help: did you mean `first`?" in more
    assert found.related_information is not None
    (declared,) = found.related_information
    assert declared.location == types.Location(
        uri, types.Range(place(WRONG, "first  ="), place(WRONG, "  = L0"))
    )


@session
async def test_the_model_is_asked_too(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    async with editor(tmp_path) as client:
        client.open(uri, SPEC.replace("L0.attn.in[445]", "L0.attn.in[5000]"))
        codes = {diagnostic.code for diagnostic in await client.diagnostics(uri)}
    assert "index-out-of-range" in codes


@session
async def test_fast_typing_is_answered_once_it_stops(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    async with editor(tmp_path) as client:
        client.open(uri, SPEC)
        await client.diagnostics(uri, 1)
        for version in range(2, 30):
            client.change(uri, WRONG + " " * version, version)
        assert len(await client.diagnostics(uri, 29)) == 1
        versions = [published.version for published in client.published[uri]]
    assert versions == sorted(versions)
    assert len(versions) < 10


@session
async def test_hover_definition_references_and_highlight(tmp_path: Path) -> None:
    path = tmp_path / "x.circ"
    uri = path.as_uri()
    write_certificates(tmp_path / "out" / "quotes.json", [certificate()])
    async with editor(tmp_path) as client:
        client.open(uri, SPEC)
        claim = await client.text_document_hover_async(
            types.HoverParams(*at(uri, SPEC, "sufficient"))
        )
        nothing = await client.text_document_hover_async(types.HoverParams(*at(uri, SPEC, "\n")))
        used = at(uri, SPEC, "first -> second")
        definition = await client.text_document_definition_async(types.DefinitionParams(*used))
        model = await client.text_document_definition_async(
            types.DefinitionParams(*at(uri, SPEC, "python-small"))
        )
        references = await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(include_declaration=False), *used)
        )
        highlights = await client.text_document_document_highlight_async(
            types.DocumentHighlightParams(*used)
        )
    assert isinstance(claim, types.Hover)
    assert isinstance(claim.contents, types.MarkupContent)
    assert "**confirmed**: 0.134" in claim.contents.value
    assert claim.range == types.Range(place(SPEC, "sufficient"), place(SPEC, ": loss"))
    assert nothing is None
    assert isinstance(definition, types.Location)
    assert definition.range.start == place(SPEC, "first  =")
    assert isinstance(model, types.Location)
    assert model.uri.endswith("/python-small/config.json")
    assert references is not None
    assert len(references) == 2
    assert highlights is not None
    assert [h.kind for h in highlights] == [
        types.DocumentHighlightKind.Write,
        types.DocumentHighlightKind.Read,
        types.DocumentHighlightKind.Read,
    ]


@session
async def test_renaming(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    async with editor(tmp_path) as client:
        client.open(uri, WRONG)
        where = at(uri, WRONG, "second, pair")
        asked = await client.text_document_prepare_rename_async(types.PrepareRenameParams(*where))
        done = await client.text_document_rename_async(
            types.RenameParams(new_name="other", text_document=where[0], position=where[1])
        )
        with pytest.raises(JsonRpcException, match="`edge` is a word of the language"):
            await client.text_document_rename_async(
                types.RenameParams(new_name="edge", text_document=where[0], position=where[1])
            )
        with pytest.raises(JsonRpcException, match="no node of this circuit is called `frist`"):
            await client.text_document_prepare_rename_async(
                types.PrepareRenameParams(*at(uri, WRONG, "frist"))
            )
    assert asked == types.Range(place(WRONG, "second, pair"), place(WRONG, ", pair"))
    assert done is not None
    assert done.changes is not None
    assert [edit.new_text for edit in done.changes[uri]] == ["other", "other"]


@session
async def test_completion_formatting_outline_and_fixes(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    unfinished = SPEC.replace("expect sufficient: loss <= 0.15", "expect ")
    crowded = SPEC.replace("edge first -> pair.q", "edge   first->pair.q")
    async with editor(tmp_path) as client:
        client.open(uri, unfinished)
        document, position = at(uri, unfinished, "expect ")
        position.character += len("expect ")
        offered = await client.text_document_completion_async(
            types.CompletionParams(document, position)
        )
        client.change(uri, unfinished.replace("expect ", "expect sufficient: "), 2)
        position.character += len("sufficient: ")
        metrics = await client.text_document_completion_async(
            types.CompletionParams(document, position)
        )
        client.change(uri, crowded, 3)
        edits = await client.text_document_formatting_async(
            types.DocumentFormattingParams(document, types.FormattingOptions(2, True))
        )
        outline = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(document)
        )
        client.change(uri, WRONG, 4)
        (wrong,) = await client.diagnostics(uri, 4)
        actions = await client.text_document_code_action_async(
            types.CodeActionParams(document, wrong.range, types.CodeActionContext([wrong]))
        )
    assert isinstance(offered, types.CompletionList)
    first = offered.items[0]
    labels = [item.label for item in offered.items]
    assert labels == [*CLAIMS, "first", "second", "pair"]
    assert first.insert_text_format == types.InsertTextFormat.Snippet
    assert isinstance(first.text_edit, types.TextEdit)
    assert first.text_edit.new_text == "sufficient: loss <= ${1:0.15}"
    assert first.command is None
    assert isinstance(metrics, types.CompletionList)
    assert [item.command and item.command.command for item in metrics.items] == ["ask again"] * 2
    assert edits is not None
    assert [edit.new_text for edit in edits] == ["  edge first -> pair.q\n"]
    assert outline is not None
    assert [entry.name for entry in outline] == ["quotes"]
    assert actions is not None
    (action,) = actions
    assert isinstance(action, types.CodeAction)
    assert action.title == "Replace `frist` by `first`"
    assert action.edit is not None
    assert action.edit.changes is not None
    assert list(action.edit.changes[uri]) == [types.TextEdit(wrong.range, "first")]


@session
async def test_columns_are_those_that_client_and_server_agreed_on(tmp_path: Path) -> None:
    uri = (tmp_path / "x.circ").as_uri()
    text = WRONG.replace("edge frist", 'node x = L0.mlp.in[1] "😀é" edge frist').replace(
        "\n", "\r\n"
    )
    columns = {}
    for encoding in types.PositionEncodingKind:
        async with editor(tmp_path, [encoding]) as client:
            client.open(uri, text)
            (found,) = await client.diagnostics(uri)
            columns[encoding.value] = found.range.start.character
            assert found.range.end.character == found.range.start.character + len("frist")
    assert columns == {"utf-8": 38, "utf-16": 35, "utf-32": 34}


@session
async def test_odd_documents_do_no_harm(tmp_path: Path) -> None:
    good = (tmp_path / "x.circ").as_uri()
    odd = ["untitled:Untitled-1", "not a uri", "file:///a%00b.circ", "file://[", "", "git:/x?y"]
    texts = ["", "\0", "\ud800", "circuitspec 1\r", "\ufeffcircuitspec 1", "<?xml?>", "😀" * 99]
    async with editor(tmp_path) as client:
        for number, uri in enumerate(odd):
            client.open(uri, texts[number])
            await client.text_document_hover_async(
                types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(0, 1))
            )
        for version, text in enumerate(texts, start=2):
            client.change(odd[0], text, version)
            await client.text_document_completion_async(
                types.CompletionParams(types.TextDocumentIdentifier(odd[0]), types.Position(99, 99))
            )
        client.open(good, WRONG)
        client.close(good)
        client.open(good, WRONG, 7)
        assert len(await client.diagnostics(good, 7)) == 1
        unopened = types.TextDocumentIdentifier("file:///nowhere.circ")
        assert (
            await client.text_document_hover_async(
                types.HoverParams(unopened, types.Position(0, 0))
            )
            is None
        )
    assert client.exit_code == 0


@session
async def test_a_huge_document_is_refused_and_the_server_stays_quick(tmp_path: Path) -> None:
    huge, small = (tmp_path / "huge.circ").as_uri(), (tmp_path / "x.circ").as_uri()
    async with editor(tmp_path) as client:
        client.open(huge, SPEC + "# comment\n" * 1_000_000)
        (found,) = await client.diagnostics(huge)
        client.open(small, SPEC)
        assert await client.diagnostics(small) == []
    assert found.code == "file-too-large"


def test_torch_is_never_imported() -> None:
    program = f"""
import sys
from pathlib import Path
import circuitspec.lsp.server
from circuitspec.lsp.documents import Document
from circuitspec.lsp.hover import hover
text = {SPEC!r}
document = Document("file:///x.circ", text, Path("/x.circ"))
assert document.diagnostics == (), document.diagnostics
assert hover(document, text.index("first")) is not None
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
