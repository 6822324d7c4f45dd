"""The plain Mesa twin of the model."""

from tests.benchmarks.plain_mesa.model import PlainCluster

__all__ = ["PlainCluster"]
