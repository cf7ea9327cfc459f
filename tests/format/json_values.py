"""Random values of JSON, and documents in which something was replaced by one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from circuitspec.document import document_to_json, read_document

from .scattered import TEXTS

_odd_texts = st.sampled_from(
    [
        *("a }", "a b", "a.b", "a\n", "channel", "channel.x", "every", "3", "-1", "a-b", "ä", ""),
        *("# a\nnode b = L0.mlp.in[1]", "# a\r}", "#", "# x", "##", "#\0", '"', "\\", "\x1b", "\t"),
        *("0.60", "95 %", "+1", "1e400", "1e-400", "nan", "-0", "007", "\ud800", "embed", "{"),
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**18, 10**400, -1, 0, 1])
    | st.floats()
    | st.text(max_size=8)
    | _odd_texts
)
_keys = st.sampled_from(["node", "edge", "to", "place"]) | st.text(max_size=5)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["node", "edge", "to", "place"]) | st.text(max_size=5), inner
        )
    ),
    max_leaves=12,
)


@cache
def _documents() -> list[Any]:
    documents = (read_document(text).document for text in TEXTS)
    return [json.loads(document_to_json(document)) for document in documents if document]


_COMMENTS = [["# x"], ["#x", "## y"], ["", "# on its own"], ["", "#!", "#"], [""], ["#\n}"]]


@st.composite
def nearly_documents(draw: st.DrawFn) -> Any:
    """The JSON form of some text, with a few values in it replaced, added or left out."""
    value = copy.deepcopy(draw(st.sampled_from(_documents())))
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(_places(value))
        old = holder[key]
        match draw(st.integers(0, 9)):
            case 0:
                del holder[key]
            case 1:
                holder[key] = draw(json_values)
            case 2 | 3 | 4 if isinstance(holder, list):
                holder[key + 1 : key + 1] = draw(st.sampled_from(_COMMENTS))
            case _ if isinstance(old, str):
                holder[key] = draw(_odd_texts)
            case _ if isinstance(old, int | float):
                holder[key] = draw(st.integers(0, 9) | st.floats(0, 1) | scalars)
    return value


def _places(value: Any) -> st.SearchStrategy[tuple[Any, Any]]:
    """Every place in a value of JSON: what holds it, and its key or index there."""

    def places(holder: Any) -> Iterator[tuple[Any, Any]]:
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], dict | list):
                yield from places(holder[key])

    found = list(places(value))
    return st.sampled_from(found) if found else st.just(({"": ""}, ""))
