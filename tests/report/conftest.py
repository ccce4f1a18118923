from __future__ import annotations

from pathlib import Path

import pytest
from hostile import hostile_rows

from policies import shipped_policy
from visitcheck.audit.auditing import audit
from visitcheck.policy import Policy, load_policy
from visitcheck.report import AuditFolder, Choices, Privacy, audit_page
from visitcheck.report.worst_visits import AuditSources, explain_worst
from visitcheck.testing import synthesise

PACK = Path(__file__).with_name("probe.yaml")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return shipped_policy(PACK)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """600 made-up visits, and the hostile rows."""
    folder = tmp_path_factory.mktemp("inputs")
    synthesise(folder / "visits.parquet", visits=600, seed=7)
    hostile_rows(folder / "hostile.jsonl")
    return [folder / "visits.parquet", folder / "hostile.jsonl"]


@pytest.fixture(scope="session")
def audited(inputs: list[Path], policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> AuditFolder:
    out = tmp_path_factory.mktemp("audits") / "first"
    audit(inputs, policy, out=out, threads=1)
    return AuditFolder.open(out)


@pytest.fixture(scope="session")
def before(inputs: list[Path], policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> AuditFolder:
    """The made-up visits alone."""
    out = tmp_path_factory.mktemp("before") / "out"
    audit(inputs[:1], policy, out=out, threads=1)
    return AuditFolder.open(out)


@pytest.fixture(scope="session")
def stricter(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> AuditFolder:
    """The same visits by a policy that allows an hour less, and lacks a rule."""
    folder = tmp_path_factory.mktemp("stricter")
    text = PACK.read_text("utf-8").replace('"16:00"', '"15:00"')
    (folder / "probe.yaml").write_text(text[: text.index("  - id: near")], "utf-8")
    audit(inputs[:1], load_policy(folder / "probe.yaml"), out=folder / "out", threads=1)
    return AuditFolder.open(folder / "out")


@pytest.fixture(scope="session")
def later(policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> AuditFolder:
    """Other visits by the same policy."""
    folder = tmp_path_factory.mktemp("later")
    synthesise(folder / "visits.parquet", visits=300, seed=8)
    audit([folder / "visits.parquet"], policy, out=folder / "out", threads=1)
    return AuditFolder.open(folder / "out")


@pytest.fixture(scope="session")
def personal_page(audited: AuditFolder, inputs: list[Path], policy: Policy) -> str:
    """The page of `audited` with its 40 worst visits' own facts, text of the record among them."""
    choices = Choices(worst=40, privacy=Privacy(personal=True))
    told = explain_worst(audited, AuditSources(inputs, policy), choices.worst, choices.privacy)
    return audit_page(audited, choices, told)
