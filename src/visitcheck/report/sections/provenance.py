"""Says where the figures come from: policy, inputs, options, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is needed to repeat the audit. The moment of the run is left out, because it changes no figure."""

    policy: str
    digest: str
    packs: list[tuple[str, str, Text]]
    relaxations: list[tuple[str, str, Text]]
    inputs: list[dict[str, Any]]
    options: list[tuple[str, str]]
    versions: list[tuple[str, str]]


def provenance_of(audit: AuditFolder) -> Provenance:
    """The provenance of an audit."""
    manifest, policy = audit.manifest, audit.policy
    return Provenance(
        policy=audit.policy_name,
        digest=manifest["policy"]["digest"],
        packs=[(pack["id"], pack["version"], Text(**pack["title"])) for pack in policy["packs"]],
        relaxations=[(each["target"], each["change"], Text(**each["reason"])) for each in policy["relaxations"]],
        inputs=manifest["input"],
        options=[(name, str(value)) for name, value in sorted(manifest["options"].items()) if value is not None],
        versions=[(name, str(value)) for name, value in sorted(manifest["versions"].items())],
    )
