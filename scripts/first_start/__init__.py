"""Owns what happens once in the life of an installation: the staff account and the small demo.

Never uses anything that a member or an operator could not; can be repeated after being killed midway.
Called by the launcher on the first start, as ``python -m scripts.first_start``.
"""
