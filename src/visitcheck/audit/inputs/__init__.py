"""Inputs of an audit: files and tables to one canonical row a visit, with the problems of rows that are none."""

from visitcheck.audit.inputs.files import InputFile
from visitcheck.audit.inputs.inputs import Inputs, open_inputs

__all__ = ["InputFile", "Inputs", "open_inputs"]
