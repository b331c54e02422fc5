"""Owns the tests of the replay: reading, planning, driving and judging, each alone, then all together.

Never needs the real data: a small made-up flow of the same form is enough.
Called by pytest.
"""
