"""Speed: kernels and their peers on this machine, in one run, judged before they are timed."""

from derive.bench.report import BenchReport
from derive.bench.run import bench

__all__ = ["BenchReport", "bench"]
