"""Runs schema changes on a scratch PostgreSQL and reports what they really did.

It judges nothing: the claims it is compared with are `migrator.lint`'s.
"""

from migrator.trace.comparison import disagreements
from migrator.trace.measurement import Measurement
from migrator.trace.tracer import Tracer

__all__ = ["Measurement", "Tracer", "disagreements"]
