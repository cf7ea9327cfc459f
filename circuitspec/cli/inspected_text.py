"""The text that `circuitspec inspect` runs a model on: held-out files, a user's own, or a task."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.cli.exits import UserError
from circuitspec.cli.spec_files import STDIN, shown_name
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.load import decode
from circuitspec.model.shipped import find_model
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task

if TYPE_CHECKING:
    from circuitspec.inspection.texts import Document, Text
    from circuitspec.model.blueprint import Blueprint

RECIPE = "train.toml"
"""What a model was trained with, in its folder."""
_LARGEST_FILE = 64 << 20


@dataclass(frozen=True)
class TextChoice:
    """What was chosen on the command line; neither means held-out files.

    Attributes:
        files: a user's own.
        task: a task, whose prompts for finding circuits are taken.
        most: how many tokens at most.
    """

    files: tuple[Path, ...]
    task: str | None
    most: int

    def read(self, model_name: str, model: Blueprint) -> Text:
        """The text as the model's tokenizer has it.

        Raises:
            UserError: there is no such text, or it cannot be put to the model.
        """
        from circuitspec.inspection.texts import TextError, text_of_documents, text_of_task

        if self.files and self.task is not None:
            raise UserError("--text and --task are two texts", "choose one of them")
        try:
            if self.task is not None:
                return text_of_task(load_task(self.task), model.tokenizer, most=self.most)
            if self.files:
                documents = [_read_file(path) for path in self.files]
                source = ", ".join(document.name for document in documents)
            else:
                documents = _held_out(model_name)
                source = "the standard library's files that are held out of training"
            return text_of_documents(
                source, documents, model.tokenizer, window=model.config.n_ctx, most=self.most
            )
        except TextError as error:
            raise UserError(str(error)) from None
        except TaskError as error:
            raise _user_error(error.diagnostic) from None


def _read_file(path: Path) -> Document:
    from circuitspec.inspection.texts import Document

    content = _read_bytes(path)
    text = decode(content)
    if isinstance(text, Diagnostic):
        raise _user_error(text, where=path)
    if not text.strip():
        raise UserError(f"the file `{path}` is empty", code=Code.EMPTY_FILE)
    return Document(shown_name(path), text)


def _read_bytes(path: Path) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read()
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UserError(
                f"`{path}` has {path.stat().st_size >> 20} MiB", "cut off a piece of it"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no file `{path}`", code=Code.FILE_NOT_FOUND) from None
    except IsADirectoryError:
        raise UserError(
            f"`{path}` is a folder, not a file", "name files in it", code=Code.IS_A_FOLDER
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(
            f"the file `{path}` cannot be read: {reason.lower()}", code=Code.UNREADABLE_FILE
        ) from None


def _user_error(found: Diagnostic, *, where: Path | None = None) -> UserError:
    place = "" if where is None else f"`{where}`: "
    message = "\n".join([f"{place}{found.message}", *(f"  note: {note}" for note in found.notes)])
    return UserError(message, found.help, code=found.code)


def _held_out(model_name: str) -> list[Document]:
    """The held-out files, chosen as the model's own training run chose them."""
    from circuitspec.inspection.texts import Document
    from circuitspec.train.config import DataConfig
    from circuitspec.train.corpus import library_files

    recipe = find_model(model_name) / RECIPE
    data = DataConfig()
    if recipe.is_file():
        from circuitspec.train.run import TrainError, load_config

        try:
            data = load_config(recipe).data
        except TrainError as error:
            raise UserError(str(error), "name a text of your own with --text") from None
    files = library_files(held_out_every=data.held_out_every)
    return [Document(file.name, file.text) for file in files if file.held_out]
