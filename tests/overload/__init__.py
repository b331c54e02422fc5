"""Owns the overload rig: an exchange that is asked for three times as much as it can do, and a verdict.

Never kills anything: that is the chaos rig's.
Called by ``python -m tests.overload`` (``make overload``) and by pytest.
"""
