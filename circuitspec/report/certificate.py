"""Certificates: reports as files, with a block that says where and when they were made.

Two runs of the same spec, model, task and seed give the same bytes apart from `environment`.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from circuitspec.files import write_whole
from circuitspec.report.report import Report

_PACKAGES = ("circuitspec", "numpy", "pydantic", "scipy", "tokenizers", "torch")


class Environment(BaseModel):
    """Where and when a report was made.

    Attributes:
        created: in UTC, ISO 8601 to the second.
        platform: operating system and processor.
        packages: versions of what the numbers depend on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    created: str
    platform: str
    python: str
    packages: dict[str, str]


class Certificate(Report):
    """A report together with its environment; `to_json` writes both."""

    environment: Environment


def current_environment() -> Environment:
    """The environment of this process, now."""
    return Environment(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        platform=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: version(name) for name in _PACKAGES},
    )


def certify(report: Report, environment: Environment) -> Certificate:
    """The report as a certificate."""
    return Certificate(**dict(report), environment=environment)


def certificates_json(certificates: Sequence[Certificate]) -> str:
    """One certificate as an object; several as a list of them, in the order given."""
    if len(certificates) == 1:
        return certificates[0].to_json()
    content = [certificate.model_dump(mode="json", by_alias=True) for certificate in certificates]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_certificates(path: Path, certificates: Sequence[Certificate]) -> None:
    """Write the JSON of `certificates_json` to `path`, whole or not at all."""
    write_whole(path, certificates_json(certificates))
