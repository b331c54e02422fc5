"""Owns the commands that people run: replay, benchmarks, the first start.

Never holds logic of the exchange: that lives in the packages.
Called by the Makefile, by people and (the first start alone) by the launcher.
"""
