"""The worst visits of an audit, read again from its input and checked by the gate for what it says of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.one_visit import visit_from_row
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.resume_key import file_labels
from visitcheck.audit.running.sql import fact_column, open_session, quote_name
from visitcheck.engines.columns import FILE, ROW
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts import visit_model_with_extra
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.gate import Gate
from visitcheck.policy import Policy
from visitcheck.report.finding_texts import explain_finding
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.visits import ExplainedVisits, places_of_worst


@dataclass(frozen=True)
class AuditSources:
    """The files, policy and options that an audit was made from, for reading its visits again."""

    files: Sequence[Path]
    policy: Policy
    options: AuditOptions = field(default_factory=AuditOptions)


def explain_worst(audit: AuditFolder, sources: AuditSources, number: int, privacy: Privacy) -> ExplainedVisits:
    """Check the worst visits again; gives the texts by file and row, and by rule.

    Reads the input once, or twice where the tables hold hashes of ids.
    Raises `InvalidInput` where the policy is not the audit's.
    """
    policy = sources.policy
    if policy.digest != audit.manifest["policy"]["digest"]:
        message = f"the audit's policy is {audit.manifest['policy']['name']}, not {policy.name} as it is now"
        raise InvalidInput([Problem("report-other-policy", message, "name the audit's policy, unchanged")])
    gate = Gate(policy, engine="native")
    model = visit_model_with_extra(policy.extra_facts)
    texts = {}
    for place, row in _rows(*places_of_worst(audit, number), sources):
        decision = gate.check(visit_from_row(row, model))
        texts[place] = {finding.rule: explain_finding(decision, finding, privacy) for finding in decision.findings}
    return texts


def _rows(
    places: Sequence[tuple[str, int]], debtors: list[str] | None, sources: AuditSources
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """The canonical rows at these places, with the earlier visits that the audit gave them from the same debtors'."""
    options = sources.options
    inputs = open_inputs(
        sources.files,
        mapping=options.column_mapping(),
        policy=sources.policy,
        registers=options.registers,
        as_of=options.as_of,
    )
    root, _ = vocabulary_with_extra(sources.policy.extra_facts)
    labels = file_labels(tuple(file.path for file in inputs.files))
    at = [(labels.index(file), row) for file, row in places if file in labels]
    asked = {"files": [file for file, _ in at], "rows": [row for _, row in at]}
    wanted = f"({quote_name(FILE)}, {quote_name(ROW)}) IN (SELECT (unnest($files::INTEGER[]), unnest($rows::BIGINT[])))"
    debtor = fact_column("debtor.id")
    with TemporaryDirectory() as spill, open_session(options, Path(spill)) as con:
        sound = f"SELECT {{}} FROM ({{}}) WHERE {PROBLEMS_COLUMN} IS NULL AND ({{}})"
        if options.history != "derive":
            debtors = []
        if debtors is None:  # the tables hide whose the visits are, so the input is asked
            whose = con.execute(sound.format(f"DISTINCT {debtor}", inputs.relation(con), wanted), asked).fetchall()
            debtors = [id_ for (id_,) in whose if id_ is not None]
        near = f"{wanted} OR {debtor} IN (SELECT unnest($debtors::VARCHAR[]))"
        query = f"CREATE TEMP TABLE near AS {sound.format('*', inputs.relation(con), near)}"
        con.execute(query, asked | {"debtors": debtors})
        query = f"SELECT * FROM ({history_query('near', root, options)}) WHERE {wanted}"
        rows: list[dict[str, Any]] = con.sql(query, params=asked).to_arrow_table().to_pylist()
    for row in rows:
        yield (labels[row[FILE]], row[ROW]), row
