"""Where the figures come from: policy, inputs, options, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that it takes to make the audit again. The moment of the run is not among it: it changes no figure."""

    policy: str
    digest: str
    packs: list[tuple[str, str, Text]]
    relaxations: list[tuple[str, str, Text]]
    inputs: list[dict[str, Any]]
    options: list[tuple[str, str]]
    versions: list[tuple[str, str]]


def provenance(audit: AuditFolder) -> Provenance:
    """The provenance of an audit."""
    manifest, policy = audit.manifest, audit.policy
    return Provenance(
        policy=audit.policy_name,
        digest=manifest["policy"]["digest"],
        packs=[(pack["id"], pack["version"], Text(**pack["title"])) for pack in policy["packs"]],
        relaxations=[(one["target"], one["change"], Text(**one["reason"])) for one in policy["relaxations"]],
        inputs=manifest["input"],
        options=[(name, str(value)) for name, value in sorted(manifest["options"].items()) if value is not None],
        versions=[(name, str(value)) for name, value in sorted(manifest["versions"].items())],
    )
