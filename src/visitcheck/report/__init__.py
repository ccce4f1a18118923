"""The report: an audit, two of them, or single decisions as one self-contained HTML page. Needs the extra `report`."""

from visitcheck.audit.hash_keys import read_key
from visitcheck.report import problem_codes as problem_codes
from visitcheck.report.folder import AuditFolder
from visitcheck.report.pages import Choices, audit_page, comparison_page, decisions_page
from visitcheck.report.privacy import Privacy

__all__ = ["AuditFolder", "Choices", "Privacy", "audit_page", "comparison_page", "decisions_page", "read_key"]
