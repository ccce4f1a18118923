"""The groups of facts, as models: one module for each part of a visit's story."""
