"""The last certificate of a circuit, wherever it usually lies, and whether it is still about it.

`circuitspec verify FILE --out FOLDER` writes `FOLDER/<circuit>.json`, or `<file>.<circuit>.json`
where several files have a circuit of one name. Looked at are, for the folder of the spec and for
the one above it: the folder itself, and `out`, `circuits` and `docs/circuits` in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from circuitspec.language.claim_text import statement
from circuitspec.language.claims import Claim
from circuitspec.report.certificate import Certificate
from circuitspec.report.claim_rows import about
from circuitspec.report.report import ClaimResult, UnitCost

FOLDERS = (".", "out", "circuits", "docs/circuits")
"""Where certificates are looked for, from the folder of the spec and from the one above it."""

_LARGEST = 64 << 20
_CERTIFICATES = TypeAdapter(Certificate | list[Certificate])


@dataclass(frozen=True)
class Found:
    """A certificate that was found.

    Attributes:
        path: the file that holds it.
        stale: the text has changed since.
    """

    certificate: Certificate
    path: Path
    stale: bool

    @property
    def day(self) -> str:
        """The day on which it was made."""
        return self.certificate.environment.created.partition("T")[0]

    def claim(self, claim: Claim) -> ClaimResult | None:
        """What became of a claim; None if the certificate does not have exactly this one."""
        wanted = statement(claim)
        results = self.certificate.claims
        return next((result for result in results if result.statement == wanted), None)

    def under(self, ablation: str) -> tuple[ClaimResult, ...]:
        """What became of claims, or was only measured, under a further ablation."""
        results = (*self.certificate.claims, *self.certificate.reported)
        return tuple(r for r in results if about(r).endswith(f" under {ablation}"))

    def costs(self, name: str) -> tuple[UnitCost, ...]:
        """What leaving out each of the nodes of one name costs."""
        return tuple(
            unit
            for claim in self.certificate.claims
            if claim.unit == "node"
            for unit in claim.details
            if unit.name == name or unit.name.startswith(f"{name} (")
        )


def find_certificate(circuit: str, path: Path | None, text: str) -> Found | None:
    """The certificate of a circuit: one of this very text if there is one, else the newest.

    Args:
        path: the file of the spec; None where there is none, and then there is no certificate.
        text: of the spec, as it is now.
    """
    if path is None:
        return None
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    found = [
        Found(certificate, file, certificate.spec.sha256 != digest)
        for file in _candidates(circuit, path)
        for certificate in _read(file)
        if certificate.spec.name == circuit
        and (certificate.spec.sha256 == digest or _is_of(certificate, path))
    ]
    return max(found, key=lambda f: (not f.stale, f.certificate.environment.created), default=None)


def _candidates(circuit: str, path: Path) -> Iterator[Path]:
    for base in (path.parent, path.parent.parent):
        for folder in FOLDERS:
            for name in (circuit, f"{path.stem}.{circuit}"):
                yield base / folder / f"{name}.json"


def _is_of(certificate: Certificate, path: Path) -> bool:
    """Whether it was made of this file, as far as its name tells: paths differ by folder."""
    made_of = certificate.spec.path
    return made_of is None or Path(made_of).name == path.name


def _read(file: Path) -> tuple[Certificate, ...]:
    try:
        status = file.stat()
    except (OSError, ValueError):
        return ()
    return _parse(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _parse(file: Path, changed: int, size: int) -> tuple[Certificate, ...]:
    """The certificates in a file; none if it holds something else."""
    if size > _LARGEST:
        return ()
    try:
        content = _CERTIFICATES.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return ()
    return (content,) if isinstance(content, Certificate) else tuple(content)
