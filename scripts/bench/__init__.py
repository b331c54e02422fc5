"""Owns the benchmarks: what is measured, beside what, and how it is shown.

Never decides whether a figure is good: it prints tables of ratios and JSON lines.
Called by the Makefile.
"""
