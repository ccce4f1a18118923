"""Typed expressions, and what can be asked of them: what every engine reads of a policy."""
