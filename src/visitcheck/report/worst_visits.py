"""The worst visits of an audit, read again from its input and checked by the gate for what it says of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.one_visit import visit_from_row
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.sql import fact_column, open_session
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts import visit_model_with_extra
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.gate import Gate
from visitcheck.policy import Policy
from visitcheck.report.finding_texts import explain_finding
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.visits import Explained, ids_of_worst


@dataclass(frozen=True)
class AuditSources:
    """The files, policy and options that an audit was made from, for reading its visits again."""

    files: Sequence[Path]
    policy: Policy
    options: AuditOptions = field(default_factory=AuditOptions)


def explain_worst(
    audit: AuditFolder, sources: AuditSources, number: int, privacy: Privacy
) -> Mapping[str, Mapping[str, Explained]]:
    """Check the worst visits again, which reads the input once; gives the texts by visit id and rule.

    Raises `InvalidInput` where the policy is not the audit's.
    """
    policy = sources.policy
    if policy.digest != audit.manifest["policy"]["digest"]:
        message = f"the audit's policy is {audit.manifest['policy']['name']}, not {policy.name} as it is now"
        raise InvalidInput([Problem("report-other-policy", message, "name the audit's policy, unchanged")])
    gate = Gate(policy, engine="native")
    model = visit_model_with_extra(policy.extra_facts)
    texts = {}
    for row in _rows(*ids_of_worst(audit, number), sources):
        decision = gate.check(visit_from_row(row, model))
        texts[decision.visit_id] = {
            finding.rule: explain_finding(decision, finding, privacy) for finding in decision.findings
        }
    return texts


def _rows(visits: list[str], debtors: list[str], sources: AuditSources) -> list[dict[str, Any]]:
    """The canonical rows of these visits, with the earlier visits that the audit gave them from the same debtors'."""
    options = sources.options
    inputs = open_inputs(
        sources.files,
        mapping=options.column_mapping(),
        policy=sources.policy,
        registers=options.registers,
        as_of=options.as_of,
    )
    root, _ = vocabulary_with_extra(sources.policy.extra_facts)
    wanted = f"{fact_column('visit.id')} IN (SELECT unnest($visits::VARCHAR[]))"
    same = f"{fact_column('debtor.id')} IN (SELECT unnest($debtors::VARCHAR[]))"
    with TemporaryDirectory() as spill, open_session(options, Path(spill)) as con:
        con.execute(
            f"CREATE TEMP TABLE near AS SELECT * FROM ({inputs.relation(con)}) "
            f"WHERE __problems IS NULL AND ({wanted} OR {same})",
            {"visits": visits, "debtors": debtors if options.history == "derive" else []},
        )
        query = f"SELECT * FROM ({history_query('near', root, options)}) WHERE {wanted}"
        rows: list[dict[str, Any]] = con.sql(query, params={"visits": visits}).to_arrow_table().to_pylist()
    return rows
