"""The audit as a workbook. Needs the extras `audit` and `excel`."""

from visitcheck.report.workbook.writing import write_workbook

__all__ = ["write_workbook"]
