"""Emitted kernels of every target, measured against the truth; `verify` is the way in."""

from derive.verify.report import VerificationReport
from derive.verify.run import verify

__all__ = ["VerificationReport", "verify"]
