"""What is right as far as the loader can tell, and still likely to be a mistake in a pack."""

from visitcheck.authoring.lint.run import lint, pack_paths
from visitcheck.authoring.lint.sarif import to_sarif
from visitcheck.authoring.lint.subject import Remark

__all__ = ["Remark", "lint", "pack_paths", "to_sarif"]
