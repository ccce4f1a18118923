"""Made-up visits by the million, to try policies and audits with. Needs the extra `audit`."""

from visitcheck.testing.synthetic.rates import MISSING, QUALITIES, VIOLATIONS
from visitcheck.testing.synthetic.write import Synthetic, synthesise

__all__ = ["MISSING", "QUALITIES", "VIOLATIONS", "Synthetic", "synthesise"]
