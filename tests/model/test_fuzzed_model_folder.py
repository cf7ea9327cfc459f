"""Damage that nobody thought of: a model with bytes changed or cut off loads, or is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuitspec.model.error import ModelError
from circuitspec.model.folder import load_folder

FILES = ("config.json", "model.safetensors", "reference.safetensors", "tokenizer.json")
FUZZ = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_loads_or_is_refused(folder: Path) -> None:
    # All else fails the test, also what a panic in a Rust library raises, which is no Exception.
    with suppress(ModelError):
        load_folder(folder)


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@FUZZ
def test_changed_bytes(folder: Path, name: str, data: st.DataObject) -> None:
    content = bytearray((folder / name).read_bytes())
    places = st.integers(0, len(content) - 1)
    changes = data.draw(st.dictionaries(places, st.integers(0, 255), min_size=1, max_size=4))
    damaged = bytearray(content)
    for place, byte in changes.items():
        damaged[place] = byte
    with_content(folder, name, bytes(damaged))


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@FUZZ
def test_cut_off_or_repeated(folder: Path, name: str, data: st.DataObject) -> None:
    content = (folder / name).read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    damaged = data.draw(
        st.sampled_from([content[:start], content[start:end], content[:end] + content[start:]])
    )
    with_content(folder, name, damaged)


@pytest.mark.parametrize("name", ["model.safetensors", "reference.safetensors"])
@given(data=st.data())
@FUZZ
def test_changed_text_of_the_header(folder: Path, name: str, data: st.DataObject) -> None:
    """Most bytes of a file are weights; here the damage is where the structure is."""
    content = (folder / name).read_bytes()
    length = int.from_bytes(content[:8], "little")
    place = data.draw(st.integers(8, 8 + length - 1))
    new = data.draw(st.sampled_from([*b'0123456789-"[]{},:eFIBU. \\\xff']))
    with_content(folder, name, content[:place] + bytes([new]) + content[place + 1 :])


def with_content(folder: Path, name: str, damaged: bytes) -> None:
    """Check the folder with one file replaced, then put the file back for the next example."""
    path = folder / name
    sound = path.read_bytes()
    path.write_bytes(damaged)
    try:
        assert_loads_or_is_refused(folder)
    finally:
        path.write_bytes(sound)
