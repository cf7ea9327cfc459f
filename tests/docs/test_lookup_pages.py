"""What is looked up in the documentation is there: commands, options, fields, reasons, formats."""

from __future__ import annotations

import re

import pytest
import typer
from pydantic import BaseModel

from circuitspec.cli.app import app
from circuitspec.document.json_form import document_schema
from circuitspec.formats import json_report
from circuitspec.formats.format import Format
from circuitspec.inspection import facts
from circuitspec.report import report
from circuitspec.report.certificate import Certificate, Environment
from circuitspec.report.report import VERDICTS
from circuitspec.verdict.ways_on import WAYS_OUT
from docs.pages import DOCS

REFERENCE = DOCS / "reference"
COMMANDS = typer.main.get_command(app)
assert isinstance(COMMANDS, typer.core.TyperGroup)


def section(page: str, title: str) -> str:
    """The part of a page below a heading, up to the next heading of its level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


@pytest.fixture(scope="module")
def commands() -> str:
    return (REFERENCE / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS.commands)
def test_every_option_of_a_command_is_described_and_no_other(name: str, commands: str) -> None:
    command = COMMANDS.commands[name]
    parts = command.commands.values() if isinstance(command, typer.core.TyperGroup) else [command]
    options = {
        option
        for part in parts
        for parameter in part.params
        if parameter.param_type_name == "option" and not parameter.hidden
        for option in parameter.opts
    }
    described = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", section(commands, name))
    assert set(described) == options


def test_every_format_is_described(commands: str) -> None:
    table = section(commands, "Formats")
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(Format)


def test_every_field_of_a_certificate_is_described() -> None:
    page = (REFERENCE / "certificate.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(?:\w+\.)?(\w+)`", page))
    parts = [part for part in vars(report).values() if isinstance(part, type)]
    models = [part for part in parts if issubclass(part, BaseModel)] + [Certificate, Environment]
    fields = {field.alias or name for part in models for name, field in part.model_fields.items()}
    assert fields <= described


def test_every_field_of_a_report_is_described_and_no_other() -> None:
    page = (REFERENCE / "report.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", page, re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"\w+", row)}
    parts = [part for part in vars(json_report).values() if isinstance(part, type)]
    models = [p for p in parts if issubclass(p, BaseModel) and p.__module__ == json_report.__name__]
    fields = {field.alias or name for part in models for name, field in part.model_fields.items()}
    assert fields == described


def test_every_field_of_an_inspection_is_described_and_no_other() -> None:
    page = (REFERENCE / "inspection.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| `.*$", page, re.MULTILINE))
    described = set(re.findall(r"`([a-z][a-z_0-9]*)`", rows))
    parts = [part for part in vars(facts).values() if isinstance(part, type)]
    models = [p for p in parts if issubclass(p, BaseModel) and p.__module__ == facts.__name__]
    fields = {field.alias or name for part in models for name, field in part.model_fields.items()}
    assert fields == described


def test_every_verdict_is_described_in_order() -> None:
    page = (REFERENCE / "verdicts.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| \*\*(\w+)\*\*", page, re.MULTILINE)) == VERDICTS


def test_every_reason_of_a_vacuous_claim_is_described() -> None:
    page = (REFERENCE / "verdicts.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([^`]+)` \|", section(page, "Vacuous"), re.MULTILINE)
    for begins in WAYS_OUT:
        if "shown" not in begins and begins not in ("`", "the circuit has no"):
            assert any(reason.startswith(begins) for reason in described), begins


def test_every_key_of_the_json_form_is_described() -> None:
    page = (REFERENCE / "json.md").read_text(encoding="utf-8")
    keys: set[str] = set()

    def collect(schema: object) -> None:
        match schema:
            case dict():
                keys.update(schema.get("properties", {}))
                for part in schema.values():
                    collect(part)
            case list():
                for part in schema:
                    collect(part)

    collect(document_schema())
    assert {key for key in keys if not re.search(rf'[`"]{re.escape(key)}[`"]', page)} == set()
