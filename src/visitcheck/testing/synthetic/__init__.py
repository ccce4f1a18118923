"""Made-up visits by the million, to try policies and audits with. Needs the extra `audit`."""

from visitcheck.testing.synthetic.rates import KINDS, QUALITIES, SEEN, SEEN_SOMETIMES
from visitcheck.testing.synthetic.write import Synthetic, faults_of, synthesise

__all__ = ["KINDS", "QUALITIES", "SEEN", "SEEN_SOMETIMES", "Synthetic", "faults_of", "synthesise"]
