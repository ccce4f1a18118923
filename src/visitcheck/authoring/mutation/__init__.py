"""Rules changed in one small way at a time, to see whether their cases notice."""

from visitcheck.authoring.mutation.mutants import Mutant, mutants_of
from visitcheck.authoring.mutation.report import mutation_text, mutation_to_dict
from visitcheck.authoring.mutation.trial import Mutation, mutate

__all__ = ["Mutant", "Mutation", "mutants_of", "mutate", "mutation_text", "mutation_to_dict"]
