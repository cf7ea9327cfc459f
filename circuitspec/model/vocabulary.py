"""Texts as tokens of a tokenizer: which text is exactly one, and which ones look like it; no torch.

A claim about tokens names them by their text. What is not exactly one token has no one place in a
prompt, so it must not pass for its first piece or for the token for what is unknown.
"""

from __future__ import annotations

from tokenizers import Tokenizer

from circuitspec.diagnostics.wording import near_miss

_MOST_SHOWN = 3


def token_of(text: str, tokenizer: Tokenizer) -> int | None:
    """The id of the token whose text is `text`; None if no single one is."""
    ids = tokenizer.encode(text).ids
    if len(ids) != 1 or _text(ids[0], tokenizer) != text:
        return None
    (token,) = ids
    return token


def pieces_of(text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """The texts of the tokens that `text` falls into; U+FFFD stands for a part of a character."""
    return tuple(_text(token, tokenizer) for token in tokenizer.encode(text).ids)


def similar_tokens(text: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """Tokens that may have been meant by `text`, which is none, the likeliest first, a few at most.

    That is the same text with other white space around it; what it is a part of, the shortest
    first; or else what is spelt most like it.
    """
    known = [_text(token, tokenizer) for token in sorted(tokenizer.get_vocab().values())]
    bare = text.strip()
    if not bare:
        return ()
    same = [other for other in known if other != text and other.strip() == bare]
    longer = [other for other in known if bare in other and other.strip() != bare]
    found = dict.fromkeys((*same, *sorted(longer, key=lambda other: (len(other), other))))
    if not found:
        spelt = near_miss(text, known) or near_miss(bare, known)
        found = {} if spelt is None else {spelt: None}
    return tuple(found)[:_MOST_SHOWN]


def _text(token: int, tokenizer: Tokenizer) -> str:
    text: str = tokenizer.decode([token], skip_special_tokens=False)
    return text
